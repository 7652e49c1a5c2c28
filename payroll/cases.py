"""What would my pay be: one person's payment worked out by the calculator and explained."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from payroll.calculator.automatic_enrolment import Category
from payroll.calculator.directors import directors_nic, weeks_from
from payroll.calculator.figures import LETTERS, OneRate
from payroll.calculator.income_tax import income_tax, tax_law
from payroll.calculator.parental_pay import RECOVERY, recoverable
from payroll.calculator.payment import Payment, pay_group
from payroll.calculator.payslip import TAX_LINE, Line, employer_lines, payslip_lines
from payroll.calculator.periods import Frequency, TaxPeriod, period_of, year_label, year_start
from payroll.calculator.rounding import half_up
from payroll.calculator.tax_codes import columns
from payroll.calculator.wording import money, rate_text
from payroll.case_columns import Case, Director, group_of, one, people_of
from payroll.rules import PRL03


@dataclass(frozen=True)
class Answer:
    """The lines add up to `net`, the employer's to what the person costs in all.

    `checks` are what the law asks for besides: a heading and sentences for each.
    """

    period: TaxPeriod
    year: str
    lines: tuple[Line, ...]
    net: int
    employer: tuple[Line, ...]
    checks: Mapping[str, list[str]]
    payment: Payment

    @property
    def employer_cost(self) -> int:
        return sum(line.amount for line in self.employer)

    @property
    def sum_in_words(self) -> str:
        first, *rest = self.lines
        parts = [money(first.amount)]
        for line in filter(lambda line: line.amount, rest):
            parts.append(f"{'plus' if line.amount > 0 else 'less'} {money(abs(line.amount))}")
        return f"{' '.join(parts)} is {money(self.net)}."


def salary_payment(salary: int, frequency: Frequency) -> tuple[int, str]:
    """(one payment of a yearly salary, how it comes about), to the nearest penny."""
    parts = frequency.in_year
    payment = int(half_up(one(salary * frequency.span), parts)[0])
    share = f"{frequency.span} of {parts} {frequency.unit}s"
    return payment, f"A year's salary of {money(salary)}, for {share}, is {money(payment)}."


def answer(case: Case) -> Answer:
    """The payment worked out. PRL01 for a date without figures, PRL03 for no such letter."""
    letters = LETTERS.on(case.day).letters
    if case.letter not in letters:
        raise PRL03.refuse(f"{case.letter!r} is none of {', '.join(letters)}.")
    period = period_of(case.day, case.frequency)
    case, supposed = _with_earlier_payments(case, period)
    payment = pay_group(group_of(case), people_of(case))
    lines = payslip_lines(payment, 0)
    if supposed:
        lines = tuple(
            replace(line, workings=(supposed, *line.workings)) if line.name == TAX_LINE else line
            for line in lines
        )
    return Answer(
        period=period, year=year_label(case.day), lines=lines, net=int(payment.statement.net[0]),
        employer=_employer(case, payment), checks=_checks(case, payment), payment=payment,
    )  # fmt: skip


def _with_earlier_payments(case: Case, period: TaxPeriod) -> tuple[Case, str]:
    """The case with what came before it in the year, and a sentence where that is supposed.

    Earlier payments are taken to be like this one, without absence and without a recovery.
    """
    director = case.director
    tax_unknown = case.before is None and case.code.cumulative and not period.extra
    if not tax_unknown and (director is None or director.before is not None):
        return case, ""
    ordinary = replace(
        case, before=(0, 0), sickness=None, parental=None, overpaid=None,
        director=replace(director, before=(0, 0, 0)) if director else None,
    )  # fmt: skip
    payment = pay_group(group_of(ordinary), people_of(ordinary))
    supposed = ""
    if tax_unknown:
        before = _tax_before(case, period, int(payment.giving.taxable[0]))
        case = replace(case, before=before)
        if before[0]:
            supposed = "The earlier payments of the tax year are taken to be like this one."
    if director and director.before is None:
        contributions = _director_before(case, director, period, int(payment.nic.pay[0]))
        case = replace(case, director=replace(director, before=contributions))
    return case, supposed


def _tax_before(case: Case, period: TaxPeriod, pay: int) -> tuple[int, int]:
    """(taxable pay, tax) of the earlier payments of the year, each like this one."""
    paid = taken = 0
    for number in range(case.frequency.span, period.number, case.frequency.span):
        tax = income_tax(
            pay=one(pay), pay_before=one(paid), tax_before=one(taken), codes=columns([case.code]),
            period=TaxPeriod(case.frequency, number), law=tax_law(case.day),
        )  # fmt: skip
        taken += int(tax.tax[0])
        paid += pay
    return paid, taken


def _director_before(
    case: Case, director: Director, period: TaxPeriod, pay: int
) -> tuple[int, int, int]:
    """(pay, employee's and employer's contributions) since the appointment."""
    appointed = year_start(case.day) + timedelta(weeks=director.appointed_in - 1)
    paid = employee = employer = 0
    first = period_of(appointed, case.frequency).number
    for _ in range(first, period.number, case.frequency.span):
        earlier = directors_nic(
            pay=one(pay), pay_before=one(paid), employee_before=one(employee),
            employer_before=one(employer), letters=np.array([case.letter]),
            weeks=weeks_from(one(director.appointed_in)),
            alternative=np.array([director.alternative]), final=np.array([False]),
            frequency=case.frequency, day=case.day,
        )  # fmt: skip
        paid += pay
        employee += int(earlier.employee[0])
        employer += int(earlier.employer[0])
    return paid, employee, employer


def _employer(case: Case, payment: Payment) -> tuple[Line, ...]:
    lines = employer_lines(payment, 0)
    parental = sum(int(e.amount[0]) for e in payment.people.elements if e.parental)
    if not parental:
        return lines
    law: OneRate = RECOVERY.on(case.day)
    back = int(recoverable(one(parental), one(0), law.rate)[0])
    said = f"{rate_text(law.rate)} of {money(parental)} is kept back from what goes to HMRC."
    return (*lines, Line("Parental pay recovered", -back, (said,)))


def _checks(case: Case, payment: Payment) -> dict[str, list[str]]:
    """The minimum wage and automatic enrolment, as far as the case says enough."""
    found = {}
    if case.work and case.work.minutes:
        found["Minimum wage"] = payment.minimum_wage.workings(0)
        if not payment.minimum_wage.shortfall[0]:
            found["Minimum wage"].append("Pay reaches the minimum wage.")
    if case.work:
        found["Automatic enrolment"] = payment.enrolment.workings(0)
        again = payment.re_enrolment
        if again and again.enrolled[0]:
            found["Automatic enrolment"].append(
                f"The re-enrolment date enrols them again; tell them by {again.letter_until[0]}."
            )
        elif again and payment.enrolment.category[0] == Category.ELIGIBLE:
            found["Automatic enrolment"].append("The re-enrolment date does not enrol them again.")
    return found
