"""Differences between two payrolls: found, assigned, explained, agreed to by a second person."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F, QuerySet

from core.actors import Actor, require
from core.scope import SCO01, current_scope
from core.states import move
from events.services import record
from payroll.bulk.parallel import write_differences
from payroll.models import DifferenceCause, ParallelDifference, ParallelRun, PayRun
from payroll.models.parallel import SAYABLE
from payroll.permissions import RUN_PAY, SEE_PAYSLIPS
from payroll.rules import PRL13, PRL25, PRL75, PRL76, PRL77, PRL78
from payroll.selectors.parallel import counts_of, elements_of_file
from payroll.services.parallel import MOVES
from tenants.selectors import Holder

State = ParallelRun.State


def compare(*, parallel: ParallelRun, by: Actor, at: datetime) -> ParallelRun:
    """Finds every difference and its cause. What says the same keeps what people said of it.

    PRL75 before every element is confirmed, PRL76 before the pay is calculated here; Clash where it
    was withdrawn. Event payroll.parallel.compared.
    """
    require(by, RUN_PAY)
    here = {"organisation_id": by.organisation_id}
    rows = ParallelRun.objects.filter(**here, pk=parallel.pk)
    PRL75.check(not elements_of_file(parallel).filter(confirmed_at__isnull=True).exists())
    run = PayRun.objects.filter(**here, period_id=parallel.period_id, sequence=1).first()
    PRL76.check(run is not None and run.state != PayRun.State.CALCULATING)
    assert run is not None
    move(rows, MOVES, "compare", expected=1, pay_run=run, version=run.version, compared_at=at)
    parallel.refresh_from_db()
    write_differences(parallel)
    counts = counts_of(parallel)
    unexplained = counts[DifferenceCause.UNEXPLAINED].count
    record("payroll.parallel.compared", parallel, by=by, at=at, unexplained=unexplained,
           differences=sum(one.count for one in counts.values()))  # fmt: skip
    return parallel


def look_at_differences(*, parallel: ParallelRun, by: Actor) -> None:
    """What people are paid, so each look is noted. Event payroll.parallel.seen. SCO01."""
    require(by, SEE_PAYSLIPS)
    here = current_scope()
    SCO01.check(here is not None and here.acting == by.organisation_id)
    record("payroll.parallel.seen", parallel, by=by)


def _open(parallel: ParallelRun, ids: Collection[int], by: Actor) -> QuerySet[ParallelDifference]:
    """These differences, of results that are compared and not closed; PRL25 with one's own pay."""
    require(by, RUN_PAY)
    here = {"organisation_id": by.organisation_id}
    now = ParallelRun.objects.select_for_update(of=("self",)).get(**here, pk=parallel.pk)
    PRL78.check(now.state == State.COMPARED)
    rows = ParallelDifference.objects.filter(**here, parallel_run=now, pk__in=ids)
    own = rows.filter(employment__person_id=by.person_id)
    PRL25.check(by.person_id is None or not own.exists())
    return rows


def assign(*, parallel: ParallelRun, ids: Collection[int], to: Holder, by: Actor) -> int:
    """Gives differences to somebody who runs the pay; how many. Event payroll.parallel.assigned."""
    rows = _open(parallel, ids, by)
    done = rows.update(assigned_to_id=to.person_id, assigned_to_name=to.name)
    record("payroll.parallel.assigned", parallel, by=by, count=done, to=to.name)
    return done


def explain(
    *, parallel: ParallelRun, ids: Collection[int], cause: str, words: str, by: Actor
) -> int:
    """Says why they differ, for a second person to agree to; how many.

    PRL13 without a sentence, PRL78 unless the cause is input, parameter or rule and the results are
    open. What was agreed to stays. Event payroll.parallel.explained.
    """
    rows = _open(parallel, ids, by)
    PRL13.check(words.strip())
    PRL78.check(cause in dict(SAYABLE))
    done = rows.filter(agreed_at__isnull=True).update(
        said=cause, explanation=words.strip()[:300], explained_by_id=by.person_id,
        explained_by_name=by.name,
    )  # fmt: skip
    label = str(DifferenceCause(cause).label)
    record("payroll.parallel.explained", parallel, by=by, count=done, cause=label,
           comment=words.strip()[:300])  # fmt: skip
    return done


def agree(*, parallel: ParallelRun, ids: Collection[int], by: Actor, at: datetime) -> int:
    """A second person agrees to what was said of them; how many.

    PRL77 where one said it oneself. What nobody explained is passed over. Event
    payroll.parallel.agreed.
    """
    rows = _open(parallel, ids, by).filter(agreed_at__isnull=True).exclude(said="")
    PRL77.check(by.person_id and not rows.filter(explained_by_id=by.person_id).exists())
    done = rows.update(
        cause=F("said"), agreed_by_id=by.person_id, agreed_by_name=by.name, agreed_at=at
    )
    record("payroll.parallel.agreed", parallel, by=by, count=done)
    return done
