"""Direct earnings attachments of the DWP: a rate on the whole of the net earnings."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np

from payroll.calculator.figures import DIRECT_EARNINGS_ATTACHMENT
from payroll.calculator.periods import Frequency
from payroll.calculator.rounding import MOST, Amounts, Flags, amounts, half_up, up
from payroll.calculator.wording import money, rate_text
from payroll.law import RATE_ONE


@dataclass(frozen=True)
class DirectTable:
    """Limits of the bands for a frequency, and the rates of the two tables (standard, higher)."""

    limits: Amounts
    rates: Amounts
    protected_rate: int


@dataclass(frozen=True)
class DirectAttachment:
    deduction: Amounts
    # Workings.
    rate: Amounts
    wanted: Amounts  # what the rate alone gives
    protected: Amounts  # what must be left of the net earnings
    restricted: Flags  # whether the protected earnings held it back

    def workings(self, row: int) -> list[str]:
        """How a direct earnings attachment came about."""
        said = [
            f"{rate_text(self.rate[row])} of the net earnings is {money(self.wanted[row])}.",
            f"{money(self.protected[row])} of the net earnings is protected.",
        ]
        if self.restricted[row]:
            said.append("After the earlier orders there is not room for all of it.")
        return [*said, f"The deduction is {money(self.deduction[row])}."]


@cache
def direct_table(day: date, frequency: Frequency) -> DirectTable:
    """The tables of a pay date. Two and four weeks are twice and four times the weekly limits."""
    found = DIRECT_EARNINGS_ATTACHMENT.on(day)
    monthly = frequency is Frequency.MONTHLY
    bounds = [(band.month if monthly else band.week) for band in found.standard]
    limits = [bound * frequency.span for bound in bounds if bound is not None]
    rates = [[int(band.rate) for band in table] for table in (found.standard, found.higher)]
    return DirectTable(np.array(limits), np.array(rates), int(found.protected))


def direct_attachment(
    net: Amounts, prior: Amounts, higher: Flags, table: DirectTable
) -> DirectAttachment:
    """The deduction from `net` earnings after `prior` orders of the same payday."""
    net = amounts(net, "net", least=-MOST)
    prior = amounts(prior, "prior")
    counted = np.maximum(net, 0)
    band = np.searchsorted(table.limits, counted, side="left")
    rate = table.rates[higher.astype(np.int64), band]
    wanted = half_up(counted * rate, RATE_ONE)
    # Not to the nearest: not even part of a penny may be taken of what is protected.
    protected = up(counted * table.protected_rate, RATE_ONE)
    room = np.maximum(counted - protected - prior, 0)
    return DirectAttachment(
        deduction=np.minimum(wanted, room),
        rate=rate,
        wanted=wanted,
        protected=protected,
        restricted=wanted > room,
    )
