"""Banking days: Monday to Friday without the holidays given. Which holidays is the caller's."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


def is_banking_day(day: date, holidays: Collection[date]) -> bool:
    """Whether banks clear payments on the day."""
    return day.weekday() < 5 and day not in holidays


def next_banking_day(day: date, holidays: Collection[date]) -> date:
    """The first banking day after the day."""
    day += ONE_DAY
    while not is_banking_day(day, holidays):
        day += ONE_DAY
    return day


def previous_banking_day(day: date, holidays: Collection[date]) -> date:
    """The last banking day before the day."""
    day -= ONE_DAY
    while not is_banking_day(day, holidays):
        day -= ONE_DAY
    return day


def add_banking_days(day: date, count: int, holidays: Collection[date]) -> date:
    """The day `count` banking days later, or earlier when the count is negative."""
    step = next_banking_day if count > 0 else previous_banking_day
    for _ in range(abs(count)):
        day = step(day, holidays)
    return day


def bacs_processing_day(value_on: date, holidays: Collection[date]) -> date:
    """The processing day to write in a Bacs file for money to arrive on `value_on`.

    It is the banking day before value. `ValueError` when nothing can arrive on that day.
    """
    if not is_banking_day(value_on, holidays):
        raise ValueError(f"{value_on:%d %B %Y} is not a banking day, so no payment arrives on it")
    return previous_banking_day(value_on, holidays)
