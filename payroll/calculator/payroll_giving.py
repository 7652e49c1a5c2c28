"""Gifts to charity from pay before tax; National Insurance and pensions do not see them."""

from dataclasses import dataclass

import numpy as np

from payroll.calculator.rounding import Amounts
from payroll.calculator.wording import money


@dataclass(frozen=True)
class Giving:
    """One row a person, in pence."""

    deducted: Amounts
    taxable: Amounts
    asked: Amounts

    def workings(self, i: int) -> list[str]:
        lines = [f"Given before tax: {money(self.deducted[i])}."]
        if self.deducted[i] < self.asked[i]:
            lines.append(
                f"The authority is for {money(self.asked[i])}; taxable pay does not reach that far."
            )
        lines.append(f"Taxable pay after the gift: {money(self.taxable[i])}.")
        return lines


def payroll_giving(taxable: Amounts, asked: Amounts) -> Giving:
    """The gift, as far as taxable pay (after a net-pay pension) goes; the rest is not carried."""
    deducted = np.maximum(np.minimum(asked, taxable), 0)
    return Giving(deducted, taxable - deducted, asked)
