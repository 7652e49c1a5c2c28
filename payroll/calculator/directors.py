"""National Insurance of directors: their earnings period is the year.

Standard method: each payday contributions on the pay of the year against annual thresholds, less
what was taken. Alternative method: as for everybody else until the last payment, which settles
the year. Whoever becomes a director within the year has the thresholds of the weeks that are left.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from payroll.calculator.national_insurance import (
    Class1,
    LetterRow,
    Thresholds,
    class_1,
    thresholds,
)
from payroll.calculator.periods import WEEKS, Frequency
from payroll.calculator.rounding import MOST, Amounts, Flags, amounts, up
from payroll.calculator.wording import money

POUND = 100


@dataclass(frozen=True)
class Directors:
    """Contributions of a payment, and those of the year on which they rest.

    The bands of the FPS to date are those of `year` under the standard method, and those of all
    payments added up under the alternative one, its last payment too: HMRC's own figures are so.
    """

    employee: Amounts  # below zero when the year gives some back
    employer: Amounts
    # Workings.
    annual: Flags  # whether this payment was worked out on the year
    year: Class1  # of the year's pay; counts where `annual`
    payment: Class1  # of this payment alone; counts elsewhere
    weeks: NDArray[np.int64]
    pay_before: Amounts
    employee_before: Amounts
    employer_before: Amounts

    def workings(self, row: int) -> list[str]:
        """How the contributions of a director's payment came about."""
        if not self.annual[row]:
            return self.payment.workings(row)
        year = self.year.workings(row)
        return [
            "A director's contributions are worked out on the pay of the tax year so far, on annual"
            f" thresholds for {int(self.weeks[row])} weeks: {money(self.pay_before[row])} paid"
            " before, and this pay.",
            *year,
            f"For the employee {money(self.year.employee[row])} less the"
            f" {money(self.employee_before[row])} already taken is {money(self.employee[row])}.",
            f"For the employer {money(self.year.employer[row])} less the"
            f" {money(self.employer_before[row])} already paid is {money(self.employer[row])}.",
        ]


def annual_thresholds(day: date, weeks: NDArray[np.int64]) -> Thresholds:
    """Those of a year of which a person is a director for `weeks`, each up to the whole pound."""
    year = thresholds(day, None)

    def part(amount: int | Amounts) -> Amounts:
        return up(amount * weeks, WEEKS * POUND) * POUND

    return Thresholds(**{name: part(amount) for name, amount in vars(year).items()})


def weeks_from(appointed_in: NDArray[np.int64]) -> NDArray[np.int64]:
    """Tax weeks of a directorship by the week of the appointment, which counts; 1 is the year."""
    return WEEKS + 1 - np.minimum(appointed_in, WEEKS)


def directors_nic(
    *,
    pay: Amounts,
    pay_before: Amounts,
    employee_before: Amounts,
    employer_before: Amounts,
    letters: LetterRow,
    weeks: NDArray[np.int64],
    alternative: Flags,
    final: Flags,
    frequency: Frequency,
    day: date,
) -> Directors:
    """Contributions of one payday.

    The amounts before are those of the tax year since the appointment. `final` marks the last
    payment of the year, or of the directorship, where the alternative method settles.
    """
    before = amounts(pay_before, "pay_before", least=-MOST)
    payment = class_1(pay, letters, thresholds(day, frequency), day)
    year = class_1(before + amounts(pay, "pay", least=-MOST), letters,
                   annual_thresholds(day, weeks), day)  # fmt: skip
    annual = ~alternative | final
    taken = amounts(employee_before, "employee_before", least=-MOST)
    paid = amounts(employer_before, "employer_before", least=-MOST)
    return Directors(
        employee=np.where(annual, year.employee - taken, payment.employee),
        employer=np.where(annual, year.employer - paid, payment.employer),
        annual=annual,
        year=year,
        payment=payment,
        weeks=weeks,
        pay_before=before,
        employee_before=taken,
        employer_before=paid,
    )
