"""Pay groups for the tests: one call for one person or many, as dates and plain lists."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from payroll.calculator.income_tax import IncomeTax, income_tax, tax_law
from payroll.calculator.periods import TaxPeriod
from payroll.calculator.tax_codes import columns, parse_code

YEARS = {"2025-26": date(2025, 4, 6), "2026-27": date(2026, 4, 6)}


def row(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def taxed(
    codes: Sequence[str],
    pay: Sequence[int],
    period: TaxPeriod,
    *,
    before: Sequence[int] | None = None,
    taken: Sequence[int] | None = None,
    year: str = "2026-27",
) -> IncomeTax:
    nought = [0] * len(pay)
    return income_tax(
        pay=row(*pay),
        pay_before=row(*(before or nought)),
        tax_before=row(*(taken or nought)),
        codes=columns([parse_code(code) for code in codes]),
        period=period,
        law=tax_law(YEARS[year]),
    )
