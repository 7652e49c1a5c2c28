"""National Insurance of directors: their earnings period is the year.

Standard method: each payday contributions on the pay of the year against annual thresholds, less
what was taken. Alternative method: as for everybody else until the last payment, which settles
the year. Whoever becomes a director within the year has the thresholds of the weeks that are left.

Where the letter changed within the year, the pay under each letter is laid upon that of the letters
which go before it, whatever the days on which it was paid, and each part bears the contributions
of its letter (HMRC's calculator of directors' contributions, github.com/hmrc/calculate-ni-frontend,
"precedence of categories").
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from payroll.calculator.national_insurance import (
    Class1,
    LetterRow,
    Placed,
    Thresholds,
    class_1,
    thresholds,
)
from payroll.calculator.periods import WEEKS, Frequency
from payroll.calculator.rounding import MOST, Amounts, Flags, amounts, up
from payroll.calculator.wording import money

POUND = 100
# HMRC's order of letters for directors from 2016-17 on.
PRECEDENCE = {letter: place for place, letter in enumerate("BMAZJCHVFILSDEGKNX")}


@dataclass(frozen=True)
class OtherLetters:
    """Pay of the year, before this payment, under letters that are not those of now: one row a
    director and letter, `director` says which row of the directors."""

    director: NDArray[np.int64]
    letters: LetterRow
    pay: Amounts


@dataclass(frozen=True)
class Directors:
    """Contributions of a payment, and those of the year on which they rest.

    The bands of the FPS to date are those of `year` under the standard method, and those of all
    payments added up under the alternative one, its last payment too: HMRC's own figures are so.
    """

    employee: Amounts  # below zero when the year gives some back
    employer: Amounts
    # Workings.
    annual: Flags  # whether this payment was worked out on the year
    year: Class1  # of the year's pay, those of other letters last; counts where `annual`
    whose: NDArray[np.int64]  # the director of each row of `year`
    payment: Class1  # of this payment alone; counts elsewhere
    weeks: NDArray[np.int64]
    pay_before: Amounts
    employee_before: Amounts
    employer_before: Amounts

    def workings(self, row: int) -> list[str]:
        """How the contributions of a director's payment came about."""
        if not self.annual[row]:
            return self.payment.workings(row)
        rows = self.in_order(row)
        year = [words for one in rows for words in self.year.workings(one)]
        if len(rows) > 1:
            letters = ", ".join(str(self.year.letters[one]) for one in rows)
            year.insert(0, f"Pay under each letter lies above that of those before it: {letters}.")
        employee, employer = (
            sum(int(column[one]) for one in rows)
            for column in (self.year.employee, self.year.employer)
        )
        return [
            "A director's contributions are worked out on the pay of the tax year so far, on annual"
            f" thresholds for {int(self.weeks[row])} weeks: {money(self.pay_before[row])} paid"
            " before, and this pay.",
            *year,
            f"For the employee {money(employee)} less the"
            f" {money(self.employee_before[row])} already taken is {money(self.employee[row])}.",
            f"For the employer {money(employer)} less the"
            f" {money(self.employer_before[row])} already paid is {money(self.employer[row])}.",
        ]

    def in_order(self, row: int) -> list[int]:
        """The rows of `year` that are of a director, in the order of their letters."""
        rows = np.flatnonzero(self.whose == row).tolist()
        return sorted(rows, key=lambda one: PRECEDENCE[str(self.year.letters[one])])


_NOBODY = np.zeros(0, dtype=np.int64)
NO_OTHERS = OtherLetters(_NOBODY, np.zeros(0, dtype="U1"), _NOBODY)


def annual_thresholds(day: date, weeks: NDArray[np.int64]) -> Thresholds:
    """Those of a year of which a person is a director for `weeks`, each up to the whole pound."""
    year = thresholds(day, None)

    def part(amount: int | Amounts) -> Amounts:
        return up(amount * weeks, WEEKS * POUND) * POUND

    return Thresholds(**{name: part(amount) for name, amount in vars(year).items()})


def weeks_from(appointed_in: NDArray[np.int64]) -> NDArray[np.int64]:
    """Tax weeks of a directorship by the week of the appointment, which counts; 1 is the year."""
    return WEEKS + 1 - np.minimum(appointed_in, WEEKS)


def directors_nic(
    *,
    pay: Amounts,
    pay_before: Amounts,
    employee_before: Amounts,
    employer_before: Amounts,
    letters: LetterRow,
    weeks: NDArray[np.int64],
    alternative: Flags,
    final: Flags,
    frequency: Frequency,
    day: date,
    others: OtherLetters | None = None,
) -> Directors:
    """Contributions of one payday.

    The amounts before are those of the tax year since the appointment; `others` says what of that
    pay had another letter. `final` marks the last payment of the year, or of the directorship,
    where the alternative method settles.
    """
    before = amounts(pay_before, "pay_before", least=-MOST)
    payment = class_1(pay, letters, thresholds(day, frequency), day)
    year, whose = _of_the_year(
        before + amounts(pay, "pay", least=-MOST), letters, weeks, day, others or NO_OTHERS
    )
    annual = ~alternative | final
    taken = amounts(employee_before, "employee_before", least=-MOST)
    paid = amounts(employer_before, "employer_before", least=-MOST)
    return Directors(
        employee=np.where(annual, _sums(year.employee, whose, taken) - taken, payment.employee),
        employer=np.where(annual, _sums(year.employer, whose, paid) - paid, payment.employer),
        annual=annual,
        year=year,
        whose=whose,
        payment=payment,
        weeks=weeks,
        pay_before=before,
        employee_before=taken,
        employer_before=paid,
    )


def _of_the_year(
    pay: Amounts, letters: LetterRow, weeks: NDArray[np.int64], day: date, others: OtherLetters
) -> tuple[Class1, NDArray[np.int64]]:
    """Contributions on the year by director and letter, and whose each row is. `pay` is all pay."""
    whose = np.concatenate([np.arange(len(pay)), others.director])
    other = np.maximum(others.pay, 0)
    own = pay - _sums(other, others.director, pay)
    each = np.concatenate([own, other])
    every = np.concatenate([letters, others.letters])
    limits = annual_thresholds(day, weeks[whose])
    if not len(others.director):
        return class_1(each, every, limits, day), whose
    counted = np.maximum(each, 0)
    rank = np.array([PRECEDENCE.get(letter, 0) for letter in every.tolist()])
    order = np.lexsort((rank, whose))
    sums = np.cumsum(counted[order]) - counted[order]
    starts = np.searchsorted(whose[order], whose[order])
    below = np.empty_like(counted)
    below[order] = sums - sums[starts]
    whole = _sums(counted, whose, pay)[whose]
    return class_1(each, every, limits, day, Placed(below, whole)), whose


def _sums(values: Amounts, whose: NDArray[np.int64], like: Amounts) -> Amounts:
    """Added up by director: one row for each row of `like`."""
    sums = np.zeros(len(like), dtype=np.int64)
    np.add.at(sums, whose, values)
    return sums
