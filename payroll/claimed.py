"""A file of claims as typed rows, and what is wrong with each in words. It knows no tables."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.sheets import read_sheets
from core.unreadable import Unreadable

REQUIRED = ("employee", "element", "day")
COLUMNS = (*REQUIRED, "hours", "amount", "job", "note", "sessions")
MOST_ROWS = 20_000
MOST_MINUTES = 31 * 24 * 60
MOST_PENCE = 10_000_000
MOST_SESSIONS = 99


@dataclass(frozen=True)
class NewItem:
    """One row: an employee number, the code of an element, minutes, sessions or pence, of a day of
    a job."""

    row: int
    employee: int
    element: str
    worked_on: date
    minutes: int = 0
    amount_pence: int = 0
    job: int = 1
    note: str = ""
    sessions: int = 0


def read(data: bytes) -> tuple[list[NewItem], list[tuple[int, str]]]:
    """The items of a file and, by row as a spreadsheet counts, what is wrong. Unreadable else."""
    rows = read_sheets(data)[0].rows
    heads = [" ".join(cell.lower().split()) for cell in rows[0]]
    missing = [head for head in REQUIRED if head not in heads]
    if missing:
        raise Unreadable(f"These columns are missing: {', '.join(missing)}.")
    strange = [head for head in heads if head and head not in COLUMNS]
    if strange or len(set(heads)) < len(heads):
        raise Unreadable(f"A column is there twice or not in the template: {', '.join(heads)}.")
    if not 1 < len(rows) <= MOST_ROWS + 1:
        raise Unreadable(f"A file holds from 1 to {MOST_ROWS:,} rows below its heading.")
    items, wrong = [], []
    for number, cells in enumerate(rows[1:], start=2):
        given = {h: c.strip() for h, c in zip(heads, cells, strict=False) if h and c.strip()}
        if not given:
            continue
        values, said = typed(given, KINDS, REQUIRED)
        wrong += [(number, text) for text in said]
        if not said:
            items.append(NewItem(row=number, **values))
    return items, wrong


# By the heading of a column: the name of its value, how it is read, and what it should be.
Kinds = Mapping[str, tuple[str, Callable[[str], Any], str]]


def typed(
    given: Mapping[str, str], kinds: Kinds, required: Sequence[str]
) -> tuple[dict[str, Any], list[str]]:
    """The values of a row, and what is wrong with it, the column first."""
    values: dict[str, Any] = {}
    wrong = [f"{column}: enter a value" for column in required if column not in given]
    for column, text in given.items():
        name, convert, words = kinds[column]
        try:
            values[name] = convert(text)
        except (ValueError, InvalidOperation):
            wrong.append(f"{column}: «{text[:40]}» is not {words}")
    return values, wrong


def whole_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
        raise ValueError(text)
    return int(text)


def _small(text: str) -> int:
    if (found := whole_number(text)) > MOST_SESSIONS:
        raise ValueError(text)
    return found


def day(text: str) -> date:
    form = "%d/%m/%Y" if "/" in text else "%Y-%m-%d"
    return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no zone)


def scaled(text: str, by: int, most: int, *, least: int = 1) -> int:
    exact = Decimal(text.replace(",", "")) * by
    if not exact.is_finite() or not least <= exact <= most or exact != int(exact):
        raise ValueError(text)
    return int(exact)


def short(most: int) -> Callable[[str], str]:
    def checked(text: str) -> str:
        if len(text) > most or not text.isprintable():
            raise ValueError(text)
        return text

    return checked


KINDS: Kinds = {
    "employee": ("employee", whole_number, "an employee number"),
    "element": ("element", short(20), "the short name of an element of pay"),
    "day": ("worked_on", day, "a date like 14/12/2026"),
    "hours": ("minutes", lambda t: scaled(t, 60, MOST_MINUTES), "hours like 7.5"),
    "amount": ("amount_pence", lambda t: scaled(t, 100, MOST_PENCE), "an amount like 23.45"),
    "job": ("job", _small, "the number of a job, 1 for the first"),
    "note": ("note", short(100), "a note of at most 100 characters"),
    "sessions": ("sessions", _small, "a number of sessions, at most 99"),
}
