"""Spending is published row for row, with rules of who is not named, and approved by a second."""

import csv
import hashlib
import io
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from approvals.models import Request
from approvals.services import decide
from core.actors import Actor
from core.errors import NotAllowed, Refused
from core.invariants import problems
from core.scope import scope
from finance.models import Invoice, InvoiceLine, RedactionRule, SpendPublication
from finance.selectors.publications import Spending, spending
from finance.services.ledger import coding_ids
from finance.services.publications import add_redaction, end_redaction, propose_publication
from tenants.models import Unit
from tests.finance import payment_books
from tests.world import World

JUNE, LIMIT = date(2026, 6, 1), 500_00
LAW = "Freedom of Information Act 2000, section 40"
# What each supplier was paid: above the threshold, on it, just above it, and far above it.
PAID = {"BIG": 900_000, "EXACT": 50_000, "OVER": 50_001, "FOSTER": 120_000}


@pytest.fixture
def paid(world: World) -> Actor:
    """Four suppliers paid on 18 June 2026; the finance officer."""
    by = payment_books.books(world)
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        for code, pence in PAID.items():
            payment_books.invoice(by, payment_books.supplier(by, code), pence)
        payment_books.release(payment_books.propose(by), boss)
    return by


def rule(world: World, kind: str, value: str = "", who: str = "finance_manager") -> RedactionRule:
    with scope(acting=world.id("eastmere")):
        by = world.actor(f"{who}@eastmere")
        return add_redaction(kind=kind, value=value, legal_reason=LAW, from_on=JUNE, by=by)


def found(by: Actor, limit: int = LIMIT) -> Spending:
    with scope(acting=by.organisation_id):
        return spending(by.organisation_id, JUNE, limit)


def proposed(by: Actor, **given: Any) -> SpendPublication:
    with scope(acting=by.organisation_id):
        return propose_publication(month=JUNE, threshold_pence=LIMIT, by=by, **given)


def decided(world: World, row: SpendPublication, decision: Any = "approve") -> SpendPublication:
    with scope(acting=world.id("eastmere")):
        request = Request.objects.get(subject_key="finance.publication", subject_id=row.pk)
        by, said = world.actor("finance_manager@eastmere"), "" if decision == "approve" else "No."
        decide(request=request, decision=decision, comment=said, by=by, as_of=timezone.now())
        return SpendPublication.objects.get(pk=row.pk)


def test_what_is_published_and_what_is_not_comes_to_what_was_paid(
    world: World, paid: Actor
) -> None:
    rule(world, "supplier", "FOSTER")
    all_of_it = found(paid)
    assert [row.payee for row in all_of_it.published] == ["Supplier BIG", "Supplier OVER"]
    assert [(row.payee, row.legal_reason) for row in all_of_it.redacted] == [
        ("Supplier FOSTER", LAW)
    ]
    assert [row.pence for row in all_of_it.below] == [PAID["EXACT"]]
    totals = all_of_it.totals().values()
    assert sum(total.pence for total in totals) == all_of_it.paid_pence == sum(PAID.values())
    assert {r: t.pence for r, t in all_of_it.by_reason().items()} == {LAW: PAID["FOSTER"]}


def test_each_kind_of_rule_finds_its_payments(world: World, paid: Actor) -> None:
    with scope(acting=paid.organisation_id):
        big = Invoice.objects.get(gross_pence=PAID["BIG"])
        pair = ("52000", Unit.objects.get(code="110").pk)
        coding = coding_ids(pairs=[pair], by=paid)[pair]
        facts = {"organisation_id": paid.organisation_id, "coding_id": coding}
        InvoiceLine.objects.create(invoice=big, line_no=1, net_pence=big.net_pence, **facts)
        supplier = Invoice.objects.get(gross_pence=PAID["OVER"]).supplier
        supplier.redacted = True
        supplier.save(update_fields=["redacted"])
    rule(world, "withheld")
    assert [row.payee for row in found(paid).redacted] == ["Supplier OVER"]
    row = rule(world, "account", "52000")
    both = ["Supplier BIG", "Supplier OVER"]
    assert [each.payee for each in found(paid).redacted] == both
    with scope(acting=paid.organisation_id):
        by = world.actor("finance_manager@eastmere")
        end_redaction(number=row.pk, until_on=JUNE, by=by)
    # Finance, 110, lies beneath Corporate, 100.
    rule(world, "unit", "100")
    rule(world, "unit", "200")
    assert [each.payee for each in found(paid).redacted] == both
    assert found(paid).redacted[0].department == "Finance"


