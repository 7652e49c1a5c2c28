"""Contributions of one member in plain Python, from the published tables of each scheme."""

from decimal import ROUND_HALF_UP, Decimal

from payroll.calculator.pensions import Tiers


def pennies(exact: Decimal) -> int:
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def band(annual: Decimal, tiers: Tiers) -> Decimal:
    """Per cent of the highest band whose whole pounds the annual pay reaches."""
    pounds = int(annual / 100)
    reached = [tier for tier in tiers.tiers if tier.starts_at // 100 <= max(pounds, 0)]
    return Decimal(reached[-1].rate) / 100


def contribution(pay: int, percent: Decimal) -> int:
    return pennies(pay * percent / 100)


def annual_from_days(pay: int, days: int) -> Decimal:
    return Decimal(pay * 365) / days if days else Decimal(pay * 12)
