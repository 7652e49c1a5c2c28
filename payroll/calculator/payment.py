"""One payday of a pay group, from gross to net: every calculator in the order of the law.

Elements of pay, recovery of gross overpaid this year, salary sacrifice, pension, payroll giving,
tax, National Insurance, loans with the orders that attach earnings, recovery of net overpaid in
years before. What is given up by sacrifice or taken back gross is not pensionable. Beside the lines
stand the assessment for automatic enrolment and the minimum wage check.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from payroll.calculator.attachment_tables import (
    COUNCIL_TAX_ENGLAND,
    COUNCIL_TAX_WALES,
    EARNINGS_ARRESTMENT,
    FINES,
)
from payroll.calculator.attachments import ATTACHMENT_RULES, Pay, Settled, settle
from payroll.calculator.automatic_enrolment import (
    AUTOMATIC_ENROLMENT,
    Assessment,
    ReEnrolment,
    Workers,
    assess,
    re_enrol,
)
from payroll.calculator.charge import loans_due, national_insurance
from payroll.calculator.dates import Whole
from payroll.calculator.direct_attachments import direct_table
from payroll.calculator.directors import Directors
from payroll.calculator.income_tax import IncomeTax, income_tax, tax_law
from payroll.calculator.loans import Loans
from payroll.calculator.minimum_wage import (
    MINIMUM_WAGE,
    MinimumWageCheck,
    check_minimum_wage,
)
from payroll.calculator.national_insurance import Class1
from payroll.calculator.net_pay import Statement, attachable_earnings, net_pay
from payroll.calculator.overpayments import Plans, Recovery, recover
from payroll.calculator.payroll_giving import Giving, payroll_giving
from payroll.calculator.pension_schemes import Pensions, contributions
from payroll.calculator.people import Element, Group, People
from payroll.calculator.rounding import Amounts, Flags
from payroll.calculator.salary_sacrifice import (
    PENSION_SACRIFICE_CAP,
    Sacrificed,
    Sacrifices,
    liable_to_nic,
    sacrifice,
)

TABLES = (COUNCIL_TAX_ENGLAND, COUNCIL_TAX_WALES, FINES, EARNINGS_ARRESTMENT)
"""An order names its table by its place in this row."""


@dataclass(frozen=True)
class Recovered:
    """Overpayments by their plans: those taken back from gross, and those from net pay."""

    person: Whole
    result: Recovery
    total: Amounts  # a row a person


@dataclass(frozen=True)
class Payment:
    """Every step with its own workings; `statement` holds the lines that add up to net."""

    group: Group
    people: People
    gross: Amounts
    expenses: Amounts  # paid back beside the pay
    gross_recovered: Recovered
    sacrificed: Sacrificed
    pay: Amounts  # after both of these, before any other deduction
    pensions: Pensions
    giving: Giving
    tax: IncomeTax
    liable: Amounts  # pay that National Insurance and loans count
    nic: Class1
    nic_due: tuple[Amounts, Amounts]  # employee's and employer's, of all pay that counts jointly
    nic_together: Class1 | None  # with the pay that counts together with this
    directors: Directors
    employee_nic: Amounts
    employer_nic: Amounts
    nic_saved: tuple[Amounts, Amounts]  # employee's and employer's, by pension given up
    loans: Loans
    student_loan: Amounts
    postgraduate_loan: Amounts
    settled: Settled
    net_recovered: Recovered
    statement: Statement
    minimum_wage: MinimumWageCheck
    enrolment: Assessment
    re_enrolment: ReEnrolment | None

    @property
    def employer_pension(self) -> Amounts:
        """What the employer pays into pensions: its own, and what people give up for theirs."""
        return self.pensions.employer + self.sacrificed.pension


def pay_group(group: Group, people: People) -> Payment:
    """Everybody's payment. Refused in words, by row, as each calculator refuses.

    PRL01 for a pay date without confirmed figures. Net pay may be below zero: that is for a person
    to settle. `ValueError` for net earnings below zero that an order would have to be read against.
    """
    gross = _sum(people, lambda element: element.taxed)
    gross_recovered = _recover(people, people.overpaid.same_tax_year, gross, np.zeros_like(gross))
    sacrificed, required = _sacrifice(group, people, gross - gross_recovered.total)
    given_up = sacrificed.allowed.sum(axis=0)
    pay = gross - gross_recovered.total - given_up
    pensionable = _sum(people, lambda element: element.taxed and element.pensionable)
    pensionable -= sum(one.unpensioned for one in people.elements)
    pension = contributions(
        np.maximum(pensionable - gross_recovered.total - given_up, 0), people.members,
        group.day, group.frequency, re_enrolment=group.re_enrolment, allow=group.allow,
    )  # fmt: skip
    giving = payroll_giving(pay - pension.off_taxable_pay, people.gift)
    tax = income_tax(
        pay=giving.taxable, pay_before=people.pay_before, tax_before=people.tax_before,
        codes=people.codes, period=group.period, law=tax_law(group.day),
    )  # fmt: skip
    liable = pay + _above_cap(group, sacrificed)
    charge = national_insurance(group, people, liable)
    without, employee = charge.due, charge.employee
    if sacrificed.pension.any():
        without = national_insurance(group, people, pay + sacrificed.pension).due
    loans = loans_due(group, people, liable)
    parental = _sum(people, lambda element: element.parental)
    attachable = attachable_earnings(pay, parental, tax.tax, employee, pension.deducted)
    settled = _settle(group, people, attachable, loans, required)
    student, postgraduate = _loans_left(people, loans, settled)
    deductions = {
        "Overpayment taken back": gross_recovered.total,
        "Salary sacrifice": given_up - sacrificed.pension,
        "Pension by salary sacrifice": sacrificed.pension,
        "Pension contribution": pension.deducted,
        "Payroll giving": giving.deducted,
        "Income tax": tax.tax,
        "National Insurance": employee,
        "Student loan": student,
        "Postgraduate loan": postgraduate,
        "Attachment orders": settled.taken,
        "Fees for orders": settled.fees,
    }
    left = gross - np.sum(list(deductions.values()), axis=0)
    net_recovered = _recover(people, ~people.overpaid.same_tax_year, left, _floor(people, settled))
    deductions["Overpayment of an earlier year taken back"] = net_recovered.total
    workers = replace(people.workers, earnings=pay)
    return Payment(
        group=group, people=people, gross=gross,
        expenses=_sum(people, lambda element: not element.taxed),
        gross_recovered=gross_recovered, sacrificed=sacrificed, pay=pay, pensions=pension,
        giving=giving, tax=tax, liable=liable, nic=charge.nic, nic_due=charge.due,
        nic_together=charge.together, directors=charge.directors,
        employee_nic=employee, employer_nic=charge.employer,
        nic_saved=(without[0] - charge.due[0], without[1] - charge.due[1]), loans=loans,
        student_loan=student, postgraduate_loan=postgraduate, settled=settled,
        net_recovered=net_recovered,
        statement=net_pay({e.name: e.amount for e in people.elements}, deductions),
        minimum_wage=_minimum_wage(group, people, given_up),
        enrolment=_assessed(group, workers), re_enrolment=_enrolled_again(group, workers),
    )  # fmt: skip


def _sum(people: People, chosen: Callable[[Element], bool]) -> Amounts:
    amounts = [one.amount for one in people.elements if chosen(one)]
    return np.sum(amounts, axis=0) if amounts else np.zeros(len(people.codes), dtype=np.int64)


def _recover(people: People, chosen: Flags, available: Amounts, floor: Amounts) -> Recovered:
    """The chosen plans, each from its person's `available` pay, of which `floor` stays."""
    person = people.overpaid_person[chosen]
    columns = {name: column[chosen] for name, column in vars(people.overpaid).items()}
    columns["available"] = available[person]
    columns["protected"] = np.maximum(columns["protected"], floor[person])
    result = recover(Plans(**columns))
    total = np.zeros_like(available)
    total[person] = result.gross_line + result.net_line
    return Recovered(person, result, total)


