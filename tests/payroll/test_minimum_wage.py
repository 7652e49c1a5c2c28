"""The minimum wage check: rate by age and apprenticeship, what counts, what is short."""

from datetime import date
from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.calculator.minimum_wage import (
    MINIMUM_WAGE,
    HoursAndPay,
    MinimumWageCheck,
    check_minimum_wage,
    hourly_rates,
)
from tests.payroll.law_of import days, row

APRIL = np.datetime64("2026-04-01")
LAW = MINIMUM_WAGE.on(date(2026, 4, 1))


def check(
    pay: int, minutes: int, *, off: int = 0, nights: int = 0, rent: int = 0,
    born: str = "1990-01-01", apprentice: str | None = None,
) -> MinimumWageCheck:  # fmt: skip
    given_rows = HoursAndPay(
        days(born), days(apprentice), row(pay), row(off), row(minutes), row(nights), row(rent)
    )
    return check_minimum_wage(given_rows, APRIL, LAW)


@pytest.mark.parametrize(
    ("born", "apprentice", "rate"),
    [
        ("2005-04-01", None, 12_71),  # 21 on the first day of the period
        ("2005-04-02", None, 10_85),  # a day later: from the next period
        ("2008-04-01", None, 10_85),
        ("2008-04-02", None, 8_00),
        ("1990-01-01", "2025-04-02", 8_00),  # within the first twelve months
        ("1990-01-01", "2025-04-01", 12_71),  # twelve months complete
        ("2007-04-02", "2024-01-01", 8_00),  # 18, whatever the year
        ("2007-04-01", "2024-01-01", 10_85),  # 19 and past the first year
        ("1990-01-01", "2026-04-02", 12_71),  # not yet begun
    ],
)
def test_rates(born: str, apprentice: str | None, rate: int) -> None:
    assert hourly_rates(days(born), days(apprentice), APRIL, LAW).tolist() == [rate]


def test_band_two_of_last_year_falls_short() -> None:
    """162.5 hours at 12.51 are 2,032.88; at 12.71 they need 2,065.38."""
    result = check(2_032_88, 9_750)
    assert (result.required[0], result.shortfall[0]) == (2_065_38, 32_50)
    assert result.workings(0) == [
        "Pay that counts towards the minimum wage: £2,032.88.",
        "Less deductions for the employer's benefit: £0.00.",
        "Living accommodation: £0.00.",
        "162 hours 30 minutes at £12.71 an hour need £2,065.38; counted is £2,032.88.",
        "Pay is £32.50 short of the minimum wage.",
    ]


def test_deductions_for_the_employer_count_against_it() -> None:
    assert check(1_271_00, 6_000, off=25_00).shortfall.tolist() == [25_00]


def test_accommodation() -> None:
    """Ten days: the offset is 111.00."""
    free = check(1_271_00, 6_000, nights=10)
    within = check(1_271_00, 6_000, nights=10, rent=111_00)
    above = check(1_271_00, 6_000, nights=10, rent=150_00)
    assert [one.counted[0] for one in (free, within, above)] == [1_382_00, 1_271_00, 1_232_00]


births = st.dates(date(1950, 1, 1), date(2010, 3, 31))


@given(
    st.lists(
        st.tuples(
            st.integers(0, 500_000), st.integers(0, 20_000), st.integers(0, 50_000),
            st.integers(0, 31), st.integers(0, 60_000), births,
            st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2027, 1, 1))),
        ), min_size=1,
    )
)  # fmt: skip
def test_columns_equal_plain_python(people: list) -> None:
    pay, minutes, off, nights, rent, born, apprentice = zip(*people, strict=True)
    result = check_minimum_wage(
        HoursAndPay(
            np.array(born, dtype="datetime64[D]"),
            days(*(one and one.isoformat() for one in apprentice)),
            row(*pay), row(*off), row(*minutes), row(*nights), row(*rent),
        ), APRIL, LAW,
    )  # fmt: skip
    for at, (paid, worked, taken, slept, charge, birth, begun) in enumerate(people):
        age = 2026 - birth.year - ((birth.month, birth.day) > (4, 1))
        rate = 1271 if age >= 21 else 1085 if age >= 18 else 800
        start = date(2026, 4, 1)
        if begun and begun <= start:
            first_year = date(2025, 4, 1) < begun
            rate = 800 if age < 19 or first_year else rate
        lodging = slept * 1110 if not charge else min(slept * 1110 - charge, 0)
        short = ceil(Fraction(worked * rate, 60)) - (paid - taken + lodging)
        assert result.shortfall[at] == max(short, 0)
