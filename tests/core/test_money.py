"""Money is exact: whole pence, named roundings, splits whose parts always sum."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import (
    InexactMoney,
    Rounding,
    formatted,
    percent,
    percent_of,
    pounds,
    round_whole,
    split,
    to_pence,
)

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "worked_examples.json").read_text())
EXAMPLES = {vector["id"]: vector for vector in VECTORS["vectors"]}

weights = st.lists(st.integers(0, 10**7), min_size=1, max_size=30).filter(any)


@pytest.mark.parametrize(
    ("amount", "pence"),
    [
        ("12.34", 1234),
        ("-0.05", -5),
        (Decimal("1E+3"), 100000),
        (Decimal("1.500"), 150),
        (7, 700),
        ("1234567890123456789012345678901.23", 123456789012345678901234567890123),
    ],
)
def test_pounds_become_exact_pence(amount: Decimal | str | int, pence: int) -> None:
    assert to_pence(amount) == pence


@pytest.mark.parametrize("amount", ["0.001", "ten", "", "NaN", "Infinity", Decimal("1.005")])
def test_part_of_a_penny_and_text_are_refused(amount: Decimal | str) -> None:
    with pytest.raises(InexactMoney):
        to_pence(amount)


@pytest.mark.parametrize("amount", [1.1, True, None])
def test_floats_and_other_kinds_are_refused(amount: object) -> None:
    with pytest.raises(TypeError):
        to_pence(amount)  # type: ignore[arg-type]


@given(st.integers(-(10**18), 10**18))
def test_pence_survive_the_way_to_pounds_and_back(pence: int) -> None:
    assert to_pence(pounds(pence)) == pence
    assert to_pence(str(pounds(pence))) == pence


def test_pounds_have_two_places_and_read_well() -> None:
    assert str(pounds(500)) == "5.00"
    assert str(pounds(-5)) == "-0.05"
    assert formatted(-123456789) == "−£1,234,567.89"
    assert formatted(5) == "£0.05"


@pytest.mark.parametrize(
    ("rounding", "results"),
    [
        (Rounding.HALF_UP, [1, 2, 3, -1, -2]),
        (Rounding.HALF_EVEN, [0, 2, 2, 0, -2]),
        (Rounding.DOWN, [0, 1, 2, 0, -1]),
        (Rounding.UP, [1, 2, 3, -1, -2]),
    ],
)
def test_named_roundings_keep_the_sign(rounding: Rounding, results: list[int]) -> None:
    values = [Decimal("0.5"), Decimal("1.5"), Decimal("2.5"), Decimal("-0.5"), Decimal("-1.5")]
    assert [round_whole(value, rounding) for value in values] == results


def test_percent_is_exact_and_never_divides_by_nothing() -> None:
    assert percent(1, 3) == Fraction(100, 3)
    assert percent(0, 0) is None
    assert percent_of(1005, "50") == 503
    assert percent_of(-1005, Decimal("50")) == -503


def given_weights(example: dict) -> list[int]:
    given_ = example["given"]
    if "days" in given_:
        return [
            heads * days for heads, days in zip(given_["headcount"], given_["days"], strict=True)
        ]
    return given_["weights"]


@pytest.mark.parametrize("key", ["C2", "C3", "C13"])
def test_splits_by_weight(key: str) -> None:
    example = EXAMPLES[key]
    assert split(example["given"]["total_pence"], given_weights(example)) == example["expect"]


def test_twelve_instalments() -> None:
    assert split(100000000, [1] * 12) == EXAMPLES["C1"]["expect"]


def test_a_deficit_is_split_like_a_surplus() -> None:
    example = EXAMPLES["C12"]
    shares = example["given"]["contributions_10k"]
    assert split(example["given"]["surplus_pence"], shares) == example["expect"]["surplus"]
    assert split(example["given"]["deficit_pence"], shares) == example["expect"]["deficit"]


def test_edges_of_the_split() -> None:
    expected = EXAMPLES["C15"]["expect"]
    assert split(1, [1, 1, 1]) == expected["one_penny_three_ways"]
    assert split(-5, [1, 1, 1]) == expected["minus_five_pence"]
    assert split(5, [1, 0, 1]) == expected["zero_weight"]


@pytest.mark.parametrize("bad", [[], [0, 0], [1, -1], [3, -1]])
def test_a_split_needs_something_to_split_by(bad: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(100, bad)


@given(st.integers(-(10**15), 10**15), weights)
def test_parts_always_sum_and_are_fair(total: int, shares: list[int]) -> None:
    parts = split(total, shares)
    whole = sum(shares)
    assert sum(parts) == total
    assert split(-total, shares) == [-part for part in parts]
    for part, weight in zip(parts, shares, strict=True):
        assert abs(part - Fraction(total) * weight / whole) < 1
        assert weight or part == 0


@given(st.integers(0, 10**12), st.lists(st.decimals("0", "1000", places=4), min_size=1).filter(any))
def test_parts_sum_for_decimal_weights(total: int, shares: list[Decimal]) -> None:
    assert sum(split(total, shares)) == total
