"""What everybody paid on one day shares, and the columns of their pay."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

import numpy as np

from payroll.calculator.attachments import Orders
from payroll.calculator.automatic_enrolment import Workers
from payroll.calculator.dates import Whole
from payroll.calculator.directors import NO_OTHERS, OtherLetters
from payroll.calculator.minimum_wage import HoursAndPay
from payroll.calculator.national_insurance import LetterRow
from payroll.calculator.overpayments import Plans
from payroll.calculator.pension_schemes import Membership
from payroll.calculator.periods import Frequency, TaxPeriod, period_of
from payroll.calculator.rounding import Amounts, Flags
from payroll.calculator.tax_codes import Codes
from payroll.law import CONFIRMED, Status


@dataclass(frozen=True)
class Element:
    """A kind of pay, a row a person. Parental pay is no earnings that an order may attach.

    What is not `taxed` is no pay: expenses are paid back beside it. Of a kind that the minimum wage
    counts, `uncounted` is what it does not, and `unpensioned` the same of a pensionable kind.
    """

    name: str
    amount: Amounts
    workings: Callable[[int], list[str]]
    pensionable: bool = True
    minimum_wage: bool = True
    parental: bool = False
    taxed: bool = True
    uncounted: Amounts | int = 0
    unpensioned: Amounts | int = 0


@dataclass(frozen=True)
class Group:
    """What everybody paid on that day shares; `period_from` begins the pay reference period."""

    day: date
    frequency: Frequency
    period_from: date
    order_fee: int = 0
    re_enrolment: bool = False  # the employer's re-enrolment date lies in the period
    allow: Collection[Status] = CONFIRMED  # of pension figures

    @property
    def period(self) -> TaxPeriod:
        return period_of(self.day, self.frequency)


@dataclass(frozen=True)
class Directorships:
    """One row a director: whose, and as `directors_nic` asks for them."""

    person: Whole
    weeks: Whole
    alternative: Flags
    final: Flags
    pay_before: Amounts
    employee_before: Amounts
    employer_before: Amounts
    others: OtherLetters = NO_OTHERS


@dataclass(frozen=True)
class Jointly:
    """Employments of one person whose pay counts together: one row each, in the order of their
    numbers, for every row of the pay group that they count for. Of the `own` one, amounts and
    loans count for nothing: they are those of the pay group.
    """

    person: Whole
    number: Whole
    own: Flags
    now: Amounts  # pay that counts, of this pay day
    before: Amounts  # and of the same earnings period that was paid before
    loans: Whole  # bits of the plans


_NOBODY = np.zeros(0, dtype=np.int64)
ALONE = Jointly(_NOBODY, _NOBODY, _NOBODY == 0, _NOBODY, _NOBODY, _NOBODY)


@dataclass(frozen=True)
class People:
    """The columns of a pay group, one row a person, but for orders, directors, plans and what
    counts jointly."""

    elements: tuple[Element, ...]
    codes: Codes
    pay_before: Amounts
    tax_before: Amounts
    letters: LetterRow
    loans: Whole  # bits of the plans
    directors: Directorships
    asked: Whole  # (arrangements, people) of salary sacrifice, pension last
    sacrificed_for_pension: tuple[bool, ...]
    pension_to_date: Amounts  # given up for a pension earlier in the tax year
    members: Membership
    gift: Amounts
    orders: Orders
    overpaid: Plans  # `available` counts for nothing: it is found here
    overpaid_person: Whole
    work: HoursAndPay  # `pay` counts for nothing
    workers: Workers  # `earnings` counts for nothing
    weekly: Flags | None = None  # whose earnings period is a week, whatever the frequency
    liable_before: Amounts | None = None  # pay of the same earnings period that was paid before
    jointly: Jointly = ALONE
