"""Many rights given, changed and ended in one act, by the rules of those given one by one.

What is wanted is planned first, so that a file can be shown before it is done; the same plan is
made anew, under the lock of all rights here, when it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from access.giving import in_words, lock, note_conflicts, reaches, somebody_stays
from access.permissions import KEEP_GRANTS
from access.rules import ACC10, ACC11, ACC12, ACC13, ACC15, ACC24
from access.selectors import RIGHT
from core.actors import Actor, require
from core.errors import InvariantBroken
from core.plans import Plan
from core.templatetags.web import day
from events.services import record_each
from tenants.models import Grant, Person, Unit
from tenants.roles import Role
from tenants.selectors import grants_going_on, people_by_address
from tenants.selectors.tree import lasting_units
from tenants.services import ensure_people, write_grants

GIVEN, CHANGED, ENDED = (f"{RIGHT}.{what}" for what in ("given", "changed", "ended"))


@dataclass(frozen=True)
class RightFacts:
    """A right as it is to be, up to but not including `until`; known by all but limit and end."""

    email: str
    name: str
    role: str
    unit: str = ""
    limit_pence: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass
class PlannedRight(Plan):
    """What would become of one right: `old` is cut to `old_until`, `new` is given."""

    facts: RightFacts
    verb: str = ""
    old: Grant | None = None
    old_until: date | None = None
    new: Grant | None = None
    before: str = ""

    def said(self) -> str:
        """In words what it would be."""
        if self.verb == ENDED:
            return f"before: {self.before}; ends from {day(self.old_until)}"
        now = in_words(self.new) if self.new else ""
        return f"before: {self.before}; now: {now}" if self.before else now


class _Here:
    """The people of the rows with their rights that go on, and the units."""

    def __init__(self, wanted: Iterable[RightFacts], by: Actor, today: date) -> None:
        here = by.organisation_id
        self.by, self.today = by, today
        self.people = people_by_address({one.email.lower() for one in wanted})
        self.units: dict[str, Unit] = {one.code: one for one in lasting_units(here, today)}
        self.held: dict[tuple[str, str, str], list[Any]] = {}
        for row in grants_going_on(here, [one.pk for one in self.people.values()], today):
            code = row.unit.code if row.unit else ""
            self.held.setdefault((row.person.email, row.role, code), []).append(row)


def plan_rights(*, wanted: Sequence[RightFacts], by: Actor, today: date) -> list[PlannedRight]:
    """What would become of each of these rights, in their order; nothing is changed."""
    require(by, KEEP_GRANTS)
    here = _Here(wanted, by, today)
    plans, seen = [], set()
    for one in wanted:
        key = (one.email.lower(), one.role, one.unit)
        held = here.held.setdefault(key, [])
        since = one.since or today
        old = next((row for row in held if _is(row, one.since, today)), None)
        plan = PlannedRight(one, old=old)
        plan.check(ACC13, (*key, since) not in seen)
        seen.add((*key, since))
        if old is None:
            _plan_new(plan, here, held, since)
        elif (old.limit_pence, old.valid.upper) != (one.limit_pence, one.until):
            _plan_change(plan, here, old)
        if plan.verb:
            person = here.people.get(one.email.lower())
            plan.check(ACC10, person is None or person.pk != by.person_id)
        plans.append(plan)
    return plans


def _is(row: Grant, since: date | None, today: date) -> bool:
    """Is it the right that begins on that day, or without a day the one in force?"""
    days: Any = row.valid
    return days.lower == since if since else days.lower <= today


def _plan_new(plan: PlannedRight, here: _Here, held: list[Any], since: date) -> None:
    one = plan.facts
    person = here.people.get(one.email.lower())
    unit = here.units.get(one.unit)
    plan.check(ACC24, person or one.name)
    plan.check(ACC12, since >= here.today and (one.until is None or one.until > since))
    days: Any = unit.valid if unit else None
    there = not one.unit or (days is not None and days.lower <= since)
    plan.check(ACC15, there, one.unit)
    plan.check(ACC11, not there or reaches(here.by, unit, one.limit_pence))
    plan.check(ACC13, not any(_meet(row.valid, since, one.until) for row in held))
    if not plan.refusals:
        plan.new = _grant(plan, person, unit, since, here)
        held.append(plan.new)
    plan.verb = GIVEN


def _meet(days: Any, since: date, until: date | None) -> bool:
    return (days.upper is None or since < days.upper) and (until is None or days.lower < until)


def _plan_change(plan: PlannedRight, here: _Here, old: Grant) -> None:
    """A sooner end cuts the right; another limit or a later end gives it anew from today."""
    one = plan.facts
    days: Any = old.valid
    from_on = max(here.today, days.lower)
    plan.before = in_words(old)
    sooner = one.until is not None and (days.upper is None or one.until < days.upper)
    gone = one.until is not None and one.until <= from_on
    plan.check(ACC12, one.until is None or one.until >= here.today)
    plan.check(ACC11, reaches(here.by, old.unit, old.limit_pence))
    if gone or (sooner and one.limit_pence == old.limit_pence):
        plan.verb, plan.old_until = ENDED, max(one.until or from_on, days.lower)
        return
    plan.check(ACC11, plan.refusals or reaches(here.by, old.unit, one.limit_pence))
    plan.verb, plan.old_until = CHANGED, from_on
    plan.new = _grant(plan, old.person, old.unit, from_on, here)


def _grant(
    plan: PlannedRight, person: Person | None, unit: Unit | None, since: date, here: _Here
) -> Grant:
    one = plan.facts
    return Grant(
        organisation_id=here.by.organisation_id,
        person=person,
        role=one.role,
        unit=unit,
        limit_pence=one.limit_pence,
        valid=DateRange(since, one.until),
    )


@transaction.atomic
def keep_rights(
    *, wanted: Sequence[RightFacts], reason: str, by: Actor, today: date
) -> list[PlannedRight]:
    """Gives, changes and ends rights as wanted, all of them or none; others stay as they are.

    The rules of `grant_right` and `end_right`, the first that one of them meets, and ACC24 for a
    newcomer without a name. Events access.grant.given, .changed and .ended, one for each right,
    and access.grant.conflicts for those that make conflicting duties.
    """
    lock(by)
    planned = plan_rights(wanted=wanted, by=by, today=today)
    for plan in planned:
        for refused in plan.refusals:
            raise refused
    plans = [plan for plan in planned if plan.verb]
    new = {p.facts.email.lower(): p.facts.name for p in plans if p.new and not p.new.person_id}
    people = ensure_people(rows=list(new.items()))
    for plan in plans:
        if plan.new and not plan.new.person_id:
            plan.new.person = people[plan.facts.email.lower()]
        if plan.old and plan.old_until:
            plan.old.valid = DateRange(plan.old.valid.lower, plan.old_until)
    write_grants(new=[p.new for p in plans if p.new], cut=[p.old for p in plans if p.old])
    _administrators_stay(plans, by)
    for verb in (GIVEN, CHANGED, ENDED):
        rows = [_event(plan, reason) for plan in plans if plan.verb == verb]
        record_each(verb, RIGHT, rows, by=by)
    note_conflicts([plan.new for plan in plans if plan.new], by)
    return plans


def _administrators_stay(plans: Sequence[PlannedRight], by: Actor) -> None:
    """On each day on which the right of an administrator ends, there is another one."""
    ending = {
        plan.old_until: plan.old
        for plan in plans
        if plan.old and plan.old_until and plan.facts.role == Role.ADMINISTRATOR
    }
    for on, row in ending.items():
        somebody_stays(row, on, by)


def _touched(plan: PlannedRight) -> Grant:
    row = plan.new or plan.old
    if row is None:
        raise InvariantBroken("A right was planned and is neither given nor ended.")
    return row


def _event(plan: PlannedRight, reason: str) -> tuple[int, dict[str, Any]]:
    row = _touched(plan)
    words = {"person": row.person.name, "role": Role(row.role).label, "comment": reason}
    if plan.verb == ENDED:
        return row.pk, {**words, "from_on": day(plan.old_until)}
    now = {"now": in_words(row)}
    return row.pk, {**words, **now, **({"before": plan.before} if plan.before else {})}
