"""Bacs Standard 18: a file of credits for one processing day, with its balancing contra.

Labels have 80 characters, data records 100, every record ends with CR LF. Dates are a blank, two
figures of the year and three of the day of the year. The bytes depend on the arguments alone: no
clock is read. Layout: Pay.UK's Bacs file structures; positions below count from 1 as they do there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from finance.formats.bacs18_check import check
from finance.formats.bank_days import is_banking_day
from finance.formats.errors import Unwritable
from finance.formats.pieces import Tally, in_pieces
from finance.formats.text import FIELD_LENGTH, field18

__all__ = ["CREDIT_CODES", "MAX_CREDIT_PENCE", "BacsCredit", "BacsFile", "check", "write"]

MAX_CREDIT_PENCE = 2_000_000_000  # £20,000,000.00 for one credit
MAX_CONTRA_PENCE = 99_999_999_999  # eleven figures of pence
CREDIT_CODES = {"99": "direct credit", "Z4": "interest", "Z5": "dividend"}
_DEBIT_CONTRA = "17"  # debits the originator, so that debits equal credits
_DAYS_KEPT = timedelta(days=2)


class BacsCredit(NamedTuple):
    """One payment: to whom, how many pence, and the reference the payee sees."""

    sort_code: str
    account: str
    pence: int
    name: str
    reference: str
    code: str = "99"


@dataclass(frozen=True)
class BacsFile:
    """All that a file says. `sun` is the six-figure service user number, `serial` the six
    characters that name the file to Bacs, `narrative` what the originator's statement shows.

    `account_name` is the name on the account debited and `originator` the name payees see.
    `process_on` is the banking day before the money arrives.
    """

    sun: str
    serial: str
    sort_code: str
    account: str
    account_name: str
    originator: str
    narrative: str
    created_on: date
    process_on: date
    file_number: int
    payments: int
    total_pence: int


def write(
    file: BacsFile, credits: Iterable[BacsCredit], holidays: Collection[date] = ()
) -> Iterator[bytes]:
    """The file in pieces, whatever the number of credits. `total_pence` is what the contra debits.

    `Unwritable` when the file would break the standard or its credits are not as many and as much
    as it says; nothing of it is a file before the last piece has come. Names and references are
    put into allowed characters and cut to 18; everything else must be right already.
    """
    problems = _file_problems(file, holidays)
    if problems:
        raise Unwritable(problems)
    header = _file_label("HDR1", file)
    second = "HDR2F0200000100" + " " * 35 + "00"
    volume, user = _volume(file), _user_header(file)
    yield _records(map(_label, (volume, header, second, user)))
    tally = Tally("Credit", file.payments, file.total_pence)
    record = _record_writer(file)
    for piece in in_pieces(credits):
        yield _records([record(credit, tally) for credit in piece])
        tally.stop_if_hopeless()
    tally.stop_unless_right()
    ends = ("EOF1" + header[4:], "EOF2" + second[4:], _user_trailer(file))
    yield _records([_contra_record(file), *map(_label, ends)])


def julian(day: date) -> str:
    """A date as Bacs writes it: blank, year, day of the year: ' 26327' is 23 November 2026."""
    return f" {day:%y%j}"


def _label(text: str) -> str:
    return text.ljust(80)


def _volume(file: BacsFile) -> str:
    return f"VOL1{file.serial}0".ljust(41) + file.sun.ljust(38) + "1"


def _file_label(name: str, file: BacsFile) -> str:
    expires = file.process_on + _DAYS_KEPT
    return (
        f"{name}A{file.sun}S   {file.sun}{file.serial}00010001      "
        f"{julian(file.created_on)}{julian(expires)} 000000"
    )


def _user_header(file: BacsFile) -> str:
    return f"UHL1{julian(file.process_on)}999999    000000001 DAILY  {file.file_number:03d}"


def _user_trailer(file: BacsFile) -> str:
    total = f"{file.total_pence:013d}"
    return f"UTL1{total}{total}{1:07d}{file.payments:07d}"


def _records(records: Iterable[str]) -> bytes:
    return "".join(f"{record}\r\n" for record in records).encode("ascii")


def _record_writer(file: BacsFile) -> Callable[[BacsCredit, Tally], str]:
    """Writes a record for a credit and tells the tally of it and of what is wrong with it."""
    origin, originator = f"{file.sort_code}{file.account}    ", _field(file.originator)

    def record(credit: BacsCredit, tally: Tally) -> str:
        name, reference = field18(credit.name), field18(credit.reference)
        tally.add(credit.pence, _credit_problems(credit, name, reference))
        return (
            f"{credit.sort_code}{credit.account}0{credit.code}{origin}{credit.pence:011d}"
            f"{originator}{reference:<18}{name:<18}"
        )

    return record


def _contra_record(file: BacsFile) -> str:
    return (
        f"{file.sort_code}{file.account}0{_DEBIT_CONTRA}{file.sort_code}{file.account}    "
        f"{file.total_pence:011d}{_field(file.narrative)}{_field('CONTRA')}"
        f"{_field(file.account_name)}"
    )


def _field(text: str) -> str:
    return field18(text).ljust(FIELD_LENGTH)


def _file_problems(file: BacsFile, holidays: Collection[date]) -> list[str]:
    problems = []
    if not _figures(file.sun, 6):
        problems.append(f"The service user number '{file.sun}' is not six figures")
    if re.fullmatch(r"[A-Z0-9]{6}", file.serial, re.ASCII) is None or file.serial == "000000":
        problems.append(f"The serial '{file.serial}' is not six capitals or figures, or is nil")
    if not 0 <= file.file_number <= 999:
        problems.append(f"The file number {file.file_number} is not from 0 to 999")
    problems.extend(_account_problems(file.sort_code, file.account))
    names = {
        "The account name": file.account_name,
        "The originator's name": file.originator,
        "The narrative": file.narrative,
    }
    problems.extend(f"{what} is empty" for what, text in names.items() if not field18(text))
    if not is_banking_day(file.process_on, holidays):
        problems.append(f"The processing day {file.process_on:%d %B %Y} is not a banking day")
    if file.process_on < file.created_on:
        problems.append("The processing day is before the day the file is made")
    if not file.payments:
        problems.append("The file has no credits")
    if file.payments > 9_999_999 or file.total_pence > MAX_CONTRA_PENCE:
        problems.append("The credits are more than one file can total; make several files")
    return problems


def _credit_problems(credit: BacsCredit, name: str, reference: str) -> list[str]:
    problems = _account_problems(credit.sort_code, credit.account)
    if not 0 < credit.pence <= MAX_CREDIT_PENCE:
        problems.append(f"{credit.pence} pence is not from 1 penny to £20,000,000.00")
    if credit.code not in CREDIT_CODES:
        problems.append(f"'{credit.code}' is not a code for a credit")
    if not name:
        problems.append("The payee's name is empty")
    if not reference:
        problems.append("The reference is empty")
    if reference.startswith("CONTRA"):
        problems.append("The reference begins with CONTRA, which marks the balancing record")
    return problems


def _account_problems(sort_code: str, account: str) -> list[str]:
    problems = []
    if not _figures(sort_code, 6):
        problems.append(f"The sort code '{sort_code}' is not six figures")
    if not _figures(account, 8):
        problems.append(f"The account number '{account}' is not eight figures")
    return problems


def _figures(text: str, count: int) -> bool:
    return len(text) == count and text.isascii() and text.isdigit()
