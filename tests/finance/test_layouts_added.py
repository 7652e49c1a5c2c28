"""Layouts that nobody confirmed yet, added from a file before the first such file comes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.test import Client

from core.scope import scope
from finance.models import ColumnMapping, LayoutVersion
from finance.selectors.layouts import SUPPLIER, TABLE, columns_before, signature_of
from finance.services.files import receive_file
from finance.services.statements import receive_bank_file
from tests import two_steps
from tests.finance import statement_files as made
from tests.finance.test_bank_matching import opened, paid
from tests.finance.test_layouts import LIST, later, layout, now, signed_in, today
from tests.world import World

__all__ = ["layout"]
LOAD = f"{LIST}load/"
HEAD = "Layout,Name,Kind,From,Column,Heading,Holds"


def rows(name: str, kind: str, columns: Sequence[tuple[str, str]], since: Any = "") -> list[str]:
    """A row for each heading from A on, with what its column holds."""
    letters = "ABCDEFGHIJKLMNOP"
    return [
        f",{name},{kind},{since},{letter},{heading},{held}"
        for letter, (heading, held) in zip(letters, columns, strict=False)
    ]


def sent(client: Client, lines: Sequence[str]) -> Any:
    return two_steps.sent(client, LOAD, HEAD, lines, "Known from the bank's handbook")


def test_a_statement_is_read_by_a_layout_that_nobody_confirmed(world: World) -> None:
    officer, by = signed_in(world, "finance_officer"), opened(world)
    odd = made.HEADINGS.replace("Debit Amount", "Soll").replace("Credit Amount", "Haben")
    held = {
        "Transaction Date": "booked_on",
        "Sort Code": "sort_code",
        "Account Number": "account",
        "Transaction Description": "text",
        "Soll": "paid_out",
        "Haben": "the money in",
        "Balance": "balance",
    }
    columns = [(heading, held.get(heading, "")) for heading in odd.strip().split(",")]
    shown = sent(officer, rows("New bank", "Statements of the bank", columns))
    text = shown.content.decode()
    assert shown.status_code == 200, text
    assert f"Added: {len(columns)} rows" in text and "not read, Transaction Type" in text
    with scope(acting=by.organisation_id):
        assert not ColumnMapping.objects.exists()
    assert two_steps.sure(officer, LOAD, shown)["Location"] == LIST
    with scope(acting=by.organisation_id):
        taken = receive_bank_file(name="b.csv", data=made.csv([paid(5)], headings=odd), by=by)
        assert len(taken.statements) == 1
        key = ColumnMapping.objects.get().pk
    page = officer.get(f"{LIST}{key}/").content.decode()
    assert "Added from a file: New bank" in page and "Known from the bank&#x27;s handbook" in page


def test_tables_and_statements_of_suppliers_are_added_from_a_day(world: World) -> None:
    officer = signed_in(world, "finance_officer")
    table = [("Body", ""), ("Supplier", "supplier"), ("Paid", "paid_on"), ("Net", ""),
             ("Gross", "amount")]  # fmt: skip
    bill = [("Ref", "reference"), ("Open", "outstanding")]
    shown = sent(officer, [
        *rows("Spend", "Payments and invoices", table, today()),
        *rows("Bills", "supplier", bill, later()),
    ])  # fmt: skip
    assert shown.status_code == 200, shown.content.decode()
    two_steps.sure(officer, LOAD, shown)
    here = world.id("eastmere")
    with scope(acting=here):
        bills = signature_of(SUPPLIER, ["Ref", "Open"])
        found = columns_before(here, bills, kind=SUPPLIER, on=later())
        assert found and found[SUPPLIER] == {"reference": 0, "outstanding": 1}
        assert columns_before(here, bills, kind=SUPPLIER, on=today()) is None
        spend = signature_of(TABLE, [heading for heading, _ in table])
        assert columns_before(here, spend, kind=TABLE, on=today())
        # Amounts are guessed from the net column; the layout says otherwise.
        data = b"Body,Supplier,Paid,Net,Gross\r\nE,Tarmac,01/06/2026,100.00,120.00\r\n"
        by = world.actor("finance_officer@eastmere")
        file = receive_file(name="spend.csv", data=data, purpose="published", by=by).file
        assert file.mapping["columns"]["amount"] == 4
    # What was added loads back, with its number.
    data = officer.get(f"{LIST}export/?format=csv").content
    back = two_steps.sent_bytes(officer, LOAD, data, "Looked", "layouts.csv")
    assert "Nothing would change" in back.content.decode(), back.content.decode()


def test_what_cannot_be_added_is_named_and_nothing_is(world: World, layout: Any) -> None:
    officer, ok = signed_in(world, "finance_officer"), [("Ref", "reference"), ("Open", "amount")]
    past = today() - timedelta(days=1)
    two_steps.sure(officer, LOAD, sent(officer, rows("Bills", "supplier", ok)))
    shown = sent(officer, [
        *rows("Again", "supplier", ok),
        *rows("Late", "supplier", [("R", "reference"), ("A", "amount")], past),
        *rows("No kind", "", [("X", "reference"), ("A", "amount")]),
        *rows("No amount", "supplier", [("Y", "reference")]),
        *rows("Other", "bank", [("Z", "reference"), ("A", "supplier")]),
        ",Two days,supplier,,A,R1,reference", f",Two days,supplier,{later()},B,A1,amount",
        ",Twice,supplier,,A,R2,reference", ",Twice,supplier,,A,A2,amount",
        ",One,supplier,,A,R3,reference", ",One,supplier,,B,A3,amount",
        ",Two,supplier,,A,R3,reference", ",Two,supplier,,B,A3,amount",
        ",Gap,supplier,,,R4,reference",
        f"{layout.pk},,bank,{later()},B,,supplier",
        f"{layout.pk},,bank,{later()},C,,paid_on",
        f"{layout.pk},,bank,{later()},E,,amount",
        ",,supplier,,A,R,reference",
        ",Odd,minutes,,A,R,reference",
    ])  # fmt: skip
    assert shown.status_code == 422
    said = [row["cells"][3] for row in shown.context["rows"] if row["tone"]]
    expected = [
        *2 * ["Heading: Files with these headings are known already."],
        *2 * ["From: How files are read can be changed from today on."],
        *2 * ["Layout: A layout that is not there yet needs a name, a kind"],
        "Column or holds: No file could be read by these columns.",
        *2 * ["Column or holds: No file could be read by these columns."],
        *4 * ["From, kind, column or holds: The rows of one layout say different"],
        *2 * ["Heading: Files with these headings are known already."],
        "Column: enter the letter of each column of a new layout.",
        *3 * ["From, kind, column or holds: The rows of one layout say different"],
        "Layout: enter its number, or the name of a new one.",
        "Kind: write one of Statements of the bank, Statements of suppliers, Payments and invoices",
    ]
    assert len(said) == len(expected)
    for told, begins in zip(said, expected, strict=True):
        assert told.startswith(begins)
    assert "It is number" in said[0] and "It is in this file twice." in said[-7]
    with scope(acting=world.id("eastmere")):
        assert LayoutVersion.objects.count() == 2
    assert now(world, later()) is not None
