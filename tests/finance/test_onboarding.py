"""New suppliers: asked for by one, checked, compared with the others, opened by another."""

import json
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from approvals.models import Request
from approvals.services import decide, withdraw
from core.errors import NotAllowed, Refused
from core.registry import SUBJECTS
from core.scope import scope
from events.selectors import timeline
from finance.models import Supplier, SupplierBank, SupplierRequest
from finance.paying import selection
from finance.services.suppliers import change_supplier, propose_bank
from tests.finance import payment_books
from tests.finance.payables import ask, invoice, prepare, supplier
from tests.world import TODAY, World

BANK = {"account_name": "KESTREL", "sort_code": "12-34-56", "account_number": "1234 5678"}
VAT = "GB123456782"


def waiting(row: SupplierRequest) -> Request:
    return Request.objects.get(
        subject_key="finance.supplier_request", subject_id=row.pk, state="waiting"
    )


def decided(world: World, row: SupplierRequest, decision: str) -> Supplier:
    by = world.actor("finance_manager@eastmere")
    decide(request=waiting(row), decision=decision, comment="No", by=by, as_of=timezone.now())
    return Supplier.objects.get(pk=row.supplier_id)


def refused(code: str, world: World, **facts: Any) -> str:
    by = world.actor("finance_officer@eastmere")
    with pytest.raises(Refused) as refusal, transaction.atomic():
        ask(by, **facts)
    assert refusal.value.code == code
    return str(refusal.value)


def test_a_second_person_opens_what_was_asked_for(world: World) -> None:
    prepare(world)
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        row = ask(by, vat_number="GB 123 4567 82", company_number="445790", **BANK)
        assert row.supplier.status == "proposed"
        assert (row.supplier.vat_number, row.supplier.company_number) == (VAT, "00445790")
        bank = SupplierBank.objects.get()
        assert (bank.state, bank.digits()) == ("proposed", ("123456", "12345678"))
        card = SUBJECTS["finance.supplier_request"]
        assert ("VAT number", VAT) in card.card(row)
        assert [said.rpartition(": ")[2] for said in card.warnings(row)[-2:]] == [
            "HMRC has not answered.",
            "Companies House has not answered.",
        ]
        assert decided(world, row, "approve").status == "active"
        told = [entry.text for entry in timeline(row.supplier)]
        assert "Agreed to: it can be paid" in told
        assert "Asked for by Parks for Benches; sent to a second person" in told
        assert SupplierRequest.objects.get().agreed_by_name.startswith("Finance manager")


def test_invoices_of_a_supplier_that_waits_are_entered_and_not_paid(world: World) -> None:
    prepare(world)
    by = payment_books.books(world)
    with scope(acting=by.organisation_id):
        row = ask(by)
        payment_books.bank(by, row.supplier)
        payment_books.invoice(by, row.supplier, 9_000)
    assert invoice(world, row.supplier).state == "received"
    with scope(acting=by.organisation_id):
        with pytest.raises(Refused, match="nothing of it is changed by hand"):
            change_supplier(supplier=row.supplier, version=1, facts={"status": "active"}, by=by)

        def left_out() -> list[str]:
            here, (due, day) = by.organisation_id, (payment_books.DUE_TO, payment_books.PAY_ON)
            return [one.cause for one in selection.preview(selection.Wanted(here, due, day))]

        assert left_out() == ["supplier_proposed"]
        decided(world, row, "approve")
        assert left_out() == [""]


@pytest.mark.parametrize("decision", ["return", "reject"])
def test_what_is_refused_is_never_opened_and_its_bank_details_go(
    world: World, decision: str
) -> None:
    prepare(world)
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        row = ask(by, **BANK)
        gone = decided(world, row, decision)
        assert gone.status == "refused"
        assert SupplierBank.objects.get().state == "refused"
        assert not Request.objects.filter(state="waiting").exists()
        with pytest.raises(Refused, match="was refused"):
            propose_bank(supplier=gone, sort_code="123456", account_number="12345678",
                         account_name="K", from_on=TODAY, by=by)  # fmt: skip
        facts = {"status": "active"}
        with pytest.raises(Refused, match="was refused"):
            change_supplier(supplier=gone, version=gone.version, facts=facts, by=by)
        # It stands in nobody's way: the same supplier may be asked for again.
        again = ask(by)
        withdraw(request=waiting(again), by=by)
        assert Supplier.objects.get(pk=again.supplier_id).status == "refused"


def test_numbers_are_given_or_explained(world: World) -> None:
    prepare(world)
    with scope(acting=world.id("eastmere")):
        assert "check digits" in refused("SUP10", world, vat_number="123456789")
        refused("SUP11", world, company_number="AB12")
        refused("SUP12", world, no_vat="")
        refused("SUP12", world, vat_number=VAT, no_vat="unregistered")
        refused("SUP13", world, no_company="")
        refused("SUP17", world, sort_code="123456", account_number="12345678")
        refused("SUP02", world, **{**BANK, "account_number": "123456A8"})
        assert not Supplier.objects.exists()


