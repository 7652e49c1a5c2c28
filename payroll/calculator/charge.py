"""National Insurance and loans of a payday, on all pay that counts together.

Pay of one earnings period counts together, whenever it was paid, and so does that of several
employments with one employer (Social Security (Contributions) Regulations 2001, regulation 14).
What is due on it, less what was due on the part before, is borne by the payslips in proportion to
the pay of each, to the penny: pennies that are left go to the largest fractions, then to the lower
number. Loans follow (HMRC's manual, CSLM17070), in whole pounds, on the payslips that have one.
"""

from dataclasses import dataclass, replace

import numpy as np

from payroll.calculator.dates import Whole
from payroll.calculator.directors import Directors, directors_nic
from payroll.calculator.loans import POUND, Loans, either, loan_deductions, loan_table
from payroll.calculator.national_insurance import (
    Class1,
    Thresholds,
    class_1,
    less,
    shared,
    thresholds,
)
from payroll.calculator.people import Group, Jointly, People
from payroll.calculator.periods import Frequency
from payroll.calculator.rounding import Amounts


@dataclass(frozen=True)
class Charge:
    """Contributions of everybody. `nic` is what is due on all pay that counts together."""

    nic: Class1
    together: Class1 | None  # with what was paid before, and beside it
    directors: Directors
    due: tuple[Amounts, Amounts]  # employee's and employer's, directors' on the year
    employee: Amounts  # of that, on this payslip
    employer: Amounts


def national_insurance(group: Group, people: People, liable: Amounts) -> Charge:
    """Contributions on `liable` pay, of directors in their rows where the year is settled."""
    limits, together = _limits(group, people), None
    nic = class_1(liable, people.letters, limits, group.day)
    if counts_together(people):
        now, before = _counted(people, liable)
        together = class_1(now + before, people.letters, limits, group.day)
        nic = less(together, class_1(before, people.letters, limits, group.day), nic)
    columns = vars(people.directors).copy()
    at = columns.pop("person")
    directors = directors_nic(
        pay=liable[at], letters=people.letters[at], frequency=group.frequency, day=group.day,
        **columns,
    )  # fmt: skip
    employee, employer = nic.employee.copy(), nic.employer.copy()
    year, at = directors.annual, at[directors.annual]
    employee[at], employer[at] = directors.employee[year], directors.employer[year]
    weights = _pay_of_each(people, liable)
    return Charge(
        nic, together, directors, (employee, employer),
        _borne(people.jointly, weights, employee), _borne(people.jointly, weights, employer),
    )  # fmt: skip


def counts_together(people: People) -> bool:
    """Whether pay of anybody counts with other pay."""
    before = people.liable_before
    return bool(len(people.jointly.person)) or (before is not None and bool(before.any()))


def _counted(people: People, liable: Amounts) -> tuple[Amounts, Amounts]:
    """Of each person all pay that counts: of this pay day, and paid before."""
    jointly = people.jointly
    before = np.zeros_like(liable) if people.liable_before is None else people.liable_before.copy()
    now, others = liable.copy(), ~jointly.own
    np.add.at(now, jointly.person[others], jointly.now[others])
    np.add.at(before, jointly.person[others], jointly.before[others])
    return now, before


def _pay_of_each(people: People, liable: Amounts) -> Amounts:
    """The pay of each employment that counts jointly."""
    jointly = people.jointly
    return np.where(jointly.own, liable[jointly.person], jointly.now)


def _borne(jointly: Jointly, pay: Amounts, due: Amounts) -> Amounts:
    """What this payslip bears of what is due of the person; what is given back, by pay taken back.

    Nobody bears it where no employment has a weight.
    """
    if not len(jointly.person):
        return due
    borne = due.copy()
    found = np.unique(jointly.person)
    back = (due < 0)[jointly.person]
    weights = np.maximum(np.where(back, -pay, pay), 0)
    sums = np.zeros_like(due)
    np.add.at(sums, jointly.person, weights)
    totals = np.where(sums > 0, abs(due), 0)[found]
    parts = shared(totals, weights, jointly.person, found)
    mine = jointly.own
    borne[jointly.person[mine]] = np.where(back, -parts, parts)[mine]
    return borne


def _limits(group: Group, people: People) -> Thresholds:
    """Those of the frequency, and in the rows of an irregular payment those of a week."""
    usual = thresholds(group.day, group.frequency)
    if people.weekly is None or not people.weekly.any():
        return usual
    week = vars(thresholds(group.day, Frequency.WEEKLY))
    return Thresholds(
        **{name: np.where(people.weekly, week[name], one) for name, one in vars(usual).items()}
    )


def loans_due(group: Group, people: People, liable: Amounts) -> Loans:
    """On all pay that counts together, of which the part that was paid before has had its share."""
    if not counts_together(people):
        return _loans_on(group, people, liable, people.loans)
    now, earlier = _counted(people, liable)
    plans = _plans(people)
    both, before = (_loans_on(group, people, pay, plans) for pay in (now + earlier, earlier))
    due = [
        np.maximum(getattr(both, name) - getattr(before, name), 0)
        for name in ("undergraduate", "postgraduate")
    ]
    jointly = people.jointly
    has_loan = np.where(jointly.own, people.loans[jointly.person], jointly.loans) > 0
    weights = np.where(has_loan, _pay_of_each(people, liable), 0)
    undergraduate, postgraduate = (_borne(jointly, weights, one // POUND) * POUND for one in due)
    several = np.zeros(len(liable), dtype=bool)
    several[jointly.person] = True
    return replace(
        both, undergraduate=undergraduate, postgraduate=postgraduate, before=earlier,
        several=several, due=(due[0], due[1]),
    )  # fmt: skip


def _plans(people: People) -> Whole:
    """The plans of a person, whichever employment has them, for those that have one."""
    jointly, plans = people.jointly, people.loans.copy()
    np.bitwise_or.at(plans, jointly.person, np.where(jointly.own, 0, jointly.loans))
    return np.where(people.loans > 0, plans, 0)


def _loans_on(group: Group, people: People, pay: Amounts, plans: Whole) -> Loans:
    usual = loan_deductions(pay, plans, loan_table(group.day, group.frequency))
    if people.weekly is None or not people.weekly.any():
        return usual
    week = loan_table(group.day, Frequency.WEEKLY)
    return either(people.weekly, loan_deductions(pay, plans, week), usual)
