"""Faster Payments as the CSV of one bank: its columns are data, written down by an administrator.

A layout has one line a column, `LETTER = what it holds`, with a heading after a comma where the
bank wants one. Columns between those named are left empty. Text in quotes is the same on each row.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from core.money import pounds
from core.unreadable import column_place
from finance.formats.errors import Unwritable
from finance.formats.pieces import Tally, in_pieces
from finance.formats.text import field18

MOST_COLUMNS = 100
_LINE = re.compile(r"([A-Z]{1,2})\s*=\s*(\"[^\"]*\"|[^,\"]+?)\s*(?:,\s*(.*))?", re.IGNORECASE)


class FasterCredit(NamedTuple):
    """One payment: to whom, how many pence, and the reference the payee sees."""

    sort_code: str
    account: str
    pence: int
    name: str
    reference: str


@dataclass(frozen=True)
class FasterFile:
    """What is the same for every payment: the account debited, the day, the name of the run."""

    sort_code: str
    account: str
    account_name: str
    run: str
    pay_on: date
    payments: int
    total_pence: int
    most_pence: int


Cell = Callable[[FasterFile, FasterCredit], str]
CELLS: dict[str, Cell] = {
    "sort code": lambda file, one: one.sort_code,
    "sort code with hyphens": lambda file, one: "-".join(re.findall("..", one.sort_code)),
    "account number": lambda file, one: one.account,
    "name": lambda file, one: field18(one.name),
    "amount": lambda file, one: str(pounds(one.pence)),
    "reference": lambda file, one: field18(one.reference),
    "day ddmmyyyy": lambda file, one: f"{file.pay_on:%d%m%Y}",
    "day dd/mm/yyyy": lambda file, one: f"{file.pay_on:%d/%m/%Y}",
    "day yyyy-mm-dd": lambda file, one: f"{file.pay_on:%Y-%m-%d}",
    "our sort code": lambda file, one: file.sort_code,
    "our account number": lambda file, one: file.account,
    "our sort code and account number": lambda file, one: file.sort_code + file.account,
    "our name": lambda file, one: field18(file.account_name),
    "run": lambda file, one: file.run,
}
# Without one of each set nobody could be paid.
NEEDED = (
    {"sort code", "sort code with hyphens"},
    {"account number"},
    {"name"},
    {"amount"},
    {"reference"},
)


@dataclass(frozen=True)
class Column:
    """A column by its place from 0: what its cells hold, and its heading."""

    place: int
    what: str
    heading: str

    @property
    def cell(self) -> Cell:
        if self.what.startswith('"'):
            fixed = self.what.strip('"')
            return lambda file, one: fixed
        return CELLS[self.what]


def columns_of(layout: str) -> list[Column]:
    """The columns of a layout in their order. `Unwritable` names every line that is wrong."""
    found, problems = [], []
    for number, line in enumerate(layout.splitlines(), start=1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        what = _what(match[2]) if match else ""
        if match is None:
            problems.append(f"Line {number} is not like 'A = sort code'")
        elif what not in CELLS and not what.startswith('"'):
            problems.append(f"Line {number}: '{what}' is not known")
        else:
            found.append(Column(column_place(match[1]), what, (match[3] or "").strip()))
    problems += _missing(found)
    if problems:
        raise Unwritable(problems)
    return sorted(found, key=lambda column: column.place)


def _what(words: str) -> str:
    """Text in quotes as it is, what a cell holds in small letters."""
    return words if words.startswith('"') else words.lower()


def _missing(columns: list[Column]) -> list[str]:
    places, held = [c.place for c in columns], {c.what for c in columns}
    problems = [f"No column holds the {min(each)}" for each in NEEDED if not each & held]
    if len(set(places)) < len(places):
        problems.append("A column is named twice")
    if places and max(places) >= MOST_COLUMNS:
        problems.append(f"There are more than {MOST_COLUMNS} columns")
    return problems


def write(file: FasterFile, layout: str, credits: Iterable[FasterCredit]) -> Iterator[bytes]:
    """The file in pieces; the same arguments give the same bytes. `Unwritable` with all problems.

    What is written is counted again: a file that is not what its run says is no file.
    """
    columns = columns_of(layout)
    width = columns[-1].place + 1
    cells = [(column.place, column.cell) for column in columns]
    tally = Tally("Payment", file.payments, file.total_pence)
    if any(column.heading for column in columns):
        heads = {column.place: column.heading for column in columns}
        yield _bytes([[heads.get(place, "") for place in range(width)]])
    for piece in in_pieces(credits):
        rows = []
        for one in piece:
            tally.add(one.pence, _problems(file, one))
            row = [""] * width
            for place, cell in cells:
                row[place] = cell(file, one)
            rows.append(row)
        tally.stop_if_hopeless()
        yield _bytes(rows)
    tally.stop_unless_right()


def _problems(file: FasterFile, one: FasterCredit) -> list[str]:
    problems = []
    for label, text, length in (("sort code", one.sort_code, 6), ("account", one.account, 8)):
        if not (len(text) == length and text.isascii() and text.isdigit()):
            problems.append(f"The {label} '{text}' is not {length} figures")
    if not 0 < one.pence <= file.most_pence:
        problems.append(
            f"£{pounds(one.pence):,} is not from 1 penny to £{pounds(file.most_pence):,}"
        )
    if not field18(one.name) or not field18(one.reference):
        problems.append("The name or the reference is empty")
    return problems


def _bytes(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("ascii")
