"""Credit notes matched to what they credit: suggestions with reasons, limits, undoing, lists."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from core.errors import Clash, NotAllowed, Refused
from core.invariants import problems
from core.scope import scope
from finance.models import CreditMatch, Invoice
from finance.rules import INV09
from finance.rules_workbench import CRN01, CRN02, CRN03, CRN04
from finance.selectors.credits import suggestions
from finance.services.credits import match_credit, undo_match
from finance.services.invoices import LineEntry, reverse_invoice
from tests.finance import payment_books
from tests.finance.files_in import RECEIVED, load
from tests.finance.payables import again, invoice, prepare, supplier
from tests.finance.test_files_taken_back import take_back
from tests.world import TODAY, World

PAGE = "/eastmere/invoices/credits/"


@pytest.fixture
def ready(world: World) -> World:
    prepare(world)
    return world


def matched(world: World, credit: Invoice, row: Invoice, pence: int, **given: Any) -> CreditMatch:
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        facts = {"version": again(credit).version, "reason": "Their letter", "by": by, **given}
        return match_credit(credit=credit, invoice=row, pence=pence, **facts)


def test_suggestions_say_why_and_the_likeliest_is_first(ready: World) -> None:
    harrow, moss = supplier(ready), supplier(ready, "Moss & Sons")
    before = {"invoice_on": TODAY - timedelta(days=40)}
    quoted = invoice(ready, harrow, "HP-4711", net=50_000, **before)
    same = invoice(ready, harrow, "HP-5000", net=3_000, **before)
    lines = [LineEntry(w, "54300", None, "SR-IN", n) for w, n in (("Ink", 3_000), ("Pens", 900))]
    by_line = invoice(ready, harrow, "HP-6000", lines=lines, **before)
    plain = invoice(ready, harrow, "HP-7000", net=800, **before)
    invoice(ready, moss, "MS-4711", net=3_000, **before)
    credit = invoice(ready, harrow, "CN-1", net=-3_000, description="For HP/4711, ink returned")
    with scope(acting=ready.id("eastmere")):
        found = suggestions(credit)
    assert [(one.invoice.pk, one.pence, one.reasons) for one in found] == [
        (quoted.pk, 3_600, ["The credit note quotes HP-4711"]),
        (same.pk, 3_600, ["The same amount", "Each line of the credit note is a line of it"]),
        (by_line.pk, 3_600, ["Each line of the credit note is a line of it"]),
        (plain.pk, 960, ["The same supplier, nothing more"]),
    ]


def test_a_part_is_matched_and_never_more_than_is_left_of_either(ready: World) -> None:
    harrow, moss = supplier(ready), supplier(ready, "Moss & Sons")
    one, other = (invoice(ready, harrow, ref, net=5_000) for ref in ("A1", "B22"))
    credit = invoice(ready, harrow, "CN-1", net=-8_000)
    alien = invoice(ready, moss, "M1", net=9_000)
    refusals = [
        ((credit, one, 6_001), {}, CRN04),
        ((credit, one, 0), {}, CRN04),
        ((credit, one, 5), {"reason": " "}, INV09),
        ((one, other, 5), {}, CRN01),
        ((credit, credit, 5), {}, CRN01),
        ((credit, alien, 5), {}, CRN02),
    ]
    for given, also, rule in refusals:
        with pytest.raises(Refused) as refusal:
            matched(ready, *given, **also)
        assert refusal.value.rule is rule
    matched(ready, credit, one, 6_000)
    with pytest.raises(Refused) as refusal:
        matched(ready, credit, other, 3_601)
    assert refusal.value.rule is CRN04 and "£36.00 is left" in str(refusal.value)
    with pytest.raises(Clash):
        matched(ready, credit, other, 5, version=1)
    with pytest.raises(NotAllowed):
        matched(ready, credit, other, 5, by=ready.actor("auditor@eastmere"))
    matched(ready, credit, other, 3_600)
    with scope(acting=ready.id("eastmere")):
        sums = [again(row).unmatched_pence for row in (credit, one, other)]
        assert sums == [0, 0, 2_400]
        assert suggestions(again(credit)) == []
        with pytest.raises(IntegrityError), transaction.atomic():
            Invoice.objects.filter(pk=one.pk).update(matched_pence=6_001)


def test_a_match_is_undone_by_a_person_and_by_a_reversal(ready: World) -> None:
    harrow, boss = supplier(ready), ready.actor("finance_manager@eastmere")
    row, credit = invoice(ready, harrow, "A1"), invoice(ready, harrow, "CN-1", net=-10_000)
    match, by = matched(ready, credit, row, 7_000), ready.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        with pytest.raises(Refused):
            undo_match(match=match, reason=" ", by=by)
        undo_match(match=match, reason="Wrong one", by=by)
        with pytest.raises(Clash):
            undo_match(match=match, reason="Again", by=by)
        assert (again(row).matched_pence, again(credit).matched_pence) == (0, 0)
    matched(ready, credit, row, 12_000)
    with scope(acting=by.organisation_id):
        gone = again(row)
        given = {"reason": "Not ours", "by": boss, "as_of": TODAY}
        with pytest.raises(Clash):
            reverse_invoice(invoice=gone, version=1, **given)
        reverse_invoice(invoice=gone, version=gone.version, **given)
        assert (again(row).matched_pence, again(credit).matched_pence) == (0, 0)
        texts = list(CreditMatch.objects.order_by("id").values_list("undone_reason", flat=True))
        assert texts == ["Wrong one", f"{row} is reversed"]
    with pytest.raises(Refused) as refusal:
        matched(ready, credit, row, 5)
    assert refusal.value.rule is CRN03


def test_taking_a_load_back_frees_what_was_matched_to_it(world: World) -> None:
    file, by = load(world, RECEIVED, purpose="invoices"), world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        row = Invoice.objects.select_related("supplier").get(supplier_ref="INV-100")
    credit = invoice(world, row.supplier, "CN-1", net=-5_000)
    matched(world, credit, row, 6_000)
    take_back(world, file)
    with scope(readable={by.organisation_id}):
        assert (again(row).state, again(row).matched_pence) == ("reversed", 0)
        assert again(credit).matched_pence == 0
        assert [one.text for one in problems(by.organisation_id)] == []


def test_what_a_load_holds_is_on_who_loaded_it(world: World) -> None:
    load(world, RECEIVED, purpose="invoices")
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        rows = Invoice.objects.order_by("number").values_list(
            "hold_cause", "owner_id", "owner_name"
        )
        owner = (by.person_id, by.name)
        assert sorted(rows) == [("", None, ""), ("duplicate", *owner), ("vat", *owner)]
        held = Invoice.objects.filter(state="held")
        assert all(row.answer_on and row.stopped_at for row in held)


def test_payment_runs_take_credits_off_whether_matched_or_not(world: World) -> None:
    by = payment_books.books(world)
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        firm = payment_books.supplier(by, "P1")
        rows = [payment_books.invoice(by, firm, pence) for pence in (5_000, 7_000, -3_000, -1_000)]
        given = {"version": 1, "reason": "Returned", "by": by}
        match_credit(credit=rows[2], invoice=rows[0], pence=2_000, **given)
        run = payment_books.propose(by)
        assert run.total_pence == 8_000
        payment_books.release(run, boss)
        paid = [again(row) for row in rows]
        assert [row.state for row in paid] == ["paid"] * 4
        assert [row.matched_pence for row in paid] == [2_000, 0, -2_000, 0]


def test_pages(ready: World, client: Client) -> None:
    client.force_login(ready.people["finance_officer@eastmere"])
    assert "No credit notes here" in client.get(PAGE).content.decode()
    harrow = supplier(ready)
    row = invoice(ready, harrow, "HP-100")
    credit = invoice(ready, harrow, "CN-1", net=-2_500, received_on=TODAY - timedelta(days=9))
    shown = client.get(PAGE).content.decode()
    assert "CN-1" in shown and "1, £30.00" in shown
    days = (timezone.localdate() - TODAY).days + 9
    assert f"Received,{days},-30.00,-30.00" in client.get(f"{PAGE}?format=csv").content.decode()
    assert client.get(f"{PAGE}?format=xlsx&which=all").content[:2] == b"PK"
    where = f"{PAGE}{credit.number}/"
    assert client.get(f"{PAGE}{row.number}/").status_code == 404
    given = {"action": "match", "version": 1, "invoice": "nonsense", "amount": "30"}
    answer = client.post(where, given)
    assert answer.status_code == 422 and "like INV-7" in answer.content.decode()
    given |= {"invoice": f"INV-{row.number}", "reason": "Two boxes returned"}
    assert "£30.00 is left" in client.post(where, {**given, "amount": "31"}).content.decode()
    assert "£30.00 of INV-2 credit INV-1" in client.post(where, given, follow=True).content.decode()
    assert client.post(where, given).status_code == 409
    for number, words in ((row.number, "Credited by"), (credit.number, "What it credits")):
        text = client.get(f"/eastmere/invoices/{number}/").content.decode()
        assert words in text and "Two boxes returned" in text
    assert "CN-1" in client.get(f"{PAGE}?which=matched").content.decode()
    with scope(acting=ready.id("eastmere")):
        match = CreditMatch.objects.get()
    undo = {"action": "undo", "match": match.pk}
    assert client.post(where, undo).status_code == 422
    assert (
        "is undone" in client.post(where, {**undo, "text": "Wrong"}, follow=True).content.decode()
    )
    client.force_login(ready.people["auditor@eastmere"])
    assert client.post(where, given).status_code == 403
    assert "Match it" not in client.get(where).content.decode()
