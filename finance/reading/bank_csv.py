"""Bank statements as CSV or workbook: columns found by their headings or chosen by a person."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from core.sheets import read_sheets
from core.unreadable import Unreadable, column_letter
from finance.formats.statements import Line, NotAStatement, Statement, one_line
from finance.reading.mapping import HEADER_WITHIN
from finance.reading.roles import plain_header
from finance.reading.values import NOTHING, read_amount, read_date

BANK_ROLES: dict[str, str] = {
    "booked_on": "the date of the entry",
    "value_on": "the value date",
    "amount": "the amount, in above zero and out below",
    "paid_in": "the money in",
    "paid_out": "the money out",
    "balance": "the balance after the entry",
    "text": "the description",
    "name": "the other party",
    "reference": "the reference",
    "code": "the kind of entry",
    "account": "the account number",
    "sort_code": "the sort code",
}
_RULES = (
    ("value_on", r"value (date|dt)|effective date"),
    ("booked_on", r"((transaction|trans|posting|posted|entry|booking|book|statement) )?(date|dt)"),
    ("paid_in", r"(paid|money|payments?) in|credits?( amount| value| gbp)*|cr|deposits?|receipts?"),
    (
        "paid_out",
        r"(paid|money|payments?) out|debits?( amount| value| gbp)*|dr|withdrawals?|payments?",
    ),
    ("balance", r"(running |ledger |closing |account |current )?balance( gbp)?"),
    ("amount", r"(net |transaction )?(amount|value)( gbp)?"),
    ("account", r"account( number| no)?|acc(ount)? (number|no)"),
    ("sort_code", r"sort ?code"),
    ("code", r"(transaction |trans |entry |payment )?(type|code)|subcategory"),
    ("name", r"(counter ?party|payee|payer|beneficiary|other party|name)( name)?"),
    ("reference", r"((bank|customer|payment|your|end to end) )?ref(erence)?( number| no)?"),
    ("text", r"(transaction )?(description|narrative|details?|memo|particulars)( 1)?"),
)
_COMPILED = tuple((role, re.compile(pattern)) for role, pattern in _RULES)
_SIDE = re.compile(r"\s*(CR|DR)\.?\s*$", re.I)
_BROUGHT = re.compile(
    r"balance (brought|carried) forward|(opening|closing|start|end) balance", re.I
)


class ColumnsUnclear(NotAStatement):
    """The columns have to be chosen by a person; `guess` is what is known of them."""

    def __init__(self, headers: Sequence[str], guess: dict[str, int]) -> None:
        self.headers, self.guess = tuple(headers), guess
        missing = " and ".join(missing_roles(guess))
        super().__init__(f"No column was found for {missing}. Choose the columns by hand.")


@dataclass(frozen=True)
class Layout:
    """Where the headings stand (counted from 0) and the column of each role."""

    header_row: int
    headers: tuple[str, ...]
    columns: dict[str, int]

    @property
    def signature(self) -> str:
        """The same for the same headings, and none that a file of payments has."""
        names = ["bank statement", *filter(None, map(plain_header, self.headers))]
        return hashlib.sha256("\n".join(names).encode()).hexdigest()


def missing_roles(columns: Mapping[str, int]) -> list[str]:
    """In words, what an entry must have and these columns do not give."""
    missing = [] if "booked_on" in columns else [BANK_ROLES["booked_on"]]
    if not {"amount"} & set(columns) and not {"paid_in", "paid_out"} <= set(columns):
        missing.append(BANK_ROLES["amount"])
    return missing


def _guess(headers: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, header in enumerate(headers):
        words = plain_header(header)
        role = next((name for name, pattern in _COMPILED if pattern.fullmatch(words)), None)
        if role and role not in columns:
            columns[role] = index
    return columns


def layout_of(rows: Sequence[Sequence[str]]) -> Layout:
    """The row of the first forty whose headings suggest most roles."""
    found = [(len(_guess(row)), -index) for index, row in enumerate(rows[:HEADER_WITHIN])]
    best = -max(found)[1] if found else 0
    return Layout(best, tuple(rows[best]), _guess(rows[best]))


def rows_of(data: bytes) -> list[list[str]]:
    """The rows of the one table in the file. `NotAStatement` when there is none."""
    try:
        return read_sheets(data)[0].rows
    except Unreadable as error:
        raise NotAStatement(str(error)) from error


def read_bank_csv(data: bytes, columns: Mapping[str, int] | None = None) -> list[Statement]:
    """The statements in the table, one for each account in it, oldest entry first.

    `ColumnsUnclear` when the headings do not say enough; every other `NotAStatement` names the row
    and the column. Balances come from the column of balances, where there is one.
    """
    rows = rows_of(data)
    layout = layout_of(rows)
    chosen = dict(columns) if columns else layout.columns
    if missing_roles(chosen):
        raise ColumnsUnclear(layout.headers, chosen)
    accounts: dict[str, list[_Row]] = {}
    for index in range(layout.header_row + 1, len(rows)):
        row = _Row.read(rows[index], index + 1, chosen)
        if row is not None:
            accounts.setdefault(row.account, []).append(row)
    if not any(row.line is not None for found in accounts.values() for row in found):
        raise NotAStatement(
            "There is no entry below the headings. Ask the bank for the file again."
        )
    return [_statement(account, found).checked() for account, found in accounts.items()]


@dataclass(frozen=True)
class _Row:
    """A row with its entry, or with a balance brought or carried forward and no entry."""

    row_no: int
    account: str
    booked_on: date
    line: Line | None
    balance: int | None

    @classmethod
    def read(cls, cells: Sequence[str], row_no: int, columns: Mapping[str, int]) -> _Row | None:
        def cell(role: str) -> str:
            place = columns.get(role)
            return cells[place].strip() if place is not None and place < len(cells) else ""

        def where(role: str) -> str:
            return f"Row {row_no}, column {column_letter(columns[role])}"

        if cell("booked_on").lower() in NOTHING:
            return None  # a heading repeated, a total, a remark
        day = read_date(cell("booked_on"))
        if day is None:
            raise NotAStatement(
                f"{where('booked_on')}: '{cell('booked_on')[:40]}' is not a date."
                " Write dates as day/month/year and send the file again."
            )
        figures = {
            role: _pence(cell(role), where(role))
            for role in ("amount", "paid_in", "paid_out", "balance")
            if role in columns
        }
        pence = _amount(figures)
        text = one_line(cell("text"))
        account = f"{cell('sort_code')} {cell('account')}".strip().lstrip("'")
        if pence is None or (pence == 0 and _BROUGHT.search(text)):
            return cls(row_no, account, day, None, figures.get("balance"))
        line = Line(
            number=row_no,
            booked_on=day,
            pence=pence,
            value_on=read_date(cell("value_on")),
            code=cell("code"),
            references=tuple(filter(None, [one_line(cell("reference"))])),
            name=one_line(cell("name")),
            text=text,
        )
        return cls(row_no, account, day, line, figures.get("balance"))


def _pence(text: str, where: str) -> int | None:
    """The banks' way: CR is money in and DR money out, the reverse of a payer's list."""
    side = _SIDE.search(text)
    value, problem = read_amount(_SIDE.sub("", text))
    if problem:
        raise NotAStatement(
            f"{where}: '{text[:40]}' is not an amount in pounds and pence."
            " Mend the cell and send the file again."
        )
    return -value if value and side and side[1].upper() == "DR" else value


def _amount(figures: Mapping[str, int | None]) -> int | None:
    """Banks write money out with or without a minus in its own column."""
    if figures.get("amount") is not None:
        return figures["amount"]
    paid_in, paid_out = figures.get("paid_in"), figures.get("paid_out")
    if paid_in is None and paid_out is None:
        return None
    return (paid_in or 0) - abs(paid_out or 0)


def _statement(account: str, found: list[_Row]) -> Statement:
    rows = found if _follows(found) else found[::-1]
    if not _follows(rows):
        broken = next(b for a, b in pairwise(found) if not _leads(a, b))
        raise NotAStatement(
            f"Row {broken.row_no}: the balance does not follow from the row before and the amount."
            " An entry is missing, or a column is chosen wrongly."
        )
    entries = [row for row in rows if row.line is not None]
    first, last = rows[0], rows[-1]
    opening = first.balance
    if opening is not None and first.line is not None:
        opening -= first.line.pence
    lines = [row.line for row in entries if row.line is not None]
    return Statement(
        format="csv",
        reference=f"{account} {first.booked_on:%Y%m%d}-{last.booked_on:%Y%m%d}".strip(),
        sequence="",
        account=account,
        currency="GBP",
        from_on=min(row.booked_on for row in rows),
        to_on=max(row.booked_on for row in rows),
        opening_pence=opening,
        closing_pence=last.balance,
        lines=tuple(lines),
    )


def _leads(before: _Row, row: _Row) -> bool:
    if before.balance is None or row.balance is None:
        return True
    return before.balance + (row.line.pence if row.line else 0) == row.balance


def _follows(rows: list[_Row]) -> bool:
    """Whether the rows run from the oldest to the newest: each balance follows from the last."""
    if len(rows) > 1 and rows[0].booked_on > rows[-1].booked_on:
        return False
    return all(_leads(before, row) for before, row in pairwise(rows))
