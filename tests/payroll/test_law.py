"""Figures of the law: whole, sourced, without gaps, and refused outside of what is confirmed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from core.errors import Refused
from payroll import law
from payroll.calculator.figures import PRIMARY_THRESHOLD, TAX_BANDS, Regime
from payroll.calculator.periods import Frequency
from payroll.calculator.tax_codes import parse_code
from payroll.cases import Case, answer
from payroll.checks import check_files, figures_of_the_law_are_usable
from payroll.law import DECLARED, FOLDER, Pence, Rate, Status, Unusable, read

APRIL, NEXT = date(2026, 4, 6), date(2027, 6, 30)
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


def test_a_value_that_is_not_published_is_used_only_where_it_is_allowed(
    next_year: Callable[[str], None],
) -> None:
    next_year("provisional")
    with pytest.raises(Refused, match="is only provisional"):
        PRIMARY_THRESHOLD.on(NEXT)
    allowed = {Status.PUBLISHED, Status.PROVISIONAL}
    assert PRIMARY_THRESHOLD.on(NEXT, allowed).month == 110_000
    assert PRIMARY_THRESHOLD.span(NEXT, allowed).source == "Test of a new year"


def test_a_new_year_is_data_and_no_code(next_year: Callable[[str], None]) -> None:
    """Every file gets a year more, with another primary threshold: the year can be worked out."""
    next_year("published")
    check_files()
    (tax, contribution) = [
        line.amount
        for line in answer(case(NEXT)).lines
        if line.name in ("Income tax", "National Insurance")
    ]
    # (3000.00 - 1048.26) in pounds at 20%, and 8% above 1,100 instead of 1,048.
    assert (tax, contribution) == (-39_020, -15_200)
    (_, now) = [line.amount for line in answer(case(APRIL)).lines][1:]
    assert now == -15_616


def case(day: date) -> Case:
    code = parse_code("1257L X", day)
    return Case(day, Frequency.MONTHLY, 300_000, "As given.", code, "A")


@pytest.fixture
def next_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Adds 2027-28 to a copy of all files."""

    def add(status: str) -> None:
        for path in FOLDER.iterdir():
            text = path.read_text(encoding="utf-8")
            value = text[text.rindex("    value:") :]
            ends_on = re.findall(r"until: (\S+)", text)[-1]
            if path.stem == PRIMARY_THRESHOLD.name:
                value = value.replace("month: 1048", "month: 1100")
            if "2027" < ends_on < "2028":
                text += f"  - from: {ends_on}\n    until: 2028-04-06\n"
                text += f"    status: {status}\n    source: Test of a new year\n{value}"
            (tmp_path / path.name).write_text(text, encoding="utf-8")
        monkeypatch.setattr(law, "FOLDER", tmp_path)
        law.load.cache_clear()

    yield add
    law.load.cache_clear()


def test_a_file_that_nothing_declares_stops_the_start(
    next_year: Callable[[str], None], tmp_path: Path
) -> None:
    next_year("published")
    (tmp_path / "window_tax.yaml").write_text(GOOD, encoding="utf-8")
    (error,) = figures_of_the_law_are_usable()
    assert (error.id, error.msg) == (
        "payroll.E001",
        "window_tax.yaml: no calculator uses it. Remove it, or declare it.",
    )
    (tmp_path / "window_tax.yaml").unlink()
    (tmp_path / "free_pay.yaml").unlink()
    (error,) = figures_of_the_law_are_usable()
    assert error.msg.startswith("free_pay.yaml: there is no such file")
