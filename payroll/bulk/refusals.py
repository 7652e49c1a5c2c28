"""Who is not paid statutory pay and has to be told why, from what is on record now."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from core.templatetags.web import day
from hr.selectors.absences import AwayFacts, away_facts, employments_away
from hr.selectors.pay import PayFacts, pay_facts
from payroll.bulk.absences import Absent, AwayRows, week_that_counts
from payroll.calculator.average_earnings import MORE_THAN_ANY_DAY
from payroll.calculator.dates import Dates, Whole
from payroll.calculator.parental_pay import PARENTAL_PAY, Kind
from payroll.calculator.periods import Frequency
from payroll.calculator.refusals import Reason
from payroll.calculator.sick_pay import Why
from payroll.models import PayMember, StatutoryLetter
from payroll.paying.away import sick_pay_of
from payroll.paying.inputs import (
    ABSENCE,
    AWAY_KIND,
    EARNED,
    FIRST,
    LAST,
    LIMIT,
    PER,
    WEEKS_BEFORE,
    Shared,
)
from payroll.paying.reckoned import SICKNESS, Row, average_words, chosen
from payroll.paying.refusals import OF_DAYS, WEEKS_AHEAD, Refusal

# Claims for benefit go back three months; what is older is over.
LOOK_BACK, YEAR, ONE_DAY = timedelta(days=92), timedelta(days=366), timedelta(days=1)
# The end of sick pay is seen as soon as it has to be told.
OPEN_UNTIL = WEEKS_AHEAD + timedelta(weeks=1)


def refusals(organisation_id: int, today: date, known_at: datetime) -> list[Refusal]:
    """What people have to be told and were not, of the last three months and of what is seen to
    come, by the day for telling it.

    The statements are the same however many people; a few for each frequency of pay.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    given: set[str] = set()
    for employment, frequency, keys in _away(organisation_id, today):
        groups[frequency].append(employment)
        given.update(keys)
    found = [
        one
        for frequency, people in sorted(groups.items())
        for one in _Looked(organisation_id, people, Frequency(frequency), today, known_at).found()
        if max(one.from_on, one.known_on) >= today - LOOK_BACK and one.key not in given
    ]
    return sorted(found, key=lambda one: (one.due_on, one.absence))


def _away(organisation_id: int, today: date) -> QuerySet[Any]:
    """Who is paid and is or was away: frequency of pay, and what they were told before."""
    here = {"organisation_id": organisation_id}
    told = StatutoryLetter.objects.filter(**here, employment_id=OuterRef("employment_id"))
    text = TextField()
    named = Concat(Cast("absence", text), Value("-"), "reason", output_field=text)
    keys = ArraySubquery(told.order_by().annotate(named=named).values("named"))
    away = employments_away(organisation_id, today - YEAR)
    rows = PayMember.objects.filter(**here, employment_id__in=away).annotate(told=keys)
    return rows.values_list("employment_id", "pay_group__frequency", "told").order_by(
        "employment_id"
    )


