"""XmR control charts: what is ordinary variation and what is real change, said in words.

Limits are the mean plus and minus 2.66 times the mean moving range over a stated baseline, after
moving ranges of 3.267 times their mean or more are dropped; four rules, as in the NHS guide
"Making data count" and the NHS-R code. Statistics of measures may be floats; money never is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from statistics import fmean

from sla.ratings import Polarity

LIMIT_FACTOR = 2.66
MOVING_RANGE_CEILING = 3.267
RUN_LENGTH = 7
USUAL_BASELINE = 12
FEWEST_POINTS = 8

Number = int | float | Fraction


class Signal(StrEnum):
    """The rule that marks a point as real change."""

    OUTSIDE = "outside the expected range"
    SHIFT = "seven or more on one side of the average"
    TREND = "seven or more rising or falling"
    TWO_OF_THREE = "two of three close to the edge of the expected range"


class Verdict(StrEnum):
    """What the newest months say."""

    BETTER = "better"
    WORSE = "worse"
    UP = "up"
    DOWN = "down"
    NO_CHANGE = "no real change"
    TOO_SHORT = "too few months"


class Assurance(StrEnum):
    """Whether ordinary variation alone will meet the target, as a board reads it."""

    ALWAYS = "Unless something changes, every month will meet it."
    NEVER = "Unless something changes, no month will meet it."
    HIT_AND_MISS = "Unless something changes, some months will meet it and some will not."


@dataclass(frozen=True)
class Limits:
    """The expected range, from `baseline` measured points."""

    mean: float
    lower: float
    upper: float
    mean_moving_range: float
    baseline: int


@dataclass(frozen=True)
class Point:
    """One period: its label, its value (None if not measured) and the rules that mark it."""

    label: str
    value: float | None
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True)
class ControlChart:
    """Points with their signals; `limits` is None when there are too few points to judge."""

    points: tuple[Point, ...]
    limits: Limits | None


@dataclass(frozen=True)
class Change:
    """The verdict, the label of the period since which it holds, and a sentence saying so."""

    verdict: Verdict
    since: str
    sentence: str


def limits_of(values: Sequence[Number]) -> Limits:
    """Limits over all of `values`, at least two."""
    numbers = [float(value) for value in values]
    ranges = [abs(later - earlier) for earlier, later in pairwise(numbers)]
    ceiling = MOVING_RANGE_CEILING * fmean(ranges)
    kept = [moved for moved in ranges if moved < ceiling] or ranges
    mean, moving = fmean(numbers), fmean(kept)
    reach = LIMIT_FACTOR * moving
    return Limits(mean, mean - reach, mean + reach, moving, len(numbers))


def analyse(
    observations: Sequence[tuple[str, Number | None]], baseline: int = USUAL_BASELINE
) -> ControlChart:
    """A control chart of (label, value) in order of time.

    The limits come from the first `baseline` measured points, or from all when there are fewer.
    Periods not measured stay on the chart, carry no signal and do not break a run. With fewer
    than eight measured points there are no limits and no signals.
    """
    measured = [index for index, (_, value) in enumerate(observations) if value is not None]
    values = [float(value) for _, value in observations if value is not None]
    if len(values) < FEWEST_POINTS:
        limits, signals = None, {}
    else:
        limits = limits_of(values[: max(baseline, FEWEST_POINTS)])
        found = _signals(values, limits)
        signals = {
            index: tuple(rule for rule in Signal if position in found[rule])
            for position, index in enumerate(measured)
        }
    points = tuple(
        Point(label, None if value is None else float(value), signals.get(index, ()))
        for index, (label, value) in enumerate(observations)
    )
    return ControlChart(points, limits)


def _signals(values: list[float], limits: Limits) -> dict[Signal, set[int]]:
    sides = [_sign(value - limits.mean) for value in values]
    steps = [_sign(later - earlier) for earlier, later in pairwise(values)]
    outside = {i for i, v in enumerate(values) if not limits.lower <= v <= limits.upper}
    shift = {i for first, last in _runs(sides, RUN_LENGTH) for i in range(first, last + 1)}
    # A run of six steps joins seven points.
    trend = {i for first, last in _runs(steps, RUN_LENGTH - 1) for i in range(first, last + 2)}
    return {
        Signal.OUTSIDE: outside,
        Signal.SHIFT: shift,
        Signal.TREND: trend,
        Signal.TWO_OF_THREE: _near_an_edge(values, limits, sides),
    }


def _near_an_edge(values: list[float], limits: Limits, sides: list[int]) -> set[int]:
    third = (limits.upper - limits.mean) * 2 / 3
    outer = [abs(value - limits.mean) > third for value in values]
    marked: set[int] = set()
    for first in range(len(values) - 2):
        trio = range(first, first + 3)
        near = {i for i in trio if outer[i]}
        if len(near) >= 2 and len({sides[i] for i in trio}) == 1:
            marked |= near
    return marked


def _runs(signs: list[int], length: int) -> list[tuple[int, int]]:
    """First and last index of each stretch of one non-zero sign that is `length` or longer."""
    found, first = [], 0
    for index in range(1, len(signs) + 1):
        if index < len(signs) and signs[index] == signs[first]:
            continue
        if signs[first] and index - first >= length:
            found.append((first, index - 1))
        first = index
    return found


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def describe_change(chart: ControlChart, polarity: Polarity) -> Change:
    """What the newest measured period says: better, worse, up, down or no real change, and since.

    Direction is the side of the average, or the way of the trend when that is all there is.
    """
    measured = [point for point in chart.points if point.value is not None]
    if chart.limits is None or not measured:
        sentence = f"Too few months to judge: {len(measured)} of the {FEWEST_POINTS} needed."
        return Change(Verdict.TOO_SHORT, "", sentence)
    newest = measured[-1]
    if not newest.signals:
        return Change(Verdict.NO_CHANGE, "", "No real change: the latest month is as expected.")
    first, direction = _since(measured, chart.limits)
    verdict = _verdict(direction, polarity)
    since, count = measured[first].label, len(measured) - first
    if count == 1:
        sentence = f"{verdict.capitalize()} in {since}: {newest.signals[0]}."
    else:
        sentence = f"{verdict.capitalize()} since {since}: {_reason(newest, direction, count)}."
    return Change(verdict, since, sentence)


def _since(measured: list[Point], limits: Limits) -> tuple[int, int]:
    """Index at which the newest point's run began, and its direction (1 up, -1 down)."""
    values = [point.value for point in measured if point.value is not None]
    newest, last = measured[-1], len(values) - 1
    side = _sign(values[-1] - limits.mean)
    if newest.signals == (Signal.TREND,):
        side = _sign(values[-1] - values[-2])
        while last > 0 and _sign(values[last] - values[last - 1]) == side:
            last -= 1
    elif Signal.SHIFT in newest.signals and not _jumped(measured, side, limits):
        while last > 0 and _sign(values[last - 1] - limits.mean) == side:
            last -= 1
    else:
        while last > 0 and _marked_on(measured[last - 1], side, limits):
            last -= 1
    return last, side


