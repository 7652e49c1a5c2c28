"""Control charts: limits, the four rules, and what is said about the newest months."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from sla.control_charts import (
    Assurance,
    Change,
    Signal,
    Verdict,
    analyse,
    assurance,
    describe_change,
    limits_of,
)
from sla.ratings import Polarity

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "worked_examples.json").read_text())
EXAMPLES = {vector["id"]: vector for vector in VECTORS["vectors"]}
BASELINE = EXAMPLES["B3"]["given"]["values"]
LATER = EXAMPLES["B4"]["given"]["values"]
STEADY = [50, 52, 49, 51, 50, 48, 51, 50, 52, 49, 50, 51]


def months(values: list) -> list[tuple[str, float | None]]:
    return [(f"month {number}", value) for number, value in enumerate(values, start=1)]


def marked(values: list, rule: Signal) -> list[int]:
    points = analyse(months(values)).points
    return [number for number, point in enumerate(points, start=1) if rule in point.signals]


def test_limits_of_twelve_months() -> None:
    limits, expected = limits_of(BASELINE), EXAMPLES["B3"]["expect"]
    found = {
        "mean": f"{limits.mean:.4f}",
        "mean_moving_range": f"{limits.mean_moving_range:.4f}",
        "lower": f"{limits.lower:.4f}",
        "upper": f"{limits.upper:.4f}",
    }
    assert found == expected


def test_signals_after_the_baseline() -> None:
    values, expected = BASELINE + LATER, EXAMPLES["B4"]["expect"]
    outside = [number - 12 for number in marked(values, Signal.OUTSIDE)]
    # The last two baseline months lie above the mean as well, so the run began with them.
    shifted = [number - 12 for number in marked(values, Signal.SHIFT)]
    assert outside == expected["outside"]
    assert shifted == [-1, 0, *range(expected["shift_from"], 9)]
    assert analyse(months(values)).limits == limits_of(BASELINE)


def test_a_wild_moving_range_is_dropped_before_the_limits() -> None:
    assert limits_of([*STEADY, 90, *STEADY]).mean_moving_range < 2
    assert limits_of([5, 5, 5]).upper == 5


def test_seven_rising_is_a_trend_and_six_is_not() -> None:
    rising = [51, 47, 48, 49, 50, 51, 52, 53]
    assert marked(rising, Signal.TREND) == [2, 3, 4, 5, 6, 7, 8]
    assert marked([*rising[:7], 47], Signal.TREND) == []


def test_two_of_three_near_an_edge_on_one_side() -> None:
    limits = limits_of(STEADY)
    near = limits.mean + (limits.upper - limits.mean) * 0.9
    inside = limits.mean + 0.1
    assert marked([*STEADY, near, inside, near], Signal.TWO_OF_THREE) == [13, 15]
    assert marked([*STEADY, near, limits.mean - 0.1, near], Signal.TWO_OF_THREE) == []
    assert marked([*STEADY, near, inside, near], Signal.OUTSIDE) == []


def test_a_value_on_the_average_breaks_a_run() -> None:
    flat = analyse(months([10] * 12))
    assert [point.signals for point in flat.points] == [()] * 12


def test_a_period_not_measured_is_kept_and_breaks_nothing() -> None:
    values = [*BASELINE, 88, 89, None, 90, 88, 91, 89, 90]
    chart = analyse(months(values))
    assert chart.points[14].value is None
    assert chart.points[14].signals == ()
    assert marked(values, Signal.SHIFT) == [11, 12, 13, 14, 16, 17, 18, 19, 20]


def test_too_few_months_are_not_judged() -> None:
    chart = analyse(months([1, None, 3, 4, 5, 6, 7, 8]))
    assert chart.limits is None
    assert describe_change(chart, Polarity.HIGHER) == Change(
        Verdict.TOO_SHORT, "", "Too few months to judge: 7 of the 8 needed."
    )
    assert describe_change(analyse([]), Polarity.LOWER).verdict is Verdict.TOO_SHORT


@pytest.mark.parametrize(
    ("polarity", "word"),
    [(Polarity.HIGHER, "Better"), (Polarity.LOWER, "Worse"), (Polarity.CONTEXT, "Up")],
)
def test_a_shift_is_said_in_words(polarity: Polarity, word: str) -> None:
    change = describe_change(analyse(months(BASELINE + LATER)), polarity)
    assert change.sentence.startswith(f"{word} since month ")
    assert change.sentence.endswith(" months above the average.")


def test_the_run_is_dated_from_its_first_month() -> None:
    fractions = [Fraction(value) for value in [*BASELINE[:11], 80, *LATER]]
    change = describe_change(analyse(months(fractions)), Polarity.HIGHER)
    expected = "Better since month 13: 8 months above the average."
    assert change == Change(Verdict.BETTER, "month 13", expected)


def test_a_single_month_outside() -> None:
    change = describe_change(analyse(months([*STEADY, 40])), Polarity.HIGHER)
    expected = "Worse in month 13: outside the expected range."
    assert change == Change(Verdict.WORSE, "month 13", expected)


def test_a_trend_alone() -> None:
    values = [40, 60, 44, 58, 41, 60, 42, 47, 48, 49, 50, 51, 52]
    change = describe_change(analyse(months(values)), Polarity.LOWER)
    assert change.sentence == "Worse since month 7: 7 months rising."


def test_a_wobble_is_no_real_change() -> None:
    change = describe_change(analyse(months([*STEADY, 40, 51])), Polarity.HIGHER)
    expected = "No real change: the latest month is as expected."
    assert change == Change(Verdict.NO_CHANGE, "", expected)


@pytest.mark.parametrize(
    ("target", "higher", "lower"),
    [
        (70, Assurance.ALWAYS, Assurance.NEVER),
        (84, Assurance.HIT_AND_MISS, Assurance.HIT_AND_MISS),
        (95, Assurance.NEVER, Assurance.ALWAYS),
    ],
)
def test_whether_the_process_can_meet_the_target(
    target: int, higher: Assurance, lower: Assurance
) -> None:
    limits = limits_of(BASELINE)
    assert assurance(limits, target, Polarity.HIGHER) is higher
    assert assurance(limits, target, Polarity.LOWER) is lower