@pytest.mark.parametrize(
    ("facts", "same"),
    [
        ({"name": "Harrow Paper Limited"}, "name"),
        ({"vat_number": "123456782"}, "VAT number"),
        ({"company_number": "1234567"}, "company number"),
        (BANK, "bank account"),
    ],
)
def test_one_like_another_needs_a_reason(world: World, facts: dict[str, Any], same: str) -> None:
    prepare(world)
    harrow = supplier(
        world, "Harrow Paper Ltd", vat_number="GB 123 4567 82", company_number="01234567"
    )
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        propose_bank(supplier=harrow, sort_code="123456", account_number="12345678",
                     account_name="H", from_on=TODAY, by=by)  # fmt: skip
        told = refused("SUP14", world, **facts)
        assert f"Harrow Paper Ltd ({harrow.code}) has the same {same}" in told
        assert "12345678" not in told
        row = ask(by, **{"despite": "Its branch in Leeds", **facts})
        assert row.alike == [f"Harrow Paper Ltd ({harrow.code}) has the same {same}"]
        assert "Its branch in Leeds" in SUBJECTS["finance.supplier_request"].warnings(row)[0]


def test_suppliers_of_another_organisation_are_not_compared(world: World) -> None:
    prepare(world)
    supplier(world, "Kestrel Ltd", "northdale", vat_number=VAT)
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        assert ask(by, vat_number=VAT).alike == []


def test_nobody_opens_their_own_even_in_the_database(world: World) -> None:
    prepare(world)
    by, auditor = (world.actor(f"{who}@eastmere") for who in ("finance_officer", "auditor"))
    with scope(acting=by.organisation_id):
        row = ask(by)
        with pytest.raises(NotAllowed):
            SUBJECTS["finance.supplier_request"].on_approved(row, by=by)
        with pytest.raises(NotAllowed):
            ask(auditor, "Another")
        with pytest.raises(IntegrityError, match="by_a_second_person"), transaction.atomic():
            SupplierRequest.objects.update(state="agreed", agreed_by_id=by.person_id)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


FORM = {
    "name": "Kestrel Ltd", "address": "1 High Street", "contact_name": "Jo", "category": "goods",
    "wanted_for": "Benches", "asked_by": "Parks", "terms_days": "30", "no_vat": "unregistered",
    "company_number": "445790",
}  # fmt: skip


def test_pages(world: World, client: Client) -> None:
    prepare(world)
    client.force_login(world.people["finance_officer@eastmere"])
    new, requests = "/eastmere/suppliers/new/", "/eastmere/suppliers/requests/"
    assert "not looked up at HMRC or Companies House" in client.get(new).content.decode()
    assert "Nobody has asked" in client.get(requests).content.decode()
    wrong = client.post(new, {**FORM, "company_number": "12345678901"})
    assert wrong.status_code == 422
    assert "Read it again" in wrong.content.decode()
    answer = client.post(new, FORM, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(f"{requests}1/", 302)]
    assert "00445790: its form is right" in page
    assert page.count("Not looked up") == 2
    assert "None: Not registered for VAT" in page
    assert "Waits for a second person" in client.get("/eastmere/suppliers/").content.decode()
    of = client.get("/eastmere/suppliers/of/S000001/").content.decode()
    assert f'href="{requests}1/"' in of and "New bank details" not in of
    twice = client.post(new, {**FORM, "name": "Kestrel"}).content.decode()
    assert "has the same name, company number" in twice
    rows = client.get(f"{requests}?state=proposed").context["rows"]
    assert [row["cells"][0] for row in rows] == ["Kestrel Ltd"]
    assert (
        "No requests are in this state" in client.get(f"{requests}?state=agreed").content.decode()
    )
    client.force_login(world.people["auditor@eastmere"])
    assert client.get(f"{requests}1/").status_code == 200
    assert client.get(new).status_code == 403


def test_programs_ask_too(world: World, client: Client) -> None:
    prepare(world)
    client.force_login(world.people["finance_officer@eastmere"])
    where = "/api/v1/eastmere/supplier-requests/"
    given = {**FORM, "terms_days": 14}

    def post(body: dict[str, Any]) -> Any:
        return client.post(f"{where}new/", json.dumps(body), content_type="application/json")

    made = post(given)
    assert made.status_code == 201
    assert made.json()["state"] == "proposed"
    again = post(given)
    assert (again.status_code, again.json()["code"]) == (422, "SUP14")
    assert client.get(f"{where}1/").json()["company_number"] == "00445790"
    assert len(client.get(f"{where}?state=proposed").json()["results"]) == 1