def test_a_rule_holds_from_its_day_until_its_end_and_stays(world: World, paid: Actor) -> None:
    row = rule(world, "supplier", "FOSTER")
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=paid.organisation_id):
        end_redaction(number=row.pk, until_on=date(2026, 6, 18), by=boss)
    assert found(paid).redacted == ()
    with pytest.raises(Refused) as refusal, scope(acting=paid.organisation_id):
        end_redaction(number=row.pk, until_on=date(2026, 6, 20), by=boss)
    assert refusal.value.code == "PUB03"
    with pytest.raises(IntegrityError, match="ended, not changed"):
        with scope(acting=paid.organisation_id):
            RedactionRule.objects.filter(pk=row.pk).update(legal_reason="Another")


def test_a_version_is_frozen_and_approved_by_another(world: World, paid: Actor) -> None:
    rule(world, "supplier", "FOSTER")
    row = proposed(paid)
    with pytest.raises(Refused) as refusal:
        proposed(paid)
    assert refusal.value.code == "PUB06"
    done = decided(world, row)
    assert (done.state, done.version, done.ended_by_name) == (
        "published",
        1,
        world.people["finance_manager@eastmere"].name,
    )
    content = bytes(done.content)
    assert hashlib.sha256(content).hexdigest() == done.sha256
    told = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [(each["Payee"], each["Amount with VAT, pounds"]) for each in told] == [
        ("Supplier BIG", "9000.00"),
        ("REDACTED", "1200.00"),
        ("Supplier OVER", "500.01"),
    ]
    with pytest.raises(IntegrityError, match="stays as it was"):
        with scope(acting=paid.organisation_id):
            SpendPublication.objects.update(content=b"other")
    with scope(acting=paid.organisation_id):
        assert [p for p in problems(paid.organisation_id) if "publication" in p.name] == []


def test_a_correction_is_another_version_with_its_reason(world: World, paid: Actor) -> None:
    decided(world, proposed(paid))
    with pytest.raises(Refused) as refusal:
        proposed(paid)
    assert refusal.value.code == "PUB05"
    rule(world, "supplier", "FOSTER")
    second = decided(world, proposed(paid, reason="A foster carer was named."))
    assert (second.version, second.redacted_rows) == (2, 1)


def test_refusals(world: World, paid: Actor) -> None:
    for given, code in (({"kind": "supplier", "value": "NOBODY"}, "PUB02"),
                        ({"kind": "person", "value": "BIG"}, "PUB02")):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            rule(world, **given)
        assert refusal.value.code == code
    with pytest.raises(NotAllowed):
        rule(world, "withheld", who="finance_officer")
    refused = decided(world, proposed(paid), "reject")
    assert (refused.state, refused.comment) == ("refused", "No.")
    with pytest.raises(Refused) as refusal, scope(acting=paid.organisation_id):
        propose_publication(month=date(2026, 5, 1), threshold_pence=LIMIT, by=paid)
    assert refusal.value.code == "PUB04"


def test_pages_and_programs(world: World, paid: Actor) -> None:
    client, where = Client(), "/eastmere/transparency/"
    client.force_login(world.people["finance_manager@eastmere"])
    added = {"kind": "supplier", "value": "FOSTER", "legal_reason": LAW, "from_on": "01/06/2026"}
    assert client.post(f"{where}redactions/", added).status_code == 302
    assert LAW in client.get(f"{where}redactions/?format=csv").content.decode("utf-8-sig")
    client.force_login(world.people["finance_officer@eastmere"])
    assert "June 2026" in client.get(f"{where}months/").content.decode()
    page = client.get(f"{where}months/202606/").content.decode()
    assert "Supplier FOSTER" in page and "£11,200.01" in page
    assert "£10,700.01" not in page
    assert client.post(f"{where}months/202606/", {"threshold": "500"}).status_code == 302
    assert client.get(f"{where}months/202606/1.csv").status_code == 404
    with scope(acting=paid.organisation_id):
        row = SpendPublication.objects.get()
    decided(world, row)
    answer = client.get(f"{where}months/202606/1.csv")
    assert hashlib.sha256(answer.content).hexdigest() == row.sha256
    (told,) = client.get("/api/v1/eastmere/spend-publications/").json()["results"]
    assert (told["sha256"], told["file"]) == (row.sha256, f"{where}months/202606/1.csv")
    assert told["paid_pence"] == sum(PAID.values())
