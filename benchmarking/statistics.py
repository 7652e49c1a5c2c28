"""Comparison of partners without giving any of them away.

Quartiles, what may be shown to how many peers, small counts, dominance, funnel limits. A published
figure is the same for everyone who sees it, so nothing here depends on who is looking.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import sqrt

from core.money import Exact, percent
from sla.ratings import Polarity

PEERS_FOR_MEDIAN = 5
PEERS_FOR_QUARTILES = 8
LARGEST_SHARE_PERCENT = 50
FEWEST_COUNTED = 10
Z_95 = 1.96
Z_998 = 3.09


class Method(StrEnum):
    """Inclusive is R type 7 and QUARTILE.INC; exclusive is R type 6 and QUARTILE.EXC."""

    INCLUSIVE = "inclusive"
    EXCLUSIVE = "exclusive"


class Disclosure(StrEnum):
    """What a cell may show."""

    NOTHING = "nothing"
    MEDIAN = "median"
    QUARTILES = "quartiles"


class Withheld(StrEnum):
    """Why a cell shows nothing."""

    TOO_FEW_PEERS = "Fewer than five peers have figures for this period."
    DOMINATED = "One organisation makes up more than half of the total."


@dataclass(frozen=True)
class Quartiles:
    """Lower quartile, median and upper quartile, by `method`."""

    lower: Fraction
    median: Fraction
    upper: Fraction
    method: Method = Method.INCLUSIVE


@dataclass(frozen=True)
class Contribution:
    """One organisation's numerator and denominator for one indicator and period."""

    organisation: str
    numerator: Exact
    denominator: Exact


@dataclass(frozen=True)
class Cell:
    """The comparison that everyone sees: how many contributed and what may be shown."""

    contributors: int
    disclosure: Disclosure
    median: Fraction | None = None
    quartiles: Quartiles | None = None
    withheld: Withheld | None = None


@dataclass(frozen=True)
class FunnelLimits:
    """Limits of a proportion (0 to 1) for a denominator of `size`."""

    size: int
    lower_95: float
    upper_95: float
    lower_998: float
    upper_998: float


def quartiles(values: Sequence[Exact], method: Method = Method.INCLUSIVE) -> Quartiles:
    """The quartiles of at least two values; inclusive unless asked otherwise."""
    exact = [Fraction(value) for value in values]
    # The library's annotation stops at float, its arithmetic is exact for fractions.
    lower, median, upper = statistics.quantiles(exact, n=4, method=method.value)
    return Quartiles(lower, median, upper, method)


def disclosure(peers: int) -> Disclosure:
    """What may be shown to a viewer with `peers` contributing organisations beside its own."""
    if peers < PEERS_FOR_MEDIAN:
        return Disclosure.NOTHING
    return Disclosure.MEDIAN if peers < PEERS_FOR_QUARTILES else Disclosure.QUARTILES


def dominated(contributions: Sequence[Exact]) -> bool:
    """Whether one organisation makes up more than half of the total."""
    total = sum(Fraction(part) for part in contributions)
    return bool(total) and Fraction(max(contributions)) * 100 > total * LARGEST_SHARE_PERCENT


def cell(contributions: Sequence[Contribution]) -> Cell:
    """The publishable comparison of one indicator and period, in percent.

    Organisations with a denominator under 10 do not contribute. Each contributor sees one peer
    fewer than there are contributors, so five peers mean six of them. Nothing is shown where
    one organisation has more than half of the denominators.
    """
    counted = [each for each in contributions if each.denominator >= FEWEST_COUNTED]
    ratios = [percent(each.numerator, each.denominator) for each in counted]
    values = [value for value in ratios if value is not None]
    shown = disclosure(len(values) - 1)
    if shown is Disclosure.NOTHING:
        return Cell(len(values), shown, withheld=Withheld.TOO_FEW_PEERS)
    if dominated([each.denominator for each in counted]):
        return Cell(len(values), Disclosure.NOTHING, withheld=Withheld.DOMINATED)
    found = quartiles(values)
    if shown is Disclosure.MEDIAN:
        return Cell(len(values), shown, found.median)
    return Cell(len(values), shown, found.median, found)


def position(value: Exact, found: Quartiles, polarity: Polarity) -> str:
    """Where a value stands among its peers, in words; the top quarter follows polarity."""
    exact = Fraction(value)
    if found.lower <= exact <= found.upper:
        return "in the middle half"
    high = exact > found.upper
    if polarity is Polarity.CONTEXT:
        return "in the highest quarter" if high else "in the lowest quarter"
    better = high == (polarity is Polarity.HIGHER)
    return "in the best quarter" if better else "in the weakest quarter"


def funnel_limits(proportion: float, size: int) -> FunnelLimits:
    """Binomial 95% and 99.8% limits around `proportion` (0 to 1), kept between 0 and 1.

    `ValueError` for a size under 1 or a proportion that is not one.
    """
    if size < 1 or not 0 <= proportion <= 1:
        raise ValueError("A funnel needs a size of 1 or more and a proportion from 0 to 1.")
    error = sqrt(proportion * (1 - proportion) / size)
    edges = [proportion + z * error for z in (-Z_95, Z_95, -Z_998, Z_998)]
    return FunnelLimits(size, *(min(1.0, max(0.0, edge)) for edge in edges))


def funnel_words(proportion: float, limits: FunnelLimits) -> str:
    """Where a proportion lies in the funnel, in words."""
    if not limits.lower_998 <= proportion <= limits.upper_998:
        return "outside the 99.8% limits: different from the group"
    if not limits.lower_95 <= proportion <= limits.upper_95:
        return "between the 95% and 99.8% limits: worth a look"
    return "within the 95% limits: no different from the group"
