"""By when what was withheld has to be with others."""

import re
from dataclasses import dataclass
from datetime import date

from core.working_time import HolidaysUnknown
from finance.formats.bank_days import previous_banking_day
from finance.paying.files import banking_holidays
from payroll.calculator.pension_schemes import Scheme
from payroll.calculator.periods import Frequency, period_of, year_start
from payroll.law import Parameter
from payroll.models import CreditorKind


@dataclass(frozen=True)
class Days:
    hmrc: int
    hmrc_by_cheque: int
    pension: int
    nhs: int
    teachers: int
    order: int
    giving: int


PAYMENT_DAYS = Parameter("payment_days", Days)
# What the reference field of a Bacs payment holds.
LONGEST = 18
OF_SCHEME = {Scheme.NHS.value: "nhs", Scheme.TEACHERS.value: "teachers"}


def month_of(kind: str, day: date) -> date:
    """The first day of the month that what was withheld on a day is owed for."""
    if kind == CreditorKind.HMRC and day.day < 6:
        return (day.replace(day=1) - date.resolution).replace(day=6)
    return day.replace(day=6 if kind == CreditorKind.HMRC else 1)


def usual_day(kind: str, scheme: int, on: date) -> int:
    """The day of the law, or of the scheme, for this kind of creditor."""
    name = OF_SCHEME.get(scheme, kind) if kind == CreditorKind.PENSION else kind
    return int(getattr(PAYMENT_DAYS.on(on), name))


def due_on(month_on: date, day: int) -> date:
    """That day of the next month, or the last banking day before it."""
    after = date(month_on.year + month_on.month // 12, month_on.month % 12 + 1, day)
    try:
        holidays = banking_holidays(after)
    except HolidaysUnknown:
        holidays = frozenset()
    before = date.fromordinal(after.toordinal() + 1)
    return previous_banking_day(before, holidays)


def hmrc_reference(accounts_office: str, month_on: date) -> str:
    """As HMRC wants it: the Accounts Office reference, the year in which the tax year ends, and
    the number of the tax month.
    """
    ends, number = year_start(month_on).year + 1, period_of(month_on, Frequency.MONTHLY).number
    return f"{accounts_office}{ends % 100:02d}{number:02d}"


def plain_reference(text: str) -> str:
    """In the letters that Bacs carries: capitals, figures and few signs."""
    return " ".join(re.sub(r"[^A-Z0-9 ./&-]", " ", text.upper()).split())
