"""Statutory sick pay, day by day, across the change of rules on 6 April 2026.

Each day follows the rules and the rate of its own date. Sickness that runs over the change keeps
what it had: whoever was paid before it stays on the full weekly rate until they return; whoever was
serving waiting days or earned too little is paid from the change on; whoever had been away without
pay for longer than the whole entitlement gets nothing (DWP guidance of December 2025 and February
2026). Periods not more than `link_days` apart are one, with the average earnings of the first.

Days are rows here, in the order of person and date. A week begins on Sunday. A week's days are
added before a part of a penny is rounded up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from math import lcm

import numpy as np

from payroll.calculator.average_earnings import DAYS_OF_WEEK, Average, weekday
from payroll.calculator.dates import Dates, Whole, add_months, as_dates
from payroll.calculator.rounding import Amounts, Flags, up
from payroll.calculator.wording import count_text, day_text, money
from payroll.law import RATE_ONE, Parameter, Pence, Rate

WEEK_PARTS = lcm(*range(1, DAYS_OF_WEEK + 1))
"""One week of entitlement, so that a day of a week with any number of qualifying days is whole."""


@dataclass(frozen=True)
class SickPay:
    weekly: Pence
    earnings_share: Rate | None
    waiting_days: int
    least_days: int
    lower_limit_applies: bool
    weeks: int
    link_days: int
    longest_link_years: int


SICK_PAY = Parameter("statutory_sick_pay", SickPay)


@dataclass(frozen=True)
class Version:
    """The rules from one day on, with the weekly lower earnings limit of that time."""

    starts_on: date
    law: SickPay
    lower_limit: int


class Why(IntEnum):
    """What became of a day of sickness."""

    PAID = 0
    NOT_QUALIFYING = 1
    TOO_SHORT = 2
    EARNS_TOO_LITTLE = 3
    WAITING = 4
    USED_UP = 5
    LINKED_TOO_LONG = 6
    AWAY_TOO_LONG = 7
    OTHER_PAY = 8


WHY_WORDS = {
    Why.PAID: "paid",
    Why.NOT_QUALIFYING: "no working day",
    Why.TOO_SHORT: "too short a period of sickness",
    Why.EARNS_TOO_LITTLE: "average earnings below the lower earnings limit",
    Why.WAITING: "waiting day",
    Why.USED_UP: "the weeks of sick pay are used up",
    Why.LINKED_TOO_LONG: "linked for longer than the law allows",
    Why.AWAY_TOO_LONG: "away without pay since long before the rules changed",
    Why.OTHER_PAY: "maternity or other parental pay runs",
}


@dataclass(frozen=True)
class Spells:
    """One row a spell of sickness, both days included, with the average earnings before it."""

    person: Whole
    first: Dates
    last: Dates
    average: Average


@dataclass(frozen=True)
class Workers:
    """One row a person: the working days from Sunday on, and parental pay, which ends sick pay.

    `other_pay_from` to `other_pay_to` is the maternity pay period or the like; NaT where none is.
    """

    qualifying: Flags  # (people, 7)
    other_pay_from: Dates
    other_pay_to: Dates


@dataclass(frozen=True)
class SickDays:
    """One row a day. `number / by` is the weekly rate; `protected` keeps it at the full rate."""

    person: Whole
    day: Dates
    why: Whole
    protected: Flags
    number: Whole
    by: Whole


@dataclass(frozen=True)
class SickPayDue:
    """`due` is one row a person; the weeks are rows of person, Sunday, days and pence."""

    due: Amounts
    days: SickDays
    week_person: Whole
    week_from: Dates
    week_days: Whole
    week_due: Amounts

    def workings(self, i: int) -> list[str]:
        mine = self.days.why[self.days.person == i]
        lines = [
            f"{count_text((mine == why).sum(), 'day')}: {WHY_WORDS[why]}."
            for why in Why
            if (mine == why).any()
        ]
        for row in np.flatnonzero(self.week_person == i):
            days = count_text(self.week_days[row], "day")
            week = day_text(self.week_from[row])
            lines.append(f"Week from {week}: {days}, {money(self.week_due[row])}.")
        return lines


def sick_pay(
    spells: Spells, workers: Workers, versions: Sequence[Version],
    pay_from: np.datetime64, pay_to: np.datetime64,
) -> SickPayDue:  # fmt: skip
    """Sick pay for the days from `pay_from` to `pay_to`, both included.

    `spells` holds the whole history that may still link or count, in any order. `ValueError` names
    a person without a qualifying day or with spells that overlap, and a day before the versions.
    """
    days = _Judgement(_ordered(spells), workers, versions).days()
    wanted = (days.why == Why.PAID) & (days.day >= pay_from) & (days.day <= pay_to)
    person, day = days.person[wanted], days.day[wanted]
    number, by = days.number[wanted], days.by[wanted]
    sunday = day - weekday(day).astype("timedelta64[D]")
    new = np.ones(len(person), dtype=bool)
    new[1:] = (
        (np.diff(person) != 0) | (sunday[1:] != sunday[:-1])
        | (number[1:] * by[:-1] != number[:-1] * by[1:])
    )  # fmt: skip
    starts = np.flatnonzero(new)
    count = np.diff(np.append(starts, len(person)))
    per_week = workers.qualifying.sum(axis=1)
    amount = up(number[starts] * count, by[starts] * per_week[person[starts]])
    due = np.zeros(len(per_week), dtype=np.int64)
    np.add.at(due, person[starts], amount)
    return SickPayDue(due, days, person[starts], sunday[starts], count, amount)


def _ordered(spells: Spells) -> Spells:
    order = np.lexsort((spells.first, spells.person))
    person, first, last = spells.person[order], spells.first[order], spells.last[order]
    wrong = last < first
    wrong[1:] |= (person[1:] == person[:-1]) & (first[1:] <= last[:-1])
    if wrong.any():
        at = int(person[np.flatnonzero(wrong)[0]])
        raise ValueError(f"Person {at}: spells of sickness overlap, or one ends before it begins.")
    return Spells(person, first, last, spells.average.of(order))


def _groups(spells: Spells, gap_days: int) -> Whole:
    """A number for each spell: the same for one person's spells not more than a gap apart."""
    gap = (spells.first[1:] - spells.last[:-1]).astype(np.int64) - 1
    begins = np.ones(len(spells.person), dtype=np.int64)
    begins[1:] = (spells.person[1:] != spells.person[:-1]) | (gap > gap_days)
    numbers: Whole = np.cumsum(begins) - 1
    return numbers


