"""Interest for late payment: against worked examples, against a slow twin, and as people see it."""

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

import pytest

from core.scope import scope
from finance.late_payment import rates
from finance.models import Invoice
from finance.selectors.late_interest import Late, liabilities, paid_late
from tests.finance.payment_books import AT, books, invoice, supplier
from tests.finance.test_payments_pages import client, text
from tests.world import World

SINCE, UNTIL, TODAY = date(2026, 4, 1), date(2026, 9, 30), date(2026, 10, 5)


def paid(by: Any, row: Any, pence: int, received: date, paid_on: date, **facts: Any) -> Any:
    """A paid invoice; due 30 days after its receipt unless said otherwise."""
    due = facts.pop("due", received + timedelta(days=30))
    made = invoice(by, row, pence, due=due)
    facts = {"state": "paid", "paid_on": paid_on, "allocated_pence": pence, **facts}
    type(made).objects.filter(pk=made.pk).update(received_on=received, **facts)
    return made


def found(organisation_id: int) -> list[Late]:
    return paid_late(organisation_id, SINCE, UNTIL, limit=100)


# Received, paid, pence; and days late, basis points, pence of interest and of the fixed sum.
WORKED = [
    # Interest starts to run on 2 June, so 3.75% of 31 December: 1,000 x 11.75% x 10 / 365.
    ((date(2026, 5, 2), date(2026, 6, 11), 100_000), (10, 1175, 322, 7_000)),
    # It starts on 1 July, so the rate of 30 June, and keeps it.
    ((date(2026, 5, 31), date(2026, 7, 1), 99_999), (1, 1175, 32, 4_000)),
    # Late in December 2025: 4.25% and the eight, to the day of payment in April.
    ((date(2025, 11, 10), date(2026, 4, 9), 1_000_000), (120, 1225, 40_274, 10_000)),
    # One penny pays its fixed sum and no interest.
    ((date(2026, 4, 1), date(2026, 5, 5), 1), (4, 1175, 0, 4_000)),
]


@pytest.mark.parametrize(("what", "expected"), WORKED)
def test_worked_examples(world: World, what: Any, expected: Any) -> None:
    by = books(world)
    received, paid_on, pence = what
    with scope(acting=by.organisation_id):
        paid(by, supplier(by, "A"), pence, received, paid_on)
        (row,) = found(by.organisation_id)
    assert (row.days, row.basis_points, row.interest_pence, row.fixed_pence) == expected


def test_the_sooner_of_the_due_day_and_thirty_days_counts(world: World) -> None:
    by, received = books(world), date(2026, 5, 1)
    with scope(acting=by.organisation_id):
        firm = supplier(by, "A")
        after = {days: received + timedelta(days=days) for days in (14, 20, 31, 60)}
        agreed = paid(by, firm, 5_000, received, after[20], due=after[14])
        longer = paid(by, firm, 6_000, received, after[31], due=after[60])
        before_receipt = {"due": received - timedelta(days=3)}
        paid(by, firm, 7_000, received, after[20], **before_receipt)
        late = {row.number: row for row in found(by.organisation_id)}
    assert {number: row.days for number, row in late.items()} == {
        agreed.number: 6,
        longer.number: 1,
    }
    assert late[longer.number].payable_on == date(2026, 5, 31)


def test_what_is_in_time_credited_published_or_of_other_days_is_left_out(world: World) -> None:
    by, received = books(world), date(2026, 5, 1)
    with scope(acting=by.organisation_id):
        firm = supplier(by, "A")
        paid(by, firm, 5_000, received, received + timedelta(days=30))
        paid(by, firm, -5_000, received, received + timedelta(days=60))
        row = paid(by, firm, 6_000, received, received + timedelta(days=60), origin="published")
        type(row).objects.filter(pk=row.pk).update(received_on=None)
        paid(by, firm, 7_000, received, UNTIL + timedelta(days=1))
        assert found(by.organisation_id) == []
        late, still_open = liabilities(by.organisation_id, SINCE, UNTIL, TODAY)
        assert (late.number, still_open.number) == (0, 0)
        invoice(by, firm, 100_000, due=TODAY - timedelta(days=10))
        invoice(by, firm, 100_000, due=TODAY - timedelta(days=10), state="disputed")
        late, still_open = liabilities(by.organisation_id, SINCE, UNTIL, TODAY)
    assert (still_open.number, still_open.interest_pence, still_open.fixed_pence) == (1, 322, 7_000)


