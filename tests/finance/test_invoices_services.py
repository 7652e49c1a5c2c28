"""Invoices: entered, held, disputed, approved, posted, reversed; by whom and when not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from approvals.models import Request
from approvals.services import decide
from core.actors import Right
from core.errors import Clash, NotAllowed, Refused
from core.scope import scope
from events.selectors import timeline
from finance.models import Invoice, JournalLine
from finance.selectors.coding import Coded, codings, suggestion
from finance.selectors.duplicates import matches_of
from finance.services import invoices as services
from finance.services.invoices import LineEntry
from finance.services.invoices_bulk import hold_invoices, release_invoices, submit_invoices
from tests.finance.payables import again, invoice, prepare, supplier
from tests.world import TODAY, World


@pytest.fixture
def ready(world: World) -> World:
    prepare(world)
    return world


def officer(world: World) -> Any:
    return world.actor("finance_officer@eastmere")


def submitted(world: World, row: Invoice) -> Request:
    services.submit_for_approval(invoice=row, version=row.version, by=officer(world))
    return Request.objects.get(subject_key="finance.invoice", subject_id=row.pk, state="waiting")


def decided(world: World, request: Request, decision: Any, comment: str = "") -> None:
    by = world.actor("finance_manager@eastmere")
    decide(request=request, decision=decision, comment=comment, by=by, as_of=timezone.now())


def posted(world: World, row: Invoice) -> Invoice:
    decided(world, submitted(world, row), "approve")
    return again(row)


def test_entered_invoice_is_received_with_worked_out_vat(ready: World) -> None:
    row = invoice(ready, supplier(ready, terms_days=20))
    assert (row.state, row.net_pence, row.vat_pence, row.gross_pence) == (
        "received",
        10_000,
        2_000,
        12_000,
    )
    assert (row.due_on - TODAY).days == 20


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"received_on": None}, "INV01"),
        ({"received_on": TODAY.replace(year=2027)}, "INV02"),
        ({"lines": [LineEntry("x", "54300", None, "SR-IN", 0)]}, "INV03"),
        ({"lines": [LineEntry("x", "54300", None, "SR-OUT", 100, 0)]}, "INV05"),
        ({"lines": [LineEntry("x", "54300", None, "ZR-IN", 1000, 200)]}, "INV06"),
        ({"ref": "--"}, "INV12"),
    ],
)
def test_entry_is_refused(ready: World, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        invoice(ready, supplier(ready), **changes)
    assert refusal.value.code == code


def test_only_those_who_enter_invoices_may(ready: World) -> None:
    row = invoice(ready, supplier(ready))
    by = ready.actor("auditor@eastmere")
    with scope(acting=by.organisation_id), pytest.raises(NotAllowed):
        services.hold(invoice=row, version=1, cause="vat", by=by, as_of=TODAY)


def test_same_number_again_needs_a_reason(ready: World) -> None:
    harrow = supplier(ready)
    first = invoice(ready, harrow, "INV-001")
    with pytest.raises(Refused, match="has sent an invoice with this number"):
        invoice(ready, harrow, "inv 001")
    second = invoice(ready, harrow, "inv OO1", confirmed_reason="They count anew each year")
    assert (second.duplicate_grade, second.duplicate_of) == ("A", first.pk)
    with scope(acting=ready.id("eastmere")):
        assert [entry.text for entry in timeline(second)] == [
            f"Entered though INV-{first.number} has the same number: They count anew each year",
            "Entered, £120.00",
        ]


@pytest.mark.parametrize(
    ("name", "ref", "days", "net", "grades"),
    [
        ("Harrow Paper", "Z-77", 0, 10_000, ["B"]),
        ("Other Ltd", "A-1001", 9, 10_000, ["C"]),
        ("Harrow Paper", "A-1010", 9, 10_000, ["D"]),
        ("Harrow Paper", "A-1001A", 9, 10_000, ["D"]),
        ("Harrow Paper", "A-1010", 60, 10_000, []),
        ("Harrow Paper", "A-1010", 9, 10_001, []),
        ("Other Ltd", "A-1010", 0, 10_000, []),
    ],
)
def test_duplicates_are_graded(
    ready: World, name: str, ref: str, days: int, net: int, grades: list[str]
) -> None:
    harrow = supplier(ready)
    other = harrow if name == harrow.name else supplier(ready, name)
    first = invoice(ready, harrow, "A-1001")
    second = invoice(ready, other, ref, net=net, invoice_on=first.invoice_on - timedelta(days=days))
    with scope(acting=ready.id("eastmere")):
        found = matches_of(again(second))
    assert [match.grade for match in found] == grades
    assert second.duplicate_grade == (grades[0] if grades else "")


@pytest.mark.parametrize(
    ("days", "graded"),
    [
        ([0], True),
        ([0, 7, 14], True),  # weekly, and now two at once
        ([0, 0], False),  # three on one day
        ([0, 7, 7], False),  # two a day, week after week
    ],
)
def test_what_a_supplier_does_as_a_rule_is_no_duplicate(
    ready: World, days: list[int], graded: bool
) -> None:
    """A care home bills one fee for each resident, each under a number of its own."""
    home = supplier(ready, "Fairlea Care Home")
    first = TODAY - timedelta(days=3)
    for at, back in enumerate(days):
        invoice(ready, home, f"RES{at}{at * 7}", invoice_on=first - timedelta(days=back))
    last = invoice(ready, home, "NEW999", invoice_on=first)
    assert last.duplicate_grade == ("B" if graded else "")


def test_what_is_in_the_ledger_is_not_coded_anew(ready: World) -> None:
    """Its lines would say one thing and its journal another."""
    row = invoice(ready, supplier(ready))
    by, boss = officer(ready), ready.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        decide(request=submitted(ready, row), decision="approve", by=boss, as_of=timezone.now())
        row = again(row)
        services.hold(invoice=row, version=row.version, cause="vat", by=by, as_of=TODAY)
        other = Coded("54200", None, "SR-IN", "Chosen")
        with pytest.raises(Refused, match="It is in the ledger"):
            services.recode_lines(invoice=row, version=row.version, lines={1: other}, by=by)


def test_hold_and_release(ready: World) -> None:
    row = invoice(ready, supplier(ready))
    by = officer(ready)
    with scope(acting=by.organisation_id):
        services.hold(invoice=row, version=1, cause="price", by=by, as_of=TODAY)
        assert (row.state, row.hold_cause, row.version) == ("held", "price", 2)
        with pytest.raises(Clash):
            services.release_hold(invoice=row, version=1, by=by)
        services.release_hold(invoice=row, version=2, by=by)
        assert (row.state, row.hold_cause) == ("received", "")


def test_approved_invoice_is_posted_and_balanced(ready: World) -> None:
    lines = [
        LineEntry("Paper", "54300", None, "SR-IN", 10_000),
        LineEntry("Party", "54200", None, "SR-NR", 1_000),
        LineEntry("Books", "54300", None, "ZR-IN", 500),
    ]
    row = invoice(ready, supplier(ready), lines=lines)
    with scope(acting=ready.id("eastmere")):
        row = posted(ready, row)
        assert (row.state, row.posted_on is not None) == ("posted", True)
        entries = JournalLine.objects.filter(batch_id=row.batch_id, journal_id=row.journal_id)
        names = codings(organisation_id=row.organisation_id, ids=[e.coding_id for e in entries])
        found = sorted((names[e.coding_id].account.code, e.amount_pence) for e in entries)
    assert found == [
        ("15500", 2_000),
        ("21000", -13_700),
        ("54200", 1_200),
        ("54300", 500),
        ("54300", 10_000),
    ]


def test_returned_invoice_carries_the_sentence(ready: World) -> None:
    row = invoice(ready, supplier(ready))
    with scope(acting=ready.id("eastmere")):
        decided(ready, submitted(ready, row), "return", "Which cost centre?")
        row = again(row)
        assert (row.state, row.hold_text) == ("received", "Which cost centre?")
        decided(ready, submitted(ready, row), "reject", "We never ordered this")
        assert again(row).state == "disputed"


def test_dispute_of_a_posted_invoice_returns_to_posted(ready: World) -> None:
    row = invoice(ready, supplier(ready))
    by = officer(ready)
    with scope(acting=by.organisation_id):
        row = posted(ready, row)
        services.dispute(invoice=row, version=row.version, text="Short by two boxes", by=by)
        services.resolve(invoice=row, version=row.version, by=by)
        assert row.state == "posted"


def test_reversal_undoes_the_journal_for_good(ready: World) -> None:
    row = invoice(ready, supplier(ready))
    by = ready.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        row = posted(ready, row)
        services.reverse_invoice(
            invoice=row, version=row.version, reason="Wrong body", by=by, as_of=TODAY
        )
        assert row.state == "reversed"
        assert sum(JournalLine.objects.values_list("amount_pence", flat=True)) == 0
        assert JournalLine.objects.count() == 6
        with pytest.raises(Refused, match="in this state"):
            services.reverse_invoice(
                invoice=row, version=row.version, reason="Again", by=by, as_of=TODAY
            )


def test_uncoded_invoice_is_not_submitted(ready: World) -> None:
    row = invoice(ready, supplier(ready), lines=[LineEntry("x", "", None, "OS", 100)])
    by = officer(ready)
    with scope(acting=by.organisation_id), pytest.raises(Refused) as refusal:
        services.submit_for_approval(invoice=row, version=1, by=by)
    assert refusal.value.code == "INV11"


def test_a_role_in_some_cost_centres_ends_there(ready: World) -> None:
    harrow = supplier(ready)
    rows = [invoice(ready, harrow, f"A-{n}00", net=n * 100) for n in (1, 2, 3)]
    ids = [row.pk for row in rows]
    whole = officer(ready)
    here = Right(whole.organisation_id, "finance_officer", "PARKS.")
    elsewhere = Right(whole.organisation_id, "manager", "")
    by = replace(whole, rights=(here, elsewhere))
    said = "1 left out: Your role does not reach the cost centre of this invoice."
    with scope(acting=by.organisation_id):
        Invoice.objects.filter(pk__in=ids[:2]).update(unit_path="PARKS.TREES.")
        Invoice.objects.filter(pk=ids[2]).update(unit_path="CARE.")
        held = hold_invoices(invoice_ids=ids, cause="vat", by=by, as_of=TODAY)
        assert held.in_words("Held") == f"Held 2 of 3 invoices. {said}"
        hold_invoices(invoice_ids=ids[2:], cause="vat", by=whole, as_of=TODAY)
        released = release_invoices(invoice_ids=ids, by=by)
        assert released.in_words("Released") == f"Released 2 of 3 invoices. {said}"
        sent = submit_invoices(invoice_ids=ids, by=by)
        assert sent.in_words("Sent") == f"Sent 2 of 3 invoices. {said}"
        other = Invoice.objects.get(pk=ids[2])
        assert other.state == "held"
        with pytest.raises(NotAllowed):
            services.release_hold(invoice=other, version=other.version, by=by)


def test_bulk_says_what_was_left_out(ready: World) -> None:
    harrow = supplier(ready)
    rows = [invoice(ready, harrow, f"A-{n}00", net=n * 100) for n in (1, 2, 3)]
    ids = [row.pk for row in rows]
    by = officer(ready)
    with scope(acting=by.organisation_id):
        assert submit_invoices(invoice_ids=ids[:1], by=by).changed == 1
        held = hold_invoices(invoice_ids=ids, cause="vat", by=by, as_of=TODAY)
        assert held.in_words("Held") == (
            "Held 2 of 3 invoices. 1 left out: "
            "This cannot be done to an invoice in this state. (Waiting for approval)"
        )
        assert release_invoices(invoice_ids=ids, by=by).changed == 2
        assert [again(row).state for row in rows] == ["submitted", "received", "received"]
        assert [entry.text for entry in timeline(rows[1])][:2] == [
            "Released from hold",
            "Held: VAT to be checked",
        ]


def test_coding_is_suggested_from_history_with_the_reason(ready: World) -> None:
    harrow = supplier(ready)
    for number in range(3):
        account = "54300" if number < 2 else "54200"
        line = LineEntry("x", account, None, "SR-IN", 100 + number)
        invoice(ready, harrow, f"R{number}7", lines=[line])
    with scope(acting=ready.id("eastmere")):
        likely = suggestion(organisation_id=ready.id("eastmere"), supplier_id=harrow.pk)
    assert likely is not None
    assert (likely.account_code, likely.vat_code) == ("54300", "SR-IN")
    assert likely.reason.startswith("2 of the last 3 lines of this supplier went to ")
