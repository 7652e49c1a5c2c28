"""The calendar of a pay group: pay days from one of them, and by when each step has to be done."""

from dataclasses import dataclass
from datetime import date, timedelta

from core.working_time import HolidaysUnknown
from finance.formats.bank_days import add_banking_days, is_banking_day, previous_banking_day
from finance.paying.files import banking_holidays, last_day_to_submit
from payroll.calculator.periods import Frequency
from payroll.rules import PRL06

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Days:
    """One pay period; `starts_on` and `ends_on` are both worked."""

    starts_on: date
    ends_on: date
    cut_off_on: date
    approve_on: date
    submit_on: date
    pays_on: date


def calendar(
    frequency: Frequency, anchor: date, *, first: date, count: int, cut_off_days: int
) -> list[Days]:
    """At most `count` periods whose pay day is `first` or later, as far as holidays are published.

    PRL06 when they are not for the first of them.

    Monthly pay is for the calendar month, on the day of the month of the anchor; an anchor on the
    last day of its month is the last of every month. Other pay is for the weeks that end on the
    pay day. A pay day that is no banking day comes before it.
    """
    found: list[Days] = []
    step = _months_between(anchor, first) if frequency is Frequency.MONTHLY else 0
    weeks = timedelta(days=7 * frequency.span)
    if frequency is not Frequency.MONTHLY:
        step = (first - anchor) // weeks
    while len(found) < count:
        if frequency is Frequency.MONTHLY:
            starts, ends, nominal = _month(anchor, step)
        else:
            nominal = anchor + step * weeks
            starts, ends = nominal - weeks + ONE_DAY, nominal
        if nominal >= first:
            try:
                found.append(_days(starts, ends, nominal, cut_off_days))
            except HolidaysUnknown as error:
                if found:
                    break
                raise PRL06.refuse(f"{nominal:%-d %B %Y}.") from error
        step += 1
    return found


def _months_between(anchor: date, first: date) -> int:
    return (first.year - anchor.year) * 12 + first.month - anchor.month


def _month(anchor: date, step: int) -> tuple[date, date, date]:
    """First day, last day and pay day of the month that lies `step` months after the anchor's."""
    years, month = divmod(anchor.month - 1 + step, 12)
    starts = date(anchor.year + years, month + 1, 1)
    ends = (starts + timedelta(days=31)).replace(day=1) - ONE_DAY
    last = (anchor + ONE_DAY).month != anchor.month
    return starts, ends, ends if last else starts.replace(day=min(anchor.day, ends.day))


def _days(starts: date, ends: date, nominal: date, cut_off_days: int) -> Days:
    holidays = banking_holidays(nominal)
    if not is_banking_day(nominal, holidays):
        nominal = previous_banking_day(nominal, holidays)
    submit = last_day_to_submit(nominal)
    assert submit is not None  # `nominal` is a banking day by now
    approve = previous_banking_day(submit, holidays)
    cut_off = min(approve, add_banking_days(nominal, -cut_off_days, holidays))
    return Days(starts, ends, cut_off, approve, submit, nominal)
