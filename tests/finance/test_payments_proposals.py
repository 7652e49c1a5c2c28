"""Proposing: who is paid, who is left out and why, and that no invoice is taken twice."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from core.errors import Clash, NotAllowed, Refused
from core.scope import scope
from finance.models import Allocation, Invoice, Payment, PaymentRun, SupplierBank
from finance.paying import selection
from finance.selectors.payments import preview
from finance.services.payments import (
    cancel_run,
    create_bank_account,
    put_back_payments,
    take_out_payments,
)
from finance.services.suppliers import change_supplier
from tests.finance.payment_books import (
    AT,
    DUE,
    DUE_TO,
    PAY_ON,
    account,
    bank,
    books,
    invoice,
    propose,
    release,
    supplier,
)
from tests.world import World


def payments(run: PaymentRun) -> list[tuple[int, str, int, str]]:
    rows = Payment.objects.filter(payment_run=run).order_by("number")
    return [(p.number, p.supplier.code, p.amount_pence, p.state) for p in rows]


def tied() -> dict[int, int]:
    """Pence of the live allocation by invoice; a proposal leaves the invoices themselves alone."""
    assert not Invoice.objects.exclude(allocated_pence=0).exists()
    rows = Allocation.objects.filter(live=True).order_by("invoice__number")
    return dict(rows.values_list("invoice__number", "amount_pence"))


def test_due_invoices_are_paid_net_of_credits_one_payment_a_supplier(world: World) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        one, two = supplier(by, "A"), supplier(by, "B")
        invoice(by, one, 10_000)
        invoice(by, one, 5_000)
        invoice(by, one, -2_000, due=date(2027, 1, 1))
        invoice(by, two, 700)
        invoice(by, two, 999, due=date(2026, 7, 1))
        run = propose(by)
        assert payments(run) == [(1, "A", 13_000, "proposed"), (2, "B", 700, "proposed")]
        assert (run.payments, run.total_pence, run.state) == (2, 13_700, "proposed")
        assert tied() == {1: 10_000, 2: 5_000, 3: -2_000, 4: 700}


def test_what_cannot_be_paid_is_left_out_with_its_cause(world: World) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        invoice(by, supplier(by, "OK"), 100)
        invoice(by, supplier(by, "HELD", status="held"), 200)
        invoice(by, supplier(by, "ENDED", status="ended"), 300)
        invoice(by, supplier(by, "NOBANK", banked=False), 400)
        owed = supplier(by, "CREDIT")
        invoice(by, owed, 500)
        invoice(by, owed, -600)
        invoice(by, supplier(by, "HUGE"), 2_000_000_001)
        strange = supplier(by, "NAME", banked=False)
        bank(by, strange, account_name="株式会社")
        invoice(by, strange, 800)
        pasted = supplier(by, "PASTED", banked=False)
        bank(by, pasted, account_name="Pasted\N{NO-BREAK SPACE}from a page")
        invoice(by, pasted, 850)
        invoice(by, supplier(by, "ARGUE"), 900, state="disputed")
        invoice(by, supplier(by, "WAIT"), 950, state="held", hold_cause="vat")
        invoice(by, supplier(by, "CREDITONLY"), -50)
        found = preview(organisation_id=by.organisation_id, due_to=DUE_TO, pay_on=PAY_ON)
        run = propose(by)
        assert [(p[1], p[2]) for p in payments(run)] == [("OK", 100)]
    assert (found.payments, found.total_pence) == (1, 100)
    assert {g.cause: (g.count, [r.code for r in g.rows]) for g in found.left_out} == {
        "supplier_held": (1, ["HELD"]),
        "supplier_ended": (1, ["ENDED"]),
        "no_bank": (1, ["NOBANK"]),
        "credits": (1, ["CREDIT"]),
        "too_large": (1, ["HUGE"]),
        "account_name": (2, ["PASTED", "NAME"]),
        "invoice_disputed": (1, []),
        "invoice_held": (1, []),
    }


def test_who_is_paid_first_does_not_wait_for_the_due_day(world: World) -> None:
    by, later = books(world), DUE_TO + timedelta(days=40)
    with scope(acting=by.organisation_id):
        carer, other = supplier(by, "CARER", paid_first=True), supplier(by, "OTHER")
        for firm in (carer, other):
            invoice(by, firm, 1_000)
            invoice(by, firm, 500, due=later)
            invoice(by, firm, -100)
        invoice(by, carer, 70, due=later, state="held", hold_cause="vat")
        found = preview(organisation_id=by.organisation_id, due_to=DUE_TO, pay_on=PAY_ON)
        rows = {p.supplier.code: p for p in propose(by).items.select_related("supplier")}
    wanted = {"CARER": 1_400, "OTHER": 900}
    assert {row.code: row.net_pence for row in found.largest} == wanted
    assert {code: row.amount_pence for code, row in rows.items()} == wanted
    assert "early" in rows["CARER"].warnings and "early" not in rows["OTHER"].warnings


def test_a_supplier_is_made_one_who_is_paid_first(world: World) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        firm = supplier(by, "CARER")
        invoice(by, firm, 500, due=DUE_TO + timedelta(days=40))
        with pytest.raises(Refused, match="No supplier can be paid"):
            propose(by)
        change_supplier(supplier=firm, version=1, facts={"paid_first": True}, by=by)
        assert propose(by).total_pence == 500


@pytest.mark.parametrize(
    ("pay_on", "at"),
    [
        (date(2026, 6, 20), AT),  # a Saturday
        (date(2026, 12, 25), AT),
        (date(2026, 6, 15), AT),
        (date(2026, 6, 16), AT),  # the file would have been needed last Friday
        (date(2031, 6, 18), AT),  # bank holidays not published
    ],
)
def test_payment_day_is_a_banking_day_that_can_be_reached(
    world: World, pay_on: date, at: datetime
) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        invoice(by, supplier(by, "A"), 100)
        with pytest.raises(Refused) as refusal:
            propose(by, pay_on=pay_on, at=at)
        assert refusal.value.code == "PAY01"


def test_nothing_due_is_refused_and_same_proposal_twice_is_one(world: World) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        with pytest.raises(Refused) as refusal:
            propose(by)
        assert refusal.value.code == "PAY02"
        invoice(by, supplier(by, "A"), 100)
        run = propose(by)
        assert propose(by) == run
        with pytest.raises(Refused):
            propose(by, pay_on=date(2026, 6, 19))
        assert PaymentRun.objects.count() == 1


def test_only_those_who_may_propose(world: World) -> None:
    books(world)
    by = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        with pytest.raises(NotAllowed):
            propose(by)


def test_warnings(world: World) -> None:
    by = books(world)
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        known = supplier(by, "KNOWN")
        invoice(by, known, 111)
        release(propose(by), boss)
        changed = supplier(by, "CHANGED", banked=False)
        bank(by, changed, agreed_at=AT - timedelta(days=29))
        invoice(by, changed, 222)
        invoice(by, supplier(by, "DOUBLE"), 333, duplicate_grade="B")
        # The manager of this world approves up to £5,000.00.
        invoice(by, supplier(by, "UNDER"), 499_999)
        invoice(by, supplier(by, "ROUND"), 100_000)
        for number in range(4):
            invoice(by, supplier(by, f"LARGE{number}"), 900_001 + number)
        invoice(by, known, 444)
        run = propose(by, due_to=date(2026, 7, 1))
        found = {
            p.supplier.code: p.warnings
            for p in Payment.objects.filter(payment_run=run).select_related("supplier")
        }
    large = {f"LARGE{n}": ["first_payment", "large"] for n in range(4)}
    assert found == {
        **large,
        "KNOWN": [],
        "CHANGED": ["first_payment", "bank_changed"],
        "DOUBLE": ["first_payment", "duplicate"],
        "UNDER": ["first_payment", "just_under", "large"],
        "ROUND": ["first_payment", "round_sum"],
    }


def test_taken_out_and_put_back(world: World) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        invoice(by, supplier(by, "A"), 100)
        invoice(by, supplier(by, "B"), 200)
        run = propose(by)
        out = take_out_payments(run=run, numbers=[2], version=run.version, by=by)
        assert (out.payments, out.total_pence, out.version) == (1, 100, 2)
        assert tied() == {1: 100}
        with pytest.raises(Clash):
            take_out_payments(run=run, numbers=[1], version=run.version, by=by)
        with pytest.raises(Clash):
            take_out_payments(run=out, numbers=[2], version=out.version, by=by)
        back = put_back_payments(run=out, numbers=[2], version=out.version, by=by)
        assert (back.payments, back.total_pence, back.version) == (2, 300, 3)
        assert tied() == {1: 100, 2: 200}


def test_taken_payment_goes_to_another_run_and_cannot_come_back(world: World) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        invoice(by, supplier(by, "A"), 100)
        invoice(by, supplier(by, "B"), 200)
        run = propose(by)
        run = take_out_payments(run=run, numbers=[2], version=1, by=by)
        other = propose(by, pay_on=date(2026, 6, 19))
        assert payments(other) == [(3, "B", 200, "proposed")]
        with pytest.raises(Refused) as refusal:
            put_back_payments(run=run, numbers=[2], version=run.version, by=by)
        assert refusal.value.code == "PAY09"


def test_cancelled_run_frees_its_invoices(world: World) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        invoice(by, supplier(by, "A"), 100)
        run = cancel_run(run=propose(by), version=1, by=by)
        assert (run.state, tied(), payments(run)) == (
            "cancelled",
            {},
            [(1, "A", 100, "removed")],
        )
        with pytest.raises(Refused) as refusal:
            cancel_run(run=run, version=run.version, by=by)
        assert refusal.value.code == "PAY08"
        assert payments(propose(by)) == [(2, "A", 100, "proposed")]


def test_database_refuses_an_invoice_in_two_live_payments(world: World) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        made = invoice(by, supplier(by, "A"), 100)
        propose(by)
        payment = Payment.objects.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            Allocation.objects.create(
                organisation_id=by.organisation_id, payment=payment, invoice=made, amount_pence=100
            )


def test_accounts_of_one_service_user_share_their_serial(world: World) -> None:
    by = books(world)
    boss = world.actor("finance_manager@eastmere")
    keeper = world.actor("administrator@eastmere")
    with scope(acting=by.organisation_id):
        facts = {
            "name": "Second",
            "sort_code": "089999",
            "account_number": "11112222",
            "account_name": "Eastmere Second",
        }
        second = create_bank_account(**facts, service_user="654321", by=keeper)
        for wrong in ({"service_user": "65432"}, {"account_name": "株式会社"}):
            with pytest.raises(Refused) as refusal:
                create_bank_account(**{**facts, "service_user": "654321", **wrong}, by=keeper)
            assert refusal.value.code == "PAY11"
        with pytest.raises(NotAllowed):
            create_bank_account(**facts, service_user="654321", by=by)
        row = supplier(by, "A")
        serials = []
        for paid_from in (account(), second, account()):
            invoice(by, row, 100)
            run = release(propose(by, bank_account=paid_from), boss)
            serials.append({f.serial for f in run.files.all()})
    assert serials == [{"000001"}, {"000002"}, {"000003"}]


def test_london_time_decides_the_day(world: World) -> None:
    by = books(world)
    late = datetime(2026, 6, 15, 23, 30, tzinfo=ZoneInfo("UTC"))  # half past midnight in London
    with scope(acting=by.organisation_id):
        invoice(by, supplier(by, "A"), 100)
        with pytest.raises(Refused):
            propose(by, at=late, pay_on=date(2026, 6, 17))
        assert propose(by, at=late, pay_on=date(2026, 6, 18)).payments == 1


def test_a_changed_account_is_not_paid_before_it_cooled_off(world: World) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        for code in ("A", "B"):
            invoice(by, supplier(by, code), 100)
        changed = SupplierBank.objects.filter(supplier__code="B")
        changed.update(called_outcome="confirmed", paid_from=PAY_ON + timedelta(days=1))
        wanted = selection.Wanted(by.organisation_id, DUE_TO, PAY_ON)
        found = {one.code: one.cause for one in selection.preview(wanted)}
        assert found == {"A": "", "B": "cooling_off"}
        assert [one.supplier.code for one in propose(by).items.all()] == ["A"]
        changed.update(paid_from=PAY_ON)
        assert [one.supplier.code for one in propose(by, due_to=DUE).items.all()] == ["B"]
