"""The workings of a result in plain words: one person's row, step by step, sums that add up.

Every figure is read from the result; nothing is worked out again.
"""

from core.money import formatted
from payroll.calculator.direct_attachments import DirectAttachment
from payroll.calculator.directors import Directors
from payroll.calculator.estimates import YearEstimate
from payroll.calculator.income_tax import PARTS_OF_PENNY, IncomeTax
from payroll.calculator.loans import PLANS, Loans
from payroll.calculator.national_insurance import Class1
from payroll.calculator.periods import TaxPeriod
from payroll.calculator.rounding import Amounts
from payroll.calculator.tax_codes import Kind, TaxCode


def rate_text(rate: int) -> str:
    whole, part = divmod(int(rate), 100)
    return f"{whole}.{part:02}".rstrip("0").rstrip(".") + "%"


def parts_text(parts: int) -> str:
    """Parts of a pound, with the third and fourth decimal where they are not nought."""
    pence, rest = divmod(int(parts), PARTS_OF_PENNY)
    return formatted(pence) + (f"{rest:02}" if rest else "")


def money(amount: int) -> str:
    return formatted(int(amount))


def explain_tax(tax: IncomeTax, row: int, code: TaxCode, period: TaxPeriod) -> list[str]:
    """How the tax of one person's payment came about."""
    return [
        *_pay_to_date(tax, row, code, period),
        *_free_pay(tax, row, code, period),
        *_bands(tax, row),
        *_this_payment(tax, row),
    ]


def _pay_to_date(tax: IncomeTax, row: int, code: TaxCode, period: TaxPeriod) -> list[str]:
    pay = money(tax.pay_to_date[row])
    if tax.cumulative[row]:
        return [f"Taxable pay from the start of the tax year to {period} is {pay}."]
    extra = f"{period} is a payday more than the year has"
    why = extra if period.extra else f"the code is {code}"
    return [f"Only this payment of {pay} counts, because {why}."]


def _free_pay(tax: IncomeTax, row: int, code: TaxCode, period: TaxPeriod) -> list[str]:
    free = int(tax.free_pay_to_date[row])
    taxable = money(tax.taxable[row])
    until = f" to {period}" if tax.cumulative[row] else ""
    if code.kind is Kind.NO_TAX:
        return [f"Code {code.text} takes no tax."]
    if free < 0:
        given = f"Code {code.text} adds {money(-free)} to the pay{until}"
    elif free:
        given = f"Code {code.text} leaves {money(free)} free of tax{until}"
    else:
        given = f"Code {code.text} leaves nothing free of tax"
    return [f"{given}, so {taxable} is taxed (in whole pounds)."]


def _bands(tax: IncomeTax, row: int) -> list[str]:
    due = money(tax.due_to_date[row])
    flat = int(tax.flat_rate[row])
    if flat == 0:
        return []
    if flat > 0:
        return [f"All of it at {rate_text(flat)} is {due}."]
    line, tables = tax.line[row], tax.tables
    said = []
    for place in range(int(tax.band[row])):
        width = tables.starts[line, place + 1] - tables.starts[line, place]
        within = tables.tax_below[line, place + 1] - tables.tax_below[line, place]
        rate = rate_text(tables.rates[line, place])
        said.append(f"{parts_text(width)} at {rate} is {parts_text(within)}.")
    rate = rate_text(tables.rates[line, tax.band[row]])
    said.append(f"{parts_text(tax.in_band[row])} at {rate} is {parts_text(tax.tax_in_band[row])}.")
    total = int(tables.tax_below[line, tax.band[row]] + tax.tax_in_band[row])
    cut = ", cut to the penny" if total % PARTS_OF_PENNY else ""
    if cut or len(said) > 1:
        said.append(f"Together the tax is {due}{cut}.")
    return said


def _this_payment(tax: IncomeTax, row: int) -> list[str]:
    due, before, taken = (int(one[row]) for one in (tax.due_to_date, tax.tax_before, tax.tax))
    said = []
    if tax.cumulative[row] and before:
        less = f"{money(due)} less the {money(before)} already taken"
        said.append(f"{less} is {money(due - before)}.")
    if tax.limited[row]:
        kept = money(due - before - taken)
        later = "comes with later payments" if tax.cumulative[row] else "is not carried on"
        said.append(
            f"No more than {money(tax.limit[row])} of this payment may go in tax;"
            f" {kept} is held back and {later}."
        )
    if tax.not_refunded[row]:
        said.append("On a week 1 or month 1 basis nothing is paid back.")
    said.append(
        f"{money(-taken)} of tax is paid back." if taken < 0 else f"The tax is {money(taken)}."
    )
    return said


