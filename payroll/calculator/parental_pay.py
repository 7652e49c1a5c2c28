"""Statutory maternity, adoption, paternity, shared parental, bereavement and neonatal care pay.

A week is seven days from the first day of pay. The first weeks of maternity and adoption are 90%
of average weekly earnings, every other week 90% or the weekly rate, whichever is lower. A part of a
week is sevenths. Each payment with a part of a penny is rounded up (SI 1986/1960 regulation 28, SI
2002/2818 regulation 4, SI 2025/376 regulation 25).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from payroll.calculator.average_earnings import DAYS_OF_WEEK, Average
from payroll.calculator.dates import Dates, Whole, as_dates
from payroll.calculator.figures import OneRate
from payroll.calculator.rounding import Amounts, Flags, half_up, up
from payroll.calculator.wording import count_text, day_text, money
from payroll.law import RATE_ONE, Parameter, Pence, Rate

ONE_DAY = np.timedelta64(1, "D")


class Kind(StrEnum):
    MATERNITY = "maternity"
    ADOPTION = "adoption"
    PATERNITY = "paternity"
    SHARED = "shared"
    BEREAVEMENT = "bereavement"
    NEONATAL = "neonatal"


KINDS = tuple(Kind)
"""A leave names its kind by its place in this row."""


@dataclass(frozen=True)
class KindOfPay:
    weeks: int
    at_share: int  # the first weeks, paid at the share of earnings however high


@dataclass(frozen=True)
class ParentalPay:
    weekly: Pence
    share: Rate
    kinds: Mapping[str, KindOfPay]


@dataclass(frozen=True)
class Conditions:
    service_weeks: int  # with the week that counts, of which a day is enough


CONDITIONS = Parameter("statutory_parental_conditions", Conditions)
PARENTAL_PAY = Parameter("statutory_parental_pay", ParentalPay)
RECOVERY = Parameter("statutory_pay_recovery", OneRate)
RECOVERY_SMALL_EMPLOYER = Parameter("statutory_pay_recovery_small_employer", OneRate)


@dataclass(frozen=True)
class Leaves:
    """One row an unbroken block of pay.

    `weeks_before` counts what is already used of the same entitlement. For shared parental pay that
    is every week either parent was paid of it, and every week of maternity or adoption pay beyond
    the second. `entitled` is what HR holds: service, notice, evidence.
    """

    person: Whole
    kind: Whole
    starts_on: Dates
    weeks: Whole
    weeks_before: Whole
    average: Average
    lower_limit: Whole  # weekly, at the end of the relevant period
    entitled: Flags
    # (leave, a day of it): the week of that day is not paid, and counts as one of the weeks.
    lost: Sequence[tuple[int, np.datetime64]] = ()


@dataclass(frozen=True)
class ParentalPayDue:
    """`due` is one row a leave; the weeks are rows of leave, first day, days paid and pence."""

    due: Amounts
    earns_enough: Flags
    weeks_allowed: Whole
    week_leave: Whole
    week_from: Dates
    week_days: Whole
    at_share: Flags
    week_due: Amounts

    def workings(self, i: int) -> list[str]:
        if not self.earns_enough[i]:
            return ["Average weekly earnings are below the lower earnings limit: nothing is due."]
        return [
            f"Week from {day_text(self.week_from[row])}: {count_text(self.week_days[row], 'day')}"
            f" at {'the share of earnings' if self.at_share[row] else 'the lower of both rates'},"
            f" {money(self.week_due[row])}."
            for row in np.flatnonzero(self.week_leave == i)
        ]


def parental_pay(
    leaves: Leaves, versions: Sequence[tuple[date, ParentalPay]],
    pay_from: np.datetime64 | Dates, pay_to: np.datetime64 | Dates,
) -> ParentalPayDue:  # fmt: skip
    """What each leave brings for its days from `pay_from` to `pay_to`, both included.

    These are the same for all, or a row a leave.

    `versions` are the rates from their first day, in order. `ValueError` for a week before them.
    """
    starts = as_dates([first for first, _ in versions])
    enough = leaves.average.reaches(leaves.lower_limit)
    most = np.array([versions[-1][1].kinds[kind].weeks for kind in KINDS])[leaves.kind]
    allowed = np.clip(leaves.weeks, 0, np.maximum(most - leaves.weeks_before, 0))
    allowed = np.where(enough & leaves.entitled, allowed, 0)

    leave = np.repeat(np.arange(len(allowed)), allowed)
    nth = np.arange(len(leave)) - np.repeat(np.cumsum(allowed) - allowed, allowed)
    first = leaves.starts_on[leave] + (nth * DAYS_OF_WEEK).astype("timedelta64[D]")
    last = first + (DAYS_OF_WEEK - 1) * ONE_DAY
    begins, ends = (np.broadcast_to(day, allowed.shape)[leave] for day in (pay_from, pay_to))
    days = (np.minimum(last, ends) - np.maximum(first, begins)).astype(np.int64) + 1
    paid = days > 0
    leave, nth, first, days = leave[paid], nth[paid], first[paid], days[paid]
    version = np.searchsorted(starts, first, side="right") - 1
    if (version < 0).any():
        raise ValueError(f"A week from {first[version < 0][0]} is older than the rates given.")

    weekly = np.array([law.weekly for _, law in versions])[version]
    share = np.array([law.share for _, law in versions])[version]
    at_share = np.array([versions[-1][1].kinds[kind].at_share for kind in KINDS])
    high = nth + leaves.weeks_before[leave] < at_share[leaves.kind[leave]]
    number = leaves.average.number[leave] * share
    by = leaves.average.by[leave] * RATE_ONE
    earnings_related = high | (number < weekly * by)
    number, by = np.where(earnings_related, number, weekly), np.where(earnings_related, by, 1)
    amount = np.where(_lost(leaves, leave, first), 0, up(number * days, by * DAYS_OF_WEEK))
    due = np.zeros(len(allowed), dtype=np.int64)
    np.add.at(due, leave, amount)
    return ParentalPayDue(due, enough, allowed, leave, first, days, high, amount)


def _lost(leaves: Leaves, leave: Whole, first: Dates) -> Flags:
    """Which of the weeks, by leave and first day, hold a day that loses their pay."""
    lost = np.zeros(len(leave), dtype=bool)
    for row, day in leaves.lost:
        lost |= (leave == row) & (first <= day) & (day < first + DAYS_OF_WEEK * ONE_DAY)
    return lost


def recoverable(paid_to_date: Amounts, recovered_to_date: Amounts, rate: Rate) -> Amounts:
    """What may be kept back from HMRC this tax month, one row an employer.

    Worked out on the year so far, so that the months add up to the year. No rule for the penny was
    found: it goes to the nearest.
    """
    return half_up(paid_to_date * rate, RATE_ONE) - recovered_to_date
