"""Working time: the sixteen worked examples, every nation's holidays, and properties."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.working_time import (
    ROUND_THE_CLOCK,
    SEED_SUBDIVISIONS,
    Calendar,
    HolidaysUnknown,
    Nation,
    NeverOpen,
    Windows,
    add_working_days,
    add_working_minutes,
    is_working_day,
    national_calendar,
    national_holidays,
    union,
    weekly,
    working_days_between,
    working_minutes_before,
    working_minutes_between,
)

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "worked_examples.json").read_text())
EXAMPLES = {vector["id"]: vector for vector in VECTORS["vectors"]}
LONDON = ZoneInfo("Europe/London")
ENGLAND = national_calendar(Nation.ENGLAND_AND_WALES)
ALWAYS = Calendar(None, frozenset(), ROUND_THE_CLOCK)


def at(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)


def due_cases() -> list[tuple[str, str, str]]:
    cases = []
    for key in ("T1", "T2", "T3", "T4", "T6", "T7", "T10", "T11"):
        example = EXAMPLES[key]
        expected = example["expect"]
        if isinstance(expected, str):
            expected = {example["given"].get("division", "england-and-wales"): expected}
        cases += [(key, nation, due) for nation, due in expected.items()]
    return cases


def pauses_of(given_: dict) -> list[tuple[datetime, datetime]]:
    return [(at(start), at(end)) for start, end in given_.get("pauses", [])]


@pytest.mark.parametrize(("key", "nation", "due"), due_cases())
def test_due_instants(key: str, nation: str, due: str) -> None:
    given_ = EXAMPLES[key]["given"]
    calendar = national_calendar(nation)
    start, minutes = at(given_["raised"]), given_["target_minutes"]
    found = add_working_minutes(calendar, start, minutes, pauses_of(given_))
    assert found == at(due).astimezone(UTC)
    assert working_minutes_between(calendar, start, found, pauses_of(given_)) == minutes


def test_a_pause_moves_the_due_instant_by_working_time_only() -> None:
    example = EXAMPLES["T5"]
    start, minutes = at(example["given"]["raised"]), example["given"]["target_minutes"]
    pauses = pauses_of(example["given"])
    expected = example["expect"]
    assert add_working_minutes(ENGLAND, start, minutes) == at(expected["without_pause"])
    assert add_working_minutes(ENGLAND, start, minutes, pauses) == at(expected["with_pause"])
    used = working_minutes_between(ENGLAND, start, pauses[0][0])
    assert used == expected["used_at_pause_minutes"]
    assert working_minutes_between(ENGLAND, start, pauses[0][1], pauses) == used


@pytest.mark.parametrize("key", ["T8", "T9"])
def test_round_the_clock_over_a_clock_change(key: str) -> None:
    example = EXAMPLES[key]
    hours = example["given"]["target_hours"]
    found = add_working_minutes(ALWAYS, at(example["given"]["raised"]), hours * 60)
    assert found == at(example["expect"]).astimezone(UTC)


def test_reopened_work_keeps_what_was_left() -> None:
    given_ = EXAMPLES["T12"]["given"]
    closed = (at(given_["closed"]), at(given_["reopened"]))
    due = add_working_minutes(ENGLAND, at(given_["raised"]), given_["target_minutes"], [closed])
    assert due == at(EXAMPLES["T12"]["expect"])


def test_a_new_target_counts_from_receipt_or_from_the_change() -> None:
    given_, expected = EXAMPLES["T13"]["given"], EXAMPLES["T13"]["expect"]
    minutes = given_["target_minutes"]
    assert add_working_minutes(ENGLAND, at(given_["raised"]), minutes) == at(
        expected["retroactive"]
    )
    assert add_working_minutes(ENGLAND, at(given_["changed"]), minutes) == at(
        expected["from_change"]
    )


def test_a_lunch_break_stops_the_clock() -> None:
    given_ = EXAMPLES["T14"]["given"]
    windows = weekly((time(9), time(12)), (time(13), time(17)))
    calendar = national_calendar(Nation.ENGLAND_AND_WALES, windows)
    found = add_working_minutes(calendar, at(given_["raised"]), given_["target_minutes"])
    assert found == at(EXAMPLES["T14"]["expect"])


@pytest.mark.parametrize("nation", ["england-and-wales", "scotland"])
def test_working_days_from_receipt(nation: str) -> None:
    received = date.fromisoformat(EXAMPLES["T15"]["given"]["received"])
    due = add_working_days(national_calendar(nation), received, 5)
    assert due.isoformat() == EXAMPLES["T15"]["expect"][nation]


@pytest.mark.parametrize("nation", list(Nation))
def test_working_days_in_a_year(nation: Nation) -> None:
    first, last = date(2026, 4, 1), date(2027, 3, 31)
    counted = working_days_between(national_calendar(nation), first - timedelta(days=1), last)
    assert counted == EXAMPLES["T16"]["expect"][nation]


def test_the_budget_ends_at_closing_and_not_at_the_next_opening() -> None:
    assert add_working_minutes(ENGLAND, at("2026-02-02T09:00"), 480) == at("2026-02-02T17:00")
    assert add_working_minutes(ENGLAND, at("2026-02-07T10:00"), 0) == at("2026-02-09T09:00")


def test_days_around_easter() -> None:
    good_friday = date(2026, 4, 3)
    assert not is_working_day(ENGLAND, good_friday)
    assert add_working_days(ENGLAND, date(2026, 4, 2), 1) == date(2026, 4, 7)
    assert add_working_days(ENGLAND, date(2026, 4, 7), -1) == date(2026, 4, 2)


def test_an_instant_without_offset_is_refused() -> None:
    naive = datetime(2026, 10, 25, 1, 30)  # noqa: DTZ001
    with pytest.raises(ValueError, match="offset"):
        add_working_minutes(ENGLAND, naive, 5)


def test_time_never_runs_backwards() -> None:
    start = at("2026-02-02T12:00")
    with pytest.raises(ValueError, match="negative"):
        add_working_minutes(ENGLAND, start, -1)
    assert working_minutes_between(ENGLAND, start, at("2026-02-02T10:00")) == 0


def test_a_calendar_that_never_opens_says_so() -> None:
    shut = Calendar(None, frozenset(), weekly(days=()))
    with pytest.raises(NeverOpen):
        add_working_minutes(shut, at("2026-02-02T12:00"), 1)
    with pytest.raises(NeverOpen):
        add_working_days(shut, date(2026, 2, 2), 1)


def test_a_pause_of_two_years_still_ends() -> None:
    pause = [(at("2024-02-02T12:00"), at("2026-02-02T12:00"))]
    found = add_working_minutes(ENGLAND, at("2024-02-02T11:00"), 120, pause)
    assert found == at("2026-02-02T13:00")


@pytest.mark.parametrize(
    "windows",
    [
        weekly((time(12), time(9))),
        weekly((time(9), time(12)), (time(12), time(17))),
        (((time(9), time(17)),),),
    ],
)
def test_muddled_windows_are_refused(windows: Windows) -> None:
    with pytest.raises(ValueError, match="windows"):
        Calendar(None, frozenset(), windows)


@pytest.mark.parametrize("year", [1999, 2029])
def test_unpublished_years_are_refused(year: int) -> None:
    with pytest.raises(HolidaysUnknown):
        national_holidays(Nation.SCOTLAND, year)
    with pytest.raises(HolidaysUnknown):
        is_working_day(ENGLAND, date(year, 5, 5))


@pytest.mark.parametrize("nation", list(Nation))
@pytest.mark.parametrize("year", [2025, 2026, 2027, 2028])
def test_the_published_list_agrees_with_an_independent_one(nation: Nation, year: int) -> None:
    seed = holidays.country_holidays("GB", subdiv=SEED_SUBDIVISIONS[nation], years=year)
    independent = {day for day in seed if day.weekday() < 5 and day.year == year}
    if (nation, year) == (Nation.SCOTLAND, 2026):
        independent.add(date(2026, 6, 15))
    assert national_holidays(nation, year) == independent


def test_substitute_and_single_holidays_of_earlier_years() -> None:
    england, scotland, ireland = Nation
    assert {date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19)} <= national_holidays(
        scotland, 2022
    )
    assert date(2023, 5, 8) in national_holidays(england, 2023)
    assert date(2020, 5, 8) in national_holidays(england, 2020)
    assert date(2020, 5, 4) not in national_holidays(england, 2020)
    assert date(2024, 12, 2) in national_holidays(scotland, 2024)
    assert date(2024, 3, 18) in national_holidays(ireland, 2024)
    assert len(national_holidays(england, 2013)) == 8
    assert all(
        day.weekday() < 5
        for nation in Nation
        for year in range(2013, 2025)
        for day in national_holidays(nation, year)
    )


instants = st.datetimes(
    datetime(2025, 1, 1),  # noqa: DTZ001
    datetime(2027, 12, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
pause_lists = st.lists(
    st.tuples(instants, st.timedeltas(timedelta(0), timedelta(days=20))).map(
        lambda pair: (pair[0], pair[0] + pair[1])
    ),
    max_size=4,
)


@given(instants, st.integers(1, 5000), pause_lists)
def test_the_minutes_given_are_the_minutes_used(start, minutes, pauses) -> None:
    due = add_working_minutes(ENGLAND, start, minutes, pauses)
    assert working_minutes_between(ENGLAND, start, due, pauses) == minutes


@given(pause_lists)
def test_a_union_is_in_order_and_apart(pauses) -> None:
    merged = union(pauses)
    edges = [edge for interval in merged for edge in interval]
    assert edges == sorted(set(edges))


@given(st.dates(date(2024, 1, 1), date(2027, 6, 1)), st.integers(0, 300))
def test_adding_days_and_counting_them_agree(day: date, days: int) -> None:
    assert working_days_between(ENGLAND, day, add_working_days(ENGLAND, day, days)) == days


@given(st.dates(date(2024, 1, 1), date(2027, 6, 1)), st.integers(1, 100))
def test_going_back_undoes_going_forward_from_a_working_day(day: date, days: int) -> None:
    start = add_working_days(ENGLAND, day, 1)
    assert add_working_days(ENGLAND, add_working_days(ENGLAND, start, days), -days) == start


@given(
    passed=st.integers(0, 525_600 * 60),
    minutes=st.integers(1, 5_000),
)
def test_before_is_the_latest_instant_that_is_early_enough(passed: int, minutes: int) -> None:
    calendar = national_calendar(Nation.SCOTLAND)
    end = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=passed)
    found = working_minutes_before(calendar, end, minutes)
    assert add_working_minutes(calendar, found, minutes) <= end
    later = found + timedelta(seconds=1)
    assert add_working_minutes(calendar, later, minutes) > end


@pytest.mark.parametrize(
    ("end", "minutes", "found"),
    [
        ("2026-06-15T10:00+01:00", 60, "2026-06-15T09:00+01:00"),
        ("2026-06-15T10:00+01:00", 61, "2026-06-12T16:59+01:00"),
        ("2026-06-14T12:00+01:00", 60, "2026-06-12T16:00+01:00"),
        ("2026-06-14T12:00+01:00", 0, "2026-06-14T12:00+01:00"),
        ("2026-12-29T09:30+00:00", 31, "2026-12-24T16:59+00:00"),
    ],
)
def test_before_by_hand(end: str, minutes: int, found: str) -> None:
    calendar = national_calendar(Nation.ENGLAND_AND_WALES)
    wanted = datetime.fromisoformat(found)
    assert working_minutes_before(calendar, datetime.fromisoformat(end), minutes) == wanted


def test_before_refuses_what_it_cannot_say() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        working_minutes_before(
            national_calendar(Nation.SCOTLAND), datetime(2026, 1, 1, tzinfo=UTC), -1
        )
    shut = Calendar(None, frozenset(), windows=weekly(days=()))
    with pytest.raises(NeverOpen):
        working_minutes_before(shut, datetime(2026, 1, 1, tzinfo=UTC), 1)
