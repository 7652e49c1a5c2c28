"""Tax weeks and months by pay date, to the last day of a year."""

from datetime import date, timedelta

import pytest

from payroll.calculator.periods import Frequency, TaxPeriod, period_of, year_label, year_start

WEEKLY, FORTNIGHTLY, FOUR_WEEKLY, MONTHLY = Frequency


@pytest.mark.parametrize(
    ("frequency", "day", "number", "extra"),
    [
        (MONTHLY, date(2026, 4, 6), 1, False),
        (MONTHLY, date(2026, 5, 5), 1, False),
        (MONTHLY, date(2026, 5, 6), 2, False),
        (MONTHLY, date(2026, 12, 31), 9, False),
        (MONTHLY, date(2027, 1, 1), 9, False),
        (MONTHLY, date(2027, 4, 5), 12, False),
        (WEEKLY, date(2026, 4, 12), 1, False),
        (WEEKLY, date(2026, 4, 13), 2, False),
        (WEEKLY, date(2027, 4, 4), 52, False),
        (WEEKLY, date(2027, 4, 5), 53, True),
        (FORTNIGHTLY, date(2026, 4, 19), 2, False),
        (FORTNIGHTLY, date(2026, 4, 20), 4, False),
        (FORTNIGHTLY, date(2027, 4, 5), 54, True),
        (FOUR_WEEKLY, date(2026, 5, 3), 4, False),
        (FOUR_WEEKLY, date(2026, 5, 4), 8, False),
        (FOUR_WEEKLY, date(2027, 4, 5), 56, True),
    ],
)
def test_the_period_of_a_pay_date(
    frequency: Frequency, day: date, number: int, extra: bool
) -> None:
    assert period_of(day, frequency) == TaxPeriod(frequency, number)
    assert period_of(day, frequency).extra is extra


def test_every_day_of_two_years_has_a_period() -> None:
    """A leap year has two days of week 53."""
    extra = 0
    for offset in range(731):
        day = date(2026, 4, 6) + timedelta(days=offset)
        for frequency in Frequency:
            extra += period_of(day, frequency).extra
    assert extra == 3 * (1 + 2)


def test_the_year_of_a_date() -> None:
    assert (year_start(date(2026, 4, 5)), year_label(date(2026, 4, 5))) == (
        date(2025, 4, 6), "2025-26",
    )  # fmt: skip
    assert year_label(date(2099, 4, 6)) == "2099-00"


@pytest.mark.parametrize(
    ("frequency", "number"),
    [
        (MONTHLY, 0),
        (MONTHLY, 13),
        (WEEKLY, 54),
        (FORTNIGHTLY, 3),
        (FOUR_WEEKLY, 6),
        (FOUR_WEEKLY, 60),
    ],
)
def test_no_such_period(frequency: Frequency, number: int) -> None:
    with pytest.raises(ValueError, match="There is no"):
        TaxPeriod(frequency, number)
