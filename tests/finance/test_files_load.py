"""Loading a file: rows to invoices, credit notes, payments and journals, every penny accounted."""

from collections import Counter

import pytest
from django.db.models import Sum

from core.scope import scope
from finance.models import (
    Allocation,
    Coding,
    Invoice,
    InvoiceLine,
    JournalLine,
    LayoutVersion,
    Payment,
    PaymentRun,
    SourceFile,
    SourceRow,
    Supplier,
)
from finance.services.files import receive_file
from runs.models import Problem, Run
from tests.finance.files_in import PUBLISHED, RECEIVED, load
from tests.finance.test_ledger_races import together
from tests.world import World


@pytest.fixture
def loaded(world: World) -> SourceFile:
    return load(world)


def test_every_row_and_penny_is_accounted_for(world: World, loaded: SourceFile) -> None:
    assert loaded.state == "loaded"
    assert (loaded.rows_total, loaded.rows_loaded, loaded.rows_held, loaded.rows_other) == (
        *(15, 9, 2, 4),
    )
    assert loaded.total_pence == loaded.loaded_pence + loaded.held_pence == 138_700
    with scope(acting=world.id("eastmere")):
        kinds = Counter(SourceRow.objects.values_list("kind", flat=True))
        held = (
            SourceRow.objects.filter(kind="held").order_by("row_no").values_list("row_no", "cause")
        )
        assert kinds == {"loaded": 9, "held": 2, "header": 2, "blank": 1, "total": 1}
        assert list(held) == [(12, "amount_unreadable"), (13, "supplier_missing")]
        lines = InvoiceLine.objects.aggregate(pence=Sum("net_pence"))["pence"]
        assert lines == loaded.loaded_pence
        run = Run.objects.get(pk=loaded.run_id)
        assert (run.state, run.results["rows"], run.results["pence"]) == ("finished", 15, 138_700)
        assert Problem.objects.filter(run=run).count() == 2


def test_rows_of_one_transaction_are_one_invoice(world: World, loaded: SourceFile) -> None:
    with scope(acting=world.id("eastmere")):
        invoices = [
            (i.supplier_ref, i.net_pence, i.lines.count())
            for i in Invoice.objects.order_by("number")
        ]
    assert invoices == [
        ("T1", 130_000, 2),
        ("T2", -10_000, 1),
        ("T3", 8_000, 1),
        ("", 4_500, 1),
        ("", 4_500, 1),
        ("T4", 1_000, 1),
        ("T5", 1_200, 1),
        ("T6", -3_000, 1),
    ]


def test_suppliers_are_found_by_code_or_name(world: World, loaded: SourceFile) -> None:
    with scope(acting=world.id("eastmere")):
        rows = Supplier.objects.order_by("id").values_list("code", "name", "redacted")
        assert list(rows) == [
            ("77", "Harrow Paper Ltd", False),
            ("PUB-000001", "Green & Sons", False),
            ("PUB-000002", "GREEN AND SONS", False),
            ("REDACTED", "Redacted (personal data)", True),
            ("12", "Owed To Us Ltd", False),
        ]
    again = PUBLISHED.replace("T1", "X1").replace("T3", "X3")
    load(world, again, name="eastmere-2019-05.csv")
    with scope(acting=world.id("eastmere")):
        assert Supplier.objects.count() == 5


def test_payments_net_credits_and_leave_excess_open(world: World, loaded: SourceFile) -> None:
    with scope(acting=world.id("eastmere")):
        runs = PaymentRun.objects.order_by("pay_on")
        assert [(r.pay_on.isoformat(), r.state, r.payments, r.total_pence) for r in runs] == [
            ("2019-04-30", "released", 1, 120_000),
            ("2019-05-01", "released", 3, 19_200),
        ]
        credit, excess = Invoice.objects.filter(gross_pence__lt=0).order_by("number")
        assert (credit.state, credit.allocated_pence) == ("paid", -10_000)
        assert (excess.state, excess.allocated_pence, excess.paid_on) == ("posted", 0, None)
        paid = Payment.objects.aggregate(pence=Sum("amount_pence"))["pence"]
        assert paid == Allocation.objects.aggregate(pence=Sum("amount_pence"))["pence"] == 139_200


def test_second_file_of_a_day_adds_to_its_run(world: World, loaded: SourceFile) -> None:
    load(world, PUBLISHED.replace("T", "Z"), name="second.csv")
    with scope(acting=world.id("eastmere")):
        run = PaymentRun.objects.get(pay_on="2019-04-30")
        assert (run.payments, run.total_pence, run.version) == (2, 240_000, 2)
        assert run.items.count() == 2


def test_ledger_agrees_with_the_open_items(world: World, loaded: SourceFile) -> None:
    with scope(acting=world.id("eastmere")):
        sums = balances()
        open_items = sum(i.open_pence for i in Invoice.objects.all())
        assert sums["21000"] == -open_items == 3_000
        assert sums["16000"] == -139_200
        assert sum(sums.values()) == 0
        for invoice in Invoice.objects.all():
            lines = JournalLine.objects.filter(
                batch_id=invoice.batch_id, journal_id=invoice.journal_id, period=invoice.period
            )
            assert lines.filter(amount_pence=-invoice.gross_pence).count() >= 1


