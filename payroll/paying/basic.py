"""Basic pay and allowances of the pieces of a period: whole, or the part that a rule gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np

from payroll.calculator.dates import Dates, Whole
from payroll.calculator.rounding import Amounts, down, half_up
from payroll.calculator.wording import money
from payroll.paying.inputs import (
    BASIS,
    FROM,
    FULL,
    JOB,
    MINUTES,
    POINT,
    TITLE,
    UNTIL,
    Shared,
    allowance_of,
)

DAYS_OF_YEAR, WORKING_DAYS_OF_YEAR, MONTHS = 365, 260, 12
RULES = {
    "working": "working days of the period",
    "calendar": "calendar days of the period",
    "per_260": "1/260 of a year for each working day",
    "per_365": "1/365 of a year for each calendar day",
}


@dataclass(frozen=True)
class Pieces:
    """One row a piece, in the order of people, jobs, allowances and days."""

    shared: Shared
    given: Sequence[Sequence[object]]
    person: Whole
    job: Whole
    allowance: Whole  # 0 for basic pay
    annual: Amounts  # pay of a year for the hours worked
    days: Whole
    working: Whole
    partial: Whole  # 1 where the job was not held throughout the period
    amount: Amounts
    minutes: Whole  # worked, as the minimum wage counts them

    def of_job(self, people: int, job: int) -> Amounts:
        """Pay of that job with its allowances, a row a person."""
        return self._sum(people, np.where(self.job == job, self.amount, 0))

    def of(self, people: int, job: int, allowance: int = 0) -> Amounts:
        """Basic pay of a job, or one allowance of it."""
        mine = (self.job == job) & (self.allowance == allowance)
        return self._sum(people, np.where(mine, self.amount, 0))

    def minutes_of(self, people: int) -> Whole:
        return self._sum(people, self.minutes)

    def annual_of(self, people: int) -> Amounts:
        """Pay of a year as it stood at the end: the last piece of each job.

        Of its allowances those that last as long as it does.
        """
        every = _changes(self.person, self.job, self.allowance)
        last = np.append(every[1:], True)[: len(self.person)]
        ends = np.array([piece[UNTIL] for piece in self.given], dtype="datetime64[D]")
        if last.size:
            first, place = _groups(self.person, self.job)
            last &= ends == np.maximum.reduceat(ends, first)[place]
        return self._sum(people, np.where(last, self.annual, 0))

    def _sum(self, people: int, column: Whole) -> Whole:
        total = np.zeros(people, dtype=np.int64)
        np.add.at(total, self.person, column)
        return total

    def span(self, row: int) -> tuple[date, date]:
        """The first day of a piece, and the day after its last."""
        piece = self.given[row]
        return date.fromisoformat(str(piece[FROM])), date.fromisoformat(str(piece[UNTIL]))

    def workings(self, i: int, job: int, allowance: int = 0) -> list[str]:
        """How the pay of a job or of its allowance came about, a sentence a piece."""
        said: list[str] = []
        mine = (self.person == i) & (self.job == job) & (self.allowance == allowance)
        for row in np.flatnonzero(mine):
            piece = self.given[int(row)]
            hours = f"{int(str(piece[MINUTES])) / 60:g} of {int(str(piece[BASIS])) / 60:g} hours"
            said.append(
                f"{piece[TITLE]}, {piece[POINT]}: {money(int(str(piece[FULL])))} a year full time,"
                f" {hours} a week, so {money(self.annual[row])} a year."
            )
            said.append(self._share(int(row)))
        return said

    def _share(self, row: int) -> str:
        frequency = self.shared.frequency
        amount, days = money(self.amount[row]), int(self.days[row])
        whole = (self.shared.until - self.shared.first).days
        if days == whole:
            part = "A twelfth" if frequency.unit == "month" else f"{frequency.span}/52"
            return f"{part} of it is {amount}."
        rule = RULES[self.shared.pro_rata] if self.partial[row] else RULES["calendar"]
        counted = int(self.working[row]) if "working" in rule else days
        return f"For {counted} days, by the rule «{rule}»: {amount}."


def _changes(*columns: Whole) -> np.ndarray:
    """Where a row differs from the one before it; the first one does."""
    changed = np.ones(len(columns[0]), dtype=bool)
    if changed.size:
        changed[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return changed


def _groups(*columns: Whole) -> tuple[Whole, Whole]:
    """Where each group of equal rows begins, and of each row which group it is in."""
    changed = _changes(*columns)
    return np.flatnonzero(changed), np.cumsum(changed) - 1


class Pieced(Protocol):
    """Whoever has jobs in a period."""

    @property
    def pieces(self) -> Sequence[Sequence[Any]]: ...


def has_days(pieces: Sequence[Sequence[Any]]) -> bool:
    """Whether there is a day that basic pay is for."""
    return any(piece[FROM] < piece[UNTIL] for piece in pieces)


def pieces_of(shared: Shared, people: Sequence[Pieced]) -> Pieces:
    """Every piece of everybody with its pay.

    Jobs held throughout are paid whole; a change within splits by calendar days, and so does an
    allowance that is given or ends. Who starts or leaves within the period is paid by the rule of
    the group. Pieces of a job are rounded together, so that they add up to what the whole would
    be, and those of an allowance. Its hours are those of the job, and not counted again.
    """
    person = [n for n, one in enumerate(people) for _ in one.pieces]
    given = [piece for one in people for piece in one.pieces]
    at = np.array(person, dtype=np.int64)
    job, full, minutes, basis = (
        np.array([piece[n] for piece in given], dtype=np.int64) for n in (JOB, FULL, MINUTES, BASIS)
    )
    starts, ends = (
        np.array([piece[n] for piece in given], dtype="datetime64[D]") for n in (FROM, UNTIL)
    )
    allowance = np.array([allowance_of(piece) for piece in given], dtype=np.int64)
    annual = half_up(full * minutes, np.maximum(basis, 1))
    days = (ends - starts).astype(np.int64)
    working = _working(starts, ends)
    begins, place = _groups(at, job)
    held = np.where(allowance > 0, 0, days)
    held = np.add.reduceat(held, begins)[place] if at.size else days
    first, place = _groups(at, job, allowance)
    period = (shared.until - shared.first).days
    partial = held < period
    parts, per = by_rule(shared, annual, days, working, partial)
    return Pieces(
        shared=shared, given=given, person=at, job=job, allowance=allowance, annual=annual,
        days=days, working=working,
        partial=partial.astype(np.int64), amount=_together(parts, per, first, place),
        minutes=_minutes(shared, np.where(allowance > 0, 0, minutes), days, period),
    )  # fmt: skip


def _working(starts: Dates, ends: Dates) -> Whole:
    return np.busday_count(starts, ends).astype(np.int64)


def by_rule(
    shared: Shared, annual: Amounts, days: Whole, working: Whole, partial: np.ndarray
) -> tuple[Amounts, Whole]:
    """Pay of each piece as a numerator and what it is divided by."""
    span, year = shared.frequency.span, shared.frequency.in_year
    period = (shared.until - shared.first).days
    of_working = max(int(np.busday_count(shared.first, shared.until)), 1)
    rule = shared.pro_rata
    parts, per = annual * span * days, np.full_like(days, year * period)
    if rule == "working":
        given, divided = annual * span * working, year * of_working
    elif rule == "per_260":
        given, divided = annual * working, WORKING_DAYS_OF_YEAR
    elif rule == "per_365":
        given, divided = annual * days, DAYS_OF_YEAR
    else:
        given, divided = parts, year * period
    return np.where(partial, given, parts), np.where(partial, divided, per)


def _together(parts: Amounts, per: Whole, first: Whole, place: Whole) -> Amounts:
    """Rounds the running total of each job, so that its pieces sum to the rounded whole."""
    if not parts.size:
        return parts
    running = np.cumsum(parts)
    before = np.where(first > 0, running[first - 1], 0)
    rounded = half_up(running - before[place], per)
    earlier = np.concatenate([[0], rounded[:-1]])
    earlier[first] = 0
    return rounded - earlier


def _minutes(shared: Shared, weekly: Whole, days: Whole, period: int) -> Whole:
    """Hours that a salary is for: those of a year in equal parts, for the days of the piece."""
    if shared.frequency.unit == "month":
        return down(weekly * DAYS_OF_YEAR * days, 7 * MONTHS * period)
    return down(weekly * shared.frequency.span * days, period)
