"""An independent reader of Bacs Standard 18 files: every field by position, every total again.

It shares no code with the writer, so a fault in one is seen by the other.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

_TEXT = re.compile(r"[A-Z0-9.&/\- ]*")
_LABELS_BEFORE = ("VOL1", "HDR1", "HDR2", "UHL1")
_LABELS_AFTER = ("EOF1", "EOF2", "UTL1")
_CREDITS = frozenset({"99", "Z4", "Z5"})
_MOST_PENCE = 20_000_000 * 100


def check(data: bytes) -> list[str]:
    """Everything wrong with a single processing day file of credits; an empty list when nothing is.

    Positions in the messages count from 1, as in the standard.
    """
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError as error:
        return [f"Byte {error.start + 1} is not ASCII"]
    if not text.endswith("\r\n") or text.count("\n") != text.count("\r\n"):
        return ["Not every record ends with CR LF"]
    records = text.split("\r\n")[:-1]
    names = [record[:4] for record in records]
    if len(records) < 9 or tuple(names[:4]) != _LABELS_BEFORE or tuple(names[-3:]) != _LABELS_AFTER:
        return ["The file is not VOL1 HDR1 HDR2 UHL1, data, EOF1 EOF2 UTL1"]
    labels = dict(zip(names[:4] + names[-3:], records[:4] + records[-3:], strict=True))
    data_records = records[4:-3]
    wrong = [
        f"{name} has {len(label)} characters, not 80"
        for name, label in labels.items()
        if len(label) != 80
    ]
    wrong += [
        f"Data record {number} has {len(record)} characters, not 100"
        for number, record in enumerate(data_records, 1)
        if len(record) != 100
    ]
    if wrong:
        return wrong
    return [
        *_check_volume(labels["VOL1"]),
        *_check_file_labels(labels),
        *_check_days(labels),
        *_check_user_header(labels["UHL1"]),
        *_check_data(data_records),
        *_check_totals(labels["UTL1"], data_records),
    ]


def _at(record: str, first: int, last: int) -> str:
    return record[first - 1 : last]


def _fixed(record: str, expected: dict[tuple[int, int], str]) -> list[str]:
    """A message for each range of positions that does not hold what it must."""
    return [
        f"{record[:4]} positions {first}-{last} hold '{_at(record, first, last)}', not '{value}'"
        for (first, last), value in expected.items()
        if _at(record, first, last) != value
    ]


def _check_volume(label: str) -> list[str]:
    wrong = _fixed(label, {(12, 41): " " * 30, (48, 79): " " * 32, (80, 80): "1"})
    serial = _at(label, 5, 10)
    if not re.fullmatch(r"[A-Z0-9]{6}", serial) or serial == "000000":
        wrong.append(f"VOL1 positions 5-10: '{serial}' is not a serial")
    if not re.fullmatch(r"[0-9]{6}", _at(label, 42, 47)):
        wrong.append("VOL1 positions 42-47 are not a service user number")
    if _at(label, 11, 11) not in " 0":
        wrong.append("VOL1 position 11 is neither blank nor 0")
    return wrong


def _check_file_labels(labels: dict[str, str]) -> list[str]:
    sun, serial = _at(labels["VOL1"], 42, 47), _at(labels["VOL1"], 5, 10)
    wrong = _fixed(
        labels["HDR1"],
        {
            (5, 5): "A",
            (6, 11): sun,
            (12, 12): "S",
            (16, 21): sun,
            (22, 27): serial,
            (28, 31): "0001",
            (32, 35): "0001",
            (55, 60): "000000",
            (74, 80): " " * 7,
        },
    )
    wrong += _fixed(
        labels["HDR2"],
        {
            (5, 5): "F",
            (6, 10): "02000",
            (11, 15): "00100",
            (16, 50): " " * 35,
            (51, 52): "00",
            (53, 80): " " * 28,
        },
    )
    for number in "12":
        if labels[f"HDR{number}"][4:] != labels[f"EOF{number}"][4:]:
            wrong.append(f"EOF{number} differs from HDR{number} beyond its name")
    return wrong


def _day(text: str) -> date | None:
    """The date of ' YYDDD', or None."""
    if not re.fullmatch(r" [0-9]{5}", text):
        return None
    first = date(2000 + int(text[1:3]), 1, 1)
    day = first + timedelta(days=int(text[3:]) - 1)
    return day if day.year == first.year else None


def _check_days(labels: dict[str, str]) -> list[str]:
    created = _day(_at(labels["HDR1"], 42, 47))
    expires = _day(_at(labels["HDR1"], 48, 53))
    process = _day(_at(labels["UHL1"], 5, 10))
    if created is None or expires is None or process is None:
        return ["A date in HDR1 or UHL1 is not a blank, the year and the day of the year"]
    wrong = []
    if not created <= process < expires:
        wrong.append("The days are not in order: created, processed, expired")
    if process.weekday() > 4:
        wrong.append("The processing day is a Saturday or Sunday")
    return wrong


def _check_user_header(label: str) -> list[str]:
    wrong = _fixed(
        label,
        {
            (11, 16): "999999",
            (17, 20): " " * 4,
            (21, 22): "00",
            (23, 28): "000000",
            (29, 37): "1 DAILY  ",
            (41, 47): " " * 7,
        },
    )
    if not re.fullmatch(r"[0-9]{3}", _at(label, 38, 40)):
        wrong.append("UHL1 positions 38-40 are not a file number")
    return wrong


def _is_contra(record: str) -> bool:
    return _at(record, 16, 17) == "17" and _at(record, 65, 70) == "CONTRA"


def _check_data(records: list[str]) -> list[str]:
    wrong = []
    for number, record in enumerate(records, 1):
        wrong += [f"Data record {number}: {problem}" for problem in _record_problems(record)]
    contras = [record for record in records if _is_contra(record)]
    if len(contras) != 1 or not _is_contra(records[-1]):
        wrong.append("There is not exactly one contra, as the last data record")
    origins = Counter(_at(record, 18, 31) for record in records)
    if len(origins) != 1:
        wrong.append("The originating account is not the same throughout")
    return wrong


def _record_problems(record: str) -> list[str]:
    contra = _is_contra(record)
    wrong = []
    for first, last in ((1, 6), (7, 14), (18, 23), (24, 31), (36, 46)):
        if not re.fullmatch(r"[0-9]+", _at(record, first, last)):
            wrong.append(f"positions {first}-{last} are not figures")
    if wrong:
        return wrong
    if _at(record, 15, 15) != "0":
        wrong.append("position 15, the type of account, is not 0")
    if not contra and _at(record, 16, 17) not in _CREDITS:
        wrong.append(f"'{_at(record, 16, 17)}' in positions 16-17 is not a credit")
    if contra and _at(record, 1, 14) != _at(record, 18, 31):
        wrong.append("the contra is not to the originating account")
    if _at(record, 32, 35) != " " * 4:
        wrong.append("positions 32-35 are not blank")
    pence = int(_at(record, 36, 46))
    if pence == 0 or (pence > _MOST_PENCE and not contra):
        wrong.append(f"{pence} pence is nil or above £20,000,000.00")
    for first, last in ((47, 64), (65, 82), (83, 100)):
        field = _at(record, first, last)
        if not field.strip():
            wrong.append(f"positions {first}-{last} are blank")
        if not _TEXT.fullmatch(field):
            wrong.append(f"positions {first}-{last} hold a character Bacs does not carry")
    return wrong


def _check_totals(label: str, records: list[str]) -> list[str]:
    credits = [record for record in records if not _is_contra(record)]
    debits = [record for record in records if _is_contra(record)]
    expected = {
        (5, 17): f"{_pence(debits):013d}",
        (18, 30): f"{_pence(credits):013d}",
        (31, 37): f"{len(debits):07d}",
        (38, 44): f"{len(credits):07d}",
        (45, 52): " " * 8,
    }
    wrong = _fixed(label, expected)
    if not re.fullmatch(r" {7}|0{7}", _at(label, 53, 59)):
        wrong.append("UTL1 positions 53-59 count instructions, of which there are none")
    if _pence(debits) != _pence(credits):
        wrong.append(f"The contra is {_pence(debits)} pence and the credits {_pence(credits)}")
    return wrong


def _pence(records: list[str]) -> int:
    texts = (_at(record, 36, 46) for record in records)
    return sum(int(text) for text in texts if text.isdigit())
