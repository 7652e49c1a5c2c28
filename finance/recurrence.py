"""When a recurring invoice is expected: a pure calculator of days."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

# Months or days between two, and how many days either side of its day an invoice may be dated.
MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
DAYS = {"weekly": 7, "four_weekly": 28}
NEAR_DAYS = {"weekly": 3, "four_weekly": 13, "monthly": 14, "quarterly": 44, "yearly": 90}


def nth_day(first: date, frequency: str, n: int) -> date:
    """The day of the invoice after `n` others; the last day of a month that is too short."""
    if frequency in DAYS:
        return first + timedelta(days=DAYS[frequency] * n)
    months = first.month - 1 + MONTHS[frequency] * n
    year, month = first.year + months // 12, months % 12 + 1
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def days_until(first: date, frequency: str, last: date | None, until: date) -> Iterator[date]:
    """Every expected day from the first to the last one, none after `until`."""
    n = 0
    while (day := nth_day(first, frequency, n)) <= min(until, last or until):
        yield day
        n += 1


def expected_near(first: date, frequency: str, last: date | None, on: date) -> date | None:
    """The expected day that an invoice of a day is for; None if none is near enough."""
    near = timedelta(days=NEAR_DAYS[frequency])
    days = [day for day in days_until(first, frequency, last, on + near) if day >= on - near]
    return min(days, key=lambda day: (abs(day - on), day), default=None)
