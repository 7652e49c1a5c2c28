"""Schedules of recurring invoices, and every invoice that comes in held against them.

An invoice that fits is coded by its schedule and says so; one that is of another amount, or comes a
second time, is held for the owner of the schedule. A schedule is agreed by a second person; what
came since its first day and fits is taken into it then, unchanged.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from core.actors import Actor, require
from core.errors import Clash
from core.templatetags.web import day, pounds
from events.services import record, record_many
from finance.models import Invoice, InvoiceLine, RecurringArrival, RecurringInvoice, Supplier
from finance.permissions import AGREE_SCHEDULES, ENTER_INVOICES
from finance.recurrence import expected_near
from finance.rules import INV04, INV09, INV14
from finance.rules_workbench import REC01, REC02, REC03, REC04
from finance.selectors.holds import people_on_invoices, stopped
from finance.services.ledger import coding_ids
from tenants.services import next_number

State = RecurringInvoice.State
CAUSE = "recurring"
AGAIN, AFTER_THE_END = "came already for", "It comes after the last one of"
CODED = ("account_code", "unit_id")


@dataclass(frozen=True)
class Plan:
    """A schedule as it is proposed. Amounts are pence with VAT."""

    description: str
    expected_pence: int
    tolerance_pence: int
    frequency: str
    first_on: date
    last_on: date | None
    account_code: str
    unit_id: int | None
    owner_id: int
    mark: str = ""
    grace_days: int = 5


def propose_schedule(*, supplier: Supplier, plan: Plan, by: Actor, as_of: date) -> RecurringInvoice:
    """A schedule waits for a second person. Event finance.supplier.schedule_proposed.

    INV04 for a supplier not in use, REC01 for amounts and days, INV14 for the owner.
    """
    require(by, ENTER_INVOICES)
    INV04.check(supplier.status == Supplier.Status.ACTIVE)
    in_order = plan.last_on is None or plan.last_on >= plan.first_on
    REC01.check(plan.expected_pence > 0 <= plan.tolerance_pence and plan.description and in_order)
    able = people_on_invoices(by.organisation_id, as_of)
    INV14.check(plan.owner_id in able)
    pair = (plan.account_code, plan.unit_id)
    facts = {key: value for key, value in vars(plan).items() if key not in CODED}
    row = RecurringInvoice.objects.create(
        organisation_id=by.organisation_id,
        number=next_number("schedule", by=by),
        supplier=supplier,
        coding_id=coding_ids(pairs=[pair], by=by)[pair],
        owner_name=able[plan.owner_id],
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=timezone.now(),
        **facts,
    )
    _event(row, "schedule_proposed", by)
    return row


def decide_schedule(*, schedule: RecurringInvoice, version: int, agree: bool, by: Actor) -> None:
    """In use from now on, or refused. REC02 for who proposed it, REC03 once decided.

    Event finance.supplier.schedule_agreed or .schedule_refused.
    """
    require(by, AGREE_SCHEDULES)
    REC02.check(by.person_id is not None and by.person_id != schedule.made_by_id)
    REC03.check(schedule.state == State.PROPOSED)
    state = State.ACTIVE if agree else State.REFUSED
    who = {"decided_by_id": by.person_id, "decided_by_name": by.name}
    _change(schedule, version, state=state, decided_at=timezone.now(), **who)
    _event(schedule, "schedule_agreed" if agree else "schedule_refused", by)
    if agree:
        _take_in_what_came(schedule)


def end_schedule(
    *, schedule: RecurringInvoice, version: int, last_on: date, reason: str, by: Actor
) -> None:
    """Nothing is expected after a day; earlier days stay. INV09 without a reason, REC04 if not
    earlier than it ends, REC01 before it begins. Event finance.supplier.schedule_ended."""
    require(by, ENTER_INVOICES)
    INV09.check(reason.strip())
    REC04.check(
        schedule.state == State.ACTIVE and (schedule.last_on is None or last_on < schedule.last_on)
    )
    REC01.check(last_on >= schedule.first_on)
    _change(schedule, version, last_on=last_on, ended_reason=reason.strip()[:200])
    _event(schedule, "schedule_ended", by, day=day(last_on), comment=reason.strip())


def _change(schedule: RecurringInvoice, version: int, **changes: Any) -> None:
    rows = RecurringInvoice.objects.filter(
        organisation_id=schedule.organisation_id, pk=schedule.pk, version=version
    )
    if rows.update(version=F("version") + 1, **changes) != 1:
        raise Clash()
    schedule.refresh_from_db()


def _event(row: RecurringInvoice, outcome: str, by: Actor, **said: Any) -> None:
    about = {"number": row.number, "description": row.description, **said}
    record(f"finance.supplier.{outcome}", row.supplier, by=by, **about)


@dataclass(frozen=True)
class _Found:
    """A schedule that an invoice is for, the day it is for, and what is wrong with it."""

    schedule: RecurringInvoice
    expected_on: date
    problem: str = ""

    @property
    def stands(self) -> bool:
        """Is it what came for that day, as expected or not?"""
        return AGAIN not in self.problem and self.problem != AFTER_THE_END

    @property
    def words(self) -> str:
        due = f"{self.schedule}, {self.schedule.description}, for {day(self.expected_on)}"
        return f"{self.problem} {due}." if self.problem else f"Fits {due}"


def hold_against_schedules(*, invoice_ids: Sequence[int], by: Actor, as_of: date) -> bool:
    """Each of these new invoices whose supplier has a schedule: coded by it, or held with a cause.

    False if no supplier of them has one. Events finance.invoice.scheduled and finance.invoice.held.
    Lines that a person coded stay.
    """
    rows = Invoice.objects.filter(organisation_id=by.organisation_id, pk__in=list(invoice_ids))
    schedules = _schedules(by.organisation_id, rows)
    if not schedules:
        return False
    invoices = list(rows.filter(supplier_id__in=schedules, gross_pence__gt=0).order_by("id"))
    found = _found(invoices, schedules)
    fitting = {pk: one for pk, one in found.items() if not one.problem}
    differing = {pk: one for pk, one in found.items() if one.problem}
    by_id = {row.pk: row for row in invoices}
    _note({by_id[pk]: one for pk, one in found.items()})
    _code({by_id[pk]: one for pk, one in fitting.items()})
    _hold([by_id[pk] for pk in differing], differing, by, as_of)
    by_schedule: dict[RecurringInvoice, list[Any]] = defaultdict(list)
    for pk, one in fitting.items():
        by_schedule[one.schedule].append((pk, by_id[pk].thread))
    for schedule, ids in by_schedule.items():
        about: dict[str, Any] = {"number": schedule.number, "description": schedule.description}
        record_many("finance.invoice.scheduled", "finance.invoice", ids, by=by, **about)
    return True


def _schedules(
    organisation_id: int, invoices: QuerySet[Invoice]
) -> dict[int, list[RecurringInvoice]]:
    """Those in use of the suppliers of these invoices, locked: each day of one is given once."""
    rows = RecurringInvoice.objects.filter(
        organisation_id=organisation_id,
        supplier_id__in=invoices.values("supplier_id"),
        state=State.ACTIVE,
    ).select_related("coding__unit")
    found: dict[int, list[RecurringInvoice]] = defaultdict(list)
    for row in rows.select_for_update(of=("self",)).order_by("id"):
        found[row.supplier_id].append(row)
    return dict(found)


def _found(
    invoices: Sequence[Invoice], schedules: Mapping[int, list[RecurringInvoice]]
) -> dict[int, _Found]:
    """What each invoice is for. One that came before, and was not reversed, keeps its day."""
    if not invoices:
        return {}
    here = invoices[0].organisation_id
    every = [row.pk for some in schedules.values() for row in some]
    arrivals = RecurringArrival.objects.filter(organisation_id=here, schedule_id__in=every)
    stand = arrivals.exclude(invoice__state=Invoice.State.REVERSED)
    taken = {(one.schedule_id, one.expected_on): str(one.invoice) for one in stand.select_related(
        "invoice")}  # fmt: skip
    texts = _texts(invoices)
    found: dict[int, _Found] = {}
    for row in invoices:
        likely = [
            _judged(row, schedule, taken)
            for schedule in schedules[row.supplier_id]
            if schedule.mark.lower() in texts[row.pk]
        ]
        # What fits goes first; of several that do not, the one that the words name.
        best = min((one for one in likely if one), key=lambda one: bool(one.problem), default=None)
        if best is not None:
            found[row.pk] = best
            taken.setdefault((best.schedule.pk, best.expected_on), str(row))
    return found


def _texts(invoices: Sequence[Invoice]) -> dict[int, str]:
    """All words on each invoice, in small letters."""
    words = {row.pk: [row.description, row.supplier_ref] for row in invoices}
    lines = InvoiceLine.objects.filter(
        organisation_id=invoices[0].organisation_id, invoice_id__in=list(words)
    )
    for invoice_id, text in lines.values_list("invoice_id", "description"):
        words[invoice_id].append(text)
    return {pk: " ".join(some).lower() for pk, some in words.items()}


def _judged(
    row: Invoice, schedule: RecurringInvoice, taken: Mapping[tuple[int, date], str]
) -> _Found | None:
    expected_on = expected_near(
        schedule.first_on, schedule.frequency, schedule.last_on, row.invoice_on
    )
    if expected_on is None:
        ended = schedule.last_on and row.invoice_on > schedule.last_on
        # Without words of its own on it, it may be anything that the supplier sends.
        if ended and schedule.mark:
            return _Found(schedule, schedule.last_on or row.invoice_on, AFTER_THE_END)
        return None
    before = taken.get((schedule.pk, expected_on))
    if before:
        return _Found(schedule, expected_on, f"{before} {AGAIN}")
    off = row.gross_pence - schedule.expected_pence
    if abs(off) > schedule.tolerance_pence:
        more = "more" if off > 0 else "less"
        words = f"It is {pounds(abs(off))} {more} than the {pounds(schedule.expected_pence)} of"
        return _Found(schedule, expected_on, words)
    return _Found(schedule, expected_on)


def _note(found: Mapping[Invoice, _Found]) -> None:
    """The first that came for a day stands there; what came again, or after the end, nowhere."""
    wanted = {row: one for row, one in found.items() if one.stands}
    if not wanted:
        return
    here = next(iter(wanted)).organisation_id
    days = [(one.schedule.pk, one.expected_on) for one in wanted.values()]
    gone = RecurringArrival.objects.filter(
        organisation_id=here,
        schedule_id__in=[key for key, _ in days],
        expected_on__in=[on for _, on in days],
        invoice__state=Invoice.State.REVERSED,
    )
    RecurringArrival.objects.filter(
        organisation_id=here, pk__in=list(gone.values_list("pk", flat=True))
    ).delete()
    RecurringArrival.objects.bulk_create(
        RecurringArrival(
            organisation_id=here,
            schedule=one.schedule,
            expected_on=one.expected_on,
            invoice=row,
            fits=not one.problem,
            words=one.words[:300],
        )
        for row, one in wanted.items()
    )


_LINES = """
UPDATE finance_invoiceline l SET coding_id = x.coding_id, coding_reason = x.reason
  FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::boolean[])
       AS x (invoice_id, coding_id, reason, whole)
 WHERE l.organisation_id = %s AND l.invoice_id = x.invoice_id AND (l.coding_id IS NULL OR x.whole)
