"""Files made here: preambles, totals, workbooks, and every refusal in words."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from core import sheets
from finance.reading import Mapping, Reading, Unreadable, name_guess, read_file

HEAD = "Supplier Name,Payment Date,Net Amount,Transaction Number\n"


def read(text: str, name: str = "anytown-2019-04.csv") -> Reading:
    return read_file(name, text.encode())


def refusal(data: bytes) -> Unreadable:
    with pytest.raises(Unreadable) as refused:
        read_file("anytown.csv", data)
    return refused.value


def kinds_and_causes(reading: Reading) -> list[tuple[str, str | None]]:
    return list(zip(reading.frame["kind"], reading.frame["cause"], strict=True))


def test_every_kind_of_row() -> None:
    reading = read(
        "Anytown Council\n\nPayments over 500,April 2019\n"
        + HEAD
        + "Acme,03/04/2019,500.00,1\n"
        + ",,,\n"
        + HEAD
        + "Brown,04/04/2019,(20.00),2\n"
        + "Total,,480.00,\n"
        + "Note: figures exclude schools,,,\n"
    )
    assert kinds_and_causes(reading) == [
        ("preamble", None),
        ("blank", None),
        ("preamble", None),
        ("header", None),
        ("data", None),
        ("blank", None),
        ("header", None),
        ("data", None),
        ("total", None),
        ("data", "amount_missing"),
    ]
    assert reading.header_row == 4
    assert reading.counts == {
        "clean": 2, "held": 1, "header": 2, "total": 1, "blank": 2, "preamble": 2,
    }  # fmt: skip
    assert (reading.clean_pence, reading.held_pence, reading.total_pence) == (48000, 0, 48000)


def test_every_cause_has_words_with_row_column_value_and_remedy() -> None:
    reading = read(
        HEAD
        + "Acme,03/04/2019,twelve,1\n"
        + "Acme,03/04/2019,79.895,2\n"
        + "Acme,03/04/2019,,3\n"
        + "Acme,03/04/2019,0.00,4\n"
        + "Acme,04/13/2019,5.00,5\n"
        + ",03/04/2019,6.00,6\n"
        + "Acme,,7.00,7\n"
        + "Acme,never,nil?,8\n"
        + ",,,9\n"
        + "Acme,03/04/2019,100.00,10\n" * 20
    )
    held = reading.frame[reading.frame["cause"].notna()]
    assert held["cause"].tolist() == [
        "amount_unreadable",
        "amount_fraction",
        "amount_missing",
        "amount_zero",
        "date_unreadable",
        "supplier_missing",
        "date_missing",
        "amount_unreadable",
        "not_a_payment",
    ]
    assert held["cause_text"].iloc[1] == (
        "Row 3: Net Amount holds '79.895', which has a part of a penny. "
        "Enter the amount paid in whole pence."
    )
    assert held["cause_text"].iloc[7] == (
        "Row 9: Net Amount holds 'nil?', which is not an amount. "
        "Enter pounds and pence, such as 1,234.56. "
        "Row 9: Payment Date holds 'never', which is not a date from 1990 to 2099. "
        "Enter it as day/month/year, such as 30/04/2019."
    )
    assert (reading.clean_pence, reading.held_pence) == (200000, 1800)


def test_totals_are_checked_and_a_lone_amount_is_held_unless_it_is_the_sum() -> None:
    rows = "Acme,03/04/2019,500.00,1\nBrown,04/04/2019,20.00,2\n"
    right = read(HEAD + rows + ",,520.00,\n")
    assert kinds_and_causes(right)[-1] == ("total", None)
    lone = read(HEAD + rows + ",,519.00,\n")
    assert kinds_and_causes(lone)[-1] == ("data", "supplier_missing")
    assert lone.total_pence == 103900
    wrong = read(HEAD + rows + "Grand Total,,519.00,\n")
    assert kinds_and_causes(wrong)[-1] == ("total", "total_differs")
    assert wrong.total_pence == 52000
    named = read(HEAD + rows + "Total Gas Ltd,05/04/2019,9.00,3\n")
    assert kinds_and_causes(named)[-1] == ("data", None)


def test_a_layout_without_an_amount_is_refused_with_a_reason_for_each_column() -> None:
    error = refusal(
        b"Supplier Name,Payment Date,Net Amount,Colour\n"
        + b"Acme,03/04/2019,lots,red\nBrown,04/04/2019,little,blue\n"
    )
    assert error.message == (
        "No column was found for the amount, net of VAT that is recovered. "
        "Choose the columns by hand, or correct the headings and send the file again."
    )
    assert [str(reason) for reason in error.reasons] == [
        "Column A ('Supplier Name'): taken as the name of the supplier: "
        "the heading says the name of the supplier",
        "Column B ('Payment Date'): taken as the date of payment: "
        "the heading says the date of payment and its cells read so",
        "Column C ('Net Amount'): the heading says the amount, net of VAT that is recovered, "
        "but only 0% of its cells read as amounts",
        "Column D ('Colour'): the heading is not one known here",
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty"),
        (b"%PDF-1.7 ...", "The file is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel workbook"),
        (b"<!doctype html><p>Not found", "a web page"),
        (b"one,two\n1,2\n", "No row of the first 40 reads as column headings"),
        (HEAD.encode() + b'"Acme,03/04/2019,5.00,1\n' * 3 + b'"open', "never closed"),
        (
            HEAD.encode() + b'"Acme,03/04/2019,5.00,1\n"Brown",04/04/2019,5.00,2\n',
            "in row 2, column A",
        ),
        (b"a\x00b\xff\x00\x00\x01\x02\x03", "not text"),
    ],
)
def test_files_refused(data: bytes, words: str) -> None:
    assert words in refusal(data).message


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    text = (HEAD + "Café Zoë,03/04/2019,£5.00,1\n").replace(",", delimiter)
    reading = read_file("x.csv", text.encode(encoding))
    assert (reading.encoding, reading.delimiter) == (encoding, delimiter)
    assert reading.frame.loc[1, "supplier"] == "Café Zoë"
    assert reading.total_pence == 500


def test_limits_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    data = HEAD.encode() + b"Acme,03/04/2019,5.00,1\n" * 30
    for limit, value, words in (
        ("MAX_BYTES", 100, "the most taken is 100"),
        ("MAX_ROWS", 10, "more than 10 rows"),
        ("MAX_CELLS", 50, "more than 50 cells"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(sheets, limit, value)
            assert words in refusal(data).message


def workbook() -> bytes:
    book = openpyxl.Workbook()
    cover = book.active
    cover.title = "Cover"
    cover.append(["Payments of Anytown"])
    sheet = book.create_sheet("April")
    sheet.append(["Supplier Name", "Payment Date", "Net Amount", "Trans No"])
    sheet.append(["Acme", datetime(2019, 4, 3, 9, 30), 1234.5599999999999, 12345])  # noqa: DTZ001
    sheet.append([])
    sheet.append(["Brown", date(2019, 4, 4), -20, "A1"])
    hidden = book.create_sheet("Workings")
    hidden.sheet_state = "hidden"
    for _ in range(50):
        hidden.append(["x"] * 9)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook_is_read_from_its_fullest_visible_sheet() -> None:
    reading = read_file("anytown.xlsx", workbook())
    assert (reading.encoding, reading.sheet) == ("xlsx", "April")
    assert reading.rows[1] == ["Acme", "2019-04-03 09:30:00", "1234.56", "12345"]
    assert reading.counts["blank"] == 1
    assert reading.total_pence == 121456


def test_a_workbook_with_a_sheet_for_each_month_is_refused() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    book.create_sheet("May").append([cell.value for cell in book["April"][1]])
    book["May"].append(["Green", date(2019, 5, 4), 7, "A2"])
    buffer = io.BytesIO()
    book.save(buffer)
    said = "More than one sheet of the workbook holds payments: 'April' and 'May'"
    assert said in refusal(buffer.getvalue()).message


SIGNS = (
    "Paid Date,Supplier Name,Net Amount,Dr/Cr\n03/04/2019,Acme Ltd,{dr},DR\n"
    "04/04/2019,Brown Ltd,{cr},CR\n"
)


def test_signs_in_a_column_of_their_own_are_refused_unless_the_amounts_have_them_too() -> None:
    refused = refusal(SIGNS.format(dr="100.00", cr="40.00").encode()).message
    assert "Column D ('Dr/Cr') says which amounts are credits" in refused
    signed = read_file("a.csv", SIGNS.format(dr="100.00", cr="-40.00").encode())
    assert signed.total_pence == 6_000


def test_headings_alone_are_refused() -> None:
    assert "no payment below the headings in row 1" in refusal(HEAD.encode()).message


def test_a_workbook_with_a_document_type_is_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]><a>&d;</a>'
    source, target = zipfile.ZipFile(io.BytesIO(workbook())), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for part in source.namelist():
            body = bomb if part == "xl/worksheets/sheet2.xml" else source.read(part)
            archive.writestr(part, body)
    assert "document type definition" in refusal(target.getvalue()).message


def test_workbooks_too_large_damaged_or_not_workbooks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "damaged" in refusal(workbook()[:3000]).message
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "x")
    assert "not an Excel workbook" in refusal(buffer.getvalue()).message
    monkeypatch.setattr(sheets, "MAX_UNPACKED_BYTES", 1000)
    assert "unpacks to more than 1000 bytes" in refusal(workbook()).message


def test_a_mapping_survives_json_and_refuses_what_is_not_one() -> None:
    mapping = read(HEAD + "Acme,03/04/2019,5.00,1\n").mapping
    again = Mapping.from_json(mapping.to_json())
    assert again == mapping
    assert again.to_json() == mapping.to_json()
    raw = json.loads(mapping.to_json())
    for change in ({"columns": {"colour": 0}}, {"columns": {"supplier": 9}}, {"headers": None}):
        with pytest.raises(ValueError, match=r"Unknown role|No such column|Not a column mapping"):
            Mapping.from_json(json.dumps(raw | change))


def test_a_mapping_by_hand_reads_headings_that_say_nothing() -> None:
    text = "Wer,Wann,Wieviel\nAcme,03/04/2019,5.00\n"
    mapping = Mapping(("Wer", "Wann", "Wieviel"), {"supplier": 0, "paid_on": 1, "amount": 2})
    assert read_file("x.csv", text.encode(), mapping).total_pence == 500
    with pytest.raises(Unreadable, match="No column was found for a date"):
        read_file("x.csv", text.encode(), mapping.with_roles({"supplier": 0, "amount": 2}))


@pytest.mark.parametrize(
    ("file_name", "bodies", "name"),
    [
        ("oxford-city-expenditure-over-500-apr-jun-2017.csv", ["OCC"] * 3, "Oxford City"),
        ("northtyneside-2019-05_p.csv", [], "North Tyneside"),
        ("calderdale-2019-04-card.csv", [], "Calderdale"),
        ("spend-2019.csv", ["Anytown Council", "Anytown Council", ""], "Anytown Council"),
        ("spend-2019.csv", ["ACC"], "ACC"),
        ("2019-04.csv", [], ""),
    ],
)
def test_whose_file_it_is(file_name: str, bodies: list[str], name: str) -> None:
    assert name_guess(file_name, bodies).name == name
