"""Class 1 National Insurance, to the penny, by the exact percentage method.

Contributions are worked out on the pay of one earnings period alone. Employments with the same
employer are added together first (`payroll.calculator.charge`).
The employer pays from the secondary threshold, which lies below the lower earnings limit: nothing
may stop below that limit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from payroll.calculator.figures import (
    LETTERS,
    LOWER_EARNINGS_LIMIT,
    PRIMARY_THRESHOLD,
    SECONDARY_THRESHOLD,
    SPECIAL_SITE_THRESHOLD,
    UPPER_EARNINGS_LIMIT,
    UPPER_SECONDARY_THRESHOLD,
    Letter,
    Threshold,
)
from payroll.calculator.periods import Frequency
from payroll.calculator.rounding import MOST, Amounts, Flags, amounts, half_down
from payroll.calculator.wording import money, rate_text
from payroll.rules import PRL03

# The product of two such amounts fits 64 bits.
_MOST_SHARED = 3 * 10**9
LetterRow = NDArray[np.str_]  # one letter for each row
_LENGTHS = {
    Frequency.WEEKLY: "week",
    Frequency.FORTNIGHTLY: "two_weeks",
    Frequency.FOUR_WEEKLY: "four_weeks",
    Frequency.MONTHLY: "month",
}


@dataclass(frozen=True)
class Thresholds:
    """Those of one earnings period; each is one amount, or one for each row."""

    lower: int | Amounts
    primary: int | Amounts
    secondary: int | Amounts
    upper: int | Amounts
    upper_secondary: int | Amounts
    special_site: int | Amounts


_PARAMETERS = {
    "lower": LOWER_EARNINGS_LIMIT,
    "primary": PRIMARY_THRESHOLD,
    "secondary": SECONDARY_THRESHOLD,
    "upper": UPPER_EARNINGS_LIMIT,
    "upper_secondary": UPPER_SECONDARY_THRESHOLD,
    "special_site": SPECIAL_SITE_THRESHOLD,
}


@cache
def thresholds(day: date, frequency: Frequency | None) -> Thresholds:
    """Those of a pay date, for a frequency of pay; None for a whole year."""
    length = _LENGTHS[frequency] if frequency else "year"
    found: dict[str, Threshold] = {name: p.on(day) for name, p in _PARAMETERS.items()}
    return Thresholds(**{name: int(getattr(value, length)) for name, value in found.items()})


@dataclass(frozen=True)
class Class1:
    """Contributions on the pay of one earnings period, with the bands of the FPS."""

    employee: Amounts
    employer: Amounts
    at_lower: Amounts
    lower_to_primary: Amounts
    primary_to_upper: Amounts
    # Workings: the pay in each band, its rate, and what each band gives.
    pay: Amounts
    above_upper: Amounts
    main_rate: Amounts
    upper_rate: Amounts
    employee_main: Amounts
    employee_upper: Amounts
    employer_from: Amounts  # the threshold above which the employer pays
    employer_pay: Amounts  # the pay above it
    employer_rate: Amounts
    limits: Thresholds
    below_zero: Flags  # pay taken back: no contributions, the earlier period is worked out again
    letters: LetterRow
    day: date

    def workings(self, row: int) -> list[str]:
        """How employee's and employer's contributions on a pay came about."""
        letter = str(self.letters[row])
        meaning = LETTERS.on(self.day).letters[letter].meaning
        if self.below_zero[row]:
            return [f"Letter {letter} ({meaning}). Pay is taken back, so nothing is due."]
        said = [f"Letter {letter} ({meaning}); the pay that counts is {money(self.pay[row])}."]
        primary, upper = (_limit(one, row) for one in (self.limits.primary, self.limits.upper))
        between, above = int(self.primary_to_upper[row]), int(self.above_upper[row])
        if self.main_rate[row] and between:
            said.append(
                f"{money(between)} between {money(primary)} and {money(upper)} at"
                f" {rate_text(self.main_rate[row])} is {money(self.employee_main[row])}."
            )
        if self.upper_rate[row] and above:
            said.append(
                f"{money(above)} above {money(upper)} at {rate_text(self.upper_rate[row])} is"
                f" {money(self.employee_upper[row])}."
            )
        if self.main_rate[row] and not between and not above:
            said.append(f"It is not above {money(primary)}, so the employee pays nothing.")
        elif self.employee[row]:
            said.append(f"The employee pays {money(self.employee[row])}.")
        else:
            said.append("The employee pays nothing.")
        start, rate = money(self.employer_from[row]), rate_text(self.employer_rate[row])
        counted = int(self.employer_pay[row])
        if self.employer_rate[row] and counted:
            owed = money(self.employer[row])
            said.append(f"The employer pays {rate} of the {money(counted)} above {start}: {owed}.")
        else:
            said.append("The employer pays nothing.")
        return said


def _limit(limit: int | Amounts, row: int) -> int:
    return limit if isinstance(limit, int) else int(limit[row])


@dataclass(frozen=True)
class _Rates:
    main: Amounts
    upper: Amounts
    employer: Amounts
    relief: Amounts  # 0 none, 1 upper secondary, 2 special site


_RELIEFS = {"none": 0, "upper_secondary": 1, "special_site": 2}


@cache
def _tables(day: date) -> tuple[Mapping[str, Letter], NDArray[np.int64]]:
    """The letters of a day, and their rates looked up by character code; -1 for no letter."""
    letters = LETTERS.on(day).letters
    table = np.full((4, 128), -1, dtype=np.int64)
    for name, one in letters.items():
        table[:, ord(name)] = (one.main, one.upper, one.employer, _RELIEFS[one.relief])
    return letters, table


def _rates(letters: LetterRow, day: date) -> _Rates:
    known, table = _tables(day)
    places = np.ascontiguousarray(letters, dtype="U1").view(np.uint32)
    found = table[:, np.minimum(places, 127)]
    if (missing := np.flatnonzero(found[0] < 0)).size:
        row = int(missing[0])
        raise PRL03.refuse(f"Row {row}: {str(letters[row])!r} is none of {', '.join(known)}.")
    return _Rates(*found)


@dataclass(frozen=True)
class Placed:
    """Where pay lies among all pay of its earnings period: above so much, of so much together."""

    below: Amounts
    whole: Amounts


def class_1(
    pay: Amounts, letters: LetterRow, limits: Thresholds, day: date, placed: Placed | None = None
) -> Class1:
    """Contributions on `pay`, one row a person, by the letter of each. PRL03 for no letter.

    `limits` are those of the earnings period: `thresholds(day, frequency)`. Without `placed` the
    pay is all that there is of it.
    """
    given = amounts(pay, "pay", least=-MOST)
    rates = _rates(letters, day)
    pay = np.maximum(given, 0)
    top, whole = (pay + placed.below, placed.whole) if placed else (pay, pay)

    def within(low: int | Amounts, high: int | Amounts) -> Amounts:
        counted = _between(top, low, high)
        return counted - _between(placed.below, low, high) if placed else counted

    def over(low: int | Amounts) -> Amounts:
        counted = np.maximum(top - low, 0)
        return counted - np.maximum(placed.below - low, 0) if placed else counted

    main, above = within(limits.primary, limits.upper), over(limits.upper)
    reliefs = (limits.secondary, limits.upper_secondary, limits.special_site)
    floor = np.choose(rates.relief, cast(list[Amounts], reliefs))
    # Rounded by band on both sides of the upper earnings limit, as HMRC's own figures are.
    split = np.maximum(floor, limits.upper)
    employee_main, employee_upper = ni_round(main * rates.main), ni_round(above * rates.upper)
    employer = ni_round(within(floor, split) * rates.employer)
    employer += ni_round(over(split) * rates.employer)
    reached = whole >= limits.lower
    # Letter X has no record of earnings at all.
    recorded = reached & (rates.employer > 0)
    return Class1(
        employee=employee_main + employee_upper,
        employer=employer,
        at_lower=np.where(recorded, within(0, limits.lower), 0),
        lower_to_primary=np.where(recorded, within(limits.lower, limits.primary), 0),
        primary_to_upper=np.where(recorded, main, 0),
        pay=pay,
        above_upper=above,
        main_rate=rates.main,
        upper_rate=rates.upper,
        employee_main=employee_main,
        employee_upper=employee_upper,
        employer_from=floor,
        employer_pay=over(floor),
        employer_rate=rates.employer,
        limits=limits,
        below_zero=given < 0,
        letters=letters,
        day=day,
    )


def less(together: Class1, before: Class1, now: Class1) -> Class1:
    """Contributions on `now` as the rest of a whole, of which those on `before` are paid."""
    names = ("employee", "employer", "at_lower", "lower_to_primary", "primary_to_upper")
    rest = {name: getattr(together, name) - getattr(before, name) for name in names}
    return replace(now, **rest)


def _between(pay: Amounts, low: int | Amounts, high: int | Amounts) -> Amounts:
    return np.maximum(np.minimum(pay, high) - low, 0)


def ni_round(product: Amounts) -> Amounts:
    """Pence times a rate, in whole pence.

    Regulation 12(1): to the nearest penny, a halfpenny or less disregarded. HMRC's figures look at
    the third decimal of the pounds only: what stands behind it is cut first.
    """
    return half_down(product // 1_000, 10)


def shared(
    totals: Amounts, pay: Amounts, people: NDArray[np.int64], found: NDArray[np.int64]
) -> Amounts:
    """A person's contributions (`totals`, by `found`) on each assignment, in proportion to its pay.

    Largest remainder: the parts add up to the total to the penny, and the pennies left go to the
    largest fractions, then to the earlier rows. Pay below zero gets no part.
    """
    totals = amounts(totals, "totals", most=_MOST_SHARED)
    weights = np.maximum(amounts(pay, "pay", least=-MOST, most=_MOST_SHARED), 0)
    place = np.searchsorted(found, people)
    sums = np.zeros(len(found), dtype=np.int64)
    np.add.at(sums, place, weights)
    if (totals[sums == 0] != 0).any():
        raise ValueError("totals must be nought for people without pay.")
    whole, rest = np.divmod(totals[place] * weights, np.maximum(sums[place], 1))
    left = totals.copy()
    np.subtract.at(left, place, whole)
    # Remainders of one person are over the same sum, so they compare as they are.
    order = np.lexsort((np.arange(len(place)), -rest, place))
    starts = np.searchsorted(place[order], np.arange(len(found)))
    rank = np.arange(len(order)) - starts[place[order]]
    whole[order] += rank < left[place[order]]
    return whole
