"""From a measured value to a band and a rating, and how the value is printed.

Values are unrounded `Fraction`s (percentages from 0 to 100 for a proportion). A value is compared
before it is rounded, and is never printed as if it were on the other side of its target.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.money import Exact, percent, round_whole

# Figures this close to a target are printed with at least two decimals.
PLACES_NEAR_A_TARGET = 2


class Polarity(StrEnum):
    """Which way is better. A context measure (a volume) has no better way and never a target."""

    HIGHER = "higher"
    LOWER = "lower"
    CONTEXT = "context"


class Rating(StrEnum):
    """The five words of the Procurement Act 2023 performance notice."""

    GOOD = "Good"
    APPROACHING = "Approaching target"
    REQUIRES_IMPROVEMENT = "Requires improvement"
    INADEQUATE = "Inadequate"
    OTHER = "Other"


@dataclass(frozen=True)
class Target:
    """A target and the two lines under it, from best to worst.

    At the target or better is good; from there to `approaching`, that line included, is
    approaching target; to `inadequate`, included, requires improvement; beyond it, inadequate.
    """

    met_at: Fraction
    approaching: Fraction
    inadequate: Fraction
    polarity: Polarity = Polarity.HIGHER

    def __post_init__(self) -> None:
        if self.polarity is Polarity.CONTEXT:
            raise ValueError("A measure that only gives context has no target.")
        lines = [self.met_at, self.approaching, self.inadequate]
        if lines != sorted(lines, reverse=self.polarity is Polarity.HIGHER):
            raise ValueError("The lines of a target run from the target to the worst.")


@dataclass(frozen=True)
class Assessment:
    """A value, its rating and, where the rating is Other, why."""

    value: Fraction | None
    rating: Rating
    reason: str = ""

    @property
    def measured(self) -> bool:
        """Whether there was anything to measure."""
        return self.value is not None


def meets(value: Fraction, line: Fraction, polarity: Polarity = Polarity.HIGHER) -> bool:
    """Whether `value` is at `line` or better; exactly on the line is met."""
    return value <= line if polarity is Polarity.LOWER else value >= line


def rate(value: Fraction | None, target: Target | None) -> Assessment:
    """The rating of a value against a target. Without a value or a target it is Other."""
    if value is None:
        return Assessment(None, Rating.OTHER, "Not measured")
    if target is None:
        return Assessment(value, Rating.OTHER, "No target")
    lines = [
        (target.met_at, Rating.GOOD),
        (target.approaching, Rating.APPROACHING),
        (target.inadequate, Rating.REQUIRES_IMPROVEMENT),
    ]
    for line, rating in lines:
        if meets(value, line, target.polarity):
            return Assessment(value, rating)
    return Assessment(value, Rating.INADEQUATE)


def rate_percent(numerator: Exact, denominator: Exact, target: Target | None) -> Assessment:
    """The rating of a proportion in percent; a zero denominator is not measured, never 0 or 100."""
    return rate(percent(numerator, denominator), target)


def display(
    value: Fraction | None,
    target: Fraction | None = None,
    polarity: Polarity = Polarity.HIGHER,
    *,
    places: int = 1,
    suffix: str = "%",
) -> str:
    """`value` rounded half up for people, with as many more decimals as the truth needs.

    When rounding to `places` would carry the value over its target, two decimals are shown, and
    then more until it stands on its own side: 94.95 against 95 is never printed as 95.
    """
    if value is None:
        return "Not measured"
    shown = _rounded(value, places)
    while target is not None and (
        meets(Fraction(shown), target, polarity) != meets(value, target, polarity)
    ):
        places = max(places + 1, PLACES_NEAR_A_TARGET)
        shown = _rounded(value, places)
    return f"{shown:,f}{suffix}"


def _rounded(value: Fraction, places: int) -> Decimal:
    return Decimal(round_whole(value * 10**places)).scaleb(-places)
