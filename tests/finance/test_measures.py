"""Every base measure against an independent plain-Python twin."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from core.scope import scope
from core.working_time import Nation, national_holidays
from events.models import Event
from finance.measures import HOLDS, JOURNALS
from finance.models import InvoiceLine, Journal, Reversal
from finance.services.ledger import reverse_journal
from sla.models import MeasureValue
from sla.registry import LIVE, MEASURES
from sla.services import compute_measures
from tests.finance.ledger_books import DAY, opened, post_one
from tests.sla.builders import Books, small_books
from tests.world import World

HOLIDAYS = national_holidays(Nation.ENGLAND_AND_WALES, 2026)


def working_days(after: date, until: date) -> int:
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return sum(day.weekday() < 5 and day not in HOLIDAYS for day in days)


def twin(books: Books, lines_of: Counter[int]) -> dict[tuple[str, date], int]:
    """Month by month, invoice by invoice, as a clerk would count."""
    found: dict[tuple[str, date], int] = defaultdict(int)

    def add(key: str, on: date, amount: int = 1) -> None:
        found["finance." + key, on.replace(day=1)] += amount

    senders: dict[date, set[tuple[bool, str, int]]] = defaultdict(set)
    amounts: dict[tuple[date, int], int] = defaultdict(int)
    for row in books.invoices:
        bill = row.gross_pence > 0
        if row.posted_on:
            add("invoice_lines", row.posted_on, lines_of[row.pk])
            odd = bool(row.held_on or row.duplicate_grade)
            own = row.origin != "published"
            add("credit_notes", row.posted_on, not bill)
            add("invoices_processed", row.posted_on, bill)
            add("value_processed", row.posted_on, row.gross_pence * bill)
            add("small_invoices", row.posted_on, bill and row.gross_pence < 10_000)
            add("exceptions", row.posted_on, bill and odd)
            add("own_invoices", row.posted_on, bill and own)
            senders[row.posted_on.replace(day=1)].add((own, row.origin, row.supplier_id))
            add("untouched", row.posted_on, bill and own and not row.touched and not odd)
            add("undated", row.posted_on, bill and row.received_on is None)
            add("unnumbered", row.posted_on, bill and row.ref_norm == "")
            add("redacted", row.posted_on, bill and row.supplier.redacted)
        if row.approved_on and row.received_on and bill:
            add("approved_timed", row.approved_on)
            add("days_to_approve", row.approved_on, (row.approved_on - row.received_on).days)
        if row.received_on and bill:
            late = row.paid_on is None or row.paid_on.month > row.due_on.month
            add("value_due", row.due_on, row.gross_pence)
            add("value_due_unpaid", row.due_on, row.gross_pence * late)
        if not row.paid_on:
            continue
        on, timed = row.paid_on, bill and row.received_on is not None
        amounts[on.replace(day=1), row.supplier_id] += row.gross_pence
        add("value_paid", on, row.gross_pence)
        add("value_invoices_paid", on, row.gross_pence * bill)
        add("value_duplicates_paid", on, row.gross_pence * (bill and row.duplicate_grade == "A"))
        if not timed:
            continue
        days = (on - row.received_on).days
        in_terms = on <= max(row.due_on, row.received_on + timedelta(days=30))
        add("paid_timed", on)
        add("days_to_pay", on, days)
        add("paid_in_5_days", on, days <= 5)
        add("paid_in_30_days", on, days <= 30)
        add("paid_in_31_to_60_days", on, 31 <= days <= 60)
        add("paid_after_60_days", on, days > 60)
        add("paid_in_10_working_days", on, working_days(row.received_on, on) <= 10)
        add("paid_in_terms", on, in_terms)
        add("value_timed", on, row.gross_pence)
        add("value_in_terms", on, row.gross_pence * in_terms)
        add("paid_lines", on, lines_of[row.pk])
        add("paid_lines_in_terms", on, lines_of[row.pk] * in_terms)
    for month, sent in senders.items():
        add("suppliers_sending", month, len({who for own, _, who in sent if own}))
        electronic = {who for _, origin, who in sent if origin == "einvoice"}
        add("suppliers_sending_electronically", month, len(electronic))
    hidden = {row.supplier_id for row in books.invoices if row.supplier.redacted}
    for (month, supplier_id), amount in amounts.items():
        add("suppliers_paid", month)
        add("value_to_suppliers", month, max(amount, 0))
        add("value_to_largest", month, max(amount, 0) * (supplier_id not in hidden))
    for paid in books.payments:
        add("payments", paid.paid_on)
        add("payments_by_own_run", paid.paid_on, paid.payment_run.method != "published")
        add("payments_electronic", paid.paid_on, paid.payment_run.method == "bacs")
    # Half past eleven at night on 31 May in UTC is 1 June in London.
    add("rows_received", date(2026, 6, 1), 10)
    add("rows_held", date(2026, 6, 1), 3)
    add("rows_held_for_missing", date(2026, 6, 1), 2)
    return found


def stored(organisation_id: int) -> dict[tuple[str, date], int]:
    with scope(acting=organisation_id):
        rows = MeasureValue.objects.filter(part="")
        return {(row.measure, row.month): row.value for row in rows}


def test_every_measure_agrees_with_its_twin(world: World) -> None:
    here = world.id("eastmere")
    books = small_books(here)
    with scope(acting=here):
        lines_of = Counter(InvoiceLine.objects.values_list("invoice_id", flat=True))
    compute_measures([here])
    wanted = twin(books, lines_of)
    found = stored(here)
    stored_here = (m for m in MEASURES.values() if not (m.source.parted or m.source.late))
    finance = (m for m in stored_here if m.key.startswith("finance."))
    whole = {m.key for m in finance if m.source not in (HOLDS, JOURNALS)}
    assert {key for key, _ in found} == whole
    assert {k: v for k, v in found.items() if v} == {k: v for k, v in wanted.items() if v}


def test_days_on_hold_agree_with_their_twin(world: World) -> None:
    by = world.actor("finance_officer@eastmere")
    london = ZoneInfo("Europe/London")
    # Half past eleven at night in summer is the next day in London; the fourth is held still.
    spans = [("2026-05-04 10:00", "2026-05-06 09:00"), ("2026-05-01 23:30", "2026-05-11 10:00")]
    spans += [("2026-05-05 10:00", "2026-05-12 10:00"), ("2026-05-20 10:00", "")]
    spans += [("2026-06-01 08:00", "2026-06-01 09:00"), ("2026-05-29 08:00", "2026-06-04 09:00")]
    wanted: dict[date, list[int]] = defaultdict(list)
    with scope(acting=by.organisation_id):
        for number, span in enumerate(spans, start=1):
            days = []
            for verb, text in zip(("held", "released"), span, strict=True):
                if text:
                    at = datetime.fromisoformat(text).replace(tzinfo=UTC)
                    days.append(at.astimezone(london).date())
                    Event.objects.create(
                        organisation_id=by.organisation_id,
                        verb=f"finance.invoice.{verb}",
                        subject_key="finance.invoice",
                        subject_id=number,
                        person_name=by.name,
                        at=at,
                    )
            if len(days) == 2:
                wanted[days[1].replace(day=1)].append((days[1] - days[0]).days)
    compute_measures([by.organisation_id])
    found = stored(by.organisation_id)
    assert {m: v for (k, m), v in found.items() if k == "finance.median_hold_doubled"} == {
        month: 2 * median(days) for month, days in wanted.items()
    }
    assert {m: v for (k, m), v in found.items() if k == "finance.holds_released"} == {
        month: len(days) for month, days in wanted.items()
    }


def test_journals_reversed_agree_with_their_twin(world: World) -> None:
    by = opened(world)
    refs = [post_one(by, str(n), pence) for n, pence in enumerate((100, 200, 300))]
    with scope(acting=by.organisation_id):
        where = {"period": refs[0].period, "batch_id": refs[0].batch_id}
        reverse_journal(**where, journal_id=refs[0].journal_id, on=DAY, reason="Twice", by=by)
        total, reversals = Journal.objects.count(), Reversal.objects.count()
    compute_measures([by.organisation_id])
    found = stored(by.organisation_id)
    assert found["finance.journals_reversed", date(2026, 6, 1)] == reversals == 1
    assert found["finance.journals", date(2026, 6, 1)] == total - reversals == 3


def test_boundaries_of_days(world: World) -> None:
    here = world.id("eastmere")
    small_books(here)
    compute_measures([here])
    found = stored(here)
    april, may, june = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)
    assert found["finance.paid_in_5_days", april] == 1
    assert found["finance.paid_in_10_working_days", april] == 3 + (
        working_days(date(2026, 4, 1), date(2026, 4, 18)) <= 10
    )
    assert found["finance.paid_in_30_days", may] == 1
    assert found["finance.paid_in_31_to_60_days", may] == 3
    assert found["finance.paid_after_60_days", june] == 1


def test_computing_twice_and_in_parts_changes_nothing(world: World) -> None:
    here = world.id("eastmere")
    small_books(here)
    first_count = compute_measures([here])
    before = stored(here)
    assert compute_measures([here]) == first_count
    assert compute_measures([here], (date(2026, 5, 1), date(2026, 5, 1))) < first_count
    assert stored(here) == before


def test_one_month_leaves_the_others(world: World) -> None:
    here = world.id("eastmere")
    small_books(here)
    compute_measures([here], (date(2026, 5, 17), date(2026, 5, 20)))
    assert {month for _, month in stored(here)} == {date(2026, 5, 1)}


def test_a_neighbour_is_never_counted(world: World) -> None:
    small_books(world.id("northdale"))
    assert compute_measures([world.id("eastmere")]) == 0
    assert compute_measures([world.id("eastmere"), world.id("northdale")]) > 0
    assert stored(world.id("eastmere")) == {}


def test_spend_by_part_adds_up(world: World) -> None:
    here = world.id("eastmere")
    books = small_books(here)
    compute_measures([here])
    posted = sum(row.net_pence for row in books.invoices if row.posted_on)
    for measure in ("finance.spend_by_service", "finance.spend_by_account"):
        with scope(acting=here):
            values = MeasureValue.objects.filter(measure=measure).values_list("value", flat=True)
            assert sum(values) == posted


@pytest.mark.parametrize("code", sorted(LIVE))
def test_a_live_indicator_has_declared_measures(code: str) -> None:
    live = LIVE[code]
    assert live.numerator in MEASURES
    assert live.denominator == "" or live.denominator in MEASURES
