"""Average weekly earnings, kept as an exact fraction: no test and no rate may round it first."""

from dataclasses import dataclass

import numpy as np

from payroll.calculator.dates import Whole
from payroll.calculator.rounding import Flags

MONTHS_OF_YEAR, WEEKS_OF_YEAR = 12, 52


@dataclass(frozen=True)
class Average:
    """Pence a week as `number / by`."""

    number: Whole
    by: Whole

    def reaches(self, weekly: int | Whole) -> Flags:
        """Whether the unrounded average is at least an amount."""
        return self.number >= weekly * self.by

    def of(self, rows: Whole) -> "Average":
        return Average(self.number[rows], self.by[rows])


def average_of_weeks(earnings: Whole, weeks: Whole) -> Average:
    """Earnings paid in the relevant period of people paid by the week or several weeks."""
    return Average(earnings, weeks)


def average_of_months(earnings: Whole, months: Whole) -> Average:
    """Earnings of people paid by the calendar month: a month's average times 12, divided by 52."""
    return Average(earnings * MONTHS_OF_YEAR, months * np.int64(WEEKS_OF_YEAR))
