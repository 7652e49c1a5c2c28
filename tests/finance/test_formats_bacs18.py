"""The Bacs writer against the published sample, and the checker against broken files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finance.formats.bacs18 import BacsCredit, BacsFile, check, write
from finance.formats.errors import Unwritable
from finance.formats.pieces import PIECE

SAMPLE = Path(__file__).resolve().parents[3] / "shared/data/formats/bacs/bacs18-daily.txt"
FILE = BacsFile(
    sun="654321",
    serial="A00017",
    sort_code="089999",
    account="66374958",
    account_name="Anytown Council",
    originator="Anytown Council",
    narrative="AP run 017",
    created_on=date(2026, 11, 20),
    process_on=date(2026, 11, 23),
    file_number=17,
    payments=3,
    total_pence=2_000_125_999,
)
CREDITS = (
    BacsCredit("107999", "88837491", 125_000, "Acme Supplies Ltd", "INV 10457"),
    BacsCredit("202959", "63748472", 999, "O'Neil & Sons", "INV-77/2026"),
    BacsCredit("871427", "46238510", 2_000_000_000, "Bigbuild plc", "Stage 4 payment"),
)


def written(
    credits: Sequence[BacsCredit] = CREDITS, holidays: Collection[date] = (), **changes: object
) -> bytes:
    """The whole file, which says how many and how much its credits are."""
    total = sum(credit.pence for credit in credits)
    file = replace(FILE, payments=len(credits), total_pence=total, **changes)
    return b"".join(write(file, credits, holidays))


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample file is not on this machine")
def test_the_sample_is_written_to_the_byte_and_accepted() -> None:
    assert written() == SAMPLE.read_bytes()
    assert check(SAMPLE.read_bytes()) == []


def test_the_same_file_is_the_same_bytes() -> None:
    assert written() == written()
    assert check(written()) == []


def mutate(data: bytes, line: int, first: int, new: bytes) -> bytes:
    records = data.split(b"\r\n")
    record = records[line]
    records[line] = record[: first - 1] + new + record[first - 1 + len(new) :]
    return b"\r\n".join(records)


@pytest.mark.parametrize(
    ("line", "first", "new", "words"),
    [
        (0, 1, b"VOL2", "not VOL1"),
        (0, 5, b"000000", "not a serial"),
        (0, 42, b"65432X", "service user number"),
        (0, 80, b"3", "VOL1 positions 80-80"),
        (1, 6, b"654322", "HDR1 positions 6-11"),
        (1, 22, b"A00018", "HDR1 positions 22-27"),
        (1, 28, b"0002", "HDR1 positions 28-31"),
        (1, 43, b"26400", "not a blank, the year"),
        (1, 49, b"26320", "not in order"),
        (2, 11, b"00106", "HDR2 positions 11-15"),
        (3, 6, b"26325", "Saturday or Sunday"),
        (3, 21, b"01", "UHL1 positions 21-22"),
        (3, 29, b"4 MULTI  ", "UHL1 positions 29-37"),
        (4, 1, b"10799A", "positions 1-6 are not figures"),
        (4, 15, b"1", "type of account"),
        (4, 16, b"01", "is not a credit"),
        (4, 18, b"089998", "originating account is not the same"),
        (4, 32, b"/ABC", "positions 32-35 are not blank"),
        (4, 46, b"1", "UTL1 positions 18-30"),
        (4, 36, b"00000000000", "is nil or above"),
        (4, 36, b"02000000001", "is nil or above"),
        (4, 83, b"acme", "does not carry"),
        (4, 65, b" " * 18, "positions 65-82 are blank"),
        (7, 46, b"8", "The contra is"),
        (7, 65, b"CONTRO", "exactly one contra"),
        (7, 1, b"089998", "contra is not to the originating account"),
        (8, 22, b"A00018", "EOF1 differs"),
        (9, 6, b"02001", "EOF2 differs"),
        (10, 17, b"0", "UTL1 positions 5-17"),
        (10, 31, b"0000002", "UTL1 positions 31-37"),
        (10, 38, b"0000004", "UTL1 positions 38-44"),
        (10, 53, b"0000001", "count instructions"),
    ],
)
def test_each_mutation_is_caught(line: int, first: int, new: bytes, words: str) -> None:
    broken = mutate(written(), line, first, new)
    assert broken != written()
    assert [problem for problem in check(broken) if words in problem] != []


def test_broken_framing_is_caught() -> None:
    data = written()
    records = data.split(b"\r\n")
    assert check(data.replace(b"\r\n", b"\n")) == ["Not every record ends with CR LF"]
    assert check(data[:-2]) == ["Not every record ends with CR LF"]
    assert check(data.replace(b"ACME", b"ACM\xc9")) == ["Byte 414 is not ASCII"]
    assert check(data + b"\r\n") == ["The file is not VOL1 HDR1 HDR2 UHL1, data, EOF1 EOF2 UTL1"]
    without_a_credit = b"\r\n".join(records[:4] + records[5:])
    assert check(without_a_credit) != []
    twice = b"\r\n".join([*records[:5], records[4], *records[5:]])
    assert check(twice) != []
    longer = b"\r\n".join([*records[:4], records[4] + b" ", *records[5:]])
    assert check(longer) == ["Data record 1 has 101 characters, not 100"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sun": "65432"}, "service user number"),
        ({"sun": "65432\u0663"}, "service user number"),
        ({"serial": "000000"}, "serial"),
        ({"serial": "a00017"}, "serial"),
        ({"sort_code": "08-99-99"}, "sort code"),
        ({"account": "6637495"}, "account number"),
        ({"originator": "\u00a1\u00a1"}, "originator's name is empty"),
        ({"process_on": date(2026, 11, 22)}, "not a banking day"),
        ({"created_on": date(2026, 11, 24)}, "before the day the file is made"),
        ({"file_number": 1000}, "file number"),
        ({"credits": ()}, "no credits"),
        ({"credits": (CREDITS[2]._replace(pence=2_000_000_000),) * 50}, "several files"),
        ({"credits": (CREDITS[0]._replace(pence=0),)}, "Credit 1: 0 pence"),
        ({"credits": (CREDITS[0]._replace(pence=2_000_000_001),)}, "Credit 1: 2000000001"),
        ({"credits": (CREDITS[0]._replace(code="17"),)}, "'17' is not a code"),
        ({"credits": (CREDITS[0]._replace(name=""),)}, "payee's name is empty"),
        ({"credits": (CREDITS[0]._replace(reference="Contra 1"),)}, "begins with CONTRA"),
    ],
)
def test_what_would_break_the_standard_is_not_written(change: dict, words: str) -> None:
    with pytest.raises(Unwritable) as refused:
        written(**change)
    assert len(refused.value.problems) == 1
    assert words in refused.value.problems[0]


def test_a_holiday_is_not_a_processing_day() -> None:
    with pytest.raises(Unwritable, match="not a banking day"):
        written(holidays={date(2026, 11, 23)})


@pytest.mark.parametrize(("payments", "total_pence"), [(2, 2_000_125_999), (3, 2_000_125_998)])
def test_credits_that_are_not_what_the_file_says(payments: int, total_pence: int) -> None:
    """The contra and the trailer come from the head; the last piece is held back."""
    pieces = write(replace(FILE, payments=payments, total_pence=total_pence), CREDITS)
    with pytest.raises(Unwritable, match="there are 3 of 2000125999"):
        list(pieces)


def test_many_wrong_credits_end_the_writing_early() -> None:
    """Nobody reads a thousand problems, and the run behind them may be very long."""
    taken = 0

    def endless() -> Iterator[BacsCredit]:
        nonlocal taken
        while True:
            taken += 1
            yield CREDITS[0]._replace(account="1")

    with pytest.raises(Unwritable):
        list(write(FILE, endless()))
    assert taken == PIECE


figures = st.text("0123456789", min_size=6, max_size=6)
some_credits = st.builds(
    BacsCredit,
    sort_code=figures,
    account=st.text("0123456789", min_size=8, max_size=8),
    pence=st.integers(1, 2_000_000_000),
    name=st.text(max_size=30).map(lambda text: f"A{text}"),
    reference=st.text(max_size=30).map(lambda text: f"R{text}"),
    code=st.sampled_from(["99", "Z4", "Z5"]),
)


@given(st.lists(some_credits, min_size=1, max_size=20))
def test_whatever_is_written_is_accepted(items: list[BacsCredit]) -> None:
    data = written(items)
    assert check(data) == []
    assert len(data) == 7 * 82 + (len(items) + 1) * 102
