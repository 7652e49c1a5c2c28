"""Tax years and tax periods: which week or month of the year a pay date falls in."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

WEEKS, MONTHS = 52, 12


class Frequency(StrEnum):
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    FOUR_WEEKLY = "four_weekly"
    MONTHLY = "monthly"

    @property
    def span(self) -> int:
        """Tax weeks of one payment; for monthly pay, tax months."""
        return _SPANS[self]

    @property
    def in_year(self) -> int:
        """Weeks or months of a whole year: what the annual figures are divided by."""
        return MONTHS if self is Frequency.MONTHLY else WEEKS

    @property
    def unit(self) -> str:
        return "month" if self is Frequency.MONTHLY else "week"


_SPANS = {
    Frequency.WEEKLY: 1,
    Frequency.FORTNIGHTLY: 2,
    Frequency.FOUR_WEEKLY: 4,
    Frequency.MONTHLY: 1,
}


def year_start(day: date) -> date:
    """The 6 April on which the tax year of `day` began."""
    this = date(day.year, 4, 6)
    return this if day >= this else date(day.year - 1, 4, 6)


def year_label(day: date) -> str:
    """The tax year as people write it: 2026-27."""
    start = year_start(day).year
    return f"{start}-{(start + 1) % 100:02}"


@dataclass(frozen=True)
class TaxPeriod:
    """One payment's place in the tax year.

    `number` is what the FPS reports: the last tax week that the payment covers, so always even for
    fortnightly pay and a multiple of four for four-weekly pay, or the tax month.
    """

    frequency: Frequency
    number: int

    def __post_init__(self) -> None:
        most = self.last + (0 if self.frequency is Frequency.MONTHLY else self.frequency.span)
        if not 1 <= self.number <= most or self.number % self.frequency.span:
            raise ValueError(f"There is no {self.frequency} {self.frequency.unit} {self.number}.")

    @property
    def last(self) -> int:
        """The number of the last ordinary payment of a year."""
        return self.frequency.in_year

    @property
    def extra(self) -> bool:
        """Whether it is the payday too many: week 53, 54 or 56, taxed as in week 1, 2 or 4."""
        return self.number > self.last

    def __str__(self) -> str:
        return f"{self.frequency.unit} {self.number}"


def days_of(day: date, frequency: Frequency) -> tuple[date, date]:
    """The first day of the tax period that a pay date lies in, and the day after its last."""
    start = year_start(day)
    if frequency is Frequency.MONTHLY:
        months = period_of(day, frequency).number
        return _months_after(start, months - 1), _months_after(start, months)
    weeks = timedelta(days=7 * frequency.span)
    first = start + (day - start) // weeks * weeks
    return first, first + weeks


def _months_after(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, MONTHS)
    return date(start.year + years, month + 1, start.day)


def period_of(day: date, frequency: Frequency) -> TaxPeriod:
    """The tax period of a pay date."""
    start = year_start(day)
    if frequency is Frequency.MONTHLY:
        months = (day.year - start.year) * MONTHS + day.month - start.month
        return TaxPeriod(frequency, months + (1 if day.day >= start.day else 0))
    span = frequency.span
    return TaxPeriod(frequency, ((day - start).days // (7 * span) + 1) * span)
