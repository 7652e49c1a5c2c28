"""Exact money: whole pence inside, Decimal pounds at the edges, named roundings, fair splits."""

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor

Exact = int | Decimal | Fraction
PENCE_PER_POUND = 100


class InexactMoney(ValueError):
    """An amount that is not a whole number of pence, or not a number at all."""


class Rounding(StrEnum):
    """How a fraction of a penny becomes a whole one; contracts and statutes name these."""

    HALF_UP = "half up"  # half a penny goes away from zero, so a credit mirrors its charge
    HALF_EVEN = "half even"
    DOWN = "towards zero"
    UP = "away from zero"


def to_pence(amount: Decimal | str | int) -> int:
    """Pounds as whole pence. `InexactMoney` for part of a penny, text or a special value.

    An `int` means whole pounds. Binary floats are refused with `TypeError`: they cannot hold 0.10.
    """
    if isinstance(amount, bool) or not isinstance(amount, Decimal | str | int):
        raise TypeError(f"Money is Decimal, str or int pounds, not {type(amount).__name__}.")
    try:
        pounds_given = Decimal(amount)
    except InvalidOperation as error:
        raise InexactMoney(f"{amount!r} is not an amount of money.") from error
    if not pounds_given.is_finite():
        raise InexactMoney(f"{amount!r} is not an amount of money.")
    # Fraction and not Decimal arithmetic: the Decimal context would round past 28 digits.
    pence = Fraction(pounds_given) * PENCE_PER_POUND
    if pence.denominator != 1:
        raise InexactMoney(f"{amount} is not a whole number of pence.")
    return pence.numerator


def pounds(pence: int) -> Decimal:
    """Whole pence as Decimal pounds with exactly two places."""
    sign, digits = int(pence < 0), tuple(int(digit) for digit in str(abs(pence)))
    return Decimal((sign, digits, -2))


def formatted(pence: int) -> str:
    """Pounds for people to read: £1,234.56, with a true minus sign before the pound sign."""
    whole, part = divmod(abs(pence), PENCE_PER_POUND)
    return f"{'−' if pence < 0 else ''}£{whole:,}.{part:02}"


def _half_up(magnitude: Fraction) -> int:
    return floor(magnitude + Fraction(1, 2))


_BY_RULE: dict[Rounding, Callable[[Fraction], int]] = {
    Rounding.HALF_UP: _half_up,
    Rounding.HALF_EVEN: round,
    Rounding.DOWN: floor,
    Rounding.UP: ceil,
}


def round_whole(value: Exact, rounding: Rounding = Rounding.HALF_UP) -> int:
    """`value` to a whole number by the named rule, on its absolute value, the sign kept."""
    exact = Fraction(value)
    magnitude = _BY_RULE[rounding](abs(exact))
    return -magnitude if exact < 0 else magnitude


def percent(part: Exact, whole: Exact) -> Fraction | None:
    """`part` of `whole` in percent, exact and unrounded; None when `whole` is zero."""
    return Fraction(part) * 100 / Fraction(whole) if whole else None


def percent_of(
    pence: int, rate_percent: Decimal | str | Fraction, rounding: Rounding = Rounding.HALF_UP
) -> int:
    """`rate_percent` per cent of an amount, in whole pence."""
    return round_whole(pence * Fraction(rate_percent) / 100, rounding)


def split(total_pence: int, weights: Sequence[Exact]) -> list[int]:
    """Share `total_pence` by `weights` so that the parts always sum to it.

    Largest remainder: every share is cut to whole pence and the pennies left go to the largest
    fractions; ties go to the earlier item. A zero weight never gets a penny. A negative total is
    split on its absolute value and negated, so that a credit mirrors the charge. `ValueError` for
    a negative weight, or when no weight is above zero.
    """
    exact = [Fraction(weight) for weight in weights]
    whole = sum(exact)
    if any(weight < 0 for weight in exact) or whole <= 0:
        raise ValueError("A split needs weights of zero or more, at least one above zero.")
    magnitude = abs(total_pence)
    shares = [magnitude * weight / whole for weight in exact]
    parts = [floor(share) for share in shares]
    left = magnitude - sum(parts)
    # sorted() is stable, so equal fractions keep the order in which the partners were given.
    for index in sorted(range(len(parts)), key=lambda i: parts[i] - shares[i])[:left]:
        parts[index] += 1
    return [-part for part in parts] if total_pence < 0 else parts
