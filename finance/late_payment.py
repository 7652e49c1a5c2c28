"""Statutory interest for late payment: the law and its dated rates. No tables.

Late Payment of Commercial Debts (Interest) Act 1998; SI 2002/1675 article 4: 8% a year over the
Bank of England's rate on the last day of the half-year before the one in which interest starts to
run, fixed for that debt; section 5A: a fixed sum by the size of the debt.
"""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.conf import settings

RATES = Path(settings.BASE_DIR) / "finance" / "data" / "reference_rates.csv"
OVER_REFERENCE = Decimal(8)
# A public authority has 30 days from receipt at most, whatever was agreed.
MOST_DAYS = 30
# Below so many pence, so many pence; the last one has no end.
FIXED_SUMS: tuple[tuple[int | None, int], ...] = (
    (1_000_00, 40_00),
    (10_000_00, 70_00),
    (None, 100_00),
)


@dataclass(frozen=True)
class Rate:
    """Of debts on which interest starts to run from a day up to, not including, another.

    `basis_points` is the whole rate: the reference rate and the eight percent.
    """

    from_on: date
    until_on: date
    basis_points: int
    source: str

    @property
    def percent(self) -> str:
        return percent_words(self.basis_points)


@cache
def rates() -> tuple[Rate, ...]:
    """Every half-year whose reference rate is known, oldest first; later ones are not guessed."""
    with RATES.open(encoding="utf-8", newline="") as file:
        return tuple(
            Rate(
                (first := date.fromisoformat(row["from_on"])),
                _half_year_after(first),
                int((Decimal(row["rate_percent"]) + OVER_REFERENCE) * 100),
                row["source"],
            )
            for row in csv.DictReader(file)
        )


def _half_year_after(first: date) -> date:
    return date(first.year, 7, 1) if first.month == 1 else date(first.year + 1, 1, 1)


def percent_words(basis_points: int | None) -> str:
    """11.75%; a dash when the rate is not known."""
    return "–" if basis_points is None else f"{basis_points // 100}.{basis_points % 100:02d}%"
