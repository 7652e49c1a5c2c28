"""A file of another payroll's results as typed rows, and guesses at what its elements are.

It knows no tables. A row is one amount of one person: what is paid is above nought, what is taken
below, or the other way round where an element says so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.sheets import by_heading
from payroll.claimed import Kinds, day, scaled, short, typed, whole_number
from payroll.models.parallel import Sum
from payroll.models.slips import LineKind

REQUIRED = ("employee", "element", "amount", "period")
OPTIONAL = ("name", "hours", "rate", "code")
COLUMNS = (*REQUIRED, *OPTIONAL)
MOST_ROWS = 250_000
MOST_PENCE = 100_000_000
MOST_MINUTES = 1_000 * 60


@dataclass(frozen=True)
class NewAmount:
    """One row: `pays_on` is the pay day; hours, rate and code are what it was worked out from."""

    row: int
    employee: int
    element: str
    amount_pence: int
    pays_on: date
    name: str = ""
    minutes: int | None = None
    rate_pence: int | None = None
    fact: str = ""


KINDS: Kinds = {
    "employee": ("employee", whole_number, "an employee number"),
    "element": ("element", short(40), "the short name of an element, of at most 40 characters"),
    "amount": (
        "amount_pence",
        lambda text: scaled(text, 100, MOST_PENCE, least=-MOST_PENCE),
        "an amount like 1234.56 or -200.00",
    ),
    "period": ("pays_on", day, "a pay day like 30/11/2026"),
    "name": ("name", short(80), "a name of at most 80 characters"),
    "hours": ("minutes", lambda text: scaled(text, 60, MOST_MINUTES, least=0), "hours like 7.5"),
    "rate": (
        "rate_pence",
        lambda text: scaled(text, 100, MOST_PENCE, least=0),
        "a rate or salary in pounds like 28407.00",
    ),
    "code": ("fact", short(10), "a tax code or a letter"),
}


def read(data: bytes) -> tuple[list[NewAmount], list[tuple[int, str]]]:
    """The amounts of a file and, by row as a spreadsheet counts, what is wrong. Unreadable else."""
    amounts, wrong = [], []
    for number, row in by_heading(data, required=REQUIRED, optional=OPTIONAL, most=MOST_ROWS):
        given = {head: text for head, text in row.items() if text}
        values, said = typed(given, KINDS, REQUIRED)
        wrong += [(number, text) for text in said]
        if not said:
            amounts.append(NewAmount(row=number, **values))
    return amounts, wrong


# What an element is, by the words of its name; the first that fits decides.
WORDS: Sequence[tuple[str, str]] = (
    (r"\b(employer|er|ers)\b.*\b(ni|nic|nics|national insurance)\b", Sum.EMPLOYER_NIC),
    (r"\b(employer|er|ers)\b.*\b(pension|pen|superann\w*)\b", Sum.EMPLOYER_PENSION),
    (r"\bgross\b", Sum.GROSS),
    (r"\btaxable\b", Sum.TAXABLE),
    (r"\bnet\b", Sum.NET),
    (r"\b(post ?grad\w*|pgl)\b", LineKind.POSTGRADUATE),
    (r"\b(student|sloan|sl)\b", LineKind.STUDENT),
    (r"\b(aeo|dea|deo|attachment\w*|arrestment\w*|court|council tax|ccaeo)\b", LineKind.ORDERS),
    (r"\b(paye|tax|income tax)\b", LineKind.TAX),
    (r"\b(ni|nic|nics|national insurance)\b", LineKind.NIC),
    (r"\b(sacrifice|sal sac|salsac)\b", LineKind.SACRIFICE),
    (r"\b(giving|gaye|charity|charities)\b", LineKind.GIVING),
    (r"\b(pension|pen|superann\w*|lgps|avc)\b", LineKind.PENSION),
    (r"\b(fee|fees)\b", LineKind.FEES),
    (r"\b(overpaid|overpayment|overpayments)\b", LineKind.OVERPAID),
    (r"\b(back ?pay|arrears)\b", LineKind.BACK),
    (r"\b(ssp|statutory sick)\b", LineKind.SSP),
    (r"\b(smp|statutory maternity)\b", LineKind.SMP),
    (r"\b(sap|statutory adoption)\b", LineKind.SAP),
    (r"\b(spp|statutory paternity)\b", LineKind.SPP),
    (r"\b(shpp|shared parental)\b", LineKind.SHPP),
    (r"\b(spbp|statutory bereavement)\b", LineKind.SPBP),
    (r"\b(sncp|statutory neonatal)\b", LineKind.SNCP),
    (r"\b(hcas|high cost|london weighting)\b", LineKind.ALLOWANCE),
    (r"\b(basic|salary|wages|pay)\b", LineKind.BASIC),
)
TAKEN = (
    *(LineKind.SACRIFICE, LineKind.PENSION, LineKind.GIVING, LineKind.TAX, LineKind.NIC),
    *(LineKind.STUDENT, LineKind.POSTGRADUATE, LineKind.ORDERS, LineKind.FEES),
    *(LineKind.OVERPAID, LineKind.OVERPAID_BEFORE),
)


def guess(code: str, name: str, ours: Mapping[str, str]) -> str:
    """What an element is here: one of ours by its name or short name, a kind of line, or nothing.

    `ours` is by what ours are called, in small letters, the target to answer with.
    """
    words = [" ".join(re.sub(r"[^a-z0-9]+", " ", one.lower()).split()) for one in (name, code)]
    exact = next((ours[one] for one in (name.lower(), code.lower(), *words) if one in ours), None)
    if exact is not None:
        return exact
    text = " ".join(words)
    return next((str(target) for pattern, target in WORDS if re.search(pattern, text)), "")


def written_above_nought(target: str, amounts: Sequence[int]) -> bool:
    """Are deductions written as amounts above nought? Told by what most of them come to."""
    return target in TAKEN and sum(amounts) > 0


def first_amounts(amounts: Sequence[NewAmount]) -> dict[str, tuple[str, list[int]]]:
    """By element the first name that it has, and its amounts."""
    found: dict[str, tuple[str, list[int]]] = {}
    for one in amounts:
        name, pence = found.setdefault(one.element, (one.name, []))
        pence.append(one.amount_pence)
        if one.name and not name:
            found[one.element] = (one.name, pence)
    return found


def as_columns(amounts: Sequence[NewAmount]) -> list[list[Any]]:
    """The rows column by column, as the database takes them."""
    names = ("row", "employee", "element", "amount_pence", "minutes", "rate_pence", "fact")
    return [[getattr(one, name) for one in amounts] for name in names]
