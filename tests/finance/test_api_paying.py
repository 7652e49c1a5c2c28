"""Paying and the bank by program: the rules of the pages, by the same codes."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.scope import scope
from finance.models import BankMatch, StatementLine
from tests.calls import call, code
from tests.days import in_days, today
from tests.finance import bank_books, payment_books
from tests.world import World

LAYOUT = "A = sort code\nB = account number\nC = name\nD = amount\nE = reference"


@pytest.fixture
def books(world: World) -> World:
    payment_books.books(world)
    return world


def test_payments_are_taken_out_and_put_back(books: World) -> None:
    by = books.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        for name, pence in (("P1", 700), ("P2", 300)):
            payment_books.invoice(by, payment_books.supplier(by, name), pence)
        run = payment_books.propose(by)
        number = run.items.order_by("id")[0].number
    where = f"payment-runs/{run.number}/"
    out = {"payments": [number], "version": run.version}
    assert call(books, "finance_manager", f"{where}taking-out/", out).status_code == 403
    taken = call(books, "finance_officer", f"{where}taking-out/", out)
    assert (taken.status_code, taken.json()["payments"]) == (200, 1)
    assert call(books, "finance_officer", f"{where}putting-back/", out).status_code == 409
    back = {**out, "version": taken.json()["version"]}
    assert call(books, "finance_officer", f"{where}putting-back/", back).json()["total"] == "10.00"
    sent = call(books, "finance_officer", f"{where}remittances/", {})
    assert code(sent) == (422, "PAY15")
    assert call(books, "finance_officer@northdale", f"{where}taking-out/", out).status_code == 404


def test_a_bank_profile_is_checked_line_by_line(books: World) -> None:
    with scope(readable={books.id("eastmere")}):
        account = payment_books.account().pk
    given = {"bank_account": account, "name": "Main", "from_on": str(today()), "limit": "500.00"}
    wrong = call(books, "administrator", "bank-profiles/new/", {**given, "layout": "A = moods"})
    assert (wrong.status_code, "layout:" in wrong.json()["detail"]) == (400, True)
    dear = {**given, "layout": LAYOUT, "limit": "2000000.00"}
    assert code(call(books, "administrator", "bank-profiles/new/", dear)) == (422, "FPS03")
    made = call(books, "administrator", "bank-profiles/new/", {**given, "layout": LAYOUT})
    assert (made.status_code, made.json()["limit"]) == (201, "500.00")
    assert call(books, "administrator", "bank-profiles/").json()["results"] == [made.json()]
    assert call(books, "finance_officer", "bank-profiles/").status_code == 403
    north = call(books, "administrator@northdale", "bank-profiles/", slug="northdale")
    assert north.json()["results"] == []
    assert call(books, "finance_officer", "bank-profiles/new/", dear).status_code == 403


def test_a_notice_is_signed_as_it_was_seen(world: World) -> None:
    by = bank_books.opened(world)
    with scope(acting=by.organisation_id):
        bank_books.released(world, by, 1_000)
    where = "payments-notices/202604/"
    seen = call(world, "finance_manager", where).json()
    assert (seen["period"], seen["versions_signed"]) == (202604, 0)
    given = {"job_title": "Director of Finance", "seen": "another"}
    assert code(call(world, "finance_manager", f"{where}signature/", given)) == (422, "PCN05")
    signed = call(world, "finance_manager", f"{where}signature/", {**given, "seen": seen["seen"]})
    assert (signed.status_code, signed.json()["version"]) == (201, 1)
    again = call(world, "finance_manager", f"{where}signature/", {**given, "seen": seen["seen"]})
    assert code(again) == (422, "PCN03")
    assert call(world, "finance_manager", "payments-notices/202605/").status_code == 404


def test_redactions_begin_and_end(books: World) -> None:
    given = {"kind": "supplier", "value": "NONE", "legal_reason": "Law", "from_on": str(today())}
    assert code(call(books, "finance_manager", "redactions/new/", given)) == (422, "PUB02")
    made = call(
        books, "finance_manager", "redactions/new/", {**given, "kind": "person", "value": ""}
    )
    where = f"redactions/{made.json()['number']}/end/"
    assert call(books, "finance_officer", where, {}).status_code == 403
    assert call(books, "finance_manager", where, {}).json()["until_on"] == str(today())
    assert code(call(books, "finance_manager", where, {})) == (422, "PUB03")
    month = {"threshold": "500.00"}
    future = f"{in_days(40):%Y%m}"
    where = f"spend-publications/{future}/proposal/"
    assert code(call(books, "finance_officer", where, month)) == (422, "PUB04")
    assert (
        call(books, "finance_officer", "spend-publications/202613/proposal/", month).status_code
        == 404
    )


def test_an_entry_is_explained_and_taken_back(world: World) -> None:
    by = bank_books.opened(world)
    with scope(acting=by.organisation_id):
        (statement,) = bank_books.bank_says(
            by, [(date(2026, 6, 18), -500, "BANK", "CHARGES")]
        ).statements
        line = StatementLine.objects.get(statement=statement).line_no
    where = f"bank-statements/{statement.number}/entries/{line}/"
    entry = call(world, "finance_officer", where).json()
    assert (entry["amount"], entry["matched"]) == ("-5.00", "0.00")
    part = {"account": "54300", "amount": "5.00"}
    assert call(world, "auditor", f"{where}match/", part).status_code == 403
    assert code(call(world, "finance_officer", f"{where}match/", part)) == (422, "BNK05")
    for wrong in ({"account": "99999"}, {"items": ["mood-1"]}, {"also": [99], "account": "54300"}):
        assert call(world, "finance_officer", f"{where}match/", wrong).status_code == 400, wrong
    made = call(world, "finance_officer", f"{where}match/", {"account": "54300"})
    assert (made.status_code, made.json()["amount"]) == (201, "-5.00")
    undo = f"bank-matches/{made.json()['number']}/undoing/"
    assert call(world, "finance_officer", undo, {}).status_code == 400
    assert call(world, "finance_officer", undo, {"reason": "Wrong one"}).status_code == 200
    assert code(call(world, "finance_officer", undo, {"reason": "Again"})) == (422, "BNK08")
    with scope(acting=by.organisation_id):
        assert BankMatch.objects.get().undone_reason == "Wrong one"


def test_columns_of_a_statement_are_said_once(world: World) -> None:
    bank_books.opened(world)
    client = Client()
    client.force_login(world.people["finance_officer@eastmere"])
    data = b"When,What,Worth\n18/06/2026,Coffee,-5.00\n"
    sent: Any = client.post(
        "/api/v1/eastmere/bank-files/", {"file": SimpleUploadedFile("june.csv", data)}
    )
    assert sent.status_code in (201, 400), sent.content
    if sent.status_code == 201:
        where = f"bank-files/{sent.json()['number']}/columns/"
        wrong = {"columns": {"booked_on": 7}}
        assert call(world, "finance_officer", where, wrong).status_code == 400
