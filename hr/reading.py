"""A file of staff as typed rows, and what is wrong with each in words. It knows no tables.

One row is a job from a day on; several rows of one job are its history. The columns follow the
groups «core employee profile» and «joining and leaving» of the HR Data Reporting Standards.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.sheets import by_heading

REQUIRED = ("employee", "name", "email", "employed_from", "job", "from", "post", "point", "hours")
OPTIONAL = (
    *("employed_to", "leaving_reason", "cost_centres", "ni_number", "born_on", "tax_code"),
    "tax_basis",
    *("sort_code", "account_number", "account_name", "gender", "address", "postcode"),
    *("passport", "starter_declaration", "given_names", "family_name", "allowances"),
)
COLUMNS = (*REQUIRED, *OPTIONAL)
MAX_ROWS = 250_000
EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
WEEK = 7 * 24 * 60


def read(data: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows by the heading of their column, with their numbers. Unreadable says what to do."""
    return by_heading(data, required=REQUIRED, optional=OPTIONAL, most=MAX_ROWS)


def _day(text: str) -> date:
    form = "%d/%m/%Y" if "/" in text else "%Y-%m-%d"
    return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no zone)


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", text) or int(text) < 1:
        raise ValueError(text)
    return int(text)


def _minutes(text: str) -> int:
    minutes = Decimal(text) * 60
    if not minutes.is_finite() or not 0 < minutes <= WEEK or minutes != int(minutes):
        raise ValueError(text)
    return int(minutes)


def _lines(text: str) -> str:
    """«1 High Street; Leeds» as a line for each part."""
    return "\n".join(filter(None, (part.strip() for part in text.split(";"))))


BASES = {"cumulative": False, "week 1": True, "month 1": True, "w1": True, "m1": True, "x": True}


def _non_cumulative(text: str) -> bool:
    """The basis of a tax code as P45s and notices of coding write it."""
    if (said := " ".join(text.lower().split())) not in BASES:
        raise ValueError(text)
    return BASES[said]


def shares(text: str) -> list[tuple[str, int]]:
    """«H10:60; H20:40» as codes with ten-thousandths; ValueError unless they make 100 per cent."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(";"))):
        code, _, percent = part.partition(":")
        exact = Decimal(percent or "100") * 100
        if not code.strip() or not exact.is_finite() or exact != int(exact) or exact <= 0:
            raise ValueError(part)
        found.append((code.strip(), int(exact)))
    if found and (sum(size for _, size in found) != 10_000 or len(dict(found)) < len(found)):
        raise ValueError(text)
    return found


def codes(text: str) -> list[str]:
    """«afc-HCAS-IN; afc-HCAS-OUT» as codes; ValueError if one is there twice."""
    found = [part.strip() for part in text.split(";") if part.strip()]
    if len(set(found)) < len(found):
        raise ValueError(text)
    return found


KINDS: dict[str, tuple[Callable[[str], Any], str]] = {
    "employee": (_number, "a whole number"),
    "job": (_number, "a whole number, 1 for the first job"),
    "employed_from": (_day, "a date like 14/12/2026"),
    "employed_to": (_day, "a date like 14/12/2026: the last day of work"),
    "from": (_day, "a date like 14/12/2026"),
    "born_on": (_day, "a date like 14/12/1980"),
    "hours": (_minutes, "hours of a week in whole minutes, like 37 or 18.75"),
    "tax_basis": (_non_cumulative, "a basis: «cumulative», «week 1» or «month 1»"),
    "address": (_lines, "lines with «;» between them"),
    "cost_centres": (shares, "like «H10:60; H20:40», each once and 100 together"),
    "allowances": (codes, "codes with «;» between them, each once"),
}
LENGTHS = {"name": 120, "email": 254, "leaving_reason": 80, "tax_code": 10, "account_name": 60,
           "given_names": 70, "family_name": 35}  # fmt: skip


def typed(row: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The values of a row, None where nothing stands, and what is wrong with them."""
    values: dict[str, Any] = dict.fromkeys(COLUMNS)
    wrong = []
    for column in COLUMNS:
        text = row.get(column, "")
        if not text:
            if column in REQUIRED:
                wrong.append(f"{column}: enter a value")
            continue
        convert, words = KINDS.get(column, (str, ""))
        try:
            values[column] = convert(text)
        except (ValueError, InvalidOperation):
            wrong.append(f"{column}: «{text[:40]}» is not {words}")
        if len(text) > LENGTHS.get(column, 200):
            wrong.append(f"{column}: at most {LENGTHS.get(column, 200)} characters")
        if "\x00" in text:
            wrong.append(f"{column}: holds a character that cannot be kept")
    if values["tax_basis"] is not None and not values["tax_code"]:
        wrong.append("tax_code: enter the code that has this basis")
    if values["email"] and not EMAIL.fullmatch(values["email"]):
        wrong.append("email: write an address like name@example.org")
    return values, wrong
