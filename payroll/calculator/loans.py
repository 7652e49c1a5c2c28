"""Student and postgraduate loans: whole pounds, each payment by itself."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from payroll.calculator.figures import POSTGRADUATE_LOAN, UNDERGRADUATE_LOANS
from payroll.calculator.periods import Frequency
from payroll.calculator.rounding import MOST, Amounts, Flags, amounts, down
from payroll.calculator.wording import money, rate_text
from payroll.law import RATE_ONE
from payroll.rules import PRL04

POUND = 100
PLANS = tuple(UNDERGRADUATE_LOANS)
POSTGRADUATE = "PGL"
_POSTGRADUATE_BIT = 1 << len(PLANS)


@dataclass(frozen=True)
class LoanTable:
    """Thresholds of a payment and rates, by the bits of the plans that a person has."""

    thresholds: Amounts
    rates: Amounts
    plan: NDArray[np.int64]  # which of `PLANS` counts, or -1
    postgraduate_threshold: int
    postgraduate_rate: int


@dataclass(frozen=True)
class Loans:
    """Deductions of a payment in pence (whole pounds), with the threshold and rate of each."""

    undergraduate: Amounts
    postgraduate: Amounts
    plan: NDArray[np.int64]
    threshold: Amounts
    rate: Amounts
    has_postgraduate: Flags
    postgraduate_threshold: Amounts
    postgraduate_rate: int
    before: Amounts | None = None  # pay of the same earnings period that has had its share
    # Of several employments: what is due of the person, of which the rest is on other payslips.
    several: Flags | None = None
    due: tuple[Amounts, Amounts] | None = None

    def workings(self, row: int) -> list[str]:
        """How the deductions came about; nothing for who has no loan."""
        return [*self.student_workings(row), *self.postgraduate_workings(row)]

    def student_workings(self, row: int) -> list[str]:
        if self.plan[row] < 0:
            return []
        return [
            f"Student loan plan {PLANS[self.plan[row]]}: {rate_text(self.rate[row])} of the pay"
            f" above {money(self.threshold[row])}, down to the whole pound{self._rest(row)} is"
            f" {money(self._due(row, 0))}.",
            *self._part(row, int(self.undergraduate[row])),
        ]

    def postgraduate_workings(self, row: int) -> list[str]:
        if not self.has_postgraduate[row]:
            return []
        return [
            f"Postgraduate loan: {rate_text(self.postgraduate_rate)} of the pay above"
            f" {money(self.postgraduate_threshold[row])}, down to the whole pound"
            f"{self._rest(row)} is {money(self._due(row, 1))}.",
            *self._part(row, int(self.postgraduate[row])),
        ]

    def _due(self, row: int, loan: int) -> int:
        taken = (self.undergraduate, self.postgraduate)
        return int((taken if self.due is None else self.due)[loan][row])

    def _part(self, row: int, taken: int) -> list[str]:
        if self.several is None or not self.several[row]:
            return []
        return [f"The pay of all employments counts together; this payslip takes {money(taken)}."]

    def _rest(self, row: int) -> str:
        if self.before is None or not self.before[row]:
            return ","
        earlier = money(self.before[row])
        return f", with the {earlier} paid before in the earnings period less what it bore,"


def plan_bits(names: str) -> int:
    """Plans as people write them (`1`, `2+PGL`, `plan 4, PGL`) as the bits of the column.

    PRL04 for a plan that does not exist.
    """
    bits = 0
    text = names.upper().replace("PLAN", " ").replace("POSTGRADUATE", POSTGRADUATE)
    # The RTI schema writes plan 1 as 01.
    for name in (word.lstrip("0") for word in re.findall(r"[A-Z0-9]+", text)):
        if name in PLANS:
            bits |= 1 << PLANS.index(name)
        elif name == POSTGRADUATE:
            bits |= _POSTGRADUATE_BIT
        else:
            known = ", ".join((*PLANS, POSTGRADUATE))
            raise PRL04.refuse(f"{names!r}: {name} is none of {known}.")
    return bits


def plan_names(bits: int) -> str:
    """The plans as people write them: what `plan_bits` reads."""
    names = [plan for place, plan in enumerate(PLANS) if bits >> place & 1]
    return "+".join([*names, *([POSTGRADUATE] if bits & _POSTGRADUATE_BIT else [])])


@cache
def loan_table(day: date, frequency: Frequency) -> LoanTable:
    """The figures of a pay date; of several undergraduate plans the lowest threshold counts."""

    def threshold(year: int) -> int:
        # A year's threshold for the payment, cut to the penny.
        return year * frequency.span // frequency.in_year

    loans = [UNDERGRADUATE_LOANS[plan].on(day) for plan in PLANS]
    size = 1 << len(PLANS)
    limits, rates, plan = (np.full(size, value, dtype=np.int64) for value in (MOST, 0, -1))
    for bits in range(1, size):
        lowest = min(
            (place for place in range(len(PLANS)) if bits >> place & 1),
            key=lambda place: loans[place].year,
        )
        limits[bits], rates[bits] = threshold(loans[lowest].year), loans[lowest].rate
        plan[bits] = lowest
    postgraduate = POSTGRADUATE_LOAN.on(day)
    return LoanTable(limits, rates, plan, threshold(postgraduate.year), postgraduate.rate)


def loan_deductions(pay: Amounts, plans: NDArray[np.int64], table: LoanTable) -> Loans:
    """Deductions on `pay` (that counts for the employer's National Insurance) by plans (bits)."""
    pay = amounts(pay, "pay", least=-MOST)
    bits = plans & (_POSTGRADUATE_BIT - 1)
    has_postgraduate = (plans & _POSTGRADUATE_BIT) > 0
    threshold, rate = table.thresholds[bits], table.rates[bits]
    above = np.maximum(pay - table.postgraduate_threshold, 0)
    postgraduate = _whole_pounds(above * table.postgraduate_rate)
    return Loans(
        undergraduate=_whole_pounds(np.maximum(pay - threshold, 0) * rate),
        postgraduate=np.where(has_postgraduate, postgraduate, 0),
        plan=table.plan[bits],
        threshold=threshold,
        rate=rate,
        has_postgraduate=has_postgraduate,
        postgraduate_threshold=np.full(len(pay), table.postgraduate_threshold),
        postgraduate_rate=table.postgraduate_rate,
    )


def either(chosen: Flags, one: Loans, other: Loans) -> Loans:
    """The rows of `one` where they are chosen, else those of `other`."""
    columns = {
        name: np.where(chosen, value, getattr(other, name))
        for name, value in vars(one).items()
        if name not in ("postgraduate_rate", "before", "several", "due")
    }
    return Loans(**columns, postgraduate_rate=one.postgraduate_rate)


def _whole_pounds(product: Amounts) -> Amounts:
    """Pence times a rate, down to the whole pound."""
    return down(product, RATE_ONE * POUND) * POUND