def explain_nic(nic: Class1, row: int, letter: str, meaning: str) -> list[str]:
    """How employee's and employer's contributions on a pay came about."""
    if nic.below_zero[row]:
        return [f"Letter {letter} ({meaning}). Pay is taken back, so nothing is due."]
    said = [f"Letter {letter} ({meaning}); the pay that counts is {money(nic.pay[row])}."]
    primary, upper = (_limit(one, row) for one in (nic.limits.primary, nic.limits.upper))
    between, above = int(nic.primary_to_upper[row]), int(nic.above_upper[row])
    if nic.main_rate[row] and between:
        said.append(
            f"{money(between)} between {money(primary)} and {money(upper)} at"
            f" {rate_text(nic.main_rate[row])} is {money(nic.employee_main[row])}."
        )
    if nic.upper_rate[row] and above:
        said.append(
            f"{money(above)} above {money(upper)} at {rate_text(nic.upper_rate[row])} is"
            f" {money(nic.employee_upper[row])}."
        )
    if nic.main_rate[row] and not between:
        said.append(f"It is not above {money(primary)}, so the employee pays nothing.")
    elif nic.employee[row]:
        said.append(f"The employee pays {money(nic.employee[row])}.")
    else:
        said.append("The employee pays nothing.")
    start, rate = money(nic.employer_from[row]), rate_text(nic.employer_rate[row])
    counted = int(nic.employer_pay[row])
    if nic.employer_rate[row] and counted:
        owed = money(nic.employer[row])
        said.append(f"The employer pays {rate} of the {money(counted)} above {start}: {owed}.")
    else:
        said.append("The employer pays nothing.")
    return said


def _limit(limit: int | Amounts, row: int) -> int:
    return limit if isinstance(limit, int) else int(limit[row])


def explain_director(result: Directors, row: int, letter: str, meaning: str) -> list[str]:
    """How the contributions of a director's payment came about."""
    if not result.annual[row]:
        return explain_nic(result.payment, row, letter, meaning)
    year = explain_nic(result.year, row, letter, meaning)
    return [
        f"The year is settled, on annual thresholds for {int(result.weeks[row])} weeks.",
        *year,
        f"For the employee {money(result.year.employee[row])} less the"
        f" {money(result.employee_before[row])} already taken is {money(result.employee[row])}.",
        f"For the employer {money(result.year.employer[row])} less the"
        f" {money(result.employer_before[row])} already paid is {money(result.employer[row])}.",
    ]


def explain_loans(loans: Loans, row: int) -> tuple[str, str]:
    """How the deductions for the student loan and the postgraduate loan came about.

    Either is empty for who has no such loan.
    """
    student = postgraduate = ""
    if loans.plan[row] >= 0:
        student = (
            f"Student loan plan {PLANS[loans.plan[row]]}: {rate_text(loans.rate[row])} of the pay"
            f" above {money(loans.threshold[row])}, down to the whole pound, is"
            f" {money(loans.undergraduate[row])}."
        )
    if loans.has_postgraduate[row]:
        postgraduate = (
            f"Postgraduate loan: {rate_text(loans.table.postgraduate_rate)} of the pay above"
            f" {money(loans.table.postgraduate_threshold)}, down to the whole pound, is"
            f" {money(loans.postgraduate[row])}."
        )
    return student, postgraduate


def explain_direct_attachment(result: DirectAttachment, row: int) -> list[str]:
    """How a direct earnings attachment came about."""
    said = [
        f"{rate_text(result.rate[row])} of the net earnings is {money(result.wanted[row])}.",
        f"{money(result.protected[row])} of the net earnings is protected.",
    ]
    if result.restricted[row]:
        said.append("After the earlier orders there is not room for all of it.")
    return [*said, f"The deduction is {money(result.deduction[row])}."]


def explain_estimate(result: YearEstimate, row: int) -> list[str]:
    """How the estimate of a year came about."""
    nic = result.national_insurance.employee[row]
    return [
        f"A year's salary of {money(result.salary[row])}, less a pension contribution of"
        f" {money(result.pension[row])} and an allowance of {money(result.allowance[row])},"
        f" leaves {money(result.taxable[row])} to be taxed.",
        f"Tax is {money(result.tax[row])}, National Insurance {money(nic)};"
        f" {money(result.take_home[row])} is left.",
    ]