def test_a_half_year_without_a_rate_is_said_and_not_guessed(world: World) -> None:
    by = books(world)
    last = rates()[-1].until_on
    received = last + timedelta(days=5)
    with scope(acting=by.organisation_id):
        paid(by, supplier(by, "A"), 100_000, received, received + timedelta(days=40))
        days = (received, received + timedelta(days=90))
        (row,) = paid_late(by.organisation_id, *days, limit=9)
        total, _ = liabilities(by.organisation_id, *days, days[1])
    assert (row.basis_points, row.interest_pence) == (None, None)
    assert (total.unknown, total.interest_pence, total.fixed_pence) == (1, 0, 7_000)


def test_every_half_year_has_one_rate_with_a_source() -> None:
    known = rates()
    assert all(a.until_on == b.from_on for a, b in pairwise(known))
    assert all(rate.source for rate in known)
    assert [rate.percent for rate in known[-3:]] == ["12.25%", "11.75%", "11.75%"]


def test_many_debts_cost_what_a_slow_twin_says(world: World) -> None:
    """Amounts, rates and days by chance, each worked out again with Decimal."""
    by, chance = books(world), random.Random(1998)
    with scope(acting=by.organisation_id):
        firm = supplier(by, "A")
        Invoice.objects.bulk_create(
            _debt(firm, number, 10 ** chance.randint(1, 9) + chance.randint(0, 999), chance)
            for number in range(1, 301)
        )
        rows = paid_late(by.organisation_id, date(2016, 1, 1), TODAY, limit=1_000)
        total, _ = liabilities(by.organisation_id, date(2016, 1, 1), TODAY, TODAY)
    assert len(rows) > 200
    for row in rows:
        starts = row.payable_on + timedelta(days=1)
        (rate,) = [rate for rate in rates() if rate.from_on <= starts < rate.until_on]
        year = Decimal(row.gross_pence) * rate.basis_points / 10_000
        exact = (year * (row.paid_on - row.payable_on).days / 365).quantize(1, ROUND_HALF_UP)
        assert row.interest_pence == exact, row
    assert total.interest_pence == sum(row.interest_pence or 0 for row in rows)
    assert total.fixed_pence == sum(row.fixed_pence for row in rows)


def _debt(firm: Any, number: int, pence: int, chance: random.Random) -> Invoice:
    received = date(2016, 1, 1) + timedelta(days=chance.randint(0, 3_700))
    paid_on = min(received + timedelta(days=chance.randint(20, 400)), TODAY)
    return Invoice(
        organisation_id=firm.organisation_id,
        number=number,
        supplier=firm,
        origin="keyed",
        invoice_on=received,
        received_on=received,
        due_on=received + timedelta(days=30),
        net_pence=pence,
        gross_pence=pence,
        allocated_pence=pence,
        state="paid",
        paid_on=paid_on,
        made_at=AT,
    )


def test_the_page_and_its_file_agree(world: World) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        firm = supplier(by, "A")
        for (received, paid_on, pence), _ in WORKED:
            paid(by, firm, pence, received, paid_on)
    auditor = client(world, "auditor@eastmere")
    days = "?since=01/04/2026&until=30/09/2026"
    shown = auditor.get(f"/eastmere/reports/late-interest/{days}")
    said = text(shown)
    assert "Invoices paid late 4" in said and "£406.28" in said and "£656.28" in said
    assert [row["cells"][7] for row in shown.context["rows"]][:2] == ["£402.74", "£3.22"]
    file = auditor.get(f"/eastmere/reports/late-interest/export/{days}").content.decode("utf-8-sig")
    assert "Interest,406.28" in file and "Fixed sums,250.00" in file
    assert ",120,10000.00,12.25,402.74,100.00" in file
    wrong = text(auditor.get("/eastmere/reports/late-interest/?since=30/09/2026&until=01/04/2026"))
    assert "Enter a day that is not before" in wrong
    assert (
        client(world, "staff@eastmere").get("/eastmere/reports/late-interest/").status_code == 403
    )
    told = auditor.get("/api/v1/eastmere/late-interest/?since=2026-04-01&until=2026-09-30").json()
    assert (told["paid"]["interest"], told["paid"]["fixed"]) == ("406.28", "250.00")
    assert [one["interest"] for one in told["results"]][:2] == ["402.74", "3.22"]
