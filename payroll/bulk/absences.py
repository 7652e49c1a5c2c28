"""Absences as a calculation takes them: the days, the average earnings, what is due for before."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection

from core.errors import Refused
from hr.models import AFTER_LEAVING, MAY_WORK, AbsenceKind, AbsenceTerms
from hr.selectors.absences import AwayFacts, absence_terms, away_facts, full_while_away
from hr.selectors.pay import PayFacts, pay_facts
from payroll.bulk.earnings import Earned, Earnings
from payroll.calculator.absences import sick_pay_versions
from payroll.calculator.average_earnings import (
    DAYS_OF_WEEK,
    Average,
    end_of_qualifying_week,
    weekday,
)
from payroll.calculator.dates import as_dates
from payroll.calculator.figures import LOWER_EARNINGS_LIMIT
from payroll.calculator.parental_pay import CONDITIONS, Kind
from payroll.calculator.refusals import Reason
from payroll.calculator.sick_pay import Spells, series_begins
from payroll.models import Cause, PayRun
from payroll.paying.away import reckon
from payroll.paying.inputs import (
    AWAY_KIND,
    DUE,
    FIRST,
    FULL_PAY,
    HAD,
    LAST,
    WORKED_DAYS,
    Shared,
)
from payroll.paying.reckoned import AWAY_KINDS, SICKNESS

ONE_DAY = timedelta(days=1)
# An open leave has all weeks that the law gives.
EVERY_WEEK = 52
# Runs that paid somebody for their period, and those of the group since they left, which may have
# had nothing for them.
_CLOSED = """
SELECT s.employment_id, r.id, r.made_at, r.inputs, s.pays_on
  FROM payroll_payslip s
  JOIN payroll_payrun r ON r.organisation_id = %(here)s AND r.id = s.pay_run_id
   AND r.state IN ('committed', 'paid')
 WHERE s.organisation_id = %(here)s AND s.employment_id = ANY (%(ids)s)
   AND s.pays_on <= %(day)s AND s.basic_of_id IS NOT NULL
 UNION
SELECT e.id, r.id, r.made_at, r.inputs, r.pays_on
  FROM hr_employment e
  JOIN payroll_paymember m ON m.organisation_id = %(here)s AND m.employment_id = e.id
  JOIN payroll_payperiod p ON p.organisation_id = %(here)s AND p.pay_group_id = m.pay_group_id
   AND p.starts_on >= e.to_on
  JOIN payroll_payrun r ON r.organisation_id = %(here)s AND r.period_id = p.id AND r.sequence = 1
   AND r.state IN ('committed', 'paid') AND r.pays_on <= %(day)s
 WHERE e.organisation_id = %(here)s AND e.id = ANY (%(ids)s)
 ORDER BY 5, 1
"""
_HAD = """
SELECT s.employment_id, l.kind, sum(l.amount_pence)::bigint
  FROM payroll_payslip s
  JOIN payroll_payrun r ON r.organisation_id = %(here)s AND r.id = s.pay_run_id
   AND r.state IN ('committed', 'paid')
  JOIN payroll_payslipline l ON l.organisation_id = %(here)s AND l.payslip_id = s.id
   AND l.kind = ANY (%(kinds)s)
 WHERE s.organisation_id = %(here)s AND s.employment_id = ANY (%(ids)s)
   AND s.pays_on <= %(day)s
 GROUP BY 1, 2
