"""A case of one person, and the columns in which the calculator takes it: one row of each."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from payroll.calculator import sick_pay
from payroll.calculator.absences import Absences, absence_elements
from payroll.calculator.attachments import NO_END, Kind, Orders
from payroll.calculator.automatic_enrolment import (
    AUTOMATIC_ENROLMENT,
    Workers,
    last_day_of_postponement,
)
from payroll.calculator.average_earnings import (
    Average,
    Payments,
    average_of_months,
    average_of_weeks,
    end_of_qualifying_week,
    relevant_period,
)
from payroll.calculator.dates import Dates, Whole, ages, as_dates
from payroll.calculator.directors import weeks_from
from payroll.calculator.figures import LOWER_EARNINGS_LIMIT
from payroll.calculator.minimum_wage import HoursAndPay
from payroll.calculator.overpayments import Plans
from payroll.calculator.parental_pay import KINDS, Leaves
from payroll.calculator.pension_schemes import Membership, Scheme
from payroll.calculator.pensions import MONTHLY
from payroll.calculator.people import Directorships, Element, Group, People
from payroll.calculator.periods import Frequency, period_of, year_start
from payroll.calculator.rounding import Amounts, half_up
from payroll.calculator.tax_codes import TaxCode, columns
from payroll.calculator.wording import money
from payroll.law import Rate, Status

NONE = Rate(0)
DAYS_OF_WEEK = 7
MONDAY_TO_FRIDAY = (1, 2, 3, 4, 5)
# Below it nobody has reached State Pension age, whenever they were born.
LOWEST_STATE_PENSION_AGE = 66


@dataclass(frozen=True)
class Director:
    """A directorship: by which method, since which tax week (1 is the whole year).

    `before` is (pay, employee's and employer's contributions) since then. Without it there were
    payments like this one.
    """

    alternative: bool
    appointed_in: int = 1
    before: tuple[int, int, int] | None = None


@dataclass(frozen=True)
class Pension:
    """A scheme; `annual` is a year's pensionable pay, which is this pay for a year without it."""

    scheme: Scheme
    rate: Rate = NONE
    employer_rate: Rate = NONE
    half: bool = False
    annual: int | None = None


@dataclass(frozen=True)
class Order:
    """An order that attaches earnings, as `Orders` has it; `table` is a place in `TABLES`."""

    kind: Kind
    made_on: date
    table: int = -1
    higher: bool = False
    normal: int = 0
    protected: int = 0
    arrears: int = 0
    outstanding: int = int(NO_END)


@dataclass(frozen=True)
class Overpayment:
    """What is owed, and an instalment agreed; out of gross pay in the tax year of the mistake."""

    gross_owed: int
    net_owed: int
    instalment: int
    same_tax_year: bool
    protected: int = 0


@dataclass(frozen=True)
class Work:
    """What the minimum wage and automatic enrolment ask about the person."""

    born: date
    minutes: int = 0  # worked in the pay reference period
    apprentice_from: date | None = None
    employed_from: date | None = None
    state_pension_on: date | None = None
    postponed: bool = False
    left_scheme_on: date | None = None


@dataclass(frozen=True)
class Sickness:
    first: date
    last: date


@dataclass(frozen=True)
class ParentalLeave:
    kind: str
    starts_on: date
    weeks: int
    weeks_before: int = 0
    due_on: date | None = None


@dataclass(frozen=True)
class Case:
    """One payment. Amounts are pence; `gross_words` says where the gross pay comes from.

    Without `before`, (taxable pay, tax) of the year until now, the earlier payments of the year
    are taken to be like this one. Without `paid`, the earlier paydays with what they paid, average
    earnings are those of this pay.
    """

    day: date
    frequency: Frequency
    gross: int
    gross_words: str
    code: TaxCode
    letter: str
    plans: int = 0
    other_pay: int = 0  # neither pensionable nor counted for the minimum wage
    before: tuple[int, int] | None = None
    director: Director | None = None
    sacrifice: int = 0
    pension_sacrifice: int = 0
    pension: Pension | None = None
    gift: int = 0
    orders: tuple[Order, ...] = ()
    order_fee: int = 0
    overpaid: Overpayment | None = None
    work: Work | None = None
    sickness: Sickness | None = None
    parental: ParentalLeave | None = None
    working_days: tuple[int, ...] = MONDAY_TO_FRIDAY  # 0 is Sunday
    paid: tuple[tuple[date, int], ...] = field(default=())
    re_enrolment: bool = False


def one(amount: int) -> Amounts:
    return np.array([amount], dtype=np.int64)


def _days(*values: date | None) -> Dates:
    return as_dates(list(values))


def _flag(value: bool) -> np.ndarray:
    return np.array([value])


def group_of(case: Case) -> Group:
    """A pay group of one. Figures that are not confirmed are allowed: the workings name them."""
    return Group(
        day=case.day, frequency=case.frequency, period_from=_tax_period_from(case),
        order_fee=case.order_fee, re_enrolment=case.re_enrolment, allow=frozenset(Status),
    )  # fmt: skip


