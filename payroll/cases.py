"""What would my pay be: one person's payment worked out by the calculator and explained."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from payroll.calculator import wording
from payroll.calculator.directors import Directors, directors_nic, weeks_from
from payroll.calculator.figures import LETTERS
from payroll.calculator.income_tax import IncomeTax, income_tax, tax_law
from payroll.calculator.loans import Loans, loan_deductions, loan_table
from payroll.calculator.national_insurance import class_1, thresholds
from payroll.calculator.periods import Frequency, TaxPeriod, period_of, year_label, year_start
from payroll.calculator.rounding import Amounts, half_up
from payroll.calculator.tax_codes import TaxCode, columns
from payroll.calculator.wording import money, rate_text
from payroll.law import RATE_ONE, Rate
from payroll.rules import PRL03

NO_PENSION = Rate(0)


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
class Case:
    """One payment. Amounts are pence; `gross_words` says where the gross pay comes from.

    `pension_rate` is a contribution out of pay before tax (a net pay arrangement). Without
    `before`, (taxable pay, tax) of the year until now, the earlier payments of the year are taken
    to be like this one.
    """

    day: date
    frequency: Frequency
    gross: int
    gross_words: str
    code: TaxCode
    letter: str
    plans: int = 0
    pension_rate: Rate = NO_PENSION
    before: tuple[int, int] | None = None
    director: Director | None = None


@dataclass(frozen=True)
class Line:
    """A line of the answer: what is paid is above zero, what is taken below."""

    name: str
    amount: int
    workings: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """The lines add up to `net`."""

    period: TaxPeriod
    year: str
    lines: tuple[Line, ...]
    net: int
    employer_nic: int


def salary_payment(salary: int, frequency: Frequency) -> tuple[int, str]:
    """(one payment of a yearly salary, how it comes about), to the nearest penny."""
    parts = frequency.in_year
    payment = int(half_up(_one(salary * frequency.span), parts)[0])
    share = f"{frequency.span} of {parts} {frequency.unit}s"
    return payment, f"A year's salary of {money(salary)}, for {share}, is {money(payment)}."


def answer(case: Case) -> Answer:
    """The payment worked out. PRL01 for a date without figures, PRL03 for no such letter."""
    letters = LETTERS.on(case.day).letters
    if case.letter not in letters:
        raise PRL03.refuse(f"{case.letter!r} is none of {', '.join(letters)}.")
    period = period_of(case.day, case.frequency)
    pension = int(half_up(_one(case.gross * case.pension_rate), RATE_ONE)[0])
    pay, before = case.gross - pension, case.before or (0, 0)
    words = []
    if case.before is None and case.code.cumulative and not period.extra:
        before = _like_this_one(case, period, pay)
        if before[0]:
            words.append("The earlier payments of the tax year are taken to be like this one.")
    tax = _tax(case, period, pay, before)
    nic = _nic(case, period, letters[case.letter].meaning)
    table = loan_table(case.day, case.frequency)
    loans = loan_deductions(_one(case.gross), _one(case.plans), table)
    words += wording.explain_tax(tax, 0, case.code, period)
    lines = [
        Line("Gross pay", case.gross, (case.gross_words,)),
        *_pension(case, pension),
        Line("Income tax", -int(tax.tax[0]), tuple(words)),
        Line("National Insurance", -nic.employee, nic.workings),
        *_loans(loans),
    ]
    net = sum(line.amount for line in lines)
    return Answer(period, year_label(case.day), tuple(lines), net, nic.employer)


def _one(amount: int) -> Amounts:
    return np.array([amount], dtype=np.int64)


def _tax(case: Case, period: TaxPeriod, pay: int, before: tuple[int, int]) -> IncomeTax:
    return income_tax(
        pay=_one(pay),
        pay_before=_one(before[0]),
        tax_before=_one(before[1]),
        codes=columns([case.code]),
        period=period,
        law=tax_law(case.day),
    )


def _like_this_one(case: Case, period: TaxPeriod, pay: int) -> tuple[int, int]:
    """(taxable pay, tax) of the earlier payments of the year, each like this one."""
    paid = taken = 0
    for number in range(case.frequency.span, period.number, case.frequency.span):
        earlier = TaxPeriod(case.frequency, number)
        taken += int(_tax(case, earlier, pay, (paid, taken)).tax[0])
        paid += pay
    return paid, taken


@dataclass(frozen=True)
class _Contributions:
    employee: int
    employer: int
    workings: tuple[str, ...]


def _nic(case: Case, period: TaxPeriod, meaning: str) -> _Contributions:
    if case.director:
        return _director_nic(case, case.director, period, meaning)
    limits = thresholds(case.day, case.frequency)
    nic = class_1(_one(case.gross), np.array([case.letter]), limits, case.day)
    said = wording.explain_nic(nic, 0, case.letter, meaning)
    return _Contributions(int(nic.employee[0]), int(nic.employer[0]), tuple(said))


def _director_nic(
    case: Case, director: Director, period: TaxPeriod, meaning: str
) -> _Contributions:
    def pay_day(before: int, employee: int, employer: int, *, final: bool) -> Directors:
        return directors_nic(
            pay=_one(case.gross),
            pay_before=_one(before),
            employee_before=_one(employee),
            employer_before=_one(employer),
            letters=np.array([case.letter]),
            weeks=weeks_from(_one(director.appointed_in)),
            alternative=np.array([director.alternative]),
            final=np.array([final]),
            frequency=case.frequency,
            day=case.day,
        )

    before = director.before or (0, 0, 0)
    if director.before is None:
        appointed = year_start(case.day) + timedelta(weeks=director.appointed_in - 1)
        first = period_of(appointed, case.frequency).number
        for _ in range(first, period.number, case.frequency.span):
            earlier = pay_day(*before, final=False)
            pay, employee, employer = before
            employee += int(earlier.employee[0])
            employer += int(earlier.employer[0])
            before = pay + case.gross, employee, employer
    result = pay_day(*before, final=period.number >= period.last)
    said = wording.explain_director(result, 0, case.letter, meaning)
    return _Contributions(int(result.employee[0]), int(result.employer[0]), tuple(said))


def _pension(case: Case, pension: int) -> list[Line]:
    if not case.pension_rate:
        return []
    rate = rate_text(case.pension_rate)
    said = f"{rate} of {money(case.gross)} is {money(pension)}; it is taken before tax."
    return [Line("Pension contribution", -pension, (said,))]


def _loans(loans: Loans) -> list[Line]:
    undergraduate, postgraduate = wording.explain_loans(loans, 0)
    given = (
        ("Student loan", loans.undergraduate, undergraduate),
        ("Postgraduate loan", loans.postgraduate, postgraduate),
    )
    return [Line(name, -int(row[0]), (words,)) for name, row, words in given if words]
