"""Early-payment discounts: offered by dated terms, taken when worth it and in time, posted once."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from core.actors import Actor
from core.errors import NotAllowed, Refused
from core.invariants import problems
from core.scope import scope
from finance.models import DiscountTerms, Invoice, InvoiceLine, Payment, Supplier
from finance.paying.discounts import kept_percent
from finance.rules import SUP28, SUP29
from finance.selectors.discounts import discounts_by_month
from finance.services.returns import return_payment
from tests.finance.payment_books import (
    AT,
    DUE_TO,
    PAY_ON,
    books,
    invoice,
    propose,
    release,
    supplier,
    terms,
)
from tests.world import World

JANUARY, JUNE = date(2026, 1, 1), date(2026, 6, 10)
# Dated 10 June and due a month later: on 18 June the discount of ten days is in time.
LATER = JUNE + timedelta(days=30)


@pytest.fixture
def officer(world: World) -> Actor:
    return books(world)


def with_vat(by: Actor, row: Supplier, pence: int, code: str = "SR-IN", **facts: Any) -> Invoice:
    """An invoice of a sixth VAT, with its line."""
    made = invoice(by, row, pence, due=facts.pop("due", LATER), **facts)
    vat = pence // 6
    Invoice.objects.filter(pk=made.pk).update(net_pence=pence - vat, vat_pence=vat)
    InvoiceLine.objects.create(
        organisation_id=by.organisation_id, invoice=made, line_no=1, vat_code=code,
        net_pence=pence - vat, vat_pence=vat,
    )  # fmt: skip
    return made


def posted(batch_id: int | None) -> dict[str, int]:
    """Pence by account of a batch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.code, sum(l.amount_pence)::bigint FROM finance_journalline l"
            " JOIN finance_coding c ON c.organisation_id = l.organisation_id AND c.id = l.coding_id"
            " JOIN finance_account a ON a.organisation_id = c.organisation_id"
            "  AND a.id = c.account_id WHERE l.batch_id = %s GROUP BY 1",
            [batch_id],
        )
        return dict(cursor.fetchall())


def wrong(by: Actor) -> list[Any]:
    """What the invariants of payments say; invoices of these books are posted without VAT."""
    names = ("allocated to an invoice", "paid exactly when", "payment is the sum", "run is the sum",
             "debited to trade payables")  # fmt: skip
    return [one for one in problems(by.organisation_id) if any(n in one.name for n in names)]


def test_a_discount_is_taken_and_its_vat_given_back(world: World, officer: Actor) -> None:
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=officer.organisation_id):
        early = supplier(officer, "EARLY")
        terms(officer, early, JANUARY)
        taken = with_vat(officer, early, 1_200_01)
        cost = with_vat(officer, early, 600_00, code="SR-NR")
        full = invoice(officer, supplier(officer, "FULL"), 500_00)
        run = propose(officer)
        # 2% of £1,200.01 and of £600.00: £24.00 and £12.00.
        one = Payment.objects.get(supplier=early)
        assert (one.amount_pence, one.discount_pence) == (1_764_01, 36_00)
        assert one.warnings.count("discount") == 1 and "early" not in one.warnings
        assert run.total_pence == 1_764_01 + 500_00
        run = release(run, boss)
        # A sixth of the first discount is VAT that was recovered; of the other it was a cost.
        found = posted(run.batch_id)
        assert found.pop("42800") == -32_00
        assert found == {"21000": 2_300_01, "16100": -2_264_01, "15500": -4_00}
        for row in (taken, cost, full):
            row.refresh_from_db()
            assert (row.state, row.allocated_pence) == ("paid", row.gross_pence)
        assert wrong(officer) == []


def test_a_payment_that_comes_back_gives_its_discount_back(world: World, officer: Actor) -> None:
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=officer.organisation_id):
        early = supplier(officer, "EARLY")
        terms(officer, early, JANUARY)
        owed = with_vat(officer, early, 1_200_00)
        run = release(propose(officer), boss)
        back = return_payment(
            payment=Payment.objects.get(), kind="returned", reason="Account closed",
            by=officer, at=AT,
        )  # fmt: skip
        assert posted(back.batch_id) == {k: -v for k, v in posted(run.batch_id).items()}
        owed.refresh_from_db()
        assert (owed.state, owed.allocated_pence) == ("posted", 0)
        # By the end of June the ten days are over: when it is due it is paid in full.
        later = date(2026, 7, 9)
        again = propose(officer, due_to=LATER, pay_on=later)
        assert (again.total_pence, Payment.objects.get(payment_run=again).discount_pence) == (
            1_200_00, 0,
        )  # fmt: skip
        assert wrong(officer) == []


@pytest.mark.parametrize(
    ("percent", "days", "due", "paid"),
    [
        ("2", 10, LATER, True),
        ("2", 7, LATER, False),  # the day of payment is one too late
        ("2", 8, LATER, True),
        ("0", 10, LATER, False),
        ("0.25", 10, JUNE + timedelta(days=365), False),  # a year early for a quarter of a percent
        ("0.25", 10, JUNE + timedelta(days=30), True),
    ],
)
def test_only_what_is_in_time_and_worth_it_is_taken(
    officer: Actor, percent: str, days: int, due: date, paid: bool
) -> None:
    with scope(acting=officer.organisation_id):
        early = supplier(officer, "EARLY")
        terms(officer, early, JANUARY, percent=Decimal(percent), days=days)
        invoice(officer, early, 1_000_00, due=due, invoice_on=JUNE)
        invoice(officer, supplier(officer, "FULL"), 500_00)
        propose(officer, due_to=DUE_TO, pay_on=PAY_ON)
        assert Payment.objects.filter(supplier=early, discount_pence__gt=0).exists() is paid


