"""Company directors of a run: what the calculator asks of them, and their figures of the year."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from payroll.calculator.directors import NO_OTHERS, OtherLetters, weeks_from
from payroll.calculator.payment import Payment
from payroll.calculator.people import Directorships
from payroll.calculator.rounding import Amounts
from payroll.paying.inputs import (
    EMPLOYEE_BEFORE,
    EMPLOYER_BEFORE,
    METHOD,
    OTHERS,
    PAID_BEFORE,
    SETTLES,
    SINCE,
    WEEK,
    Inputs,
)

STANDARD, ALTERNATIVE = "AN", "AL"


@dataclass(frozen=True)
class Counted:
    """Figures of one payslip by letter, as they are added up over a year, pence. They stand for all
    that was paid since a day, where there is one."""

    day: date
    by_letter: Mapping[str, Sequence[int]]
    since: date | None = None


def directorships_of(people: Sequence[Inputs]) -> Directorships:
    """One row a director."""
    person = np.array([n for n, one in enumerate(people) if one.director], dtype=np.int64)
    entries = [people[n].director for n in person]

    def column(place: int) -> Amounts:
        return np.array([entry[place] for entry in entries], dtype=np.int64)

    return Directorships(
        person=person, weeks=weeks_from(np.maximum(column(WEEK), 1)),
        alternative=np.array([entry[METHOD] == ALTERNATIVE for entry in entries], dtype=bool),
        final=column(SETTLES) == 1, pay_before=column(PAID_BEFORE),
        employee_before=column(EMPLOYEE_BEFORE), employer_before=column(EMPLOYER_BEFORE),
        others=_others(entries),
    )  # fmt: skip


def _others(entries: Sequence[Sequence[Any]]) -> OtherLetters:
    rows = [
        (place, letter, pence)
        for place, entry in enumerate(entries)
        for letter, pence in (entry[OTHERS] if len(entry) > OTHERS else ())
    ]
    if not rows:
        return NO_OTHERS
    places, letters, amounts = zip(*rows, strict=True)
    return OtherLetters(
        np.array(places, dtype=np.int64), np.array(letters, dtype="U1"),
        np.array(amounts, dtype=np.int64),
    )  # fmt: skip


def of_the_year(
    payment: Payment, people: Sequence[Inputs]
) -> dict[int, tuple[date, dict[str, list[int]]]]:
    """By place, for directors by the standard method: the day from which they count, and by letter,
    of all pay since then, the pay, the bands of the FPS, and the employer's and employee's
    contributions.
    """
    found = payment.directors
    year = found.year
    columns = (
        year.pay, year.at_lower, year.lower_to_primary, year.primary_to_upper, year.employer,
        year.employee,
    )  # fmt: skip
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    return {
        place: (
            date.fromisoformat(people[place].director[SINCE]),
            {str(year.letters[one]): list(rows[one]) for one in found.in_order(row)},
        )
        for row, place in enumerate(payment.people.directors.person.tolist())
        if people[place].director[METHOD] == STANDARD
    }


def summed(counted: Iterable[Counted]) -> dict[str, list[int]]:
    """The parts by letter, of payslips in the order of the year."""
    kept: list[Counted] = []
    for one in counted:
        if one.since is not None:
            kept = [earlier for earlier in kept if earlier.day < one.since]
        kept.append(one)
    sums: dict[str, list[int]] = defaultdict(list)
    for letter, parts in (pair for one in kept for pair in one.by_letter.items()):
        before = sums[letter] or [0] * len(parts)
        sums[letter] = [a + b for a, b in zip(before, parts, strict=True)]
    return sums
