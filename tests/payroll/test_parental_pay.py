"""Statutory parental pay: weeks, rates, sevenths, the earnings test and what HMRC gives back."""

from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from payroll.calculator.average_earnings import Average
from payroll.calculator.parental_pay import (
    KINDS,
    PARENTAL_PAY,
    RECOVERY,
    RECOVERY_SMALL_EMPLOYER,
    Leaves,
    ParentalPayDue,
    parental_pay,
    recoverable,
)
from payroll.law import Rate
from tests.payroll.law_of import LAST_NOVEMBER, NOVEMBER, row
from tests.payroll.twin import parental as twin

VERSIONS = [(span.starts_on, span.value) for span in PARENTAL_PAY.loaded()[1]]
ALWAYS = (date(2025, 4, 6), date(2027, 4, 3))


def due(leaves: list[tuple], pay_from: date, pay_to: date) -> ParentalPayDue:
    kinds, starts, weeks, before, earnings, entitled = zip(*leaves, strict=True)
    return parental_pay(
        Leaves(
            person=np.arange(len(leaves)), kind=row(*(KINDS.index(kind) for kind in kinds)),
            starts_on=np.array(starts, dtype="datetime64[D]"), weeks=row(*weeks),
            weeks_before=row(*before), average=Average(row(*earnings), row(*[8] * len(leaves))),
            lower_limit=row(*[125_00] * len(leaves)), entitled=np.array(entitled),
        ),
        VERSIONS, np.datetime64(pay_from, "D"), np.datetime64(pay_to, "D"),
    )  # fmt: skip


def one(kind: str, starts: str, weeks: int, weekly: int, before: int = 0) -> ParentalPayDue:
    return due([(kind, starts, weeks, before, weekly * 8, True)], *ALWAYS)


def test_maternity_by_hand() -> None:
    """600 a week: six weeks of 540.00, then 33 of 194.32."""
    assert one("maternity", "2026-05-04", 39, 600_00).due.tolist() == [6 * 540_00 + 33 * 194_32]
    assert one("maternity", "2026-05-04", 60, 600_00).weeks_allowed.tolist() == [39]


def test_ninety_per_cent_where_lower_and_rounded_up() -> None:
    # 90% of 150.01 is 135.009, of 150.03 135.027.
    assert one("adoption", "2026-05-04", 39, 150_01).due.tolist() == [39 * 135_01]
    assert one("paternity", "2026-05-04", 2, 150_03).due.tolist() == [2 * 135_03]


def test_nothing_is_due_without_the_conditions_of_service() -> None:
    leave = ("maternity", "2026-05-04", 39, 0, 4_800_00, False)
    assert due([leave], *ALWAYS).due.tolist() == [0]


@pytest.mark.parametrize(
    ("kind", "weeks"), [("paternity", 2), ("shared", 37), ("bereavement", 2), ("neonatal", 12)]
)
def test_other_kinds_have_their_weeks_at_the_weekly_rate(kind: str, weeks: int) -> None:
    assert one(kind, "2026-05-04", 52, 600_00).due.tolist() == [weeks * 194_32]


def test_a_later_block_goes_on_where_the_first_ended() -> None:
    assert one("maternity", "2026-05-04", 39, 600_00, before=5).due.tolist() == [
        540_00 + 33 * 194_32
    ]
    assert one("neonatal", "2026-05-04", 4, 600_00, before=10).weeks_allowed.tolist() == [2]


def test_a_week_has_the_rate_of_its_first_day() -> None:
    result = one("shared", "2026-03-30", 2, 600_00)
    assert result.week_due.tolist() == [187_18, 194_32]


def test_a_pay_period_takes_its_sevenths_rounded_up() -> None:
    leave = [("shared", "2026-04-27", 1, 0, 4_800_00, True)]
    april = due(leave, date(2026, 4, 1), date(2026, 4, 30))
    may = due(leave, date(2026, 5, 1), date(2026, 5, 31))
    # 4 and 3 sevenths of 194.32 are 111.04 and 83.28 exactly.
    assert (april.due[0], may.due[0]) == (111_04, 83_28)
    assert april.workings(0) == [
        "Week from 27 April 2026: 4 days at the lower of both rates, £111.04."
    ]


def test_earnings_below_the_limit_bring_nothing() -> None:
    result = one("maternity", "2026-05-04", 39, 124_99)
    assert (result.due[0], result.weeks_allowed[0]) == (0, 0)
    assert "below the lower earnings limit" in result.workings(0)[0]


def test_months_of_recovery_add_up_to_the_year() -> None:
    ordinary = RECOVERY.on(NOVEMBER).rate
    first = recoverable(row(187_18), row(0), ordinary)
    assert first.tolist() == [172_21]  # 172.2056
    second = recoverable(row(374_36), first, ordinary)
    assert (first + second).tolist() == [344_41]  # 344.4112
    small = RECOVERY_SMALL_EMPLOYER.on(LAST_NOVEMBER).rate
    assert recoverable(row(187_18), row(0), small).tolist() == [203_09]


def test_the_small_employer_rate_of_2026_was_not_seen() -> None:
    with pytest.raises(Refused, match="provisional"):
        RECOVERY_SMALL_EMPLOYER.on(NOVEMBER)


def test_weeks_older_than_the_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="older than the rates"):
        due([("shared", "2025-03-31", 1, 0, 4_800_00, True)], date(2025, 3, 1), date(2025, 4, 30))


# Around the change of rates, so that most examples pay something.
leave = st.tuples(
    st.sampled_from(KINDS),
    st.integers(-80, 80).map(lambda n: date(2026, 4, 5) + timedelta(days=n)),
    st.integers(1, 45), st.sampled_from([0, 0, 1, 5, 6, 36]),
    st.one_of(st.integers(950_00, 2_500_00), st.integers(0, 8_000_00)), st.booleans(),
)  # fmt: skip
leaves = st.lists(leave, min_size=1, max_size=5)
offsets = st.tuples(st.integers(330, 450), st.integers(0, 60))


@given(leaves, offsets)
def test_columns_equal_the_twin(people: list[tuple], offset: tuple[int, int]) -> None:
    pay_from = ALWAYS[0] + timedelta(days=offset[0])
    pay_to = pay_from + timedelta(days=offset[1])
    expected = [
        twin.pay(kind, starts, weeks, before, Fraction(earnings, 8), 125_00, entitled,
                 pay_from, pay_to)
        for kind, starts, weeks, before, earnings, entitled in people
    ]  # fmt: skip
    assert due(people, pay_from, pay_to).due.tolist() == expected


@given(leaves, st.randoms(use_true_random=False))
def test_order_of_people_does_not_matter(people: list[tuple], random) -> None:
    mixed = random.sample(range(len(people)), len(people))
    other = due([people[at] for at in mixed], *ALWAYS).due
    assert due(people, *ALWAYS).due[mixed].tolist() == other.tolist()


@given(st.lists(st.integers(0, 900_00), min_size=1, max_size=12), st.sampled_from([9200, 10850]))
def test_recovery_of_any_months_equals_that_of_the_year(months: list[int], rate: int) -> None:
    recovered = row(0)
    for month in range(len(months)):
        recovered = recovered + recoverable(row(sum(months[: month + 1])), recovered, Rate(rate))
    assert recovered.tolist() == recoverable(row(sum(months)), row(0), Rate(rate)).tolist()
