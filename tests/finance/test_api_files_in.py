"""Files by program: sent, told what their columns hold, loaded; documents and statements too."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from runs.services import work_all
from tests.finance.files_in import PUBLISHED, RECEIVED
from tests.finance.payables import prepare, supplier
from tests.finance.ubl_documents import invoice as einvoice
from tests.world import World

HERE = "/api/v1/eastmere/"


@pytest.fixture
def officer(world: World) -> Client:
    prepare(world)
    return client_of(world, "finance_officer@eastmere")


def client_of(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def send(client: Client, where: str, name: str, data: bytes, **more: Any) -> Any:
    file = SimpleUploadedFile(name, data)
    return client.post(f"{HERE}{where}", {"file": file, **more}, headers={"Idempotency-Key": name})


def ask(client: Client, where: str, given: dict[str, Any], key: str = "one") -> Any:
    return client.post(
        f"{HERE}{where}", given, "application/json", headers={"Idempotency-Key": key}
    )


def test_a_table_is_sent_and_loaded_by_program(officer: Client) -> None:
    sent = send(officer, "files/new/", "april.csv", PUBLISHED.encode())
    told = sent.json()
    assert (sent.status_code, told["state"], told["purpose"]) == (201, "uploaded", "published")
    assert told["columns"]["amount"] == 4
    loading = ask(officer, f"files/{told['number']}/loading/", {})
    assert loading.status_code == 202
    work_all()
    after = officer.get(f"{HERE}files/{told['number']}/").json()
    assert (after["state"], after["loaded"], after["held"]) == ("loaded", 9, 2)
    again = ask(officer, f"files/{told['number']}/loading/", {}, "two")
    assert (again.status_code, again.json()["code"]) == (422, "FIL01")


def test_the_same_file_is_recognised(officer: Client) -> None:
    send(officer, "files/new/", "april.csv", PUBLISHED.encode())
    again = send(officer, "files/new/", "april-2.csv", PUBLISHED.encode())
    assert (again.status_code, again.json()["name"]) == (200, "april.csv")


def test_columns_are_chosen_by_what_they_hold(officer: Client) -> None:
    data = RECEIVED.replace("Date Received", "Booked in").encode()
    sent = send(officer, "files/new/", "june.csv", data, purpose="invoices").json()
    where, columns = f"files/{sent['number']}/", sent["columns"]
    assert ask(officer, f"{where}loading/", {}).json()["code"] == "FIL02"
    twice = {"columns": {**columns, "received_on": columns["amount"]}}
    assert ask(officer, f"{where}columns/", twice).json()["code"] == "FIL03"
    for wrong in ({"mood": 1}, {"amount": 90}):
        answer = ask(officer, f"{where}columns/", {"columns": {**columns, **wrong}})
        assert answer.status_code == 400, wrong
    missing = ask(officer, f"{where}columns/", {"columns": {"supplier": 0}})
    assert (missing.status_code, missing.json()["detail"][:8]) == (400, "columns:")
    right = ask(officer, f"{where}columns/", {"columns": {**columns, "received_on": 3}})
    assert right.json()["columns"]["received_on"] == 3
    assert ask(officer, f"{where}loading/", {}, "again").status_code == 202


def test_an_einvoice_has_no_columns_and_is_entered(officer: Client, world: World) -> None:
    supplier(world, "Kestrel Ltd")
    sent = send(officer, "files/new/", "one.xml", einvoice()).json()
    assert sent["purpose"] == "einvoice"
    asked = {"columns": {"amount": 1}}
    assert ask(officer, f"files/{sent['number']}/columns/", asked).status_code == 404
    where = f"einvoices/{sent['number']}/entry/"
    given = {"received_on": "2026-06-15", "account": "54300", "supplier": "NOBODY"}
    assert ask(officer, where, given).status_code == 404
    broken = send(officer, "files/new/", "two.xml", b"<Invoice/>")
    assert (broken.status_code, broken.json()["detail"][:5]) == (400, "file:")


def test_a_document_is_kept_once_and_entered_from(officer: Client, world: World) -> None:
    sent = send(officer, "documents/new/", "scan.pdf", b"%PDF-1")
    assert sent.status_code == 201
    again = send(officer, "documents/new/", "again.pdf", b"%PDF-1")
    assert (again.status_code, again.json()["number"]) == (200, sent.json()["number"])
    other = send(officer, "documents/new/", "word.doc", b"\xd0\xcf")
    assert (other.status_code, "ends in «.doc»" in other.json()["detail"]) == (400, True)
    given = {
        "supplier": supplier(world).code,
        **{"supplier_ref": "S-1", "invoice_on": "2026-06-12", "received_on": "2026-06-15"},
        "document": sent.json()["number"],
        "lines": [{"account": "54300", "net": "10.00"}],
    }
    assert ask(officer, "invoices/new/", given).status_code == 201
    aside = ask(
        officer, f"documents/{sent.json()['number']}/setting-aside/", {"reason": "No"}, "two"
    )
    assert aside.json()["code"] == "INV18"


def test_a_statement_of_a_supplier_is_sent_and_read(officer: Client, world: World) -> None:
    facts = {"supplier": supplier(world).code, "statement_on": "2026-06-30", "stated": "5.00"}
    data = b"Ref,Date,Amount\nA-9,1/6/2026,5.00\n"
    sent = send(officer, "supplier-statements/new/", "june.csv", data, **facts)
    assert (sent.status_code, sent.json()["lines"]) == (201, [])
    again = send(officer, "supplier-statements/new/", "june-2.csv", data, **facts)
    assert again.json()["code"] == "SST01"
    where = f"supplier-statements/{sent.json()['number']}/columns/"
    twice = {"columns": {"reference": 0, "amount": 0}, "version": 1}
    assert ask(officer, where, twice).json()["code"] == "SST02"
    right = {"columns": {"reference": 0, "dated_on": 1, "amount": 2}, "version": 1}
    assert [line["theirs"] for line in ask(officer, where, right).json()["lines"]] == ["5.00"]
    assert ask(officer, where, right, "late").status_code == 409


def test_another_organisation_is_told_nothing(officer: Client, world: World) -> None:
    number = send(officer, "files/new/", "april.csv", PUBLISHED.encode()).json()["number"]
    foreign = client_of(world, "finance_officer@northdale")
    for act in ("columns/", "loading/"):
        given = {"columns": {"amount": 1}} if act == "columns/" else {}
        assert ask(foreign, f"files/{number}/{act}", given).status_code == 404
    assert send(foreign, "files/new/", "x.csv", b"a,b\n1,2\n").status_code == 404