def _leads(spells: Spells, counts: Flags, link_days: int) -> Whole:
    """The position of the first spell of each spell's linked series; its own where none counts."""
    leads = np.arange(len(spells.person))
    counting = np.flatnonzero(counts)
    some = Spells(
        spells.person[counting], spells.first[counting], spells.last[counting],
        spells.average.of(counting),
    )  # fmt: skip
    group = _groups(some, link_days)
    leads[counting] = counting[np.searchsorted(group, group, side="left")]
    return leads


def series_begins(spells: Spells, versions: Sequence[Version]) -> Dates:
    """The first day of the linked series of each spell: what its average earnings come before.

    `spells` in the order of person and first day; their averages count for nothing here.
    """
    laws = [version.law for version in versions]
    starts = as_dates([version.starts_on for version in versions])
    run, run_days = _runs(spells)
    return spells.first[_series(spells, laws, starts, run, run_days)]


def _runs(spells: Spells) -> tuple[Whole, Whole]:
    """Spells without a day between them have one number; the days of each number."""
    run = _groups(spells, 0)
    days = np.zeros(len(run), dtype=np.int64)
    np.add.at(days, run, (spells.last - spells.first).astype(np.int64) + 1)
    return run, days


def _series(
    spells: Spells, laws: Sequence[SickPay], starts: Dates, run: Whole, run_days: Whole
) -> Whole:
    last = np.searchsorted(run, run, side="right") - 1
    at_end = np.searchsorted(starts, spells.last[last], side="right") - 1
    counts = run_days[run] >= np.array([law.least_days for law in laws])[at_end]
    return _leads(spells, counts, laws[-1].link_days)


class _Running:
    """Running totals within groups, whose rows need not be next to each other."""

    def __init__(self, group: Whole) -> None:
        self.order = np.argsort(group, kind="stable")
        ordered = group[self.order]
        begins = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
        self.first = np.maximum.accumulate(np.where(begins, np.arange(len(ordered)), 0))

    def totals(self, weights: Whole) -> Whole:
        """For each row, the weights of its group up to and with the row."""
        ordered = weights[self.order]
        totals = np.cumsum(ordered)
        result = np.empty_like(totals)
        result[self.order] = totals - totals[self.first] + ordered[self.first]
        return result


