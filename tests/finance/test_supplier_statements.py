"""A supplier's statement against our books: each kind of line, two balances, columns, pages."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.errors import Clash, NotAllowed, Refused
from core.scope import scope
from core.unreadable import Unreadable
from finance.models import Supplier, SupplierStatement
from finance.reading.supplier_statement import layout_of, read_statement, rows_of
from finance.rules_workbench import SST01
from finance.selectors.supplier_statements import asking_text, lines_of, parts_of
from finance.services.invoices import LineEntry, dispute, reverse_invoice
from finance.services.supplier_statements import (
    choose_statement_columns,
    receive_statement,
    reconcile_statement,
)
from tests.finance import payables, payment_books
from tests.world import TODAY, World

PAGE = "/eastmere/suppliers/statements/"
ON = date(2026, 6, 14)
THEIRS = (
    b"Statement of account,,,\n"
    b"Invoice No,Date,Type,Amount\n"
    b"b/fwd,,Balance brought forward,75.00\n"
    b"A-100,11/05/2026,Invoice,100.00\n"
    b"A200,11/05/2026,Invoice,200.00\n"
    b"A300,11/05/2026,Invoice,300.00\n"
    b"A400,11/05/2026,Invoice,440.00\n"
    b"A500,11/05/2026,Invoice,500.00\n"
    b"A60O1,11/05/2026,Invoice,60.00\n"
    b"A800,12/06/2026,Invoice,80.00\n"
    b"C9,12/06/2026,Credit note,-5.00\n"
    b"R1,18/06/2026,Payment thank you,-100.00\n"
    b"R2,18/06/2026,Payment thank you,-33.00\n"
    b",,,\n"
    b"Total,,,1617.00\n"
)


def untaxed(pence: int) -> list[LineEntry]:
    return [LineEntry("Chairs", "54300", None, "ZR-IN", pence)]


@pytest.fixture
def firm(world: World) -> Supplier:
    """A supplier with one invoice paid, open, disputed, other, reversed, near and not on it."""
    by, boss = payment_books.books(world), world.actor("finance_manager@eastmere")
    payables.prepare(world)
    with scope(acting=by.organisation_id):
        row = payment_books.supplier(by, "P1", email="ledger@p1.example")
        payment_books.invoice(by, row, 10_000, supplier_ref="A100", ref_norm="A100")
        payment_books.release(payment_books.propose(by), boss)
        late = payment_books.DUE + timedelta(days=99)
        payment_books.invoice(by, row, 700, supplier_ref="Z1", ref_norm="Z1", due=late)
    refs = {"A200": 200_00, "A300": 300_00, "A400": 400_00, "A500": 500_00, "A6001X": 60_00}
    given = {"invoice_on": date(2026, 5, 11)}
    made = {
        ref: payables.invoice(world, row, ref, lines=untaxed(pence), **given)
        for ref, pence in {**refs, "A700": 70_20}.items()
    }
    with scope(acting=by.organisation_id):
        dispute(invoice=made["A300"], version=1, text="Two chairs short", by=by)
        gone = {"invoice": made["A500"], "version": 1, "reason": "Not ours"}
        reverse_invoice(**gone, by=boss, as_of=TODAY)
    return row


def taken(world: World, row: Supplier, data: bytes = THEIRS, **given: Any) -> SupplierStatement:
    """Received and its columns confirmed as guessed; in an open scope."""
    by = world.actor("finance_officer@eastmere")
    facts = {"name": "june.csv", "statement_on": ON, "by": by, **given}
    one = receive_statement(supplier=row, data=data, **facts)
    if one.state == "waiting":
        choose_statement_columns(statement=one, version=1, columns=one.mapping, by=by)
    return one


def test_every_line_is_told_and_the_balances_reconcile(world: World, firm: Supplier) -> None:
    with scope(acting=world.id("eastmere")):
        one = taken(world, firm)
        told = [
            (line.reference, line.outcome, line.their_pence, line.our_pence)
            for line in lines_of(one)
        ]
        words = {line.reference: line.words for line in lines_of(one)}
        assert told == [
            ("b/fwd", "brought", 75_00, 0),
            ("A-100", "paid", 100_00, 0),
            ("A200", "agrees", 200_00, 200_00),
            ("A300", "held", 300_00, 300_00),
            ("A400", "differs", 440_00, 400_00),
            ("A500", "differs", 500_00, 0),
            ("A60O1", "agrees", 60_00, 60_00),
            ("A800", "missing", 80_00, 0),
            ("C9", "missing", -5_00, 0),
            ("R1", "payment", -100_00, 0),
            ("R2", "unknown", -33_00, 0),
            ("A700", "ours", 0, 70_20),
        ]
        assert "paid on 18 June 2026 in PMT-1" in words["A-100"]
        assert "disputed: Two chairs short" in words["A300"]
        assert "is £400.00 here" in words["A400"]
        assert "reversed here: Not ours" in words["A500"]
        assert "They write A60O1, ours says A6001X" in words["A60O1"]
        assert words["R1"].startswith("PMT-1 of") and "invoice of this" in words["A800"]
        assert (one.their_pence, one.our_pence) == (1_617_00, 1_030_20)
        parts = parts_of(one)
        assert sum(part.difference_pence for part in parts) == 1_617_00 - 1_030_20
        assert [part.number for part in parts if part.outcome == "agrees"] == [2]
        text = asking_text(one, "Eastmere", "Ada")
        assert "- A800 of 12 June 2026, £80.00\n" in text and "A200" not in text
        assert "- A400 of 11 May 2026, £440.00; INV-" in text


def test_it_is_kept_once_and_held_against_the_books_again(world: World, firm: Supplier) -> None:
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        one = taken(world, firm)
        with pytest.raises(Refused) as refusal:
            taken(world, firm)
        assert refusal.value.rule is SST01
        again = taken(world, firm, THEIRS.replace(b"80.00", b"81.00"))
        assert again.state == "reconciled", "these columns were confirmed before"
    payables.invoice(world, firm, "A800", lines=untaxed(80_00))
    with scope(acting=by.organisation_id):
        with pytest.raises(Clash):
            reconcile_statement(statement=one, version=1, by=by)
        with pytest.raises(NotAllowed):
            reconcile_statement(statement=one, version=2, by=world.actor("auditor@eastmere"))
        reconcile_statement(statement=one, version=2, by=by)
        assert not lines_of(one, "missing").filter(reference="A800").exists()
        assert lines_of(one).count() == 12


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("Ref,Debit,Credit\nA1,5.00,\nP1,,3.00\nP2,,-2.00", [500, -300, -200]),
        ("Number,Date,Amount,Outstanding\nA1,1/6/26,9.00,4.50\nA2,1/6/26,7.00,0.00", [450]),
        ("Doc no,Amount\nA1,5.00 CR\nA2,(1.00)\nTotal due,1.00", [-500, -100]),
    ],
)
def test_amounts_are_read_from_our_side(table: str, found: list[int]) -> None:
    data = table.encode()
    lines = read_statement(data, layout_of(rows_of(data)).columns)
    assert [line.pence for line in lines] == found


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("Ref,Amount\nA1,abc", "Row 2, column B: 'abc' is not an amount"),
        ("Ref,Date,Amount\nA1,31/31/2026,5.00", "Row 2, column B: '31/31/2026' is not a date"),
        ("Ref,Date,Amount\n,1/6/2026,5.00", "Row 2 has an amount and no number"),
        ("Ref,Colour\nA1,red", "Choose a column for the amount"),
        ("Ref,Amount\n,", "There is no line below the headings in row 1"),
    ],
)
def test_what_cannot_be_read_names_the_row_and_the_remedy(table: str, words: str) -> None:
    data = table.encode()
    with pytest.raises(Unreadable, match=words):
        read_statement(data, layout_of(rows_of(data)).columns)


def test_pages(world: World, client: Client, firm: Supplier) -> None:
    client.force_login(world.people["finance_officer@eastmere"])
    assert "No statements yet" in client.get(PAGE).content.decode()
    assert "Their statements" in client.get("/eastmere/suppliers/of/P1/").content.decode()
    send = "/eastmere/suppliers/statement/P1/"
    assert client.post(send, {"stated": "x"}).status_code == 422

    def sent(data: bytes = THEIRS) -> Any:
        file = SimpleUploadedFile("june.csv", data)
        return client.post(send, {"file": file, "statement_on": "14/06/2026", "stated": "1,600"})

    assert client.get(send).status_code == 200 and sent(b"%PDF-1.4 x").status_code == 422
    columns = sent()["Location"]
    assert columns.endswith("/columns/")
    assert client.get(PAGE + "1/", follow=True).redirect_chain[0][0] == columns
    assert "b/fwd" in client.get(columns).content.decode()
    chosen = {"version": 1, "column_0": "reference", "column_1": "dated_on", "column_3": "amount"}
    twice = client.post(columns, {**chosen, "column_2": "amount"})
    assert twice.status_code == 422 and "stands in one column" in twice.content.decode()
    assert client.post(columns, {"version": 1, "column_0": "reference"}).status_code == 422
    shown = client.post(columns, {**chosen, "column_2": "text"}, follow=True).content.decode()
    for words in ("£1,617.00", "£1,030.20", "-£17.00", "Not received", "Copy this into a letter"):
        assert words in shown.replace("\N{MINUS SIGN}", "-"), words
    narrowed = client.get(f"{PAGE}1/?outcome=paid").content.decode()
    held = client.get(f"{PAGE}1/?outcome=held&format=csv").content.decode()
    assert "A-100" in narrowed and "A-100" not in held
    assert "A800" in client.get(f"{PAGE}1/?format=csv").content.decode()
    assert client.get(f"{PAGE}1/?format=xlsx").content[:2] == b"PK"
    assert sent().status_code == 422
    assert (
        "as they are now" in client.post(PAGE + "1/", {"version": 2}, follow=True).content.decode()
    )
    assert client.post(PAGE + "1/", {"version": 2}).status_code == 409
    assert "june.csv" not in client.get(f"{PAGE}?supplier=other").content.decode()
    assert "SST-1" in client.get(f"{PAGE}?supplier=P1").content.decode()
    client.force_login(world.people["auditor@eastmere"])
    assert client.post(PAGE + "1/", {"version": 3}).status_code == 403
    assert client.get(PAGE + "1/").status_code == 200
