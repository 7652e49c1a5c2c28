"""Average weekly earnings, kept as an exact fraction: no test and no rate may round it first.

The relevant period ends with the last payday up to a given day and begins after the last payday
that lies at least eight weeks before it. All earnings liable to National Insurance paid within it
count, as they are now known: a pay rise with back effect is averaged again.
"""

from dataclasses import dataclass

import numpy as np

from payroll.calculator.dates import Dates, Whole, add_months, months_of, whole_months
from payroll.calculator.rounding import Flags
from payroll.calculator.rows import refuse

MONTHS_OF_YEAR, WEEKS_OF_YEAR, DAYS_OF_WEEK = 12, 52, 7
EIGHT_WEEKS = np.timedelta64(8 * DAYS_OF_WEEK, "D")
ONE_DAY = np.timedelta64(1, "D")
# Odd days of a relevant period that still round down to whole months (HMRC SPM170400).
MOST_ODD_DAYS, MOST_ODD_DAYS_OF_FEBRUARY, FEBRUARY = 15, 14, 1
WEEKS_TO_QUALIFYING_WEEK = 15
MORE_THAN_ANY_DAY = 10**7
SUNDAY_BEFORE_EPOCH = 4  # 1 January 1970 was a Thursday


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


@dataclass(frozen=True)
class Payments:
    """One row a payment, in any order."""

    person: Whole
    paid_on: Dates
    earnings: Whole


@dataclass(frozen=True)
class RelevantPeriod:
    """One row a person: the average and the days and earnings that it comes from."""

    average: Average
    first_day: Dates
    last_day: Dates
    earnings: Whole


def weekday(day: Dates) -> Whole:
    """0 is Sunday."""
    return (day.astype(np.int64) + SUNDAY_BEFORE_EPOCH) % DAYS_OF_WEEK


def end_of_qualifying_week(due_on: Dates) -> Dates:
    """The Saturday of the 15th week before the week, from Sunday on, in which a child is due."""
    saturday = due_on + (DAYS_OF_WEEK - 1 - weekday(due_on)).astype("timedelta64[D]")
    return saturday - np.timedelta64(WEEKS_TO_QUALIFYING_WEEK * DAYS_OF_WEEK, "D")


def average_of_weeks(earnings: Whole, weeks: Whole) -> Average:
    """Earnings of the relevant period of people paid by the week or several weeks."""
    return Average(earnings, weeks)


def average_of_months(earnings: Whole, months: Whole) -> Average:
    """Earnings of people paid by the calendar month: a month's average times 12, divided by 52."""
    return Average(earnings * MONTHS_OF_YEAR, months * np.int64(WEEKS_OF_YEAR))


def relevant_period(
    payments: Payments, until: Dates, monthly: Flags, employed_from: Dates
) -> RelevantPeriod:
    """The average of each person up to the day `until`: the end of the qualifying week, or the day
    before the first day of sickness.

    Somebody without a payday eight weeks back is averaged from the first day of employment.
    `ValueError` names a row without any payday, whose contract must be averaged by hand.
    """
    order = np.lexsort((payments.paid_on, payments.person))
    person, paid_on = payments.person[order], payments.paid_on[order]
    totals = np.append(0, np.cumsum(payments.earnings[order]))
    everybody = np.arange(len(until))
    begins = np.searchsorted(person, everybody, side="left")

    def paid_up_to(day: Dates) -> Whole:
        """How many rows, in order, are paid to the people before or to this one by that day."""
        by_row = person * MORE_THAN_ANY_DAY + paid_on.astype(np.int64)
        wanted = everybody * MORE_THAN_ANY_DAY + day.astype(np.int64)
        return np.searchsorted(by_row, wanted, side="right")

    end = paid_up_to(until)
    refuse(end == begins, "there is no payday up to that day. Average the contract by hand.")
    last_day = paid_on[end - 1]
    start = paid_up_to(last_day - EIGHT_WEEKS)
    before: Dates = np.where(
        start == begins, employed_from - ONE_DAY, paid_on[np.maximum(start - 1, 0)]
    )
    earnings = totals[end] - totals[start]
    months = rounded_months(before, last_day)
    days = (last_day - before).astype(np.int64)
    number = earnings * np.where(monthly, MONTHS_OF_YEAR, DAYS_OF_WEEK)
    by = np.where(monthly, months * WEEKS_OF_YEAR, days)
    refuse(by <= 0, "the relevant period is too short. Average the contract by hand.")
    return RelevantPeriod(Average(number, by), before + ONE_DAY, last_day, earnings)


def rounded_months(before: Dates, last_day: Dates) -> Whole:
    """Months after one day up to another, odd days rounded as HMRC's manual says."""
    whole = whole_months(before, last_day)
    odd = (last_day - add_months(before, whole)).astype(np.int64)
    february = months_of(last_day) % MONTHS_OF_YEAR == FEBRUARY
    return whole + (odd > np.where(february, MOST_ODD_DAYS_OF_FEBRUARY, MOST_ODD_DAYS))
