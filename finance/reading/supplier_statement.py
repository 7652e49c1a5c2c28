"""A supplier's statement as CSV or workbook: columns guessed from headings, or chosen by a person.

Amounts are pence from our side: what they say we owe is above zero, credits and payments below.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.sheets import read_sheets
from core.unreadable import Unreadable, column_letter
from finance.keys import reference_key
from finance.reading.mapping import HEADER_WITHIN
from finance.reading.roles import plain_header
from finance.reading.values import NOTHING, read_amount, read_date

MOST_LINES = 5_000
STATEMENT_ROLES: dict[str, str] = {
    "reference": "their number",
    "dated_on": "the date",
    "outstanding": "what they say is still open",
    "amount": "the amount, credits and payments below zero",
    "charged": "what was charged (debits)",
    "credited": "what was credited or paid (credits)",
    "text": "the kind or description",
}
_RULES = (
    ("outstanding", r"(amount |total |balance )?(outstanding|open|unpaid|due)( amount| balance)?"),
    ("dated_on", r"((invoice|document|doc|transaction|trans|tax point) )?(date|dt)"),
    ("charged", r"debits?( amount| value| gbp)*|dr|charges?|charged|invoiced?( amount| value)"),
    ("credited", r"credits?( amount| value| gbp)*|cr|payments?|paid|credited"),
    ("amount", r"((gross|total|original|document|transaction) )?(amount|value|total)( gbp)?"),
    (
        "reference",
        r"(our |invoice |inv |document |doc |transaction )?(ref(erence)?|number|no|num)"
        r"|invoice|document|(invoice|document) (ref(erence)?|id)",
    ),
    ("text", r"(transaction |document )?(type|kind|description|details?|narrative|particulars)"),
)
_COMPILED = tuple((role, re.compile(pattern)) for role, pattern in _RULES)
_BROUGHT = re.compile(r"brought forward|b/?fwd|opening balance", re.I)
_TOTAL = re.compile(r"\b(grand |sub ?-?)?totals?\b|balance|amount due|now due", re.I)


@dataclass(frozen=True)
class Layout:
    """Where the headings stand (counted from 0) and the column of each role."""

    header_row: int
    headers: tuple[str, ...]
    columns: dict[str, int]

    @property
    def signature(self) -> str:
        """The same for the same headings, and none that another kind of file has."""
        names = ["supplier statement", *filter(None, map(plain_header, self.headers))]
        return hashlib.sha256("\n".join(names).encode()).hexdigest()


@dataclass(frozen=True)
class Line:
    """A line of the statement; `brought` if it stands for older ones that are not listed."""

    row_no: int
    reference: str
    dated_on: date | None
    text: str
    pence: int
    brought: bool = False

    @property
    def key(self) -> str:
        return reference_key(self.reference)


def rows_of(data: bytes) -> list[list[str]]:
    """The rows of the fullest table. `Unreadable` when the bytes are none."""
    return read_sheets(data)[0].rows


def layout_of(rows: Sequence[Sequence[str]]) -> Layout:
    """The row of the first forty whose headings suggest most roles."""
    found = [(len(_guess(row)), -index) for index, row in enumerate(rows[:HEADER_WITHIN])]
    best = -max(found)[1] if found else 0
    return Layout(best, tuple(rows[best]), _guess(rows[best]))


def _guess(headers: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, header in enumerate(headers):
        words = plain_header(header)
        role = next((name for name, pattern in _COMPILED if pattern.fullmatch(words)), None)
        if role and role not in columns:
            columns[role] = index
    return columns


def missing_roles(columns: Mapping[str, int]) -> list[str]:
    """In words, what a statement must have and these columns do not give."""
    missing = [] if "reference" in columns else [STATEMENT_ROLES["reference"]]
    given = set(columns)
    if not given & {"outstanding", "amount"} and not {"charged", "credited"} <= given:
        missing.append(STATEMENT_ROLES["amount"])
    return missing


def read_statement(data: bytes, columns: Mapping[str, int]) -> list[Line]:
    """The lines in their order. `Unreadable` names the row, the column and the remedy."""
    missing = missing_roles(columns)
    if missing:
        raise Unreadable(f"Choose a column for {' and for '.join(missing)}.")
    rows = rows_of(data)
    start = layout_of(rows).header_row + 1
    found = [_line(row, start + n + 1, columns) for n, row in enumerate(rows[start:])]
    lines = [line for line in found if line is not None]
    if not lines:
        raise Unreadable(f"There is no line below the headings in row {start}.")
    if len(lines) > MOST_LINES:
        raise Unreadable(f"It has more than {MOST_LINES:,} lines. Send it in parts.")
    return lines


def _line(cells: Sequence[str], row_no: int, columns: Mapping[str, int]) -> Line | None:
    """None for a blank row, a total, a remark or what is settled."""

    def cell(role: str) -> str:
        place = columns.get(role)
        said = " ".join(cells[place].split()) if place is not None and place < len(cells) else ""
        return "" if said.lower() in NOTHING else said

    reference, text = cell("reference"), cell("text")
    pence = _pence({role: cell(role) for role in columns}, row_no, columns)
    words = f"{reference} {text} {cells[0] if cells else ''}"
    if _BROUGHT.search(words) and pence:
        return Line(row_no, reference[:80], None, text[:200], pence, brought=True)
    if not pence or (_TOTAL.search(words) and not cell("dated_on")):
        return None
    if not reference and not text:
        raise Unreadable(
            f"Row {row_no} has an amount and no number. Give the number or delete the row."
        )
    dated_on = read_date(cell("dated_on")) if cell("dated_on") else None
    if cell("dated_on") and dated_on is None:
        raise Unreadable(
            f"Row {row_no}, column {column_letter(columns['dated_on'])}: '{cell('dated_on')[:40]}'"
            " is not a date. Write dates as day/month/year."
        )
    return Line(row_no, reference[:80], dated_on, text[:200], pence)


def _pence(cells: Mapping[str, str], row_no: int, columns: Mapping[str, int]) -> int:
    """What is open, else the amount, else charges less credits however these are signed."""
    figures: dict[str, int] = {}
    for role in ("outstanding", "amount", "charged", "credited"):
        value, problem = read_amount(cells.get(role, ""))
        if problem and cells.get(role):
            raise Unreadable(
                f"Row {row_no}, column {column_letter(columns[role])}: '{cells[role][:40]}' is not"
                " an amount in pounds and pence. Mend the cell and send the file again."
            )
        figures[role] = value or 0
    if "outstanding" in columns:
        return figures["outstanding"]
    if "amount" in columns:
        return figures["amount"]
    return figures["charged"] - abs(figures["credited"])