class _Judgement:
    """Every day of sickness as columns, and what becomes of it."""

    def __init__(self, spells: Spells, workers: Workers, versions: Sequence[Version]) -> None:
        self.laws = [version.law for version in versions]
        self.starts = as_dates([version.starts_on for version in versions])
        self.limits = np.array([version.lower_limit for version in versions])
        if len(spells.first) and spells.first.min() < self.starts[0]:
            raise ValueError(f"Sickness before {self.starts[0]} is older than the rules given.")
        length = (spells.last - spells.first).astype(np.int64) + 1
        run, run_days = _runs(spells)
        first = np.searchsorted(run, run, side="left")
        lead = _series(spells, self.laws, self.starts, run, run_days)

        spell = np.repeat(np.arange(len(length)), length)
        offset = np.arange(len(spell)) - np.repeat(np.cumsum(length) - length, length)
        self.day = spells.first[spell] + offset.astype("timedelta64[D]")
        self.person = spells.person[spell]
        self.version = self.version_of(self.day)
        self.run, self.run_days = run[spell], run_days[run[spell]]
        self.run_first = spells.first[first[spell]]
        self.series, self.series_first = lead[spell], spells.first[lead[spell]]
        self.average = spells.average.of(lead[spell])
        self.so_far = _Running(self.series)
        self.per_week = workers.qualifying.sum(axis=1)[self.person]
        if (self.per_week == 0).any():
            at = int(self.person[self.per_week == 0][0])
            raise ValueError(f"Person {at} has no qualifying day in the week.")
        self.works = workers.qualifying[self.person, weekday(self.day)]
        self.other_pay = (self.day >= workers.other_pay_from[self.person]) & (
            self.day <= workers.other_pay_to[self.person]
        )

    def version_of(self, day: Dates) -> Whole:
        return np.searchsorted(self.starts, day, side="right") - 1

    def column(self, values: Sequence[int], version: Whole) -> Whole:
        return np.array(values, dtype=np.int64)[version]

    def law(self, values: Sequence[int]) -> Whole:
        """A figure of each version, for the version of each day."""
        return self.column(values, self.version)

    def first_reasons(self) -> Whole:
        """What each day's own rules say, before entitlement is counted."""
        laws = self.laws
        short = self.run_days < self.law([law.least_days for law in laws])
        tested = self.law([law.lower_limit_applies for law in laws]) == 1
        enough = self.average.reaches(self.limits[self.version_of(self.series_first)])
        nth = self.so_far.totals((self.works & ~short & ~self.other_pay).astype(np.int64))
        months = self.law([law.longest_link_years * 12 for law in laws])
        reasons = {
            Why.NOT_QUALIFYING: ~self.works,
            Why.TOO_SHORT: short,
            Why.OTHER_PAY: self.other_pay,
            Why.EARNS_TOO_LITTLE: tested & ~enough,
            Why.WAITING: nth <= self.law([law.waiting_days for law in laws]),
            Why.LINKED_TOO_LONG: self.day >= add_months(self.series_first, months),
        }
        why: Whole = np.select(list(reasons.values()), list(reasons), Why.PAID).astype(np.int64)
        return why

    def used_up(self, why: Whole) -> Flags:
        """Days beyond the weeks of entitlement of their series."""
        paid = why == Why.PAID
        parts = np.where(paid, WEEK_PARTS // self.per_week, 0)
        most = self.law([law.weeks for law in self.laws]) * WEEK_PARTS
        return paid & (self.so_far.totals(parts) > most)

    def days(self) -> SickDays:
        laws = self.laws
        why = self.first_reasons()
        shared = self.law([law.earnings_share is not None for law in laws]) == 1
        had_full = np.zeros(len(self.day), dtype=bool)
        had_full[self.run[(why == Why.PAID) & ~shared]] = True
        protected = shared & had_full[self.run]
        away = (why == Why.PAID) & shared & ~protected & self.away_before_change()
        why = np.where(away, Why.AWAY_TOO_LONG, why)
        why = np.where(self.used_up(why), Why.USED_UP, why)
        flat = self.law([law.weekly for law in laws])
        share = self.law([law.earnings_share or RATE_ONE for law in laws])
        number, by = self.average.number * share, self.average.by * RATE_ONE
        lower = shared & ~protected & (number < flat * by)
        return SickDays(
            self.person, self.day, why, protected,
            np.where(lower, number, flat), np.where(lower, by, 1),
        )  # fmt: skip

    def away_before_change(self) -> Flags:
        """Runs begun more than the whole entitlement before earnings came to limit the rate."""
        for start, before, after in zip(
            self.starts[1:], self.laws[:-1], self.laws[1:], strict=True
        ):
            if before.earnings_share is None and after.earnings_share is not None:
                since: Flags = self.run_first < start - after.weeks * DAYS_OF_WEEK
                return since
        return np.zeros(len(self.day), dtype=bool)
