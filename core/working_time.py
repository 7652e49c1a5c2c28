"""Working time: opening hours, bank holidays by nation, due instants, pauses, working days.

Instants go in with an offset and come out in UTC: 01:30 on the night the clocks go back exists
twice, and arithmetic on local clock time would lose or gain an hour. Opening windows are kept as
local times and turned into instants day by day.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays as holiday_seed

Interval = tuple[datetime, datetime]
Window = tuple[time, time]
Windows = tuple[tuple[Window, ...], ...]

MIDNIGHT = time(0)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
BANK_HOLIDAYS_FILE = Path(__file__).parent / "data" / "bank_holidays.csv"
FIRST_YEAR = 2000
FIRST_PUBLISHED_YEAR = 2025
LAST_YEAR = 2028
# The longest search for an opening; beyond it the calendar never opens.
LONGEST_CLOSURE_DAYS = 366


class Nation(StrEnum):
    """The three divisions for which bank holidays are published."""

    ENGLAND_AND_WALES = "england-and-wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern-ireland"


SEED_SUBDIVISIONS = {
    Nation.ENGLAND_AND_WALES: "ENG",
    Nation.SCOTLAND: "SCT",
    Nation.NORTHERN_IRELAND: "NIR",
}


class HolidaysUnknown(ValueError):
    """Bank holidays are not published for this year, and are not guessed."""


class NeverOpen(ValueError):
    """The calendar has no working time for a whole year."""


def weekly(*windows: Window, days: Iterable[int] = range(5)) -> Windows:
    """The same windows on each weekday of `days` (Monday is 0), closed on the others."""
    open_days = frozenset(days)
    return tuple(tuple(windows) if day in open_days else () for day in range(7))


OFFICE_HOURS = weekly((time(9), time(17)))
ROUND_THE_CLOCK = weekly((MIDNIGHT, MIDNIGHT), days=range(7))


@dataclass(frozen=True)
class Calendar:
    """When a service works: weekly windows in a zone, less holidays.

    Windows are seven tuples from Monday of (start, end) local times in order and apart; an end of
    00:00 is the end of that day. `years` bounds what the holidays are known for: a question
    outside it is refused with `HolidaysUnknown`. None means that holidays do not matter.
    """

    nation: Nation | None
    holidays: frozenset[date]
    windows: Windows = OFFICE_HOURS
    zone: str = "Europe/London"
    years: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if len(self.windows) != 7:
            raise ValueError("A calendar has windows for each of seven weekdays.")
        for day in self.windows:
            edges = [minutes for window in day for minutes in _minutes(window)]
            if edges != sorted(set(edges)):
                raise ValueError("Opening windows must be in order and must not touch or overlap.")


def _minutes(window: Window) -> tuple[int, int]:
    start, end = (edge.hour * 60 + edge.minute for edge in window)
    return start, end or 24 * 60


@cache
def _published() -> dict[tuple[Nation, int], frozenset[date]]:
    found: dict[tuple[Nation, int], set[date]] = {}
    with BANK_HOLIDAYS_FILE.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["date"])
            found.setdefault((Nation(row["division"]), day.year), set()).add(day)
    return {key: frozenset(days) for key, days in found.items()}


@cache
def national_holidays(nation: Nation | str, year: int) -> frozenset[date]:
    """Bank holidays of one nation in one year.

    From 2025 the published list (with Scotland's extra day of 15 June 2026); from 2000 to 2024
    those of the `holidays` package. `HolidaysUnknown` for any other year.
    """
    nation = Nation(nation)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise HolidaysUnknown(
            f"Bank holidays are known from {FIRST_YEAR} to {LAST_YEAR}, not for {year}."
        )
    if year >= FIRST_PUBLISHED_YEAR:
        return _published()[nation, year]
    seed = holiday_seed.country_holidays("GB", subdiv=SEED_SUBDIVISIONS[nation], years=year)
    # The package also names the weekend day that a substitute replaces; the law does not.
    return frozenset(day for day in seed if day.weekday() < 5 and day.year == year)


@cache
def national_calendar(
    nation: Nation | str, windows: Windows = OFFICE_HOURS, zone: str = "Europe/London"
) -> Calendar:
    """The template calendar of a nation, from which a partner's own one starts."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    days = frozenset().union(*(national_holidays(nation, year) for year in years))
    return Calendar(Nation(nation), days, windows, zone, (FIRST_YEAR, LAST_YEAR))


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Whether the service opens at all on `day`."""
    if calendar.years and not calendar.years[0] <= day.year <= calendar.years[1]:
        raise HolidaysUnknown(f"This calendar does not know the holidays of {day.year}.")
    return bool(calendar.windows[day.weekday()]) and day not in calendar.holidays


def _step(calendar: Calendar, day: date, step: timedelta) -> date:
    for _ in range(LONGEST_CLOSURE_DAYS):
        day += step
        if is_working_day(calendar, day):
            return day
    raise NeverOpen("This calendar has no working day in a whole year.")


def add_working_days(calendar: Calendar, day: date, days: int) -> date:
    """The working day `days` after `day` (before it, if negative). The day of receipt is day 0."""
    step = DAY if days > 0 else -DAY
    for _ in range(abs(days)):
        day = _step(calendar, day, step)
    return day


def working_days_between(calendar: Calendar, after: date, until: date) -> int:
    """Working days after `after` up to and including `until`; negative when `until` is earlier."""
    if until < after:
        return -working_days_between(calendar, until, after)
    span = (until - after).days
    return sum(is_working_day(calendar, after + timedelta(days=n)) for n in range(1, span + 1))


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Overlapping and touching intervals merged, in order, in UTC; empty ones are dropped."""
    merged: list[Interval] = []
    for start, end in sorted((_utc(start), _utc(end)) for start, end in intervals):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def add_working_minutes(
    calendar: Calendar, start: datetime, minutes: int, pauses: Iterable[Interval] = ()
) -> datetime:
    """The instant, in UTC, at which `minutes` of working time since `start` are used up.

    Work received outside hours begins at the next opening. `pauses` are taken out as a union, so
    time outside hours, or paused twice, counts once. Work resolved at the returned instant is in
    time. `ValueError` for an instant without offset or negative minutes; `NeverOpen` for a
    calendar that stays shut.
    """
    if minutes < 0:
        raise ValueError("Working time runs forwards: minutes cannot be negative.")
    left = minutes * MINUTE
    for opened, closed in _running(calendar, _utc(start), union(pauses)):
        if left <= closed - opened:
            return opened + left
        left -= closed - opened
    raise NeverOpen("This calendar has no working time in a whole year.")


def working_minutes_between(
    calendar: Calendar, start: datetime, end: datetime, pauses: Iterable[Interval] = ()
) -> int:
    """Whole minutes of working time from `start` to `end`, less the union of `pauses`.

    Part of a minute is not counted; an `end` before `start` gives 0.
    """
    used, until = timedelta(0), _utc(end)
    if until <= _utc(start):
        return 0
    for opened, closed in _running(calendar, _utc(start), union(pauses), until):
        used += min(closed, until) - opened
    return used // MINUTE


def working_minutes_before(calendar: Calendar, end: datetime, minutes: int) -> datetime:
    """The latest instant, in UTC, from which `minutes` of working time are used up by `end`.

    What began at it or earlier has waited so long. The inverse of `add_working_minutes`, for
    finding all that is late with one comparison. `ValueError` and `NeverOpen` as there.
    """
    if minutes < 0:
        raise ValueError("Working time runs forwards: minutes cannot be negative.")
    until, left, idle = _utc(end), minutes * MINUTE, 0
    day = until.astimezone(ZoneInfo(calendar.zone)).date()
    if not left:
        return until
    while idle < LONGEST_CLOSURE_DAYS:
        idle += 1
        for opened, closed in reversed(list(_openings(calendar, day))):
            used = min(closed, until) - opened
            if used <= timedelta(0):
                continue
            if left <= used:
                return opened + used - left
            left, idle = left - used, 0
        day -= DAY
    raise NeverOpen("This calendar has no working time in a whole year.")


def _utc(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError("An instant needs its offset: local clock time can exist twice.")
    return instant.astimezone(UTC)


def _openings(calendar: Calendar, day: date) -> Iterator[Interval]:
    if not is_working_day(calendar, day):
        return
    zone = ZoneInfo(calendar.zone)
    for start, end in calendar.windows[day.weekday()]:
        closing_day = day + DAY if end == MIDNIGHT else day
        opened = datetime.combine(day, start, zone).astimezone(UTC)
        closed = datetime.combine(closing_day, end, zone).astimezone(UTC)
        if opened < closed:
            yield opened, closed


def _running(
    calendar: Calendar, start: datetime, pauses: list[Interval], until: datetime | None = None
) -> Iterator[Interval]:
    """Stretches from `start` when the service is open and not paused, in order."""
    day, idle = start.astimezone(ZoneInfo(calendar.zone)).date(), 0
    while idle < LONGEST_CLOSURE_DAYS:
        idle += 1
        for opened, closed in _openings(calendar, day):
            if until is not None and opened >= until:
                return
            idle = 0
            yield from _outside(max(opened, start), closed, pauses)
        if until is not None and datetime.combine(day, MIDNIGHT, UTC) > until:
            return
        day += DAY


def _outside(opened: datetime, closed: datetime, pauses: list[Interval]) -> Iterator[Interval]:
    """What is left of one opening when the pauses, already merged and in order, are cut out."""
    for pause_start, pause_end in pauses:
        if pause_end <= opened:
            continue
        if pause_start >= closed:
            break
        if pause_start > opened:
            yield opened, pause_start
        opened = pause_end
    if opened < closed:
        yield opened, closed