def _jumped(measured: list[Point], side: int, limits: Limits) -> bool:
    """Whether the newest two lie at the edge or beyond: then the jump dates the change, not the
    small steps on the same side of the average before it."""
    return len(measured) > 1 and all(_marked_on(each, side, limits) for each in measured[-2:])


def _marked_on(point: Point, side: int, limits: Limits) -> bool:
    marked = {Signal.OUTSIDE, Signal.TWO_OF_THREE} & set(point.signals)
    return bool(marked) and point.value is not None and _sign(point.value - limits.mean) == side


def _reason(newest: Point, direction: int, count: int) -> str:
    if newest.signals == (Signal.TREND,):
        return f"{count} months {'rising' if direction > 0 else 'falling'}"
    if Signal.SHIFT in newest.signals and count >= RUN_LENGTH:
        return f"{count} months {'above' if direction > 0 else 'below'} the average"
    return str(newest.signals[0])


def _verdict(direction: int, polarity: Polarity) -> Verdict:
    if polarity is Polarity.CONTEXT:
        return Verdict.UP if direction > 0 else Verdict.DOWN
    improving = (direction > 0) == (polarity is Polarity.HIGHER)
    return Verdict.BETTER if improving else Verdict.WORSE


def assurance(limits: Limits, target: Number, polarity: Polarity) -> Assurance:
    """Whether the whole expected range meets the target, misses it, or lies across it."""
    line = float(target)
    worst, best = limits.lower, limits.upper
    if polarity is Polarity.LOWER:
        worst, best, line = -limits.upper, -limits.lower, -line
    if worst >= line:
        return Assurance.ALWAYS
    return Assurance.NEVER if best < line else Assurance.HIT_AND_MISS
