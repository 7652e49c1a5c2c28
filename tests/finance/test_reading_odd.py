"""Layouts never seen before: each is mapped to the penny, or refused with words that say why."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import date

import openpyxl
import pytest

from core.errors import Refused
from core.scope import scope
from core.sheets import PACKING_FROM_BYTES
from finance.models import Invoice, SourceFile
from finance.reading import Reading, Unreadable, read_file
from finance.selectors import files
from finance.services.files import choose_columns, load_file, receive_file
from tests.finance.files_in import load
from tests.world import World

MAPPED: dict[str, tuple[str | bytes, int, int, int]] = {
    # name: (the file, its pence, rows that load, rows held)
    "semicolons": (
        "Supplier;Date;Amount;Ref\nAcme;03/04/2019;1,234.56;1\nBT;04/04/2019;20.00;2\n",
        125456, 2, 0,
    ),
    "separator named": (
        "sep=;\nSupplier;Date;Amount\nAcme;03/04/2019;5.00\nBT;04/04/2019;6.00\n", 1100, 2, 0,
    ),
    "tabs and a trailing minus": (
        "Vendor Name\tPosting Date\tAmount (£)\n"
        "Acme\t03-Apr-19\t£1,234.56\nBT\t04-Apr-19\t20.00-\n",
        121456, 2, 0,
    ),
    "utf-16 in tabs": (
        "Supplier Name\tPayment Date\tNet Amount\nŁódź\t03/04/2019\t£5.00\n".encode("utf-16"),
        500, 1, 0,
    ),
    "windows pounds": (
        'Supplier,Payment Date,Amount £\nCafé – Noir,03/04/2019,"£1,000.00"\n'.encode("cp1252"),
        100000, 1, 0,
    ),
    "titles above and totals below": (
        "Anytown Council,,\nPayments over £500,,\nPeriod: April 2019,,\n,,\n"
        "Date,Supplier Name,Amount\n03/04/2019,Acme,500\n04/04/2019,Brown,600\n,,\n"
        ",Sub-total,1100\n,TOTAL,1100\nNote: excludes salaries,,\n",
        110000, 2, 1,
    ),
    "debits and credits": (
        "Date,Supplier,Debit,Credit,Ref\n03/04/2019,Acme,500.00,,1\n"
        "04/04/2019,Brown,,20.00,2\n05/04/2019,Green,10.00,0.00,3\n06/04/2019,Pink,,?,4\n",
        49000, 3, 1,
    ),
    "credits that carry their minus": (
        "Date,Supplier,Debit Amount,Credit Amount\n03/04/2019,Acme,500.00,\n"
        "04/04/2019,Brown,,-20.00\n",
        48000, 2, 0,
    ),
    "an amount beside credits has them in it": (
        "Date,Supplier,Amount,Credit\n03/04/2019,Acme,-20.00,20.00\n", -2000, 1, 0,
    ),
    "brackets and named months": (
        "Date,Payee,Value\n3-Apr-19,Acme,(500.00)\n04-APR-2019,Brown,£(20.00)\n"
        "05 April 2019,Green,(£10.00)\n",
        -53000, 3, 0,
    ),
    "day numbers": ("Payment Date,Supplier,Amount\n43558,Acme,500\n43559,BT,10.5\n", 51050, 2, 0),
    "headings twice": (
        "Date,Supplier,Supplier,Amount,Date\n03/04/2019,123,Acme,600,04/04/2019\n", 60000, 1, 0,
    ),
    "headings of two rows": (
        "Payment,Payee,Net\nDate,Name,Amount\n03/04/2019,Acme,5.00\n", 500, 1, 0,
    ),
    "short and long rows": (
        "Supplier,Date,Amount\nAcme,03/04/2019,5.00,extra,more\nBT,04/04/2019\nEE\n", 500, 1, 2,
    ),
    "carriage returns": ("Supplier,Date,Amount\rAcme,03/04/2019,5.00\rBT,04/04/2019,6.00\r",
        1100, 2, 0),
    "other currencies": (
        "Supplier,Date,Amount\n" + "BT,04/04/2019,6.00\n" * 3 + "Acme,03/04/2019,€5.00\n",
        1800, 3, 1,
    ),
    "signs that SQL and COPY know": (
        "Supplier,Date,Amount\n=cmd|' /C calc'!A0,03/04/2019,5.00\n\\N,04/04/2019,6.00\n"
        "Tab\\tx\\,04/04/2019,1.00\n'; DROP TABLE x;--,04/04/2019,1.00\n",
        1300, 4, 0,
    ),
    "a name longer than any": (
        f"Supplier,Date,Amount\nAcme{'y' * 100_000},03/04/2019,5.00\n", 500, 1, 0,
    ),
}  # fmt: skip
REFUSED: dict[str, tuple[str | bytes, str]] = {
    "no date": ("Supplier,Amount,Purpose\nAcme,500,Pens\n", "No column was found for a date"),
    "no headings": ("03/04/2019,Acme,500.00\n", "No row of the first 40 reads as column headings"),
    "headings alone": ("Supplier,Date,Amount\n", "no payment below the headings in row 1"),
    "blank cells": (",,,\n,,,\n", "no cell of it holds anything"),
    "decimal commas": (
        "Supplier;Date;Amount\nAcme;03/04/2019;1.234,56\nBT;04/04/2019;7,50\n",
        "Column C ('Amount'): the heading says the amount, net of VAT that is recovered, "
        "but only 0% of its cells read as amounts",
    ),
    "month first": (
        "Payment Date,Supplier,Amount\n"
        + "".join(f"04/{day:02d}/2019,Acme,1.00\n" for day in (*range(1, 13), 29, 30)),
        "The dates of column A ('Payment Date') are written month first",
    ),
    "credits without debits": (
        "Supplier,Date,Debit,Credit\nAcme,03/04/2019,none?,5.00\nBT,03/04/2019,some,6.00\n",
        "Column D ('Credit'): the heading says credits, but no column of debits is used",
    ),
    "a cell without an end": (
        f'Supplier,Date,Amount,Description\nAcme,03/04/2019,5,"{"x" * 200_000}"\n',
        "A cell holds more than 131,072 characters",
    ),
    "a mark of nothing near the top": (
        "Supplier,Date,Amount\nAc\x00me,03/04/2019,5.00\n",
        "The file is not text",
    ),
    "a mark of nothing far down": (
        "Supplier,Date,Amount\n" + "BT,04/04/2019,6.00\n" * 300 + "Ac\x00me,03/04/2019,5.00\n",
        "The file is not text",
    ),
    "a picture": (
        b"\xff\xd8\xff\xe0" + bytes(random.Random(1).choices(range(1, 256), k=6000)),
        "The file is not text",
    ),
    "thousands of columns": (
        "Supplier,Date,Amount," + ",".join(f"c{n}" for n in range(300)) + "\nBT,03/04/2019,5.00\n",
        "The file has 303 columns with a heading; the most taken is 200",
    ),
}


def as_bytes(given: str | bytes) -> bytes:
    return given if isinstance(given, bytes) else given.encode()


@pytest.mark.parametrize("name", MAPPED)
def test_layout_is_mapped(name: str) -> None:
    given, pence, clean, held = MAPPED[name]
    reading = read_file("anytown.csv", as_bytes(given))
    assert (reading.total_pence, reading.counts["clean"], reading.counts["held"]) == (
        pence,
        clean,
        held,
    )
    assert sum(reading.counts.values()) == len(reading.rows)


@pytest.mark.parametrize("name", REFUSED)
def test_layout_is_refused(name: str) -> None:
    given, words = REFUSED[name]
    with pytest.raises(Unreadable) as refused:
        read_file("anytown.csv", as_bytes(given))
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "name",
    [
        "debits and credits",
        "signs that SQL and COPY know",
        "a name longer than any",
        "titles above and totals below",
    ],
)
def test_mapped_layout_is_loaded_whole(world: World, name: str) -> None:
    given, pence, clean, held = MAPPED[name]
    file = load(world, str(given))
    assert (file.state, file.rows_loaded, file.rows_held) == ("loaded", clean, held)
    assert file.loaded_pence + file.held_pence == file.total_pence == pence


def test_credit_is_a_credit_note(world: World) -> None:
    load(world, str(MAPPED["debits and credits"][0]))
    with scope(acting=world.id("eastmere")):
        found = Invoice.objects.order_by("gross_pence").values_list("supplier__name", "gross_pence")
        assert list(found) == [("Brown", -2000), ("Green", 1000), ("Acme", 50000)]


def test_file_that_cannot_be_read_by_its_columns_is_never_begun(world: World) -> None:
    """All columns are there, and yet no run is made that could only fail."""
    by = world.actor("finance_officer@eastmere")
    data = as_bytes(REFUSED["month first"][0])
    with scope(acting=by.organisation_id):
        file = receive_file(name="us.csv", data=data, purpose="published", by=by).file
        assert "written month first" in files.preview(file).problem
        with pytest.raises(Unreadable, match="written month first"):
            choose_columns(file=file, columns=file.mapping["columns"], by=by)
        with pytest.raises(Refused, match="written month first"):
            load_file(file=file, by=by)
        assert SourceFile.objects.get().state == "uploaded"


def test_empty_columns_to_the_right_are_not_asked_about(world: World) -> None:
    by = world.actor("finance_officer@eastmere")
    text = f"Supplier,Date,Amount{',' * 250}\nAcme,03/04/2019,5.00{',' * 250}\n"
    with scope(acting=by.organisation_id):
        data = text.encode()
        file = receive_file(name="wide.csv", data=data, purpose="published", by=by).file
        assert [column.letter for column in files.preview(file).columns] == ["A", "B", "C"]


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


HEAD: list[object] = ["Supplier", "Payment Date", "Amount"]
NOTES: list[list[object]] = [["Note", "about", "the", "data"]] * 40


def read_book(**sheets: list[list[object]]) -> Reading:
    return read_file("anytown.xlsx", workbook(**sheets))


def test_sheet_of_payments_is_found_among_fuller_ones() -> None:
    preamble: list[list[object]] = [["Anytown"], [], ["Over £500"], [], ["April"], []]
    april = [*preamble, HEAD, ["Acme", date(2019, 4, 3), 10.1], ["Brown", 43559, -0.1]]
    empty = [HEAD]
    reading = read_book(Notes=NOTES, Template=empty, April=april)
    assert (reading.sheet, reading.header_row, reading.total_pence) == ("April", 7, 1000)


def test_payments_on_two_sheets_are_refused_and_not_half_loaded() -> None:
    april = [HEAD, ["Acme", date(2019, 4, 3), 10.1]]
    may = [HEAD, ["Acme", date(2019, 5, 3), 10.1], ["Acme", date(2019, 5, 4), 10.1]]
    with pytest.raises(Unreadable, match=r"More than one sheet .*: 'May' and 'April'"):
        read_book(Notes=NOTES, April=april, May=may)


def test_workbook_that_unpacks_to_far_more_than_it_is_is_refused() -> None:
    source, target = zipfile.ZipFile(io.BytesIO(workbook(April=[HEAD]))), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in source.namelist():
            archive.writestr(part, source.read(part))
        archive.writestr("xl/worksheets/bomb.xml", b"<a>" + b"A" * PACKING_FROM_BYTES + b"</a>")
    with pytest.raises(Unreadable, match="unpacks to more than 100 times its size"):
        read_file("anytown.xlsx", target.getvalue())