def _minimum_wage(group: Group, people: People, given_up: Amounts) -> MinimumWageCheck:
    """The check on the pay of the hours worked, less what is given up of it.

    Where nobody's hours are known nothing is asked, and no figures are.
    """
    counts: Callable[[Element], bool] = lambda one: one.taxed and one.minimum_wage  # noqa: E731
    worked = _sum(people, counts) - sum(one.uncounted for one in people.elements if counts(one))
    if not people.work.minutes.any():
        given, none = replace(people.work, pay=worked - given_up), np.zeros_like(worked)
        return MinimumWageCheck(given, none, given.pay, none, none)
    start = np.datetime64(group.period_from, "D")
    law = MINIMUM_WAGE.on(group.period_from)
    return check_minimum_wage(replace(people.work, pay=worked - given_up), start, law)


def _sacrifice(group: Group, people: People, pay: Amounts) -> tuple[Sacrificed, Amounts]:
    """What may be given up, and the pay that the minimum wage asks for."""
    before = _minimum_wage(group, people, np.zeros_like(pay))
    # Lodging and deductions for the employer's benefit leave less that may be given up.
    least = before.required + before.given.pay - before.counted
    given = Sacrifices(
        pay=np.minimum(pay, before.given.pay), minimum_pay=least, asked=people.asked,
        pension=people.sacrificed_for_pension, pension_to_date=people.pension_to_date,
    )  # fmt: skip
    return sacrifice(given), before.required


