"""Bands are half-open on unrounded values, ratings use five words, print never flatters."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.ratings import (
    Assessment,
    Polarity,
    Rating,
    Target,
    display,
    meets,
    rate,
    rate_percent,
)

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "worked_examples.json").read_text())
EXAMPLES = {vector["id"]: vector for vector in VECTORS["vectors"]}
F = Fraction

ON_TIME = Target(F(95), F(90), F(80))
ERRORS = Target(F(1), F(2), F(5), Polarity.LOWER)


@pytest.mark.parametrize(
    ("value", "rating"),
    [
        (F(95), Rating.GOOD),
        (F(9499999, 100000), Rating.APPROACHING),
        (F(90), Rating.APPROACHING),
        (F(89), Rating.REQUIRES_IMPROVEMENT),
        (F(80), Rating.REQUIRES_IMPROVEMENT),
        (F(79), Rating.INADEQUATE),
    ],
)
def test_ratings_of_a_higher_is_better_measure(value: Fraction, rating: Rating) -> None:
    assert rate(value, ON_TIME) == Assessment(value, rating)


def test_ratings_of_a_lower_is_better_measure() -> None:
    found = [rate(F(value), ERRORS).rating.value for value in (0, 1, 2, 5, 6)]
    assert found == [
        "Good",
        "Good",
        "Approaching target",
        "Requires improvement",
        "Inadequate",
    ]


def test_nothing_to_divide_by_is_not_measured() -> None:
    assessment = rate_percent(0, 0, ON_TIME)
    assert assessment == Assessment(None, Rating.OTHER, "Not measured")
    assert not assessment.measured


def test_a_measure_without_target_is_never_rated() -> None:
    assert rate(F(5), None) == Assessment(F(5), Rating.OTHER, "No target")


def test_a_volume_cannot_be_given_a_target() -> None:
    with pytest.raises(ValueError, match="context"):
        Target(F(1), F(1), F(1), Polarity.CONTEXT)


def test_lines_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="lines"):
        Target(F(80), F(90), F(95))


def test_real_trust_figures_print_on_their_side_of_the_target() -> None:
    example = EXAMPLES["P2"]
    shown, met = [], []
    for kind in ("non_nhs", "nhs"):
        paid, total, paid_value, total_value = example["given"][kind]
        for part, whole in ((paid, total), (paid_value, total_value)):
            value = F(part * 100, whole)
            shown.append(display(value, F(95), places=2, suffix=""))
            met.append(meets(value, F(95)))
    assert shown == example["expect"]["non_nhs"] + example["expect"]["nhs"]
    assert met == example["expect"]["pass_95"]


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ("94.95", 0, "94.95%"),
        ("94.95", 1, "94.95%"),
        ("94.9493", 1, "94.9%"),
        ("94.9996", 1, "94.9996%"),
        ("95.04", 1, "95.0%"),
        ("92.703", 1, "92.7%"),
    ],
)
def test_more_decimals_near_the_line(value: str, places: int, text: str) -> None:
    assert display(F(value), F(95), places=places) == text


def test_display_of_a_lower_is_better_measure_and_of_nothing() -> None:
    assert display(F("1.04"), F(1), Polarity.LOWER) == "1.04%"
    assert display(None, F(1)) == "Not measured"
    assert display(F(12345), places=0, suffix="") == "12,345"


@given(
    st.fractions(0, 100), st.integers(0, 100), st.sampled_from([Polarity.HIGHER, Polarity.LOWER])
)
def test_print_and_judgement_always_agree(value: Fraction, line: int, polarity: Polarity) -> None:
    shown = display(value, F(line), polarity, places=0, suffix="")
    assert meets(F(shown), F(line), polarity) == meets(value, F(line), polarity)
