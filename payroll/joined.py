"""A file of how people are paid as typed rows, and what is wrong with each. It knows no tables.

A row is one person: pay group, letter and scheme, what their P45 says of this tax year, since when
they are a company director, and what the minimum wage asks for besides.
"""

import re
from dataclasses import dataclass
from datetime import date

from core.sheets import by_heading
from payroll.calculator.pension_schemes import Scheme
from payroll.calculator.periods import MONTHS, WEEKS
from payroll.claimed import Kinds, day, scaled, short, typed, whole_number

REQUIRED = ("employee", "pay_group", "letter")
OPTIONAL = (
    *("scheme", "half", "pay_before", "tax_before", "period", "reason"),
    *("director_from", "director_method", "director_pay", "director_nic", "director_employer_nic"),
    *("apprentice_from", "lodged_from", "lodging", "letter_kept"),
)
COLUMNS = (*REQUIRED, *OPTIONAL)
MOST_ROWS = 100_000
MOST_PENCE = 10_000_000_00
# A year of 53 weekly pay days has a week 53.
MOST = {"week": WEEKS + 1, "month": MONTHS}
METHODS = ("AN", "AL")
SCHEMES = {one.name.lower(): int(one) for one in Scheme}


@dataclass(frozen=True)
class NewParticulars:
    """One row. Amounts are pence of this tax year up to a `period` such as ("month", 7), all three
    or none: then what was brought along before stays. No scheme is that of the pay group. Without a
    `director_from` somebody stays the director that they are, or none; without the figures of a
    director those from before stay. So do an apprenticeship, lodging, of so many pence a day, and
    whether the letter is kept."""

    row: int
    employee: int
    group: str
    letter: str
    scheme: int | None = None
    half: bool = False
    pay_pence: int | None = None
    tax_pence: int | None = None
    period: tuple[str, int] | None = None
    reason: str = ""
    director_from: date | None = None
    director_method: str = ""
    director_pay_pence: int | None = None
    director_nic_pence: int | None = None
    director_employer_nic_pence: int | None = None
    apprentice_from: date | None = None
    lodged_from: date | None = None
    lodging_pence: int | None = None
    letter_kept: bool | None = None


@dataclass(frozen=True)
class Wrong:
    """What is wrong with one field of a row, and what to do about it."""

    row: int
    field: str
    remedy: str

    def __str__(self) -> str:
        return f"Row {self.row}, {self.field}: {self.remedy}."


def _period(text: str) -> tuple[str, int]:
    found = re.fullmatch(r"(week|month|w|m)\s*0?([0-9]{1,2})", text.lower())
    if found is None:
        raise ValueError(text)
    unit, number = ("week" if found[1][0] == "w" else "month"), int(found[2])
    if not 1 <= number <= MOST[unit]:
        raise ValueError(text)
    return unit, number


def _scheme(text: str) -> int:
    name = "_".join(text.lower().split())
    if name not in SCHEMES:
        raise ValueError(text)
    return SCHEMES[name]


def _method(text: str) -> str:
    if text.upper() not in METHODS:
        raise ValueError(text)
    return text.upper()


def _yes(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise ValueError(text)
    return text.lower() == "yes"


def _pence(text: str) -> int:
    return scaled(text, 100, MOST_PENCE, least=0)


_AMOUNT = "an amount like 12345.67"
KINDS: Kinds = {
    "employee": ("employee", whole_number, "an employee number"),
    "pay_group": ("group", short(20), "the short name of a pay group"),
    "letter": ("letter", short(1), "a National Insurance letter like A"),
    "scheme": ("scheme", _scheme, f"one of {', '.join(SCHEMES)}"),
    "half": ("half", _yes, "yes or no"),
    "pay_before": ("pay_pence", _pence, _AMOUNT),
    "tax_before": ("tax_pence", _pence, _AMOUNT),
    "period": ("period", _period, "the week or month of a P45, like «month 7» or «week 31»"),
    "reason": ("reason", short(200), "a reason of at most 200 characters"),
    "director_from": ("director_from", day, "a date like 06/04/2026"),
    "director_method": ("director_method", _method, "AN (standard) or AL (alternative)"),
    "director_pay": ("director_pay_pence", _pence, _AMOUNT),
    "director_nic": ("director_nic_pence", _pence, _AMOUNT),
    "director_employer_nic": ("director_employer_nic_pence", _pence, _AMOUNT),
    "apprentice_from": ("apprentice_from", day, "a day like 06/04/2026"),
    "lodged_from": ("lodged_from", day, "a day like 06/04/2026"),
    "lodging": ("lodging_pence", _pence, _AMOUNT),
    "letter_kept": ("letter_kept", _yes, "yes or no"),
}


def read(data: bytes) -> tuple[list[NewParticulars], list[Wrong]]:
    """The rows of a file and, by row as a spreadsheet counts, what is wrong. Unreadable else."""
    rows, wrong = [], []
    for number, row in by_heading(data, required=REQUIRED, optional=OPTIONAL, most=MOST_ROWS):
        given = {head: text for head, text in row.items() if text}
        values, said = typed(given, KINDS, REQUIRED)
        wrong += [Wrong(number, *text.split(": ", 1)) for text in said]
        if not said:
            rows.append(NewParticulars(row=number, **values))
    return rows, wrong