def _tax_period_from(case: Case) -> date:
    """The first day of the tax week or month, which the law allows as pay reference period."""
    start, period = year_start(case.day), period_of(case.day, case.frequency)
    if case.frequency is Frequency.MONTHLY:
        months = start.month - 1 + period.number - 1
        return date(start.year + months // 12, months % 12 + 1, start.day)
    return start + timedelta(weeks=period.number - case.frequency.span)


def people_of(case: Case) -> People:
    """The columns of the case. `ValueError` says in words what it lacks."""
    before = case.before or (0, 0)
    return People(
        elements=tuple(_elements(case)), codes=columns([case.code]), pay_before=one(before[0]),
        tax_before=one(before[1]), letters=np.array([case.letter]), loans=one(case.plans),
        directors=_directors(case), asked=np.array([[case.sacrifice], [case.pension_sacrifice]]),
        sacrificed_for_pension=(False, True), pension_to_date=one(0), members=_member(case),
        gift=one(case.gift), orders=_orders(case), overpaid=_plans(case.overpaid),
        overpaid_person=np.zeros(1 if case.overpaid else 0, dtype=np.int64), work=_work(case),
        workers=_workers(case),
    )  # fmt: skip


def _elements(case: Case) -> list[Element]:
    elements = [Element("Gross pay", one(case.gross), lambda i: [case.gross_words])]
    if case.other_pay:
        elements.append(
            Element("Other pay", one(case.other_pay), _other, pensionable=False, minimum_wage=False)
        )
    if case.sickness or case.parental:
        elements += [_time_away(case), *absence_elements(_absences(case))]
    return elements


def _other(i: int) -> list[str]:
    return ["Not pensionable, and not counted for the minimum wage."]


def _pay_days(case: Case) -> tuple[date, date]:
    """The days, both included, that the payment is for: its calendar month, or weeks up to it."""
    if case.frequency is not Frequency.MONTHLY:
        return case.day - timedelta(days=DAYS_OF_WEEK * case.frequency.span - 1), case.day
    first = case.day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _time_away(case: Case) -> Element:
    """Gross pay stops for the working days away, in proportion to those of the payment."""
    first, last = _pay_days(case)
    mask = [(day + 1) % DAYS_OF_WEEK in case.working_days for day in range(DAYS_OF_WEEK)]
    if not any(mask):
        raise ValueError("Name at least one working day of the week.")
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    away = np.zeros(len(days), dtype=bool)
    if case.sickness:
        away |= (days >= np.datetime64(case.sickness.first)) & (
            days <= np.datetime64(case.sickness.last)
        )
    if case.parental:
        start = np.datetime64(case.parental.starts_on)
        away |= (days >= start) & (days < start + DAYS_OF_WEEK * case.parental.weeks)
    works = np.is_busday(days, weekmask=mask)
    lost, of = int((works & away).sum()), int(works.sum())
    amount = -half_up(one(case.gross * lost), of)
    said = f"{lost} of {of} working days of the payment are away from work: {money(-amount[0])}."
    return Element("Time away", amount, lambda i: [said])


def _absences(case: Case) -> Absences:
    first, last = _pay_days(case)
    sick, leave = case.sickness, case.parental
    nobody = np.zeros(0, dtype=np.int64)
    ill = np.zeros(1 if sick else 0, dtype=np.int64)
    qualifying = np.array([[day in case.working_days for day in range(DAYS_OF_WEEK)]])
    before_sickness = _days(sick.first - timedelta(days=1)) if sick else None
    away_until = leave.starts_on + timedelta(days=DAYS_OF_WEEK * leave.weeks - 1) if leave else None
    return Absences(
        spells=sick_pay.Spells(
            ill,
            _days(*([sick.first] if sick else [])),
            _days(*([sick.last] if sick else [])),
            _average(case, before_sickness) if sick else Average(nobody, nobody),
        ),
        workers=sick_pay.Workers(
            qualifying, _days(leave.starts_on if leave else None), _days(away_until)
        ),
        leaves=_leave(case, leave),
        pay_from=first,
        pay_to=last,
    )


def _leave(case: Case, leave: ParentalLeave | None) -> Leaves:
    none = np.zeros(0, dtype=np.int64)
    if leave is None:
        return Leaves(none, none, _days(), none, none, Average(none, none), none, none == 0)
    until = end_of_qualifying_week(_days(leave.due_on)) if leave.due_on else None
    if case.paid and until is None:
        raise ValueError("Give the day the child is due, up to which earnings are averaged.")
    day = until[0].item() if until is not None else leave.starts_on
    return Leaves(
        person=one(0), kind=one(KINDS.index(leave.kind)), starts_on=_days(leave.starts_on),
        weeks=one(leave.weeks), weeks_before=one(leave.weeks_before),
        average=_average(case, until), lower_limit=one(LOWER_EARNINGS_LIMIT.on(day).week),
        entitled=_flag(True),
    )  # fmt: skip


def _average(case: Case, until: Dates | None) -> Average:
    """Average weekly earnings: of the earlier paydays where they are given, or of this pay."""
    span, monthly = case.frequency.span, case.frequency is Frequency.MONTHLY
    if not case.paid or until is None:
        pay = one(case.gross + case.other_pay)
        return average_of_months(pay, one(1)) if monthly else average_of_weeks(pay, one(span))
    if not case.work or not case.work.employed_from:
        raise ValueError("Give the first day of the employment, from which earnings may count.")
    paid = sorted(case.paid)
    payments = Payments(
        np.zeros(len(paid), dtype=np.int64),
        _days(*(day for day, _ in paid)),
        np.array([amount for _, amount in paid], dtype=np.int64),
    )
    return relevant_period(payments, until, _flag(monthly), _days(case.work.employed_from)).average


def _directors(case: Case) -> Directorships:
    director = case.director
    if director is None:
        none = np.zeros(0, dtype=np.int64)
        return Directorships(none, none, none == 0, none == 0, none, none, none)
    pay, employee, employer = (one(amount) for amount in director.before or (0, 0, 0))
    period = period_of(case.day, case.frequency)
    return Directorships(
        person=one(0), weeks=weeks_from(one(director.appointed_in)),
        alternative=_flag(director.alternative), final=_flag(period.number >= period.last),
        pay_before=pay, employee_before=employee, employer_before=employer,
    )  # fmt: skip


def _member(case: Case) -> Membership:
    pension = case.pension or Pension(Scheme.NONE)
    frequency = case.frequency
    annual = pension.annual
    if annual is None:
        annual = case.gross * frequency.in_year // frequency.span
    weeks = DAYS_OF_WEEK * frequency.span
    return Membership(
        scheme=one(pension.scheme), annual=one(annual), beside=one(0), half=_flag(pension.half),
        without_sick_pay=_flag(False), arrears=one(0),
        days=one(MONTHLY if frequency is Frequency.MONTHLY else weeks),
        rate=one(pension.rate), employer_rate=one(pension.employer_rate),
    )  # fmt: skip


def _orders(case: Case) -> Orders:
    orders = case.orders
    first, last = _pay_days(case)

    def column(values: list[int]) -> Whole:
        return np.array(values, dtype=np.int64)

    return Orders(
        person=column([0 for _ in orders]),
        kind=column([order.kind for order in orders]),
        made_on=_days(*(order.made_on for order in orders)),
        number=np.arange(len(orders)),
        table=column([order.table for order in orders]),
        higher=np.array([order.higher for order in orders], dtype=bool),
        normal=column([order.normal for order in orders]),
        days=column([(last - first).days + 1 for _ in orders]),
        protected=column([order.protected for order in orders]),
        arrears=column([order.arrears for order in orders]),
        protected_arrears=column([0 for _ in orders]),
        outstanding=column([order.outstanding for order in orders]),
    )


def _plans(overpaid: Overpayment | None) -> Plans:
    if overpaid is None:
        none = np.zeros(0, dtype=np.int64)
        return Plans(none, none, none, none == 0, none == 0, none, none)
    return Plans(
        gross_owed=one(overpaid.gross_owed), net_owed=one(overpaid.net_owed),
        instalment=one(overpaid.instalment), agreed=_flag(True),
        same_tax_year=_flag(overpaid.same_tax_year), available=one(0),
        protected=one(overpaid.protected),
    )  # fmt: skip


# Without hours nothing is required, whatever the age.
_NOBODY = Work(born=date(1990, 1, 1))


def _work(case: Case) -> HoursAndPay:
    work = case.work or _NOBODY
    return HoursAndPay(
        born=_days(work.born), apprentice_from=_days(work.apprentice_from), pay=one(0),
        for_the_employer=one(0), minutes=one(work.minutes), accommodation_days=one(0),
        accommodation_charge=one(0),
    )  # fmt: skip


def _workers(case: Case) -> Workers:
    work = case.work or _NOBODY
    age = int(ages(_days(work.born), _days(case.day))[0])
    if age >= LOWEST_STATE_PENSION_AGE and not work.state_pension_on:
        raise ValueError("Give the day of State Pension age: it depends on the day of birth.")
    starts = _days(work.employed_from or _tax_period_from(case))
    law = AUTOMATIC_ENROLMENT.on(case.day)
    never = _days(None)
    return Workers(
        born=_days(work.born), pensionable_on=_days(work.state_pension_on or date.max),
        earnings=one(0), duties_from=starts,
        deferred_to=last_day_of_postponement(starts, law) if work.postponed else never,
        member=_flag(case.pension is not None), opted_in_on=never,
        left_on=_days(work.left_scheme_on), written_to=_flag(False),
    )  # fmt: skip
