"""What the employer owes on the whole pay bill: apprenticeship levy, less employment allowance."""

from dataclasses import dataclass

import numpy as np

from payroll.calculator.dates import Whole
from payroll.calculator.rounding import Amounts, Flags, down
from payroll.calculator.wording import money
from payroll.law import RATE_ONE, Parameter, Pence, Rate

MONTHS_OF_YEAR = 12


@dataclass(frozen=True)
class Levy:
    rate: Rate
    yearly_allowance: Pence


@dataclass(frozen=True)
class EmploymentAllowance:
    yearly: Pence


APPRENTICESHIP_LEVY = Parameter("apprenticeship_levy", Levy)
EMPLOYMENT_ALLOWANCE = Parameter("employment_allowance", EmploymentAllowance)


@dataclass(frozen=True)
class LevyDue:
    """One row an employer, in pence; below zero is set against other PAYE."""

    due: Amounts
    levy_to_date: Amounts
    allowance_to_date: Amounts
    due_to_date: Amounts
    due_before: Amounts

    def workings(self, i: int) -> list[str]:
        return [
            f"Levy on the pay bill of the year so far: {money(self.levy_to_date[i])}.",
            f"Less allowance so far: {money(self.allowance_to_date[i])}.",
            f"Due so far: {money(self.due_to_date[i])}, of which"
            f" {money(self.due_before[i])} in earlier months.",
            f"Due this month: {money(self.due[i])}.",
        ]


def apprenticeship_levy(
    pay_bill_to_date: Amounts, month: int, yearly_share: Amounts, due_before: Amounts, law: Levy
) -> LevyDue:
    """The levy of tax month `month` (1 to 12), cumulative.

    The pay bill is earnings liable to employer Class 1 NIC, those below the threshold too.
    `yearly_share` is the employer's part of the group's allowance, the whole of it when alone.
    """
    if not 1 <= month <= MONTHS_OF_YEAR:
        raise ValueError(f"There is no tax month {month}.")
    if (yearly_share > law.yearly_allowance).any():
        raise ValueError("An employer's part of the levy allowance is larger than the allowance.")
    levy = down(pay_bill_to_date * law.rate, RATE_ONE)
    allowance = down(yearly_share * month, MONTHS_OF_YEAR)
    to_date = np.maximum(levy - allowance, 0)
    return LevyDue(to_date - due_before, levy, allowance, to_date, due_before)


def employment_allowance(
    employer_nic: Amounts, used_before: Amounts, may_claim: Flags, law: EmploymentAllowance
) -> Whole:
    """The employer NIC that the allowance takes away; public authorities may not claim it."""
    left = np.maximum(law.yearly - used_before, 0)
    return np.where(may_claim, np.maximum(np.minimum(employer_nic, left), 0), 0)