def _above_cap(group: Group, sacrificed: Sacrificed) -> Amounts:
    """Pension sacrifice that National Insurance counts: none until the law caps it."""
    _, spans = PENSION_SACRIFICE_CAP.loaded()
    if group.day < spans[0].starts_on:
        return np.zeros_like(sacrificed.pension)
    cap = PENSION_SACRIFICE_CAP.on(group.day)
    return liable_to_nic(sacrificed.pension, sacrificed.pension_to_date, cap)


def _settle(
    group: Group, people: People, attachable: Amounts, loans: Loans, least: Amounts
) -> Settled:
    return settle(
        Pay(attachable, loans.undergraduate, loans.postgraduate, least),
        people.orders,
        tuple(table.on(group.day) for table in TABLES),
        group.frequency,
        ATTACHMENT_RULES.on(group.day),
        direct_table(group.day, group.frequency),
        group.order_fee,
    )


def _loans_left(people: People, loans: Loans, settled: Settled) -> tuple[Amounts, Amounts]:
    """The loan deductions after orders. Whoever has none pays them from parental pay too."""
    ordered = np.zeros(len(people.codes), dtype=bool)
    ordered[people.orders.person] = True
    return (
        np.where(ordered, settled.student_loan, loans.undergraduate),
        np.where(ordered, settled.postgraduate_loan, loans.postgraduate),
    )


def _floor(people: People, settled: Settled) -> Amounts:
    """The most that any order of a person protects: a plan of recovery may not go below it."""
    floor = np.zeros(len(people.codes), dtype=np.int64)
    np.maximum.at(floor, people.orders.person, settled.protected)
    return floor


def _assessed(group: Group, workers: Workers) -> Assessment:
    law = AUTOMATIC_ENROLMENT.on(group.period_from)
    return assess(workers, np.datetime64(group.day, "D"), group.frequency, law)


def _enrolled_again(group: Group, workers: Workers) -> ReEnrolment | None:
    if not group.re_enrolment:
        return None
    law = AUTOMATIC_ENROLMENT.on(group.period_from)
    return re_enrol(workers, np.datetime64(group.day, "D"), group.frequency, law)
