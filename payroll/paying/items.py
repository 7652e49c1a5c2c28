"""Pay besides that of the jobs: items of hours or amounts, those of an element of pay together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from payroll.calculator.dates import Whole
from payroll.calculator.people import Element
from payroll.calculator.rounding import Amounts, half_up
from payroll.calculator.wording import hours, money
from payroll.paying.inputs import (
    ELEMENT,
    FULL_WEEK,
    FULL_YEAR,
    NAME,
    ON,
    PENCE,
    PENSIONABLE,
    PERCENT,
    SESSIONS,
    SHARE,
    TAXED,
    TERMS,
    WORKED,
    Inputs,
)

EXTRA, EXPENSES = "extra", "expenses"
# Weeks of a year in thousandths, as the NHS and local government handbooks divide a salary.
WEEKS_OF_YEAR, THOUSAND, PER_CENT = 52_143, 1_000, 100
Item = Sequence[Any]


@dataclass(frozen=True)
class Extra:
    """A line besides basic pay: its kind and job on a payslip, and the key of what it names."""

    kind: str
    job: int
    key: int
    element: Element


def amounts_of(items: Sequence[Item]) -> Amounts:
    """Pence of each item: hours at the hourly rate and its percent, rounded once, half up."""
    columns = (FULL_YEAR, FULL_WEEK, WORKED, PENCE)
    full, week, worked, pence = (
        np.array([item[n] for item in items], dtype=np.int64) for n in columns
    )
    # Thousandths of a per cent; a year has so many thousandths of a week, which cancel out.
    share = np.array([share_of(item) for item in items], dtype=np.int64)
    per = PER_CENT * np.maximum(week, 1) * WEEKS_OF_YEAR
    return np.where(worked > 0, half_up(full * worked * share, per), pence)


def share_of(item: Item) -> int:
    """Of the hourly rate, in thousandths of a per cent: of the element, or of the terms."""
    return int(item[SHARE]) if by_terms(item) else int(item[PERCENT]) * THOUSAND


def by_terms(item: Item) -> bool:
    """Whether the worth of an item stands in the terms of the employer."""
    return len(item) > TERMS


def extras_of(people: Sequence[Inputs]) -> tuple[Extra, ...]:
    """Everything that is paid besides the jobs, one element each, taxed ones first, by name."""
    person = np.array([n for n, one in enumerate(people) for _ in one.items], dtype=np.int64)
    given = [item for one in people for item in one.items]
    amounts = amounts_of(given)
    kinds = {(not item[TAXED], str(item[NAME]), int(item[ELEMENT])): item for item in given}
    keys = np.array([item[ELEMENT] for item in given], dtype=np.int64)
    found = []
    for (untaxed, name, key), item in sorted(kinds.items(), key=lambda pair: pair[0]):
        mine = keys == key
        amount = np.zeros(len(people), dtype=np.int64)
        np.add.at(amount, person[mine], amounts[mine])
        said = partial(_workings, people, key)
        element = Element(
            name, amount, said, pensionable=bool(item[PENSIONABLE]), taxed=not untaxed,
            minimum_wage=bool(item[PERCENT]),
        )  # fmt: skip
        found.append(Extra(EXPENSES if untaxed else EXTRA, 0, key, element))
    return tuple(found)


def minutes_of(people: Sequence[Inputs]) -> Whole:
    """Hours that were claimed, which the minimum wage counts with those of the jobs. Those that
    the terms pay more for are hours of the jobs (National Minimum Wage Regulations 2015, 10(j)).
    """
    return np.array(
        [sum(i[WORKED] for i in one.items if not by_terms(i)) for one in people], dtype=np.int64
    )


def _workings(people: Sequence[Inputs], key: int, i: int) -> list[str]:
    """How the items of an element came about, a sentence an item, in the order of their days."""
    mine = sorted((i for i in people[i].items if i[ELEMENT] == key), key=lambda item: item[ON])
    return [_said(item, int(pence)) for item, pence in zip(mine, amounts_of(mine), strict=True)]


def _said(item: Item, pence: int) -> str:
    on = f"{date.fromisoformat(item[ON]):%-d %B %Y}"
    if not item[WORKED] and by_terms(item) and item[SESSIONS]:
        count = item[SESSIONS]
        each = f"{count:g} session{'s' if count > 1 else ''} at {money(pence // count)}"
        return f"{on}: {each} ({item[TERMS]}): {money(pence)}."
    if not item[WORKED]:
        return f"{on}: {money(pence)}."
    hourly = half_up(item[FULL_YEAR] * THOUSAND * 60, item[FULL_WEEK] * WEEKS_OF_YEAR)
    rate = f"{item[PERCENT] / PER_CENT:g} times the hourly rate of {money(int(hourly))}"
    if by_terms(item):
        share = f"{item[SHARE] / THOUSAND:g}%"
        rate = f"{share} more ({item[TERMS]}) than the hourly rate of {money(int(hourly))}"
    year = f"{money(item[FULL_YEAR])} a year of 52.143 weeks of {item[FULL_WEEK] / 60:g} hours"
    return f"{on}: {hours(item[WORKED])} at {rate} ({year}): {money(pence)}."
