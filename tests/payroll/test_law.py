"""Figures of the law: whole, sourced, without gaps, and refused outside of what is confirmed."""

from dataclasses import dataclass
from datetime import date

import pytest

from core.errors import Refused
from payroll.calculator.figures import PRIMARY_THRESHOLD, TAX_BANDS, Regime
from payroll.law import DECLARED, FOLDER, Pence, Rate, Status, Unusable, check_files, read

APRIL = date(2026, 4, 6)
GOOD = """
label: Test
values:
  - {from: 2025-04-06, until: 2026-04-06, status: published, source: HMRC, value: {rate: 8%, pay: 96.16}}
  - {from: 2026-04-06, until: 2027-04-06, status: derived, source: Ours, value: {rate: 1.85%, pay: 5}}
"""  # noqa: E501


@dataclass(frozen=True)
class Shape:
    rate: Rate
    pay: Pence


def test_every_file_is_usable_and_used() -> None:
    check_files()
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.yaml" for name in DECLARED}


def test_values_are_exact_and_dated() -> None:
    label, (first, second) = read("t.yaml", GOOD, Shape)
    assert label == "Test"
    assert (first.value, first.status, first.source) == (
        Shape(Rate(800), Pence(9616)), Status.PUBLISHED, "HMRC",
    )  # fmt: skip
    assert (second.starts_on, second.ends_on, second.value.rate) == (APRIL, date(2027, 4, 6), 185)


def test_the_value_of_the_day() -> None:
    scotland = TAX_BANDS[Regime.SCOTLAND]
    assert scotland.on(date(2026, 4, 5)).bands[0].up_to == 282_700
    assert scotland.on(APRIL).bands[0].up_to == 396_700
    assert PRIMARY_THRESHOLD.on(APRIL).month == 104_800


@pytest.mark.parametrize("day", [date(2025, 4, 5), date(2027, 4, 6), date(2031, 1, 1)])
def test_a_day_beyond_the_confirmed_figures_is_refused(day: date) -> None:
    with pytest.raises(Refused, match="is known from 6 April 2025 to 5 April 2027") as refused:
        PRIMARY_THRESHOLD.on(day)
    assert refused.value.code == "PRL01"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("label: Test", "title: Test", "label missing"),
        ("source: HMRC, ", "", "source missing"),
        ("source: HMRC", "source: ' '", "source: ' ' where words belong"),
        ("status: derived", "status: certain", "'certain' is none of published"),
        ("until: 2026-04-06", "until: 2026-03-06", "leave a gap"),
        ("until: 2026-04-06", "until: 2026-05-06", "overlap"),
        ("until: 2027-04-06", "until: 2026-04-06", "before it has begun"),
        ("from: 2025-04-06", "from: soon", "not a date"),
        ("rate: 8%", "rate: 8", "not a rate"),
        ("rate: 8%", "rate: 8.005%", "not a rate"),
        ("pay: 96.16", "pay: 96.165", "not pounds and whole pence"),
        ("pay: 96.16", "pay: 1, pay: 2", "stands there twice"),
        ("pay: 96.16", "pay: 1, tip: 2", "tip not known"),
        ("pay: 96.16", "pay: true", "not pounds"),
        ("values:", "values: []\nnote:", "at least one"),
        ("label", "  label: [", "not YAML"),
    ],
)
def test_a_file_that_breaks_its_schema_is_refused(old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(Unusable, match=says):
        read("t.yaml", GOOD.replace(old, new, 1), Shape)