def test_money_that_is_kept_earns_what_the_bank_said_last() -> None:
    assert kept_percent(date(2026, 6, 18)) == Decimal("3.75")
    assert kept_percent(date(2017, 3, 1)) == Decimal("0.25")


def test_terms_hold_for_invoices_dated_from_their_day_on(world: World, officer: Actor) -> None:
    with scope(acting=officer.organisation_id):
        early = supplier(officer, "EARLY")
        terms(officer, early, JANUARY)
        terms(officer, early, JUNE, percent=Decimal(5))
        invoice(officer, early, 100_00, due=LATER)
        invoice(officer, early, 1_000_00, due=LATER, invoice_on=JUNE - timedelta(days=1))
        propose(officer)
        # Dated 10 June: 5%; dated 9 June: 2%.
        assert Payment.objects.get().discount_pence == 5_00 + 20_00
        with pytest.raises(Refused) as before:
            terms(officer, early, JUNE)
        with pytest.raises(Refused) as much:
            terms(officer, early, LATER, percent=Decimal(51))
        with pytest.raises(Refused) as unsaid:
            terms(officer, early, LATER, source=" ")
        assert (before.value.rule, much.value.rule, unsaid.value.rule) == (SUP29, SUP28, SUP28)
        with pytest.raises(IntegrityError), transaction.atomic():
            DiscountTerms.objects.create(
                organisation_id=officer.organisation_id, supplier=early, from_on=LATER, days=10,
                percent=60, source="x", made_by_name="x", made_at=AT,
            )  # fmt: skip
        with pytest.raises(NotAllowed):
            terms(world.actor("auditor@eastmere"), early, LATER)


def test_pages_show_what_was_offered_taken_and_missed(world: World, officer: Actor) -> None:
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=officer.organisation_id):
        early = supplier(officer, "EARLY")
        terms(officer, early, JANUARY)
        missed = invoice(officer, early, 3_000_00)
        taken = with_vat(officer, early, 1_200_00)
        run = release(propose(officer), boss)
        one = Payment.objects.get()
        months = discounts_by_month(officer.organisation_id, JANUARY, date(2026, 11, 1))
    # One offer ended on 21 May, ten days after the invoice; the other on 20 June.
    found = [(m.month.month, m.taken, m.taken_pence, m.missed, m.missed_pence) for m in months]
    assert found == [(6, 1, 24_00, 0, 0), (5, 0, 0, 1, 60_00)]
    client = Client()
    client.force_login(world.people["finance_officer@eastmere"])

    def words(address: str) -> str:
        return client.get(f"/eastmere/{address}").content.decode()

    assert "£24.00 off for paying early" in words(f"invoices/{taken.number}/")
    assert "2.00% off, £60.00, if paid by 21 May 2026" in words(f"invoices/{missed.number}/")
    remittance = words(f"payments/{one.number}/")
    assert "Early payment discount" in remittance and "£1,200.00" in remittance
    assert "Takes a discount for early payment" in words(f"payment-runs/{run.number}/")
    assert "£24.00" in words("payments/")
    assert "Contract, clause 7" in words("suppliers/terms/EARLY/")
    report = words("reports/discounts/")
    assert "June 2026" in report and "£60.00" in report
    rows = client.get("/eastmere/reports/discounts/?format=csv").content.decode("utf-8-sig")
    assert f"INV-{missed.number}" in rows and "Missed" in rows
    told = client.get("/api/v1/eastmere/early-discounts/").json()
    assert [(one["month"], one["saved"], one["not_saved"]) for one in told["months"]] == [
        ("2026-06-01", "24.00", "0.00"),
        ("2026-05-01", "0.00", "60.00"),
    ]
    assert [(one["number"], one["outcome"], one["discount"]) for one in told["results"]] == [
        (missed.number, "missed", "60.00"),
        (taken.number, "taken", "24.00"),
    ]
    client.force_login(world.people["staff@eastmere"])
    assert client.get("/api/v1/eastmere/early-discounts/").status_code == 403


def test_terms_are_entered_on_their_page(world: World, officer: Actor) -> None:
    with scope(acting=officer.organisation_id):
        supplier(officer, "EARLY")
    client = Client()
    client.force_login(world.people["finance_officer@eastmere"])
    given = {"percent": "2.5", "days": "14", "from_on": "01/01/2026", "source": "Letter of May"}
    address = "/eastmere/suppliers/terms/EARLY/"
    assert client.post(address, {**given, "source": ""}).status_code == 422
    page = client.post(address, given, follow=True).content.decode()
    assert "2.5% within 14 days" in page and "Letter of May" in page
    assert "no later" not in page and client.post(address, given).status_code == 422
    page = client.get("/eastmere/suppliers/of/EARLY/").content.decode()
    assert "Early-payment discount of invoices from 1 January 2026: 2.5% within 14 days" in page