def balances() -> dict[str, int]:
    accounts = dict(Coding.objects.values_list("id", "account__code"))
    sums: Counter[str] = Counter()
    for coding, pence in JournalLine.objects.values_list("coding_id", "amount_pence"):
        sums[accounts[coding]] += pence
    return dict(sums)


def test_every_line_says_why_it_is_coded_so(world: World, loaded: SourceFile) -> None:
    with scope(acting=world.id("eastmere")):
        reasons = InvoiceLine.objects.order_by("id").values_list("coding_reason", flat=True)
        assert reasons[0].startswith("Category 'Stationery' reads as ")
        assert all(reasons)


def test_same_bytes_are_recognised(world: World, loaded: SourceFile) -> None:
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        again = receive_file(name="other.csv", data=PUBLISHED.encode(), purpose="published", by=by)
        assert (again.before, again.file.pk) == (True, loaded.pk)
        assert Run.objects.count() == SourceFile.objects.count() == 1


def test_layout_is_remembered(world: World, loaded: SourceFile) -> None:
    with scope(acting=world.id("eastmere")):
        saved = LayoutVersion.objects.get()
        assert saved.mapping["columns"]["supplier"] == 6


def test_duplicates_are_graded_and_lose_no_money(world: World, loaded: SourceFile) -> None:
    with scope(acting=world.id("eastmere")):
        same_day = Invoice.objects.filter(duplicate_grade="B").count()
        assert same_day == 0
    doubled = PUBLISHED.replace("Service,", "service,", 1)
    second = load(world, doubled, name="again.csv")
    assert second.loaded_pence == loaded.loaded_pence
    with scope(acting=world.id("eastmere")):
        rows = Invoice.objects.filter(source_file_id=second.pk).order_by("number")
        assert [(i.supplier_ref, i.duplicate_grade) for i in rows] == [
            ("T1", "A"),
            ("T2", "A"),
            ("T3", "A"),
            ("", "B"),
            ("", "B"),
            ("T4", ""),
            ("T5", ""),
            ("T6", "A"),
        ]


RESIDENTS = """Service,Payment Date,Transaction Number,Net Amount,Supplier
Care,30/04/2019,C1,500.00,Fairlea Care Home
Care,30/04/2019,C2,500.00,Fairlea Care Home
Care,{second},C3,500.00,Fairlea Care Home
Care,{second},C4,500.00,Fairlea Care Home
"""


@pytest.mark.parametrize("second", ["30/04/2019", "07/05/2019"])
def test_amounts_sent_again_and_again_are_no_duplicates(world: World, second: str) -> None:
    """Four on one day, or two on each of two days, each under its own number."""
    load(world, RESIDENTS.format(second=second), name="care.csv")
    with scope(acting=world.id("eastmere")):
        assert set(Invoice.objects.values_list("duplicate_grade", flat=True)) == {""}


def test_two_alike_are_graded_until_they_are_the_rule(world: World) -> None:
    """The first pair is worth a look; a later file that goes on so is not."""
    half = "\n".join(RESIDENTS.format(second="07/05/2019").splitlines()[:3]) + "\n"
    load(world, half, name="april.csv")
    load(world, half.replace("30/04", "07/05").replace(",C", ",D"), name="may.csv")
    with scope(acting=world.id("eastmere")):
        rows = Invoice.objects.order_by("number")
        assert [(i.supplier_ref, i.duplicate_grade) for i in rows] == [
            ("C1", ""),
            ("C2", "B"),
            ("D1", ""),
            ("D2", ""),
        ]


def test_real_invoices_stop_before_approval(world: World) -> None:
    file = load(world, RECEIVED, name="june.csv", purpose="invoices")
    assert (file.rows_loaded, file.rows_held, file.held_pence) == (3, 1, 7_000)
    with scope(acting=world.id("eastmere")):
        rows = Invoice.objects.order_by("number")
        assert [(i.supplier_ref, i.state, i.hold_cause, i.gross_pence) for i in rows] == [
            ("INV-100", "received", "", 12_000),
            ("INV-1O0", "held", "duplicate", 5_500),
            ("G7", "held", "vat", 19_000),
        ]
        assert [i.due_on.isoformat() for i in rows] == ["2026-07-03", "2026-07-04", "2026-07-05"]
        held = SourceRow.objects.get(kind="held")
        assert (held.row_no, held.cause) == (4, "received_missing")
        assert JournalLine.objects.count() == Payment.objects.count() == 0
        codes = InvoiceLine.objects.order_by("id").values_list("vat_code", flat=True)
        assert list(codes) == ["SR-IN", "OS", "SR-IN"]


def test_file_sent_twice_at_once_is_received_once(committed_world: World) -> None:
    """As by a double click: the second one is told, and nobody sees an error."""
    by = committed_world.actor("finance_officer@eastmere")
    data = PUBLISHED.encode()

    def send(_: int) -> bool:
        with scope(acting=by.organisation_id):
            return receive_file(name="a.csv", data=data, purpose="published", by=by).before

    assert sorted(together(send, 4)) == [False, True, True, True]