"""
Row = list[Any]
Problems = list[tuple[Cause, str]]
Due = dict[tuple[int, str], int]
# By run: people, when it was begun, and what it pays for.
Closed = dict[int, tuple[list[int], datetime, Shared]]


@dataclass(frozen=True)
class Absent:
    """Somebody with absences, as `paying.away` reads them."""

    pieces: Sequence[Sequence[Any]]
    away: Sequence[Row]


@dataclass(frozen=True)
class AwayFound:
    """By employment: what is stored with the payslip, and what a person has to look at."""

    inputs: dict[int, dict[str, list[Row]]] = field(default_factory=dict)
    problems: dict[int, Problems] = field(default_factory=dict)


def absences_to_pay(
    pay_run: PayRun, facts: Sequence[PayFacts], shared: Shared, known_at: datetime
) -> AwayFound:
    """Absences of some people of a run; one statement where nobody has any.

    What closed periods should have paid, as it is known now, less what was counted in them, is paid
    or taken back now.
    """
    if pay_run.pk is None:
        return AwayFound()
    return _to_pay(pay_run.organisation_id, facts, shared, known_at)


def statutory_owed(
    here: int, facts: Sequence[PayFacts], shared: Shared, known_at: datetime
) -> set[int]:
    """Of people who left, whom statutory pay is due to in the period or for closed ones.

    Whose earnings are not known is among them: somebody has to state them.
    """
    found, people = _to_pay(here, facts, shared, known_at), {f.employment_id: f for f in facts}
    owed = {one for one, told in found.problems.items() if Cause.NO_EARNINGS in dict(told)}
    for one, given in found.inputs.items():
        now = reckon(shared, [Absent(people[one].pieces, given["away"])]).amounts
        due = sum(int(pence[0]) for pence in now.values())
        if due + sum(entry[DUE] - entry[HAD] for entry in given["away_back"]) > 0:
            owed.add(one)
    return owed


def _to_pay(here: int, facts: Sequence[PayFacts], shared: Shared, known_at: datetime) -> AwayFound:
    found = AwayFound()
    ids = [one.employment_id for one in facts]
    known = away_facts(here, ids, until=shared.until, known_at=known_at)
    if not known:
        return found
    people = {one.employment_id: one for one in facts if one.employment_id in known}
    rows, problems = AwayRows(here, people, known, shared).made()
    terms = list(absence_terms(here))
    closed = _closed(here, known, shared)
    due = _due_before(here, closed, rows, terms, known_at)
    had = _had(here, list(known), shared)
    now = {one: _with_terms(mine, terms, shared.first) for one, mine in rows.items()}
    for one, away in now.items():
        back = [
            [kind, due.get((one, kind), 0), had.get((one, kind), 0)]
            for kind in AWAY_KINDS
            if due.get((one, kind), 0) != had.get((one, kind), 0)
        ]
        new = _told(known[one], shared, closed)
        if back or any(_overlaps(row, shared) for row in away):
            found.inputs[one] = {"away": away, "away_back": back}
        told = [(cause, text) for number, cause, text in problems[one] if number in new]
        told += [(Cause.NO_STATUTORY, text) for text in _unpaid(shared, people[one], away)]
        if told:
            found.problems[one] = told
    return found


def _told(mine: Sequence[AwayFacts], shared: Shared, closed: Closed) -> set[int]:
    """Absences of this period, or of a closed one and recorded since the last was begun."""
    theirs = [then for people, _, then in closed.values() if mine[0].employment_id in people]
    latest = max((made_at for _, made_at, _ in closed.values()), default=None)
    return {
        one.number
        for one in mine
        if one.holds
        and (
            _lies_in(one, shared)
            or (
                latest is not None
                and one.recorded_at > latest
                and any(_lies_in(one, then) for then in theirs)
            )
        )
    }


def _lies_in(one: AwayFacts, period: Shared) -> bool:
    return one.from_on <= period.last and (one.to_on is None or one.to_on > period.first)


def _unpaid(shared: Shared, person: PayFacts, away: list[Row]) -> list[str]:
    return reckon(shared, [Absent(person.pieces, away)]).unpaid[0]


def _overlaps(row: Row, shared: Shared) -> bool:
    return row[FIRST] <= shared.last.isoformat() and row[LAST] >= shared.first.isoformat()


def _with_terms(rows: Sequence[Row], terms: Sequence[AbsenceTerms], on: date) -> list[Row]:
    """A period has the terms of its first day."""
    sick, family = full_while_away(terms, on)
    return [
        [*row[:FULL_PAY], sick if row[AWAY_KIND] == SICKNESS else family, *row[FULL_PAY:]]
        for row in rows
    ]


def _closed(here: int, known: dict[int, list[AwayFacts]], shared: Shared) -> Closed:
    """Closed runs that paid somebody for days of an absence, with these people."""
    given: dict[str, Any] = {"here": here, "ids": list(known), "day": shared.day}
    found: Closed = {}
    with connection.cursor() as cursor:
        cursor.execute(_CLOSED, given)
        for employment, run, made_at, inputs, _ in cursor.fetchall():
            if run not in found:
                found[run] = ([], made_at, Shared.read(json.loads(inputs)))
            then = found[run][2]
            if any(_lies_in(one, then) for one in known[employment]):
                found[run][0].append(employment)
    return found


def _due_before(
    here: int, closed: Closed, rows: dict[int, list[Row]], terms: Sequence[AbsenceTerms],
    known_at: datetime,
) -> Due:  # fmt: skip
    """What closed periods bring as it is known now; a statement for each of them."""
    due: Due = defaultdict(int)
    for employments, _, then in closed.values():
        if not employments:
            continue
        facts = pay_facts(
            here, employments, first=then.first, until=then.until, on=then.day, known_at=known_at
        )
        people = [
            Absent(one.pieces, _with_terms(rows[one.employment_id], terms, then.first))
            for one in facts
        ]
        found = reckon(then, people)
        for kind, amounts in found.amounts.items():
            for one, pence in zip(facts, amounts.tolist(), strict=True):
                due[one.employment_id, kind] += pence
    return due


def _had(here: int, employments: list[int], shared: Shared) -> Due:
    given: dict[str, Any] = {"here": here, "ids": employments, "day": shared.day}
    with connection.cursor() as cursor:
        cursor.execute(_HAD, {**given, "kinds": list(AWAY_KINDS)})
        return {(employment, kind): pence for employment, kind, pence in cursor.fetchall()}


class AwayRows:
    """Absences that hold as the places of `paying.inputs`, all but the terms of a period.

    `held` are the absences; once the rows are made `problems` and `refused` say what is wrong.
    """

    def __init__(
        self, here: int, people: dict[int, PayFacts], known: dict[int, list[AwayFacts]],
        shared: Shared,
    ) -> None:  # fmt: skip
        self.people, self.shared = people, shared
        self.held = {
            one: [a for a in mine if a.holds and self._begins(a)] for one, mine in known.items()
        }
        self.earnings = Earnings(here, list(known), monthly=shared.frequency.unit == "month")
        self.problems: dict[int, list[tuple[int, Cause, str]]] = defaultdict(list)
        self.refused: dict[int, Reason] = {}  # by the number of the absence

    def made(self) -> tuple[dict[int, list[Row]], dict[int, list[tuple[int, Cause, str]]]]:
        rows: dict[int, list[Row]] = {one: [] for one in self.people}
        for one, row in (*self._sick(), *self._family()):
            rows[one].append(row)
        return rows, self.problems

    def _begins(self, one: AwayFacts) -> bool:
        """Within the employment, but for leave that may be paid to who left before it."""
        ends = self.people[one.employment_id].to_on
        return ends is None or one.from_on < ends or one.kind in AFTER_LEAVING

    def _last(self, one: AwayFacts) -> date:
        """An open absence lasts to the end of the period, and sickness ends with the employment."""
        last = one.to_on - ONE_DAY if one.to_on else max(self.shared.last, one.from_on)
        ends = self.people[one.employment_id].to_on
        return min(last, ends - ONE_DAY) if ends and one.kind == SICKNESS else last

    def _sick(self) -> Iterator[tuple[int, Row]]:
        versions = sick_pay_versions(self.shared.last)
        sick = [
            a
            for one in self.people
            for a in self.held[one]
            if a.kind == SICKNESS and a.from_on >= versions[0].starts_on
        ]
        if not sick:
            return
        place = {one: n for n, one in enumerate(self.people)}
        none = np.zeros(len(sick), dtype=np.int64)
        spells = Spells(
            np.array([place[a.employment_id] for a in sick], dtype=np.int64),
            as_dates([a.from_on for a in sick]), as_dates([self._last(a) for a in sick]),
            Average(none, none),
        )  # fmt: skip
        begins = [one.item() for one in series_begins(spells, versions)]
        numbers = {(a.employment_id, a.from_on): a.number for a in sick}
        for a, first in zip(sick, begins, strict=True):
            lead = numbers[a.employment_id, first]
            yield self._row(a, self._earned(a, lead, first - ONE_DAY))

    def _family(self) -> Iterator[tuple[int, Row]]:
        for one, mine in self.held.items():
            used: dict[tuple[str, date | None], int] = defaultdict(int)
            worked: dict[tuple[str, date | None], int] = defaultdict(int)
            for a in mine:
                if a.kind == SICKNESS:
                    continue
                weeks = (a.to_on - a.from_on).days // DAYS_OF_WEEK if a.to_on else EVERY_WEEK
                before = a.weeks_used + used[a.kind, a.event_on]
                used[a.kind, a.event_on] += weeks
                until = week_that_counts(a)
                earned, limit = None, 0
                try:
                    limit = LOWER_EARNINGS_LIMIT.on(until).week
                    if self._entitled(a, until):
                        earned = self._earned(a, a.number, until)
                except Refused as refusal:
                    self._tell(a, Cause.NO_STATUTORY, refusal.message)
                row = self._row(a, earned, weeks, before, limit)[1]
                days = _worked(a, worked[a.kind, a.event_on])
                worked[a.kind, a.event_on] += len(days)
                yield one, [*row, *[None] * (WORKED_DAYS - len(row) - 1), days] if days else row

    def _entitled(self, a: AwayFacts, until: date) -> bool:
        person = self.people[a.employment_id]
        began, weeks = person.from_on, CONDITIONS.on(until).service_weeks
        # A day of the week that counts is enough.
        if person.to_on and person.to_on <= until - (DAYS_OF_WEEK - 1) * ONE_DAY:
            return self._refuse(a, Reason.LEFT, f"left before the week up to {until:%-d %B %Y}")
        if began > until - (weeks - 1) * DAYS_OF_WEEK * ONE_DAY:
            text = f"fewer than {weeks} weeks of employment by {until:%-d %B %Y}"
            return self._refuse(a, Reason.SERVICE, text)
        if not a.evidence:
            return self._refuse(a, Reason.EVIDENCE, "no evidence was seen; record it when it is")
        return True

    def _refuse(self, a: AwayFacts, reason: Reason, text: str) -> bool:
        self.refused[a.number] = reason
        self._tell(a, Cause.NO_STATUTORY, text)
        return False

    def _earned(self, a: AwayFacts, lead: int, until: date) -> Earned | None:
        began = self.people[a.employment_id].from_on
        found = self.earnings.before(a.employment_id, lead, began, until)
        if isinstance(found, Earned):
            return found
        self._tell(a, Cause.NO_EARNINGS, f"{found}. State the average under Statutory pay")
        return None

    def _tell(self, a: AwayFacts, cause: Cause, text: str) -> None:
        self.problems[a.employment_id].append((a.number, cause, f"Absence {a.number}: {text}"))

    def _row(
        self, a: AwayFacts, earned: Earned | None, weeks: int = 0, before: int = 0, limit: int = 0
    ) -> tuple[int, Row]:
        average = [earned.number, earned.by, earned.words] if earned else [None, 1, ""]
        days = [a.from_on.isoformat(), self._last(a).isoformat(), a.qualifying]
        row = [a.number, a.kind, *days, *average, weeks, before, limit]
        ends, last = self.people[a.employment_id].to_on, self._last(a)
        beyond = ends is not None and a.kind != SICKNESS and last >= ends
        return a.employment_id, [*row, (ends - ONE_DAY).isoformat()] if ends and beyond else row


def _worked(a: AwayFacts, before: int) -> list[Row]:
    """The days of a leave that were worked, after so many of the same entitlement."""
    days = [one for one in a.worked if one >= a.from_on and (a.to_on is None or one < a.to_on)]
    most = MAY_WORK.get(AbsenceKind(a.kind), 0)
    return [[one.isoformat(), before + n, most] for n, one in enumerate(days, start=1)]


def week_that_counts(a: AwayFacts) -> date:
    """The Saturday of the week that earnings and service are looked at up to.

    Of a birth it is the 15th before the week in which the child is due, of an adoption that of the
    match, else the one before the week of the bereavement or of the beginning of neonatal care.
    """
    assert a.event_on is not None
    on = as_dates([a.event_on])
    if a.kind in (Kind.BEREAVEMENT, Kind.NEONATAL):
        saturday = on - (weekday(on) + 1).astype("timedelta64[D]")
    elif a.kind == Kind.ADOPTION or a.adopting:
        saturday = on + (DAYS_OF_WEEK - 1 - weekday(on)).astype("timedelta64[D]")
    else:
        saturday = end_of_qualifying_week(on)
    found: date = saturday[0].item()
    return found
