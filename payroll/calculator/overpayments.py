"""Recovery of overpaid wages by an agreed plan, which leaves people what they need to live on.

In the tax year of the mistake the gross is taken back before tax and NIC, which then correct
themselves. After it the person gives back what reached them, the net, and the employer recovers the
tax from HMRC. Both balances are kept: paying down one pays down the same part of the other.
"""

from dataclasses import dataclass

import numpy as np

from payroll.calculator.rounding import Amounts, Flags, half_up
from payroll.calculator.wording import money


@dataclass(frozen=True)
class Plans:
    """One row a plan, at most one for a person."""

    gross_owed: Amounts
    net_owed: Amounts
    instalment: Amounts  # as agreed, on the basis that applies
    agreed: Flags  # consent is on record
    same_tax_year: Flags
    available: Amounts  # gross or net pay of this period, on the same basis
    protected: Amounts  # what must be left of it


@dataclass(frozen=True)
class Recovery:
    given: Plans
    gross_line: Amounts  # off gross pay, before tax
    net_line: Amounts  # off net pay
    gross_left: Amounts
    net_left: Amounts

    def workings(self, i: int) -> list[str]:
        plan = self.given
        if not plan.agreed[i]:
            return ["Nothing is recovered: there is no agreement on record."]
        basis = "gross, in the tax year of the mistake" if plan.same_tax_year[i] else "net"
        return [
            f"Recovered {basis}: {money(self.gross_line[i] + self.net_line[i])} of an"
            f" instalment of {money(plan.instalment[i])};"
            f" {money(plan.protected[i])} must be left.",
            f"Still owed: {money(self.gross_left[i])} gross, {money(self.net_left[i])} net.",
        ]


def recover(plans: Plans) -> Recovery:
    """This period's instalment of each plan and both balances after it."""
    gross = plans.same_tax_year
    owed = np.where(gross, plans.gross_owed, plans.net_owed)
    room = np.maximum(plans.available - plans.protected, 0)
    taken = np.minimum(np.minimum(plans.instalment, owed), room)
    taken = np.where(plans.agreed, np.maximum(taken, 0), 0)
    left = owed - taken
    # The other balance follows in proportion, so that both reach nothing together.
    other = half_up(np.where(gross, plans.net_owed, plans.gross_owed) * left, np.maximum(owed, 1))
    return Recovery(
        given=plans,
        gross_line=np.where(gross, taken, 0), net_line=np.where(gross, 0, taken),
        gross_left=np.where(gross, left, other), net_left=np.where(gross, other, left),
    )  # fmt: skip
