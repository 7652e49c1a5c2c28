"""Statutory pay of who is away, and the basic pay that it is part of or that stops meanwhile."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np

from payroll.calculator.absences import sick_pay_versions
from payroll.calculator.average_earnings import DAYS_OF_WEEK, Average
from payroll.calculator.dates import NEVER, Whole, as_dates
from payroll.calculator.parental_pay import PARENTAL_PAY, Kind
from payroll.calculator.people import Element
from payroll.calculator.rounding import Amounts, down, half_up
from payroll.calculator.sick_pay import (
    WHY_WORDS,
    SickPayDue,
    Spells,
    Why,
    Workers,
    sick_pay,
)
from payroll.calculator.wording import count_text, day_text, money
from payroll.paying.basic import RULES, Pieces, by_rule, pieces_of
from payroll.paying.inputs import (
    AWAY_KIND,
    DAYS,
    DUE,
    EARNED,
    FIRST,
    FULL_PAY,
    HAD,
    LAST,
    LINE,
    PER,
    Inputs,
    Shared,
    outlasts,
    worked_of,
)
from payroll.paying.items import Extra
from payroll.paying.leave import family_pay
from payroll.paying.reckoned import (
    AWAY_KINDS,
    FAMILY_LINES,
    INCLUDED,
    NAMES,
    ONE_DAY,
    SICK_LINE,
    SICKNESS,
    STOPPED,
    Absent,
    Reckoned,
    Row,
    average_words,
    bounds,
    chosen,
    days_of,
    whole,
    within,
)

# What is told on a form SSP1: days of sickness that would be paid, were it not for this.
UNPAID = (Why.EARNS_TOO_LITTLE, Why.USED_UP, Why.LINKED_TOO_LONG, Why.AWAY_TOO_LONG, Why.OTHER_PAY)


@dataclass(frozen=True)
class Away:
    """The lines of everybody, and the minutes of work that are not paid."""

    extras: tuple[Extra, ...]
    minutes: Whole


def away_of(shared: Shared, people: Sequence[Inputs]) -> Away:
    """Lines of who is away in the period, or was in a closed one and is paid for it now."""
    minutes = np.zeros(len(people), dtype=np.int64)
    at = [n for n, one in enumerate(people) if one.away or one.away_back]
    if not at:
        return Away((), minutes)
    found = reckon(shared, [people[n] for n in at])
    minutes[at] = found.minutes
    for place, n in enumerate(at):
        for entry in people[n].away_back:
            found.amounts[entry[LINE]][place] += entry[DUE] - entry[HAD]
            if entry[LINE] in found.late and people[n].left and any(map(outlasts, people[n].away)):
                found.late[entry[LINE]][place] += entry[DUE] - entry[HAD]
            found.said[entry[LINE]][place].append(_corrected(entry))
    rows = {n: place for place, n in enumerate(at)}
    extras = [
        Extra(kind, 0, 0, _element(kind, len(people), rows, found))
        for kind in AWAY_KINDS
        if any(found.said[kind])
    ]
    return Away(tuple(extras), minutes)


def _corrected(entry: Row) -> str:
    due, had = entry[DUE], entry[HAD]
    return (
        f"For closed periods {money(due)} is due as it is known now; {money(had)} was counted:"
        f" {money(due - had)}."
    )


def _element(kind: str, people: int, rows: Mapping[int, int], found: Reckoned) -> Element:
    amount, uncounted, unpensioned = np.zeros((3, people), dtype=np.int64)
    amount[list(rows)] = found.amounts[kind]
    if kind in found.late:
        unpensioned[list(rows)] = found.late[kind]
    if kind == STOPPED:
        uncounted[list(rows)] = found.allowed
    said: Callable[[int], list[str]] = partial(_said_of, found.said[kind], rows)
    return Element(
        NAMES[kind], amount, said, minimum_wage=kind == STOPPED,
        parental=kind in FAMILY_LINES.values(), uncounted=uncounted,
        unpensioned=unpensioned,
    )  # fmt: skip


def _said_of(said: list[list[str]], rows: Mapping[int, int], i: int) -> list[str]:
    return said[rows[i]] if i in rows else []


def reckon(shared: Shared, people: Sequence[Absent]) -> Reckoned:
    """What the days of the period bring to these people, of whom each has absences.

    Where basic pay goes on, statutory pay is part of it up to the basic pay of the days away; else
    the basic pay of those days stops. What is due for days after the employment is part of nothing.
    """
    count = len(people)
    found = Reckoned(
        {kind: np.zeros(count, dtype=np.int64) for kind in AWAY_KINDS},
        {kind: np.zeros(count, dtype=np.int64) for kind in FAMILY_LINES.values()},
        {kind: [[] for _ in people] for kind in AWAY_KINDS},
        [[] for _ in people], np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64),
    )  # fmt: skip
    _sick(shared, people, found)
    family_pay(shared, people, found)
    family = np.sum([found.amounts[one] - found.late[one] for one in FAMILY_LINES.values()], axis=0)
    pieces = pieces_of(shared, people)
    left = pieces.amount
    for sick, statutory in ((True, found.amounts[SICK_LINE]), (False, family)):
        left = left - _basic(pieces, people, sick, statutory, left, found)
    return found


def _sick(shared: Shared, people: Sequence[Absent], found: Reckoned) -> None:
    rows = [(n, row) for n, row in chosen(people, sick=True) if row[EARNED] is not None]
    if not rows:
        return
    due = sick_pay_of(people, rows, shared.last, *bounds(shared))
    found.amounts[SICK_LINE][:] = due.due
    for n, row in rows:
        if within(shared, row) and not found.said[SICK_LINE][n]:
            found.said[SICK_LINE][n] += [average_words(row), *_sick_words(shared, due, n)]
            found.unpaid[n] += _sick_unpaid(shared, due, n)


def sick_pay_of(
    people: Sequence[Absent], rows: Sequence[tuple[int, Row]], on: date,
    first: np.datetime64, last: np.datetime64,
) -> SickPayDue:  # fmt: skip
    """What becomes of every day of these absences by the rules known on a day, and the pay between
    two days."""
    spells = Spells(
        np.array([n for n, _ in rows], dtype=np.int64), days_of(rows, FIRST), days_of(rows, LAST),
        Average(whole(rows, EARNED), whole(rows, PER)),
    )  # fmt: skip
    return sick_pay(spells, _workers(people), sick_pay_versions(on), first, last)


def _workers(people: Sequence[Absent]) -> Workers:
    """Of each the working days of the last sickness, and the weeks of maternity pay, in which no
    day of sickness is paid."""
    bits = np.full(len(people), 1 << DAYS_OF_WEEK, dtype=np.int64) - 1
    begins = np.full(len(people), NEVER)
    for n, one in enumerate(people):
        for row in one.away:
            if row[AWAY_KIND] == SICKNESS:
                bits[n] = row[DAYS]
            elif row[AWAY_KIND] == Kind.MATERNITY:
                begins[n] = np.datetime64(row[FIRST], "D")
    weeks = PARENTAL_PAY.loaded()[1][-1].value.kinds[Kind.MATERNITY].weeks
    ends = begins + (weeks * DAYS_OF_WEEK - 1) * ONE_DAY
    qualifying = (bits[:, np.newaxis] >> np.arange(DAYS_OF_WEEK)) & 1 == 1
    return Workers(qualifying, begins, ends)


def _counted(shared: Shared, due: SickPayDue, n: int) -> Iterator[tuple[Why, int]]:
    first, last = bounds(shared)
    days = due.days
    mine = days.why[(days.person == n) & (days.day >= first) & (days.day <= last)]
    for why in Why:
        if many := int((mine == why).sum()):
            yield why, many


def _sick_words(shared: Shared, due: SickPayDue, n: int) -> Iterator[str]:
    days = due.days
    for why, many in _counted(shared, due, n):
        yield f"{count_text(many, 'day')}: {WHY_WORDS[why]}."
    for row in np.flatnonzero(due.week_person == n):
        begins = due.week_from[row]
        at = np.flatnonzero(
            (days.person == n) & (days.why == Why.PAID) & (days.day >= begins)
            & (days.day < begins + DAYS_OF_WEEK * ONE_DAY)
        )[0]  # fmt: skip
        rate = money(int(half_up(days.number[at], days.by[at])))
        yield (
            f"Week from {day_text(begins)}: {count_text(due.week_days[row], 'day')} at {rate} a"
            f" week, {money(due.week_due[row])}."
        )


def _sick_unpaid(shared: Shared, due: SickPayDue, n: int) -> Iterator[str]:
    for why, many in _counted(shared, due, n):
        if why in UNPAID:
            yield f"Sickness, {count_text(many, 'day')}: {WHY_WORDS[why]}"


def _basic(
    pieces: Pieces, people: Sequence[Absent], sick: bool, statutory: Amounts, left: Amounts,
    found: Reckoned,
) -> Amounts:  # fmt: skip
    """Basic pay of the days away of one class, of each piece; what becomes of it is in `found`."""
    rows = chosen(people, sick)
    days, working = _days_away(pieces, rows)
    parts, per = by_rule(pieces.shared, pieces.annual, days, working, days > 0)
    away = np.where(days == pieces.days, left, np.minimum(half_up(parts, per), left))
    total = np.zeros(len(people), dtype=np.int64)
    np.add.at(total, pieces.person, away)
    full = np.zeros(len(people), dtype=bool)
    for n, row in rows:
        full[n] |= bool(row[FULL_PAY])
    held = np.where(full, np.minimum(statutory, total), 0)
    stopped = np.where(full, 0, total)
    found.amounts[INCLUDED][:] -= held
    found.amounts[STOPPED][:] -= stopped
    idle = np.where(full[pieces.person], 0, pieces.minutes * away)
    np.add.at(found.minutes, pieces.person, down(idle, np.maximum(pieces.amount, 1)))
    np.subtract.at(
        found.allowed, pieces.person,
        np.where(full[pieces.person] | (pieces.allowance == 0), 0, away),
    )  # fmt: skip
    for n in np.flatnonzero(held).tolist():
        found.said[INCLUDED][n].append(
            f"Basic pay goes on in {_class(sick)}: {money(held[n])} of it is statutory pay."
        )
    for n in np.flatnonzero(stopped).tolist():
        mine = pieces.person == n
        rule = RULES[pieces.shared.pro_rata]
        counted = int((working if "working" in rule else days)[mine].max())
        allowed = (away * (pieces.allowance > 0))[mine].any()
        found.said[STOPPED][n].append(
            f"{count_text(counted, 'day')} of {_class(sick)}, by the rule «{rule}»:"
            f" {money(stopped[n])} of basic pay{' and allowances' if allowed else ''}."
        )
    return away


def _class(sick: bool) -> str:
    return "sickness" if sick else "family leave"


def _days_away(pieces: Pieces, rows: Sequence[tuple[int, Row]]) -> tuple[Whole, Whole]:
    """Calendar days and days from Monday to Friday of each piece that its person is away.

    Days on which somebody worked in their leave are days of work.
    """
    days, working = np.zeros_like(pieces.days), np.zeros_like(pieces.days)
    theirs: dict[int, list[Row]] = {}
    for n, row in rows:
        theirs.setdefault(n, []).append(row)
    for at, n in enumerate(pieces.person.tolist()):
        for row in theirs.get(n, ()):
            first, until = pieces.span(at)
            first = max(first, date.fromisoformat(row[FIRST]))
            until = min(until, date.fromordinal(date.fromisoformat(row[LAST]).toordinal() + 1))
            if first < until:
                worked = [one[0] for one in worked_of(row) if str(first) <= one[0] < str(until)]
                days[at] += (until - first).days - len(worked)
                working[at] += int(
                    np.busday_count(first, until) - np.is_busday(as_dates(worked)).sum()
                )
    return days, working
