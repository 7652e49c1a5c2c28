"""Parallel runs are signed off, and pay goes live: each by a second person."""

from datetime import datetime

from django.db import IntegrityError, transaction

from core.actors import Actor, require
from core.states import move
from events.services import record
from payroll.models import DifferenceCause, GoLive, ParallelRun, PayRun
from payroll.permissions import APPROVE_PAY, RUN_PAY
from payroll.rules import PRL13, PRL79, PRL80, PRL81, PRL82
from payroll.selectors.going_live import figures_of, standing_of_groups
from payroll.selectors.parallel import counts_of
from payroll.services.parallel import MOVES
from tenants.rules import TEN15
from tenants.selectors import is_rehearsal
from tenants.services.place import end_rehearsal

State = GoLive.State
DECISIONS = {
    "agree": ((State.ASKED,), State.AGREED),
    "decline": ((State.ASKED,), State.DECLINED),
}


def sign_off(*, parallel: ParallelRun, by: Actor, at: datetime) -> ParallelRun:
    """Closes a parallel run with what is left unexplained; nothing of it changes any more.

    PRL79 while an explanation waits or the pay was calculated again since, PRL80 for who loaded
    it, Clash unless it is compared. Event payroll.parallel.signed.
    """
    require(by, APPROVE_PAY)
    here = {"organisation_id": by.organisation_id}
    rows = ParallelRun.objects.filter(**here, pk=parallel.pk)
    now = rows.select_for_update(of=("self",)).get()
    PRL80.check(by.person_id and by.person_id != now.made_by_id)
    counts = counts_of(now)
    current = PayRun.objects.filter(**here, pk=now.pay_run_id, version=now.version).exists()
    PRL79.check(current and not any(one.waiting for one in counts.values()))
    unexplained = counts[DifferenceCause.UNEXPLAINED].count
    move(rows, MOVES, "sign", expected=1, unexplained=unexplained, signed_by_id=by.person_id,
         signed_by_name=by.name, signed_at=at)  # fmt: skip
    parallel.refresh_from_db()
    record("payroll.parallel.signed", parallel, by=by, at=at, unexplained=unexplained)
    return parallel


def ask_go_live(*, waiver: str, by: Actor, at: datetime) -> GoLive:
    """Asks that the organisation stops rehearsing: pay is then real.

    TEN15 where it does not rehearse, PRL81 without two pay days of every group that leave nothing
    unexplained or a waiver in words, PRL82 while it is asked for. Event payroll.go_live.asked.
    """
    require(by, RUN_PAY)
    TEN15.check(is_rehearsal(by.organisation_id))
    groups = standing_of_groups(by.organisation_id)
    ready = bool(groups) and all(one.ready for one in groups)
    PRL81.check(ready or waiver.strip())
    try:
        with transaction.atomic():
            made = GoLive.objects.create(
                organisation_id=by.organisation_id, figures=figures_of(groups),
                waiver="" if ready else waiver.strip()[:300], asked_by_id=by.person_id,
                asked_by_name=by.name, asked_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        if "go_live_asked_once" not in str(error):
            raise
        raise PRL82.refuse() from None
    said = f"Waiver: {made.waiver}" if made.waiver else "Nothing is left unexplained"
    record("payroll.go_live.asked", made, by=by, at=at, comment=said)
    return made


def agree_go_live(*, asked: GoLive, by: Actor, at: datetime) -> GoLive:
    """A second person agrees and the organisation is live: files, payslips and messages leave.

    PRL80 for who asked, PRL81 where it is no longer so and nothing waives it, Clash where it was
    decided. Event payroll.go_live.agreed.
    """
    require(by, APPROVE_PAY)
    groups = standing_of_groups(by.organisation_id)
    PRL81.check(asked.waiver or all(one.ready for one in groups))
    _decide(asked, "agree", by, at)
    end_rehearsal(by=by, at=at)
    record("payroll.go_live.agreed", asked, by=by, at=at)
    return asked


def decline_go_live(*, asked: GoLive, reason: str, by: Actor, at: datetime) -> GoLive:
    """The rehearsal goes on; it can be asked for again. PRL13 without a reason, PRL80, Clash.

    Event payroll.go_live.declined.
    """
    PRL13.check(reason.strip())
    _decide(asked, "decline", by, at, reason=reason.strip()[:200])
    record("payroll.go_live.declined", asked, by=by, at=at, comment=asked.reason)
    return asked


def _decide(asked: GoLive, verb: str, by: Actor, at: datetime, reason: str = "") -> None:
    require(by, APPROVE_PAY)
    PRL80.check(by.person_id and by.person_id != asked.asked_by_id)
    rows = GoLive.objects.filter(organisation_id=by.organisation_id, pk=asked.pk)
    move(rows, DECISIONS, verb, expected=1, reason=reason, decided_by_id=by.person_id,
         decided_by_name=by.name, decided_at=at)  # fmt: skip
    asked.refresh_from_db()
