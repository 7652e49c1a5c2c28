"""Statutory parental pay of one leave in plain Python, week by week."""

from datetime import date, timedelta
from fractions import Fraction
from math import ceil

WEEKS = {
    "maternity": 39,
    "adoption": 39,
    "paternity": 2,
    "shared": 37,
    "bereavement": 2,
    "neonatal": 12,
}
NEW_RATE_FROM = date(2026, 4, 5)


def pay(
    kind: str, starts_on: date, weeks: int, before: int, average: Fraction, limit: int,
    entitled: bool, pay_from: date, pay_to: date,
) -> int:  # fmt: skip
    if not entitled or average < limit:
        return 0
    total = 0
    for nth in range(before, min(before + weeks, WEEKS[kind])):
        first = starts_on + timedelta(weeks=nth - before)
        days = sum(pay_from <= first + timedelta(days=day) <= pay_to for day in range(7))
        weekly = average * Fraction(9, 10)
        if kind not in ("maternity", "adoption") or nth >= 6:
            weekly = min(weekly, Fraction(19_432 if first >= NEW_RATE_FROM else 18_718))
        total += ceil(weekly * days / 7)
    return total
