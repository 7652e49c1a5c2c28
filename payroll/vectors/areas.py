"""Works out rows of test figures, by area."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import floor

import numpy as np

from core.errors import Refused
from payroll.calculator.direct_attachments import direct_attachment, direct_table
from payroll.calculator.directors import Directors, directors_nic, weeks_from
from payroll.calculator.estimates import year_estimate
from payroll.calculator.figures import (
    FREE_PAY,
    LETTERS,
    OLD_TAX_BANDS,
    OVERRIDING_LIMIT,
    Regime,
)
from payroll.calculator.income_tax import TaxLaw, income_tax, tax_law
from payroll.calculator.loans import loan_deductions, loan_table, plan_bits
from payroll.calculator.national_insurance import Class1, class_1, thresholds
from payroll.calculator.periods import MONTHS, Frequency, TaxPeriod
from payroll.calculator.rounding import Amounts
from payroll.calculator.tax_codes import TaxCode, columns, parse_code
from payroll.vectors.reading import Row


class NotCovered(Exception):
    """A row that the calculator does not work out, and why."""


@dataclass(frozen=True)
class Worked:
    """A row worked out: each expected figure with ours, in pence, and how ours came about."""

    figures: Mapping[str, tuple[int, int]]
    workings: list[str] = field(default_factory=list)


_PENSION = "pension(net pay arrangement)"
_INPUTS = {_PENSION}


def one(amount: int) -> Amounts:
    return np.array([amount], dtype=np.int64)


def work_out(row: Row) -> Worked:
    """The row's figures beside ours. `NotCovered` with the reason, `BadFile` for a bad cell."""
    worker = WORKERS.get(row["area"])
    if worker is None:
        raise NotCovered(f"there is no area {row['area'] or '(empty)'}")
    try:
        return worker(row)
    except Refused as refused:
        raise NotCovered(refused.message) from refused


