"""Average weekly earnings: the relevant period, the divisor, and nothing rounded."""

from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.calculator.average_earnings import (
    Payments,
    RelevantPeriod,
    average_of_months,
    end_of_qualifying_week,
    relevant_period,
    rounded_months,
)
from tests.payroll.law_of import days, row


def period(
    paydays: list[str], earnings: list[int], until: str, *, monthly: bool = True,
    employed_from: str = "2020-01-01",
) -> RelevantPeriod:  # fmt: skip
    return relevant_period(
        Payments(row(*[0] * len(paydays)), days(*paydays), row(*earnings)),
        days(until), np.array([monthly]), days(employed_from),
    )  # fmt: skip


def exact(result: RelevantPeriod) -> Fraction:
    return Fraction(int(result.average.number[0]), int(result.average.by[0]))


def test_the_qualifying_week() -> None:
    """Due on Wednesday 14 October 2026: the week of Sunday 11 October, 15 weeks before 28 June."""
    due = days("2026-10-11", "2026-10-14", "2026-10-17", "2026-10-18")
    assert end_of_qualifying_week(due).tolist() == [date(2026, 7, 4)] * 3 + [date(2026, 7, 11)]


def test_monthly_pay() -> None:
    """Paydays at the end of the month: up to 4 July that of June, eight weeks back April's."""
    paydays = ["2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31"]
    result = period(paydays, [9_999_99, 9_999_99, 2_000_00, 2_200_00, 9_999_99], "2026-07-04")
    assert (result.first_day[0], result.last_day[0]) == tuple(days("2026-05-01", "2026-06-30"))
    assert result.earnings.tolist() == [4_200_00]
    assert exact(result) == Fraction(4_200_00 * 12, 2 * 52)


def test_weekly_pay() -> None:
    paydays = [str(date(2026, 5, 1) + timedelta(weeks=week)) for week in range(10)]
    result = period(paydays, [300_00] * 9 + [900_00], "2026-06-27", monthly=False)
    # 26 June is the last payday; 56 days before it is 1 May, so eight weeks count.
    assert result.earnings.tolist() == [8 * 300_00]
    assert exact(result) == 300_00


def test_a_new_employee_is_averaged_from_the_first_day() -> None:
    result = period(["2026-06-30"], [1_500_00], "2026-07-04", employed_from="2026-06-01")
    assert exact(result) == Fraction(1_500_00 * 12, 52)


@pytest.mark.parametrize(
    ("before", "last", "months"),
    [
        ("2026-04-30", "2026-06-30", 2),
        ("2026-01-31", "2026-03-28", 2),  # a month and 28 days
        ("2026-04-15", "2026-06-30", 2),  # 15 odd days round down
        ("2026-04-14", "2026-06-30", 3),
        ("2025-12-14", "2026-02-28", 2),  # February: 14 odd days round down
        ("2025-12-13", "2026-02-28", 3),
    ],
)
def test_odd_days_round_to_months(before: str, last: str, months: int) -> None:
    assert rounded_months(days(before), days(last)).tolist() == [months]


def test_average_of_months_is_never_rounded() -> None:
    """Two months of 541.66 average 124.9984… a week: below 125, though it would round to it."""
    average = average_of_months(row(1_083_32, 1_083_34), row(2, 2))
    assert average.reaches(125_00).tolist() == [False, True]


def test_without_a_payday_the_contract_decides() -> None:
    with pytest.raises(ValueError, match="Row 0: there is no payday"):
        period(["2026-07-31"], [1_500_00], "2026-07-04")
    with pytest.raises(ValueError, match="Row 0: the relevant period is too short"):
        period(["2026-06-30"], [100_00], "2026-07-04", employed_from="2026-06-25")


history = st.lists(
    st.tuples(st.dates(date(2026, 1, 1), date(2026, 6, 1)), st.integers(0, 5_000_00)),
    min_size=1, max_size=12, unique_by=lambda one: one[0],
)  # fmt: skip


@given(st.lists(history, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_columns_equal_plain_python(people: list, random) -> None:
    until, employed = date(2026, 6, 1), date(2025, 12, 1)
    rows = [(at, *one) for at, payments in enumerate(people) for one in payments]
    random.shuffle(rows)
    result = relevant_period(
        Payments(
            row(*(at for at, *_ in rows)), days(*(str(day) for _, day, _ in rows)),
            row(*(pence for *_, pence in rows)),
        ),
        days(*[str(until)] * len(people)), np.zeros(len(people), dtype=bool),
        days(*[str(employed)] * len(people)),
    )  # fmt: skip
    for at, payments in enumerate(people):
        last = max(day for day, _ in payments)
        earlier = [day for day, _ in payments if day <= last - timedelta(days=56)]
        before = max(earlier, default=employed - timedelta(days=1))
        counted = sum(pence for day, pence in payments if before < day <= last)
        got = Fraction(int(result.average.number[at]), int(result.average.by[at]))
        assert got == Fraction(counted * 7, (last - before).days)
