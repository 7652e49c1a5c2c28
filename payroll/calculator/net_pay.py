"""From gross to net: the lines of a payslip in their order, whose sum is the net pay."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from payroll.calculator.rounding import Amounts
from payroll.calculator.wording import money


@dataclass(frozen=True)
class Statement:
    """Lines of one pay group: names in order, pence by (line, person), deductions below zero."""

    names: tuple[str, ...]
    lines: Amounts
    net: Amounts

    def workings(self, i: int) -> list[str]:
        shown = [
            f"{name}: {money(amount)}"
            for name, amount in zip(self.names, self.lines[:, i], strict=True)
            if amount
        ]
        return [*shown, f"Net pay: {money(self.net[i])}"]


def net_pay(earnings: Mapping[str, Amounts], deductions: Mapping[str, Amounts]) -> Statement:
    """Earnings and deductions, both above zero when ordinary; a refund is a deduction below zero.

    Net may be below zero: that is an exception for a person to settle, not a figure to hide.
    """
    lines = np.stack([*earnings.values(), *(-column for column in deductions.values())])
    return Statement((*earnings, *deductions), lines, lines.sum(axis=0))


def attachable_earnings(
    earnings: Amounts, parental_pay: Amounts, tax: Amounts, employee_nic: Amounts, pension: Amounts
) -> Amounts:
    """Net earnings as the law of attachment knows them: after tax, NIC and pension.

    Statutory parental pay is no earnings; sick pay is. No rule was found that shares out tax and
    NIC between the two, so all of it comes off what may be attached, which favours the person.
    """
    return np.maximum(earnings - parental_pay - tax - employee_nic - pension, 0)