def _figures(row: Row, ours: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """The columns that the row fills, each with our figure; every one of them must be ours."""
    expected = {column for column in row.values if column.startswith("expected_")}
    found = {
        column: (row.pence(column), ours[column])
        for column in sorted(expected & ours.keys())
        if row[column]
    }
    for name in row.others():
        if name in ours:
            found[name] = (row.other(name), ours[name])
        elif name not in _INPUTS:
            raise NotCovered(f"{name} of expected_other is not a figure of this area")
    filled = {c for c in expected - ours.keys() - {"expected_other"} if row[c]}
    if filled:
        raise NotCovered(f"{', '.join(sorted(filled))} is not a figure of this area")
    if not found:
        raise NotCovered("the row expects no figure")
    return found


# The worked examples of the employers' guide name no tax year; its tables hold in both.
_GUIDE = date(2025, 4, 6)


def _tax_law(day: date) -> TaxLaw:
    """The law of the row's year; an old year's bands with the method of today."""
    _, spans = OLD_TAX_BANDS.loaded()
    if day >= spans[-1].ends_on:
        return tax_law(day)
    old = OLD_TAX_BANDS.on(day)
    (_, free_pay), (_, limit) = FREE_PAY.loaded(), OVERRIDING_LIMIT.loaded()
    bands = dict.fromkeys(Regime, old.rest_of_uk) | {Regime.SCOTLAND: old.scotland}
    flat = dict.fromkeys(Regime, old.flat_rest_of_uk) | {Regime.SCOTLAND: old.flat_scotland}
    return TaxLaw(bands, flat, free_pay[0].value, limit[0].value.rate)


def _code(row: Row, *, cumulative: bool = True) -> TaxCode:
    # HMRC's old figures write SNT, though NT never has a letter before it.
    text = "NT" if row["tax_code"][1:] == "NT" else row["tax_code"]
    try:
        return parse_code(text, cumulative=cumulative)
    except Refused as refused:
        raise row.bad("tax_code", f"cannot be read. {refused.message}") from refused


def _period(row: Row) -> TaxPeriod:
    try:
        return TaxPeriod(row.frequency, row.whole("period"))
    except ValueError as error:
        raise row.bad("period", f"is no period. {error}") from error


def _paye(row: Row) -> Worked:
    code = _code(row, cumulative=not row.flag("w1m1"))
    period, pay = _period(row), row.pence("gross_pay")
    to_date = row.pence("taxable_pay_to_date") if row["taxable_pay_to_date"] else pay
    before = row.pence_or_nought("tax_to_date_before")
    tax = income_tax(
        pay=one(pay),
        pay_before=one(to_date - pay),
        tax_before=one(before),
        codes=columns([code]),
        period=period,
        law=_tax_law(row.day),
    )
    taken = int(tax.tax[0])
    ours = {"expected_tax": taken, "expected_tax_to_date": before + taken}
    return Worked(_figures(row, ours), tax.workings(0))


def _letter(row: Row) -> str:
    letters = LETTERS.on(row.day).letters
    return row.one_of("ni_category", {name: name for name in letters})


def _class_1(row: Row) -> Worked:
    letter, day = _letter(row), row.day
    limits = thresholds(day, row.frequency)
    nic = class_1(one(row.pence("gross_pay")), np.array([letter]), limits, day)
    ours = {
        "expected_ee_nic": int(nic.employee[0]),
        "expected_er_nic": int(nic.employer[0]),
        **_bands([nic]),
    }
    return Worked(_figures(row, ours), nic.workings(0))


def _director(row: Row) -> Worked:
    """A row of a director, by the method that the notes name.

    The sources give the year's figures after the payment. Under the alternative method the
    payments before are worked out too; under the standard method what was taken before is the
    year's figure less this payment's.
    """
    pay, to_date = row.pence("gross_pay"), row.other("gross_ytd")
    alternative = "AlternativeMethod" in row["notes"]
    letter, day = _letter(row), row.day
    # The standard method asks for no period: it works on the year.
    period = _period(row) if alternative else None
    weeks = weeks_from(np.array([_appointed(row)]))

    def pay_day(pay: int, before: int, employee: int, employer: int, *, final: bool) -> Directors:
        return directors_nic(
            pay=one(pay),
            pay_before=one(before),
            employee_before=one(employee),
            employer_before=one(employer),
            letters=np.array([letter]),
            weeks=weeks,
            alternative=np.array([alternative]),
            final=np.array([final]),
            frequency=period.frequency if period else Frequency.MONTHLY,
            day=day,
        )

    payments: list[Class1] = []
    if period:
        employee = employer = before = 0
        for amount in _earlier(row, pay, to_date, period):
            earlier = pay_day(amount, before, employee, employer, final=False)
            before += amount
            employee += int(earlier.employee[0])
            employer += int(earlier.employer[0])
            payments.append(earlier.payment)
    else:
        employee = row.other("ee_ytd") - row.pence("expected_ee_nic")
        employer = row.other("er_ytd") - row.pence("expected_er_nic")
    final = period is not None and period.number == period.last
    last = pay_day(pay, to_date - pay, employee, employer, final=final)
    ours = {
        "expected_ee_nic": int(last.employee[0]),
        "expected_er_nic": int(last.employer[0]),
        **_bands([*payments, last.payment] if alternative else [last.year]),
        "gross_ytd": to_date,
        "ee_ytd": employee + int(last.employee[0]),
        "er_ytd": employer + int(last.employer[0]),
    }
    return Worked(_figures(row, ours), last.workings(0))


def _appointed(row: Row) -> int:
    """The tax week of the appointment, which the sources name in words; 1 without one."""
    found = re.search(r"(?:from|in)[_ ]week[_ ]([0-9]+)", f"{row['notes']} {row['source']}")
    return int(found[1]) if found else 1


def _earlier(row: Row, pay: int, to_date: int, period: TaxPeriod) -> list[int]:
    """The payments of the year before this one: equal ones, or the one of the first period."""
    before = to_date - pay
    if not before:
        return []
    if period.number == 2 * period.frequency.span:
        return [before]
    if pay <= 0 or before % pay:
        raise NotCovered("the payments before it are not known: gross_ytd does not tell them")
    return [pay] * (before // pay)


def _bands(payments: list[Class1]) -> dict[str, int]:
    """The bands of the FPS over payments."""
    return {
        "expected_at_lel_ytd": sum(int(nic.at_lower[0]) for nic in payments),
        "expected_lel_to_pt_ytd": sum(int(nic.lower_to_primary[0]) for nic in payments),
        "expected_pt_to_uel_ytd": sum(int(nic.primary_to_upper[0]) for nic in payments),
    }


def _loans(row: Row) -> Worked:
    try:
        plans = plan_bits(row["loan_plans"])
    except Refused as refused:
        raise row.bad("loan_plans", f"cannot be read. {refused.message}") from refused
    table = loan_table(row.day, row.frequency)
    loans = loan_deductions(one(row.pence_cut("gross_pay")), np.array([plans]), table)
    ours = {
        "expected_student_loan": int(loans.undergraduate[0]),
        "expected_pg_loan": int(loans.postgraduate[0]),
    }
    return Worked(_figures(row, ours), loans.workings(0))


def _pension(row: Row, salary: int) -> int:
    """A year's contribution: `PERCENTAGE 10` of the salary or so many pounds a month."""
    text = row.others().get(_PENSION)
    if text is None:
        return 0
    found = re.fullmatch(r"(PERCENTAGE|MONTHLY_AMOUNT_IN_POUNDS) ([0-9]+(?:\.[0-9]{1,2})?)", text)
    if not found:
        raise row.bad("expected_other", "has a pension that is neither PERCENTAGE 10 nor monthly.")
    number = Fraction(found[2])
    if found[1] == "PERCENTAGE":
        return floor(salary * number / 100)
    return floor(number * 100) * MONTHS


def _annual(row: Row) -> Worked:
    row.one_of("pay_frequency", {"annual": "annual"})
    salary, day = row.pence("gross_pay"), row.day
    letter = _letter(row)
    year = year_estimate(
        salary=one(salary),
        pension=one(_pension(row, salary)),
        codes=columns([_code(row)]),
        letters=np.array([letter]),
        # The sources keep the figures with and without the taper in two files.
        tapered=np.array(["with_tapering" in row["source"]]),
        day=day,
    )
    left = int(year.take_home[0])
    ours = {
        "expected_tax": int(year.tax[0]),
        "expected_ee_nic": int(year.national_insurance.employee[0]),
        "expected_er_nic": int(year.national_insurance.employer[0]),
        "take_home": left,
        "total_deductions": salary - left,
    }
    return Worked(_figures(row, ours), year.workings(0))


def _direct(row: Row) -> Worked:
    prior = row.other("prior_orders") if "prior_orders" in row.others() else 0
    result = direct_attachment(
        one(row.pence("gross_pay")),
        one(prior),
        np.array([row["area"] == "dea_higher"]),
        direct_table(row.day if row["tax_year"] else _GUIDE, row.frequency),
    )
    ours = {
        "prior_orders": prior,
        "protected": int(result.protected[0]),
        "dea_deduction": int(result.deduction[0]),
    }
    return Worked(_figures(row, ours), result.workings(0))


WORKERS: Mapping[str, Callable[[Row], Worked]] = {
    "paye_tax": _paye,
    "paye_tax_method": _paye,
    "nic_class1": _class_1,
    "nic_director": _director,
    "student_loan": _loans,
    "annual_estimate": _annual,
    "dea_standard": _direct,
    "dea_higher": _direct,
    "dea_worked_example": _direct,
}
