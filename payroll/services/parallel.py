"""Results of the payroll that is left, taken whole or not at all; what its elements are here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from core.actors import Actor, require
from core.states import move
from core.templatetags.web import day
from events.services import record, record_about
from payroll.legacy import NewAmount, as_columns, first_amounts, guess, written_above_nought
from payroll.models import (
    LegacyElement,
    LineKind,
    ParallelRun,
    PayElement,
    PayGroup,
    PayPeriod,
)
from payroll.models.parallel import OF_ELEMENTS, TARGETS
from payroll.permissions import RUN_PAY
from payroll.rules import PRL13, PRL70, PRL71, PRL72, PRL74
from payroll.selectors.parallel import meaning
from tenants.services import next_number

State = ParallelRun.State
MOVES = {
    "compare": ((State.LOADED, State.COMPARED), State.COMPARED),
    "sign": ((State.COMPARED,), State.SIGNED),
    "withdraw": ((State.LOADED, State.COMPARED), State.WITHDRAWN),
}
MOST_SAID = 20
OURS = "element:"
_KEEP = """
INSERT INTO payroll_legacyamount (organisation_id, parallel_run_id, row_no, employee, code,
                                  amount_pence, minutes, rate_pence, fact)
SELECT %s, %s, * FROM unnest(%s::int[], %s::bigint[], %s::text[], %s::bigint[], %s::int[],
                             %s::bigint[], %s::text[])
"""


def load_results(
    *,
    group: PayGroup,
    amounts: Sequence[NewAmount],
    name: str,
    sha256: str,
    by: Actor,
    at: datetime,
) -> ParallelRun:
    """Takes what another payroll paid a group on one pay day; new elements are guessed by name.

    PRL70 for a file that was loaded, PRL71 with what is wrong by row, PRL72 for a pay day that has
    results already. Event payroll.parallel.loaded.
    """
    require(by, RUN_PAY)
    here = {"organisation_id": by.organisation_id}
    kept = ParallelRun.objects.filter(**here).exclude(state=State.WITHDRAWN)
    same = kept.filter(sha256=sha256).first()
    PRL70.check(same is None, f"It is {same}.")
    period = _period(group, amounts)
    PRL72.check(not kept.filter(period=period).exists())
    made = ParallelRun.objects.create(
        **here, number=next_number("parallel_run", by=by), period=period, name=name[:120],
        sha256=sha256, rows=len(amounts), people=len({one.employee for one in amounts}),
        made_by_id=by.person_id, made_by_name=by.name, made_at=at,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [by.organisation_id, made.pk, *as_columns(amounts)])
    _guess(amounts, by)
    said = {"group": group.name, "day": day(period.pays_on), "rows": made.rows}
    record("payroll.parallel.loaded", made, by=by, at=at, **said)
    return made


def _period(group: PayGroup, amounts: Sequence[NewAmount]) -> PayPeriod:
    """The period of the one pay day that all rows name."""
    PRL71.check(amounts, "There are no rows.")
    first = amounts[0].pays_on
    other = [one for one in amounts if one.pays_on != first]
    PRL71.check(
        not other,
        " ".join(
            f"Row {one.row}, period: a file holds one pay day, and the first row has {day(first)}."
            for one in other[:MOST_SAID]
        ),
    )
    found = PayPeriod.objects.filter(
        organisation_id=group.organisation_id, pay_group=group, pays_on=first
    ).first()
    PRL71.check(found, f"Row {amounts[0].row}, period: {day(first)} is no pay day of {group.name}.")
    assert found is not None
    return found


def _guess(amounts: Sequence[NewAmount], by: Actor) -> None:
    """Elements that were never seen, each with what it is by its name."""
    here = {"organisation_id": by.organisation_id}
    found = first_amounts(amounts)
    known = set(LegacyElement.objects.filter(**here, code__in=found).values_list("code", flat=True))
    elements = {one.pk: one for one in PayElement.objects.filter(**here)}
    ours = {
        text.lower(): f"{OURS}{one.pk}"
        for one in elements.values()
        for text in (one.name, one.code)
    }
    rows = []
    for code, (name, pence) in found.items():
        target = guess(code, name, ours)
        element = elements.get(int(target.removeprefix(OURS))) if target.startswith(OURS) else None
        kind = _kind_of(element) if element else target
        rows.append(
            LegacyElement(
                **here, code=code, name=name, target=kind, element=element,
                reversed=written_above_nought(kind, pence),
            )
        )  # fmt: skip
    LegacyElement.objects.bulk_create([row for row in rows if row.code not in known])


def _kind_of(element: PayElement) -> str:
    return str(LineKind.EXTRA if element.taxed else LineKind.EXPENSES)


@dataclass(frozen=True)
class Chosen:
    """What an element is here: a kind of line, a total, «ignored», or one of ours by its code."""

    code: str
    target: str = ""
    ours: str = ""
    reversed: bool = False


def confirm_element(*, chosen: Chosen, by: Actor, at: datetime) -> LegacyElement:
    """Says what an element of the other payroll is here, for this file and all to come.

    PRL74 for an element that no file named, or for something that is nothing here. Event
    payroll.legacy.confirmed.
    """
    require(by, RUN_PAY)
    here = {"organisation_id": by.organisation_id}
    row = LegacyElement.objects.select_for_update(of=("self",)).filter(**here, code=chosen.code)
    found = row.first()
    element = PayElement.objects.filter(**here, code=chosen.ours).first() if chosen.ours else None
    target = _kind_of(element) if element else chosen.target
    named = target in OF_ELEMENTS
    PRL74.check(found is not None and target in dict(TARGETS) and named == (element is not None))
    assert found is not None
    found.target, found.element, found.reversed = target, element, chosen.reversed
    _confirm([found], by, at)
    return found


def confirm_guesses(*, by: Actor, at: datetime) -> int:
    """Agrees to everything that was guessed; how many. Event payroll.legacy.confirmed."""
    require(by, RUN_PAY)
    rows = LegacyElement.objects.select_for_update(of=("self",)).select_related("element")
    found = rows.filter(organisation_id=by.organisation_id, confirmed_at__isnull=True)
    return _confirm(list(found.exclude(target="")), by, at)


def _confirm(rows: Collection[LegacyElement], by: Actor, at: datetime) -> int:
    for row in rows:
        row.confirmed_by_id, row.confirmed_by_name, row.confirmed_at = by.person_id, by.name, at
    names = ["target", "element", "reversed", "confirmed_by_id", "confirmed_by_name"]
    LegacyElement.objects.bulk_update(rows, [*names, "confirmed_at"])
    if rows:
        said = "; ".join(f"{row.code} is {meaning(row)}" for row in rows)
        record_about(
            "payroll.legacy.confirmed", "tenants.organisation", by.organisation_id, by=by, at=at,
            elements=said[:2_000],
        )  # fmt: skip
    return len(rows)


def withdraw(*, parallel: ParallelRun, reason: str, by: Actor) -> ParallelRun:
    """Takes results out of the comparison: another file of the pay day can be loaded.

    PRL13 without a reason, Clash where it is not open. Event payroll.parallel.withdrawn.
    """
    require(by, RUN_PAY)
    PRL13.check(reason.strip())
    rows = ParallelRun.objects.filter(organisation_id=by.organisation_id, pk=parallel.pk)
    move(rows, MOVES, "withdraw", expected=1, reason=reason.strip()[:200])
    parallel.refresh_from_db()
    record("payroll.parallel.withdrawn", parallel, by=by, comment=parallel.reason)
    return parallel
