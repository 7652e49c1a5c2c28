"""Comparison: quartiles, funnels, and that no partner can be read off a published figure."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarking.statistics import (
    Cell,
    Contribution,
    Disclosure,
    Method,
    Withheld,
    cell,
    disclosure,
    dominated,
    funnel_limits,
    funnel_words,
    position,
    quartiles,
)
from sla.ratings import Polarity

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "worked_examples.json").read_text())
EXAMPLES = {vector["id"]: vector for vector in VECTORS["vectors"]}


def exact(values: list) -> list[Fraction]:
    return [Fraction(str(value)) for value in values]


def partners(*pairs: tuple[int, int]) -> list[Contribution]:
    return [Contribution(f"partner {n}", part, whole) for n, (part, whole) in enumerate(pairs)]


@pytest.mark.parametrize("key", ["B1", "B2"])
@pytest.mark.parametrize("method", list(Method))
def test_quartiles_by_both_methods(key: str, method: Method) -> None:
    found = quartiles(exact(EXAMPLES[key]["given"]["values"]), method)
    expected = exact(EXAMPLES[key]["expect"][method.value])
    assert [found.lower, found.median, found.upper] == expected
    assert found.method is method


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=30))
def test_quartiles_are_ordered_and_within_the_values(values: list[int]) -> None:
    found = quartiles(values)
    assert min(values) <= found.lower <= found.median <= found.upper <= max(values)


@pytest.mark.parametrize(
    ("peers", "shown"),
    [
        (0, Disclosure.NOTHING),
        (4, Disclosure.NOTHING),
        (5, Disclosure.MEDIAN),
        (7, Disclosure.MEDIAN),
        (8, Disclosure.QUARTILES),
        (30, Disclosure.QUARTILES),
    ],
)
def test_what_may_be_shown(peers: int, shown: Disclosure) -> None:
    assert disclosure(peers) is shown


@pytest.mark.parametrize(
    ("contributors", "shown"),
    [
        (5, Disclosure.NOTHING),
        (6, Disclosure.MEDIAN),
        (8, Disclosure.MEDIAN),
        (9, Disclosure.QUARTILES),
    ],
)
def test_a_cell_counts_peers_beside_each_viewer(contributors: int, shown: Disclosure) -> None:
    found = cell(partners(*[(80 + n, 100) for n in range(contributors)]))
    assert found.disclosure is shown
    assert (found.median is None) == (shown is Disclosure.NOTHING)
    assert (found.quartiles is None) == (shown is not Disclosure.QUARTILES)


def test_small_denominators_do_not_contribute() -> None:
    found = cell(partners(*[(80, 100)] * 5, (9, 9), (0, 0)))
    assert found == Cell(5, Disclosure.NOTHING, withheld=Withheld.TOO_FEW_PEERS)
    assert cell(partners(*[(80, 100)] * 5, (8, 10))) == Cell(6, Disclosure.MEDIAN, Fraction(80))


def test_a_dominated_cell_is_withheld() -> None:
    found = cell(partners((400, 501), *[(80, 100)] * 5))
    assert found == Cell(6, Disclosure.NOTHING, withheld=Withheld.DOMINATED)
    assert cell(partners((400, 500), *[(80, 100)] * 5)).median == Fraction(80)
    assert not dominated([0, 0])


def test_position_follows_polarity() -> None:
    found = quartiles(exact(EXAMPLES["B1"]["given"]["values"]))
    assert position(3, found, Polarity.LOWER) == "in the best quarter"
    assert position(3, found, Polarity.HIGHER) == "in the weakest quarter"
    assert position(3, found, Polarity.CONTEXT) == "in the lowest quarter"
    assert position(4, found, Polarity.LOWER) == "in the middle half"


@pytest.mark.parametrize("size", ["120", "600", "2400"])
def test_funnel_limits(size: str) -> None:
    found = funnel_limits(0.92, int(size))
    edges = [found.lower_95, found.upper_95, found.lower_998, found.upper_998]
    assert [f"{edge:.4f}" for edge in edges] == EXAMPLES["B5"]["expect"][size]


def test_the_same_rate_means_more_on_more_cases() -> None:
    rate = 104 / 120
    found = [funnel_words(rate, funnel_limits(0.92, size)).split(" the")[0] for size in (120, 2400)]
    assert found == ["between", "outside"]
    assert funnel_words(0.92, funnel_limits(0.92, 120)).startswith("within")


def test_funnel_limits_stay_proportions() -> None:
    found = funnel_limits(0.99, 5)
    assert (found.upper_95, found.upper_998) == (1.0, 1.0)
    with pytest.raises(ValueError, match="size"):
        funnel_limits(0.5, 0)
