"""Whether pay that counts reaches the minimum wage for the hours of one pay reference period.

The rate is the one in force on the first day of the period, for the age on that day. An apprentice
below 19, or in the first twelve months, has the apprentice rate. Living accommodation adds or
takes only what lies between its charge and the daily offset.
"""

from dataclasses import dataclass

import numpy as np

from payroll.calculator.dates import Dates, Whole, add_months, ages
from payroll.calculator.rounding import up
from payroll.calculator.wording import money
from payroll.law import Parameter, Pence

MINUTES_PER_HOUR = 60


@dataclass(frozen=True)
class HourlyRate:
    from_age: int
    hourly: Pence


@dataclass(frozen=True)
class MinimumWage:
    """What an hour needs by age, the youngest first, and what a day of lodging may count."""

    rates: tuple[HourlyRate, ...]
    apprentice_hourly: Pence
    apprentice_below_age: int
    apprentice_months: int
    accommodation_daily: Pence


MINIMUM_WAGE = Parameter("minimum_wage", MinimumWage)


@dataclass(frozen=True)
class HoursAndPay:
    """One row a person: pay before deductions that counts, and what lowers or raises it."""

    born: Dates
    apprentice_from: Dates  # NaT: not an apprentice
    pay: Whole
    for_the_employer: Whole  # deductions and payments for the employer's own use or benefit
    minutes: Whole
    accommodation_days: Whole
    accommodation_charge: Whole


@dataclass(frozen=True)
class MinimumWageCheck:
    given: HoursAndPay
    rate: Whole
    counted: Whole
    required: Whole
    shortfall: Whole

    def workings(self, i: int) -> list[str]:
        hours, minutes = divmod(int(self.given.minutes[i]), MINUTES_PER_HOUR)
        offset = int(self.counted[i] - self.given.pay[i] + self.given.for_the_employer[i])
        lines = [
            f"Pay that counts towards the minimum wage: {money(self.given.pay[i])}.",
            f"Less deductions for the employer's benefit: {money(self.given.for_the_employer[i])}.",
            f"Living accommodation: {money(offset)}.",
            f"{hours} hours {minutes} minutes at {money(self.rate[i])} an hour need"
            f" {money(self.required[i])}; counted is {money(self.counted[i])}.",
        ]
        if self.shortfall[i]:
            lines.append(f"Pay is {money(self.shortfall[i])} short of the minimum wage.")
        return lines


def hourly_rates(
    born: Dates, apprentice_from: Dates, period_start: np.datetime64, law: MinimumWage
) -> Whole:
    """Pence an hour for each person in a period that starts on `period_start`."""
    age = ages(born, np.broadcast_to(period_start, born.shape))
    from_ages = np.array([rate.from_age for rate in law.rates])
    hourly = np.array([rate.hourly for rate in law.rates])
    by_age = hourly[np.searchsorted(from_ages, age, side="right") - 1]
    apprentice = apprentice_from <= period_start
    first_year = add_months(apprentice_from, law.apprentice_months) > period_start
    young = age < law.apprentice_below_age
    return np.where(apprentice & (young | first_year), law.apprentice_hourly, by_age)


def needed_for(minutes: Whole, rate: Whole) -> Whole:
    """The least pay in whole pence that is not below the rate for that time."""
    return up(minutes * rate, MINUTES_PER_HOUR)


def check_minimum_wage(
    given: HoursAndPay, period_start: np.datetime64, law: MinimumWage
) -> MinimumWageCheck:
    """Each person's rate, pay that counts, pay needed and shortfall, in pence."""
    rate = hourly_rates(given.born, given.apprentice_from, period_start, law)
    offset = law.accommodation_daily * given.accommodation_days
    # A charge within the offset changes nothing; free accommodation counts as pay up to it.
    free = given.accommodation_charge == 0
    lodging = np.where(free, offset, np.minimum(offset - given.accommodation_charge, 0))
    counted = given.pay - given.for_the_employer + lodging
    required = needed_for(given.minutes, rate)
    return MinimumWageCheck(given, rate, counted, required, np.maximum(required - counted, 0))
