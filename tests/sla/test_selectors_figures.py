"""Figures: ratios of two, nothing over nothing, and how they are printed."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from sla.models import Indicator
from sla.ratings import Target as Lines
from sla.selectors import Values, chosen_month, latest_month, shown

APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)


def indicator(**facts: object) -> Indicator:
    given = {"unit": "%", "polarity": "higher", "factor": Decimal(100), "kind": "KPI"}
    given |= {"numerator": "a", "denominator": "b", "missing": "Nothing was paid."}
    return Indicator(code="T-01", **{**given, **facts})


def values(**found: int) -> Values:
    by_key = {(1, key, APRIL): value for key, value in found.items()}
    return Values(by_key, months=(APRIL, MAY))


def test_a_ratio_is_exact() -> None:
    assert values(a=1, b=3).figure(1, indicator(), APRIL).value == Fraction(100, 3)
    assert values(b=3).figure(1, indicator(), APRIL).value == 0


@pytest.mark.parametrize("found", [{}, {"a": 0, "b": 0}, {"a": 5}])
def test_nothing_below_the_line_is_not_measured(found: dict[str, int]) -> None:
    figure = values(**found).figure(1, indicator(), APRIL)
    assert (figure.value, figure.reason) == (None, "Nothing was paid.")


def test_a_volume_is_a_count_or_pounds() -> None:
    volume = indicator(denominator="", unit="", factor=Decimal(1))
    money = indicator(denominator="", unit="£", factor=Decimal("0.01"))
    found = values(a=123456)
    assert shown(found.figure(1, volume, APRIL).value, volume) == "123,456"
    assert shown(found.figure(1, money, APRIL).value, money) == "£1,234.56"
    assert found.figure(1, volume, MAY).value is None
    cost = indicator(unit="£ per payslip", factor=Decimal("0.01"), polarity="lower")
    assert shown(Fraction(9, 2), cost) == "£4.50 per payslip"


def test_the_trap_of_the_rounded_target() -> None:
    """75,460 of 79,474 is under 95%, though its trust printed 95%."""
    lines = Lines(Fraction(95), Fraction(90), Fraction(80))
    figure = values(a=75460, b=79474).figure(1, indicator(), APRIL)
    assert shown(figure.value, indicator(), lines) == "94.9%"
    days = indicator(unit="days", factor=Decimal(1), polarity="lower")
    assert shown(Fraction(292, 10), days) == "29.2 days"


def test_series_has_every_month() -> None:
    series = values(a=1, b=2).series(1, indicator())
    assert [(each.month, each.value) for each in series] == [(APRIL, 50), (MAY, None)]


def test_the_latest_whole_month_is_shown() -> None:
    months = (APRIL, MAY, JUNE)
    assert latest_month(months, date(2026, 6, 15)) == MAY
    assert latest_month(months, date(2026, 7, 1)) == JUNE
    assert latest_month((JUNE,), date(2026, 6, 15)) == JUNE
    assert latest_month((), date(2026, 6, 15)) is None
    assert chosen_month("2026-04", months, date(2026, 6, 15)) == APRIL
    assert chosen_month("1999-04", months, date(2026, 6, 15)) == MAY
