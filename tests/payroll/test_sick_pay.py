"""Statutory sick pay under the rules before and from 6 April 2026, and across the change."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payroll.calculator.average_earnings import Average, average_of_weeks
from payroll.calculator.figures import LOWER_EARNINGS_LIMIT
from payroll.calculator.sick_pay import (
    SICK_PAY,
    SickPayDue,
    Spells,
    Version,
    Why,
    Workers,
    sick_pay,
)
from tests.payroll.law_of import days, row
from tests.payroll.twin import sickness as twin

_, SPANS = SICK_PAY.loaded()
VERSIONS = [
    Version(span.starts_on, span.value, LOWER_EARNINGS_LIMIT.on(span.starts_on).week)
    for span in SPANS
]
MONDAY_TO_FRIDAY = {1, 2, 3, 4, 5}
FIRST_DAY, LAST_DAY = date(2025, 4, 6), date(2027, 4, 5)


def due(
    people: list[list[twin.Spell]],
    working: list[set[int]],
    pay_from: date,
    pay_to: date,
    other_pay: tuple[str | None, str | None] = (None, None),
) -> SickPayDue:
    rows = [(person, spell) for person, spells in enumerate(people) for spell in spells]
    spells = Spells(
        person=np.array([person for person, _ in rows], dtype=np.int64),
        first=np.array([spell.first for _, spell in rows], dtype="datetime64[D]"),
        last=np.array([spell.last for _, spell in rows], dtype="datetime64[D]"),
        average=average_of_weeks(
            np.array([spell.earnings for _, spell in rows], dtype=np.int64),
            np.array([spell.weeks for _, spell in rows], dtype=np.int64),
        ),
    )
    workers = Workers(
        np.array([[day in one for day in range(7)] for one in working], dtype=bool),
        days(*[other_pay[0]] * len(people)),
        days(*[other_pay[1]] * len(people)),
    )
    return sick_pay(
        spells, workers, VERSIONS, np.datetime64(pay_from, "D"), np.datetime64(pay_to, "D")
    )


def paid(
    *spells: tuple[str, str], weekly: int, month: str = "", working: set[int] | None = None
) -> int:
    mine = [
        twin.Spell(date.fromisoformat(first), date.fromisoformat(last), weekly * 8, 8)
        for first, last in spells
    ]
    start = date.fromisoformat(f"{month}-01") if month else FIRST_DAY
    end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1) if month else LAST_DAY
    return int(due([mine], [working or MONDAY_TO_FRIDAY], start, end).due[0])


# Before 6 April 2026.


def test_three_waiting_days_then_the_flat_rate() -> None:
    # Monday to Wednesday wait, Thursday and Friday are 2 fifths, then a week of 118.75.
    assert paid(("2025-11-03", "2025-11-14"), weekly=500_00) == 166_25


def test_three_days_are_no_period_of_incapacity() -> None:
    assert paid(("2025-11-04", "2025-11-06"), weekly=500_00) == 0


def test_waiting_days_are_served_once_in_linked_periods() -> None:
    # 56 days lie between 7 November and 3 January; a 57th breaks the link.
    assert paid(("2025-11-03", "2025-11-07"), ("2026-01-03", "2026-01-09"), weekly=500_00,
                month="2026-01") == 118_75  # fmt: skip
    assert paid(("2025-11-03", "2025-11-07"), ("2026-01-04", "2026-01-09"), weekly=500_00,
                month="2026-01") == 47_50  # fmt: skip


def test_the_lower_earnings_limit_is_a_condition() -> None:
    assert paid(("2025-11-03", "2025-11-14"), weekly=124_99) == 0
    assert paid(("2025-11-03", "2025-11-14"), weekly=125_00) == 166_25


def test_days_of_a_week_are_added_before_rounding_up() -> None:
    # 118.75 / 7 is 16.964…; the sixth to seventh day pay 2 sevenths = 33.93, not 33.94.
    every = set(range(7))
    assert paid(("2025-11-04", "2025-11-08"), weekly=500_00, working=every) == 33_93


def test_twenty_eight_weeks_and_no_more() -> None:
    whole = paid(("2025-04-07", "2026-03-27"), weekly=500_00)
    assert whole == 28 * 118_75


# From 6 April 2026.


def test_from_the_first_day_at_the_lower_rate() -> None:
    assert paid(("2026-11-04", "2026-11-04"), weekly=500_00) == 24_65
    assert paid(("2026-11-04", "2026-11-04"), weekly=100_00) == 16_00
    assert paid(("2026-11-02", "2026-11-06"), weekly=154_06) == 123_25
    assert paid(("2026-11-02", "2026-11-06"), weekly=154_05) == 123_24


def test_linked_periods_keep_the_first_average() -> None:
    spells = [
        twin.Spell(date(2026, 11, 4), date(2026, 11, 4), 800_00, 8),
        twin.Spell(date(2026, 12, 1), date(2026, 12, 1), 8_000_00, 8),
    ]
    result = due([spells], [MONDAY_TO_FRIDAY], date(2026, 12, 1), date(2026, 12, 31))
    assert result.due.tolist() == [16_00]


# Across the change.


def test_whoever_was_paid_before_keeps_the_full_rate() -> None:
    # 80% of 130 is 104, but sick pay ran before: 5 days at 123.25 and 2 at 118.75.
    assert paid(("2026-03-30", "2026-04-10"), weekly=130_00) == 47_50 + 123_25


def test_after_a_return_the_new_rate_applies_with_the_old_average() -> None:
    spells = (("2026-03-30", "2026-04-10"), ("2026-05-04", "2026-05-08"))
    assert paid(*spells, weekly=130_00, month="2026-05") == 104_00


def test_waiting_days_end_with_the_old_rules() -> None:
    # Thursday and Friday waited; the third waiting day would have been 6 April.
    assert paid(("2026-04-02", "2026-04-10"), weekly=130_00) == 104_00


def test_low_earners_are_paid_from_the_change() -> None:
    assert paid(("2026-03-02", "2026-04-10"), weekly=100_00) == 80_00


def test_away_without_pay_since_before_22_september_2025() -> None:
    assert paid(("2025-09-21", "2026-04-30"), weekly=100_00) == 0
    assert paid(("2025-09-22", "2026-04-10"), weekly=100_00) == 80_00


def test_parental_pay_ends_it() -> None:
    spell = twin.Spell(date(2026, 11, 2), date(2026, 11, 13), 4_000_00, 8)
    result = due(
        [[spell]], [MONDAY_TO_FRIDAY], FIRST_DAY, LAST_DAY, other_pay=("2026-11-09", "2027-08-08")
    )
    assert result.due.tolist() == [123_25]
    assert "5 days: maternity or other parental pay runs." in result.workings(0)
    # Its days serve no waiting days: 6, 7 and 10 November wait, and four days are paid.
    spell = twin.Spell(date(2025, 11, 3), date(2025, 11, 14), 4_000_00, 8)
    result = due(
        [[spell]], [MONDAY_TO_FRIDAY], FIRST_DAY, LAST_DAY, other_pay=("2025-11-03", "2025-11-05")
    )
    assert result.due.tolist() == [95_00]


def test_workings_count_the_days() -> None:
    spell = twin.Spell(date(2025, 11, 3), date(2025, 11, 14), 4_000_00, 8)
    assert due([[spell]], [MONDAY_TO_FRIDAY], FIRST_DAY, LAST_DAY).workings(0) == [
        "7 days: paid.",
        "2 days: no working day.",
        "3 days: waiting day.",
        "Week from 2 November 2025: 2 days, £47.50.",
        "Week from 9 November 2025: 5 days, £118.75.",
    ]


@pytest.mark.parametrize(
    ("spells", "working", "words"),
    [
        ([("2026-05-01", "2026-05-05"), ("2026-05-05", "2026-05-06")], {1}, "overlap"),
        ([("2026-05-05", "2026-05-01")], {1}, "ends before"),
        ([("2026-05-01", "2026-05-05")], set(), "no qualifying day"),
        ([("2024-05-01", "2024-05-05")], {1}, "older than the rules"),
    ],
)
def test_what_cannot_be_worked_out_is_refused(spells: list, working: set[int], words: str) -> None:
    mine = [
        twin.Spell(date.fromisoformat(first), date.fromisoformat(last), 800_00, 8)
        for first, last in spells
    ]
    with pytest.raises(ValueError, match=words):
        due([mine], [working], FIRST_DAY, LAST_DAY)


# Properties.


@st.composite
def a_history(draw: st.DrawFn) -> list[twin.Spell]:
    day = date(2025, 4, 6) + timedelta(days=draw(st.integers(0, 420)))
    spells = []
    for _ in range(draw(st.integers(1, 5))):
        last = day + timedelta(days=draw(st.one_of(st.integers(0, 9), st.integers(0, 260))))
        if last > LAST_DAY:
            break
        earnings = draw(st.one_of(st.integers(0, 2_000_00), st.sampled_from([1_000_00, 1_032_00])))
        spells.append(twin.Spell(day, last, earnings, draw(st.sampled_from([8, 9]))))
        day = last + timedelta(days=1 + draw(st.sampled_from([0, 1, 10, 55, 56, 57, 90])))
    return spells


patterns = st.sets(st.integers(0, 6), min_size=1)
histories = st.lists(st.tuples(a_history(), patterns), min_size=1, max_size=4)
periods = st.tuples(st.integers(0, 729), st.integers(0, 200))


@settings(max_examples=150, deadline=None)
@given(histories, periods)
def test_columns_equal_the_twin(people: list, period: tuple[int, int]) -> None:
    pay_from = FIRST_DAY + timedelta(days=period[0])
    pay_to = pay_from + timedelta(days=period[1])
    result = due([one for one, _ in people], [two for _, two in people], pay_from, pay_to)
    expected = [twin.sick_pay(spells, working, pay_from, pay_to) for spells, working in people]
    assert result.due.tolist() == expected


@settings(deadline=None)
@given(histories, st.randoms(use_true_random=False))
def test_order_of_people_and_spells_does_not_matter(people: list, random) -> None:
    mixed = random.sample(range(len(people)), len(people))
    other = [(random.sample(people[at][0], len(people[at][0])), people[at][1]) for at in mixed]
    one = due([p for p, _ in people], [w for _, w in people], FIRST_DAY, LAST_DAY).due
    two = due([p for p, _ in other], [w for _, w in other], FIRST_DAY, LAST_DAY).due
    assert one[mixed].tolist() == two.tolist()


@settings(deadline=None)
@given(a_history(), patterns)
def test_never_more_than_the_weeks_of_entitlement(
    spells: list[twin.Spell], working: set[int]
) -> None:
    result = due([spells], [working], FIRST_DAY, LAST_DAY)
    series = len(twin.series_of(twin.joined(spells)))
    assert np.count_nonzero(result.days.why == Why.PAID) <= series * 28 * len(working)


def test_linked_for_three_years_ends_it() -> None:
    rules = [Version(date(2025, 4, 6), SPANS[1].value, 125_00)]
    spells = Spells(
        row(*[0] * 30),
        np.array([np.datetime64("2025-04-07") + 50 * n for n in range(30)]),
        np.array([np.datetime64("2025-04-07") + 50 * n for n in range(30)]),
        Average(row(*[500_00] * 30), row(*[1] * 30)),
    )
    every = Workers(np.ones((1, 7), dtype=bool), days(None), days(None))
    result = sick_pay(spells, every, rules, *days("2025-04-06", "2029-12-31"))
    # The 22 spells before 7 April 2028 are paid, those from 11 April (1,100 days on) are not.
    ended = result.days.day[result.days.why == Why.LINKED_TOO_LONG]
    assert (len(ended), ended.min()) == (8, days("2028-04-11")[0])