"""


def _code(fitting: Mapping[Invoice, _Found]) -> None:
    """Lines get the coding of the schedule; on a keyed invoice only those that nobody coded."""
    if not fitting:
        return
    values: tuple[list[Any], ...] = ([], [], [], [])
    for row, one in fitting.items():
        whole = row.origin != Invoice.Origin.KEYED
        facts = (row.pk, one.schedule.coding_id, one.words[:200], whole)
        for column, value in zip(values, facts, strict=True):
            column.append(value)
        if not row.unit_path and one.schedule.coding.unit is not None:
            row.unit_path = one.schedule.coding.unit.path
    here = next(iter(fitting)).organisation_id
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [*values, here])
    Invoice.objects.filter(organisation_id=here).bulk_update(list(fitting), ["unit_path"])


def _hold(rows: Sequence[Invoice], found: Mapping[int, _Found], by: Actor, as_of: date) -> None:
    """Held for the owner of the schedule, unless something else holds it already."""
    held = [row for row in rows if row.state == Invoice.State.RECEIVED]
    if not held:
        return
    clock = stopped(cause=CAUSE, owner=None, on=as_of, at=by.organisation_id)
    for row in held:
        schedule = found[row.pk].schedule
        row.state, row.hold_cause, row.hold_text = Invoice.State.HELD, CAUSE, found[row.pk].words
        row.held_on, row.stopped_at, row.answer_on = as_of, clock["stopped_at"], clock["answer_on"]
        row.owner_id, row.owner_name = schedule.owner_id, schedule.owner_name
    columns = ("state", "hold_cause", "hold_text", "held_on", "stopped_at", "answer_on")
    Invoice.objects.filter(organisation_id=by.organisation_id).bulk_update(
        held, [*columns, "owner_id", "owner_name"]
    )
    ids = [(row.pk, row.thread) for row in held]
    said: dict[str, Any] = {"cause": "Differs from its schedule"}
    record_many("finance.invoice.held", "finance.invoice", ids, by=by, **said)


def _take_in_what_came(schedule: RecurringInvoice) -> None:
    """Invoices since the first day that fit; they are left as they are."""
    rows = Invoice.objects.filter(
        organisation_id=schedule.organisation_id,
        supplier_id=schedule.supplier_id,
        gross_pence__range=(
            schedule.expected_pence - schedule.tolerance_pence,
            schedule.expected_pence + schedule.tolerance_pence,
        ),
        arrivals=None,
    ).exclude(state=Invoice.State.REVERSED)
    near = list(rows.order_by("invoice_on", "id"))
    found = _found(near, {schedule.supplier_id: [schedule]})
    by_id = {row.pk: row for row in near}
    _note({by_id[pk]: one for pk, one in found.items() if not one.problem})
