"""What one person's pay is worked out from, as it is stored with the payslip."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from payroll.calculator.periods import Frequency
from payroll.law import CONFIRMED, Status

JOB, TITLE, POINT, FULL, MINUTES, BASIS, FROM, UNTIL, SHARES, ALLOWANCE = range(10)
"""The places of a piece: what a job was between two days (`hr.selectors.pay`). The last is there
for an allowance of the job alone, and names it."""

ID, ELEMENT, NAME, PERCENT, TAXED, PENSIONABLE, ON, WORKED, FULL_YEAR, FULL_WEEK, PENCE = range(11)
TERMS, SHARE, SESSIONS = range(11, 14)
"""The places of an item: what is paid besides the jobs. `PERCENT` of the hourly rate of a full
year and week for the minutes `WORKED`, or `PENCE`. What the terms set has three more: their name
for it, the `SHARE` in thousandths of a per cent that is added to hours of the jobs, or the number
of sessions that the pence are for."""

PERIOD, BEGAN, ENDED, OF_JOB, KNOWN, PAID, DIFFERENCE, WHY = range(8)
"""The places of an entry of back pay: the period it corrects and its days, the job, its pay as it
is known now and as it was paid, what of the difference is paid now, and why."""

ORDER, NUMBER, ORDER_KIND, MADE, NORMAL, PROTECTED, ARREARS, PROTECTED_ARREARS, LEFT = range(9)
"""The places of an order that attaches earnings: `MADE` is the day that ranks it, the amounts are
those that it states, that earlier pay days carried, and that are left of its debt, or None."""

PLAN, GROSS_OWED, NET_OWED, INSTALMENT, KEPT, SAME_YEAR = range(6)
"""The places of a plan of recovery: what is owed before this pay, the instalment, what must be
left, and whether the mistake was made in the tax year of this pay."""

ABSENCE, AWAY_KIND, FIRST, LAST, DAYS, EARNED, PER, OF = range(8)
WEEKS, WEEKS_BEFORE, LIMIT, FULL_PAY, EMPLOYED_TO, WORKED_DAYS = range(8, 14)
"""The places of an absence, both days included: the bits of its working days, the average weekly
earnings as a fraction or None where nothing is due, where they come from in words, the weeks of
family pay, those used before, the weekly lower earnings limit, and whether basic pay goes on. A
family leave that lasts beyond the employment has one more: the last day of that. One in which
somebody worked has it too, or None, and then the days: of each the day, which of the leave it is,
and how many keep the statutory pay of their week."""

EVENT, CATEGORY, FROM_ON, UNTIL_ON, PENSION_SCHEME, PAY, LETTER, LETTER_DUE, SEEN = range(9)
"""The places of what a run proposes under automatic enrolment: what becomes of the employment, its
category, from which day, the last day of a postponement, the scheme or 0, the earnings it was
assessed from, the letter that is due and until when, and the record it was worked out from or 0."""

METHOD, SINCE, WEEK, SETTLES, PAID_BEFORE, EMPLOYEE_BEFORE, EMPLOYER_BEFORE, OTHERS = range(8)
"""The places of a directorship: AN or AL, the day from which pay counts, the tax week of an
appointment within the tax year or 0, whether the alternative method settles the year now, and pay
with both contributions since that day. The last is there where the letter changed: letter and pay,
of that pay, of every other letter."""

OWN_NUMBER, BESIDE = range(2)
ITS_NUMBER, ITS_PAY, ITS_PAID_BEFORE, ITS_LOANS = range(4)
"""The places of what counts jointly: the number of the employment, and the others of the person:
the number of each, its pay of this run that counts or None where this run does not pay it, what
of the same earnings period was paid before, and the bits of its loans."""

LINE, DUE, HAD = range(3)
"""The places of a correction of statutory pay: the kind of line, what is due for closed periods
as it is known now, and what was paid for them."""


def allowance_of(piece: Sequence[Any]) -> int:
    """Which allowance a piece is; 0 for one of basic pay."""
    return int(piece[ALLOWANCE]) if len(piece) > ALLOWANCE else 0


def outlasts(absence: Sequence[Any]) -> bool:
    """Whether it is a leave that lasts beyond the employment."""
    return len(absence) > EMPLOYED_TO and absence[EMPLOYED_TO] is not None


def worked_of(absence: Sequence[Any]) -> list[Sequence[Any]]:
    """The days of a leave on which its person worked."""
    return absence[WORKED_DAYS] if len(absence) > WORKED_DAYS else []


def basic_of(pieces: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """The pieces of basic pay: allowances are of the same jobs, hours and days."""
    return [piece for piece in pieces if not allowance_of(piece)]


@dataclass(frozen=True)
class Shared:
    """What everybody in a run shares; `first` and `last` are the days it pays for."""

    day: date
    first: date
    last: date
    frequency: Frequency
    pro_rata: str
    allow_derived: bool

    def stored(self) -> dict[str, Any]:
        days = {name: getattr(self, name).isoformat() for name in ("day", "first", "last")}
        return {**asdict(self), **days, "frequency": self.frequency.value}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "Shared":
        days = {name: date.fromisoformat(stored[name]) for name in ("day", "first", "last")}
        return cls(**{**stored, **days, "frequency": Frequency(stored["frequency"])})

    @property
    def until(self) -> date:
        return date.fromordinal(self.last.toordinal() + 1)

    @property
    def allow(self) -> frozenset[Status]:
        return CONFIRMED | {Status.DERIVED} if self.allow_derived else CONFIRMED


@dataclass(frozen=True)
class Inputs:
    """One person. Days are written as in ISO 8601, as they are stored; money is pence."""

    code: str
    cumulative: bool
    letter: str
    loans: int
    scheme: int
    half: bool
    employer_rate: int
    born_on: str | None
    employed_from: str
    taxable_before: int
    tax_before: int
    pieces: Sequence[Sequence[Any]]
    items: Sequence[Sequence[Any]] = ()
    back: Sequence[Sequence[Any]] = ()
    orders: Sequence[Sequence[Any]] = ()
    plans: Sequence[Sequence[Any]] = ()
    gift: int = 0
    sacrifice: int = 0
    pension_sacrifice: int = 0
    pension_given: int = 0  # of that, earlier in the tax year
    left: str = ""  # the last day of whoever had left, and had their last pay, before this one
    away: Sequence[Sequence[Any]] = ()
    away_back: Sequence[Sequence[Any]] = ()
    liable_before: int = 0  # pay of the same earnings period that was paid before
    member_rate: int = 0  # the member's, of a scheme without bands
    member_days: Sequence[int] = ()  # days as a member and days paid; of all of them where empty
    refund: Sequence[int] = ()  # given back after opting out: the member's and the employer's
    arrears: Sequence[int] = ()  # contributions of closed periods: the member's, the employer's
    enrolment: Sequence[Any] = ()
    director: Sequence[Any] = ()
    apprentice_from: str = ""  # the first day of an apprenticeship that lasts
    jointly: Sequence[Any] = ()
    beside: int = 0  # pay of a year in other employments, which chooses the band with this one's
    lodging: Sequence[int] = ()  # days of lodging with the employer, and what they cost together

    def stored(self) -> dict[str, Any]:
        return vars(self).copy()
