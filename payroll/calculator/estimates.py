"""A whole year at a glance: what a salary gives, without the steps of the payments.

Tax is worked out once on the year, without HMRC's cuts to whole pounds, so it is a few pence or
pounds above what twelve payments take. National Insurance is on the annual thresholds.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from payroll.calculator.figures import ALLOWANCE_TAPER
from payroll.calculator.income_tax import POUND, TaxLaw, annual_bands, flat_rates, tax_law
from payroll.calculator.national_insurance import Class1, LetterRow, class_1, thresholds
from payroll.calculator.rounding import Amounts, Flags, amounts, half_up
from payroll.calculator.tax_codes import REGIMES, Codes, Kind
from payroll.calculator.wording import money
from payroll.law import RATE_ONE


@dataclass(frozen=True)
class YearEstimate:
    """Of a year: tax, contributions and what is left, with the steps to them."""

    tax: Amounts
    national_insurance: Class1
    take_home: Amounts
    # Workings.
    salary: Amounts
    pension: Amounts
    allowance: Amounts  # below zero for a K code
    taxable: Amounts

    def workings(self, row: int) -> list[str]:
        """How the estimate of a year came about."""
        nic = self.national_insurance.employee[row]
        return [
            f"A year's salary of {money(self.salary[row])}, less a pension contribution of"
            f" {money(self.pension[row])} and an allowance of {money(self.allowance[row])},"
            f" leaves {money(self.taxable[row])} to be taxed.",
            f"Tax is {money(self.tax[row])}, National Insurance {money(nic)};"
            f" {money(self.take_home[row])} is left.",
        ]


def year_estimate(
    *,
    salary: Amounts,
    pension: Amounts,
    codes: Codes,
    letters: LetterRow,
    tapered: Flags,
    day: date,
) -> YearEstimate:
    """A year on `salary`, of which `pension` is paid before tax (a net pay arrangement).

    `tapered` lowers the allowance of the code as the law lowers it for a high income; HMRC does so
    with a lower code, so it is for codes that HMRC has not yet changed.
    """
    salary, pension = amounts(salary, "salary"), amounts(pension, "pension")
    law = tax_law(day)
    income = salary - pension
    allowance = _allowance(income, codes, tapered, law, day)
    taxable = np.maximum(income - allowance, 0)
    parts = np.zeros(len(salary), dtype=np.int64)
    for place, regime in enumerate(REGIMES):
        bands = annual_bands(law.bands[regime])
        ends = [*(start for start, _, _ in bands[1:]), int(np.iinfo(np.int64).max)]
        for (start, _, rate), end in zip(bands, ends, strict=True):
            within = np.maximum(np.minimum(taxable, end) - start, 0)
            parts += np.where(codes.regime == place, within * rate, 0)
    flat = flat_rates(codes, law)
    tax = half_up(np.where(flat >= 0, taxable * flat, parts), RATE_ONE)
    contributions = class_1(salary, letters, thresholds(day, None), day)
    return YearEstimate(
        tax=tax,
        national_insurance=contributions,
        take_home=salary - pension - tax - contributions.employee,
        salary=salary,
        pension=pension,
        allowance=allowance,
        taxable=taxable,
    )


def _allowance(income: Amounts, codes: Codes, tapered: Flags, law: TaxLaw, day: date) -> Amounts:
    """Pounds of the code, the pounds added to every code included; below zero for a K code."""
    taper = ALLOWANCE_TAPER.on(day)
    lost = np.maximum(income - taper.above, 0) * taper.rate // (RATE_ONE * POUND)
    code = codes.number * 10
    left = np.where(tapered & (codes.kind == Kind.SUFFIX), np.maximum(code - lost, 0), code)
    allowance = np.where(left > 0, left + law.free_pay.added, 0) * POUND
    return np.where(codes.kind == Kind.K, -allowance, allowance)