class _Looked:
    """People of one frequency of pay, with what is known of their absences."""

    def __init__(
        self, here: int, employments: list[int], frequency: Frequency, today: date,
        known_at: datetime,
    ) -> None:  # fmt: skip
        self.today = today
        shared = Shared(today, today, today, frequency, "", allow_derived=False)
        facts = pay_facts(
            here, employments, first=today, until=today + ONE_DAY, on=today, known_at=known_at
        )
        self.people: dict[int, PayFacts] = {one.employment_id: one for one in facts}
        known = away_facts(here, employments, until=today + YEAR, known_at=known_at)
        made = AwayRows(here, self.people, known, shared)
        self.rows, _ = made.made()
        self.refused = made.refused
        self.held = {a.number: a for mine in made.held.values() for a in mine}

    def found(self) -> Iterator[Refusal]:
        for rows in self.rows.values():
            for row in rows:
                if row[AWAY_KIND] != SICKNESS and (reason := self._family(row)):
                    yield self._refusal(row, reason, self._details(row, reason))
        yield from self._sick()

    def _family(self, row: Row) -> Reason | None:
        if row[ABSENCE] in self.refused:
            return self.refused[row[ABSENCE]]
        if row[EARNED] is None:
            return None
        if row[EARNED] < row[LIMIT] * row[PER]:
            return Reason.EARNINGS
        law = PARENTAL_PAY.on(self.today)
        most = law.kinds[Kind(row[AWAY_KIND])].weeks
        return Reason.USED_UP if row[WEEKS_BEFORE] >= most else None

    def _details(self, row: Row, reason: Reason) -> tuple[str, ...]:
        a = self.held[row[ABSENCE]]
        person, said = self.people[a.employment_id], []
        if reason in (Reason.SERVICE, Reason.LEFT):
            said = [
                f"You were employed by us from {day(person.from_on)}"
                + (f" to {day(person.to_on - ONE_DAY)}" if person.to_on else "")
                + f". The week that counts ends on {day(week_that_counts(a))}."
            ]
        elif reason == Reason.EARNINGS:
            said = [average_words(row)]
        return (*said, _away_words(a))

    def _sick(self) -> Iterator[Refusal]:
        people = [Absent((), [self._open(row) for row in rows]) for rows in self.rows.values()]
        rows = [(n, row) for n, row in chosen(people, sick=True) if row[EARNED] is not None]
        if not rows:
            return
        now = np.datetime64(self.today, "D")
        days = sick_pay_of(people, rows, self.today, now, now).days
        # Days are in the order of person and date.
        order = days.person * MORE_THAN_ANY_DAY + days.day.astype(np.int64)
        for n, row in rows:
            first, last = (n * MORE_THAN_ANY_DAY + _number(row[at]) for at in (FIRST, LAST))
            mine = slice(*np.searchsorted(order, [first, last + 1]).tolist())
            yield from self._of_days(row, days.day[mine], days.why[mine])

    def _open(self, row: list[Any]) -> list[Any]:
        """Sickness that is not over goes on for some weeks, to see when its pay ends."""
        a = self.held[row[ABSENCE]]
        if a.kind != SICKNESS or a.to_on is not None:
            return row
        last, ends = self.today + OPEN_UNTIL, self.people[a.employment_id].to_on
        last = max(min(last, ends - ONE_DAY) if ends else last, a.from_on)
        return [*row[:LAST], last.isoformat(), *row[LAST + 1 :]]

    def _of_days(self, row: Row, on: Dates, why: Whole) -> Iterator[Refusal]:
        a = self.held[row[ABSENCE]]
        told = np.flatnonzero(np.isin(why, list(OF_DAYS)))
        paid = on[why == Why.PAID]
        if told.size:
            from_on, reason = on[told[0]], OF_DAYS[Why(why[told[0]])]
            before = paid[paid < from_on]
            details = [average_words(row)] if reason == Reason.EARNINGS else []
            yield self._refusal(
                row, reason, (*details, _away_words(a)), from_on.item(),
                before[-1].item() if before.size else None,
            )  # fmt: skip
            return
        ends = self.people[a.employment_id].to_on
        if ends and paid.size and (a.to_on is None or a.to_on >= ends):
            yield self._refusal(row, Reason.CONTRACT, (_away_words(a),), ends, paid[-1].item())

    def _refusal(
        self, row: Row, reason: Reason, details: Sequence[str], from_on: date | None = None,
        paid_to: date | None = None,
    ) -> Refusal:  # fmt: skip
        a = self.held[row[ABSENCE]]
        person, known_on = self.people[a.employment_id], timezone.localdate(a.recorded_at)
        return Refusal(
            a.employment_id, person.number, person.name, a.number, a.kind, reason,
            from_on or a.from_on, known_on, a.notice_on or known_on, paid_to, tuple(details),
        )  # fmt: skip


def _number(day_of: str) -> int:
    return int(np.datetime64(day_of, "D").astype(np.int64))


def _away_words(a: AwayFacts) -> str:
    until = f" to {day(a.to_on - ONE_DAY)}" if a.to_on else ""
    return f"You told us that you are away from {day(a.from_on)}{until}."
