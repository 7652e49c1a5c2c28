"""Units added, renamed, moved and ended: one or hundreds in one act, with a reason.

What is wanted is planned first, so that a file can be shown before it is done; the same plan is
made anew, under a lock, when it is. Everything about a unit applies at once, but its days.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from core.actors import Actor, may, require
from core.errors import InvariantBroken
from core.plans import ChangePlan, changed
from core.templatetags.web import day
from events.services import record_each
from tenants.models import Person, Unit
from tenants.permissions import KEEP_UNITS
from tenants.registry import FOLLOWERS, USES
from tenants.rules import TEN03, TEN04, TEN05, TEN06, TEN07, TEN08, TEN09, TEN10, TEN11
from tenants.selectors import ANYBODY, people_with_rights
from tenants.selectors.tree import UNIT, VERBS, days_said

CODE = r"[A-Za-z0-9/_-]{1,24}"
LONGEST_PATH = 200
# Two who move units at once could make a ring of them.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('units', %s))"
ADDED, CHANGED = VERBS


@dataclass(frozen=True)
class UnitFacts:
    """What a unit is to be: part of the unit of a code, its budget held by whoever has an address.

    It exists from `since` up to but not including `until`; a `fresh` one is not there yet.
    """

    code: str
    name: str
    parent: str = ""
    holder: str = ""
    since: date | None = None
    until: date | None = None
    fresh: bool = False

    def said(self) -> str:
        """In words, for the trail."""
        where = f"part of {self.parent}" if self.parent else "at the top"
        held = f", budget held by {self.holder}" if self.holder else ""
        return f"{self.name}, {where}{held}, {days_said(self.since, self.until)}"


@dataclass
class Planned(ChangePlan):
    """What would become of one unit, or why it would not."""

    facts: UnitFacts
    unit: Unit | None
    new: bool

    @property
    def acts(self) -> bool:
        return self.new or bool(self.changes)

    @property
    def kept(self) -> Unit:
        """The unit, once it is there."""
        if self.unit is None:
            raise InvariantBroken("A unit was planned and never made.")
        return self.unit


class _Tree:
    """The units as they are and as they would be, by their codes."""

    def __init__(self, by: Actor, wanted: Sequence[UnitFacts]) -> None:
        rows = Unit.objects.filter(organisation_id=by.organisation_id)
        self.there: dict[str, Unit] = {
            unit.code: unit for unit in rows.select_related("parent", "holder")
        }
        self.after = {code: facts_of(unit) for code, unit in self.there.items()}
        self.after |= {one.code: one for one in wanted}
        self.within: dict[str, list[UnitFacts]] = {}
        for one in self.after.values():
            self.within.setdefault(one.parent, []).append(one)

    def path(self, code: str) -> str | None:
        """The codes from the root down as they would be; None for a ring or a gap."""
        codes: list[str] = []
        while code:
            if code in codes or code not in self.after:
                return None
            codes.append(code)
            code = self.after[code].parent
        return "".join(f"{one}." for one in reversed(codes))


def facts_of(unit: Unit) -> UnitFacts:
    """The unit as it is."""
    days: Any = unit.valid
    return UnitFacts(
        code=unit.code,
        name=unit.name,
        parent=unit.parent.code if unit.parent else "",
        holder=unit.holder.email if unit.holder else "",
        since=days.lower,
        until=days.upper,
    )


def plan_units(*, wanted: Sequence[UnitFacts], by: Actor, today: date) -> list[Planned]:
    """What would become of each of these units, in their order; nothing is changed."""
    require(by, KEEP_UNITS)
    tree = _Tree(by, wanted)
    people = _people({one.holder.lower() for one in wanted if one.holder}, by)
    plans, seen = [], set()
    for one in wanted:
        unit = tree.there.get(one.code)
        plan = Planned(one, unit, new=unit is None)
        plan.check(TEN04, one.code not in seen and not (plan.unit and one.fresh))
        seen.add(one.code)
        if plan.unit is None:
            plan.check(TEN03, re.fullmatch(CODE, one.code))
        else:
            plan.changes = _changes(facts_of(plan.unit), one)
        if plan.acts:
            _look_at_days(plan, today)
            _look_at_place(plan, tree, by, today)
            before = plan.unit.holder.email if plan.unit and plan.unit.holder else ""
            known = not one.holder or one.holder.lower() in {*people, before}
            plan.check(TEN10, known, one.holder)
        plans.append(plan)
    _look_within(plans, tree, by)
    return plans


@transaction.atomic
def keep_units(
    *, wanted: Sequence[UnitFacts], reason: str, by: Actor, today: date
) -> list[Planned]:
    """Adds the units that are not there and changes those that are, all of them or none.

    TEN03 to TEN11, the first that one of them meets. Events tenants.unit.added and
    tenants.unit.changed, one for each unit.
    """
    require(by, KEEP_UNITS)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [by.organisation_id])
    plans = plan_units(wanted=wanted, by=by, today=today)
    for plan in plans:
        for refused in plan.refusals:
            raise refused
    acting = [plan for plan in plans if plan.acts]
    if acting:
        _write(acting, by, today)
        _record(acting, reason, by)
    return acting


def _people(addresses: set[str], by: Actor) -> dict[str, Person]:
    """Those of the addresses who work or worked here, or hold or held a right here."""
    if not addresses:
        return {}
    here = people_with_rights(by.organisation_id, date.min, role=ANYBODY)
    return {one.email: one for one in here.filter(email__in=addresses, is_active=True)}


def _changes(old: UnitFacts, new: UnitFacts) -> list[tuple[str, str, str]]:
    pairs = (
        ("name", old.name, new.name),
        ("part of", old.parent or "none", new.parent or "none"),
        ("budget holder", old.holder or "nobody", new.holder.lower() or "nobody"),
        ("first day", day(old.since), day(new.since or old.since)),
        ("exists until before", day(old.until) or "no end", day(new.until) or "no end"),
    )
    return changed(*pairs)


def _look_at_days(plan: Planned, today: date) -> None:
    one, unit = plan.facts, plan.unit
    days: Any = unit.valid if unit else None
    since = days.lower if days else one.since or today
    until = days.upper if days else None
    ended = until is not None and until <= today
    moved = one.until != until
    fits = one.until is None or (one.until >= today and one.until > since)
    stays = not days or one.since in (None, since)
    plan.check(TEN08, stays and not ended and (fits or not moved))


def _look_at_place(plan: Planned, tree: _Tree, by: Actor, today: date) -> None:
    one, path = plan.facts, tree.path(plan.facts.code)
    parent = tree.after.get(one.parent)
    plan.check(TEN05, not one.parent or (parent and _lasts(parent, one, today)), one.parent)
    if parent:
        plan.check(TEN06, path is not None)
    if path is not None:
        plan.check(TEN11, len(path) <= LONGEST_PATH)
        reached = [path, *([plan.unit.path] if plan.unit else [])]
        plan.check(TEN09, all(may(by, KEEP_UNITS, unit_path=one) for one in reached))


def _lasts(parent: UnitFacts, one: UnitFacts, today: date) -> bool:
    """Does the parent exist from today, or the later first day, until the end of its part?"""
    begins = max(one.since or today, today)
    lasts = parent.until is None or (one.until is not None and one.until <= parent.until)
    return (parent.since or today) <= begins and lasts


def _look_within(plans: Sequence[Planned], tree: _Tree, by: Actor) -> None:
    """Whatever goes on after a new last day of its unit refuses it."""
    ending = [
        plan
        for plan in plans
        if plan.unit and plan.facts.until and plan.unit.valid.upper != plan.facts.until
    ]
    going_on = _uses([(plan.unit.pk, plan.facts.until) for plan in ending if plan.unit], by)
    for plan in ending:
        until: Any = plan.facts.until
        inner = sum(
            one.until is None or one.until > until for one in tree.within.get(plan.facts.code, ())
        )
        said = [f"units within it: {inner}"] if inner else []
        said += going_on.get(plan.unit.pk if plan.unit else 0, [])
        plan.check(TEN07, not said, f"There are {', '.join(said)}.")


def _uses(ends: Sequence[tuple[int, Any]], by: Actor) -> dict[int, list[str]]:
    """What goes on in units after the days on which they would end, in words."""
    found: dict[int, list[str]] = {}
    given: dict[str, Any] = {"organisation": by.organisation_id}
    given |= {"units": [pk for pk, _ in ends], "days": [until for _, until in ends]}
    for what, sql in USES.items() if ends else ():
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            for unit, count in cursor.fetchall():
                found.setdefault(unit, []).append(f"{what}: {count}")
    return found


def _write(plans: Sequence[Planned], by: Actor, today: date) -> None:
    """New units first, then whatever changed, then all whose path follows from that."""
    tree = _Tree(by, [plan.facts for plan in plans])
    people = _people({plan.facts.holder.lower() for plan in plans if plan.facts.holder}, by)
    for plan in plans:
        one = plan.facts
        unit = plan.unit = tree.there.setdefault(one.code, Unit(organisation_id=by.organisation_id))
        unit.code, unit.name = one.code, one.name
        if one.holder.lower() != (unit.holder.email if unit.holder else ""):
            unit.holder = people.get(one.holder.lower())
        unit.valid = (unit.valid.lower if unit.valid else one.since or today, one.until)
    before = {unit.pk: unit.path for unit in tree.there.values() if unit.pk}
    for code, unit in tree.there.items():
        unit.path = tree.path(code) or ""
    Unit.objects.bulk_create([plan.kept for plan in plans if plan.new])
    for plan in plans:
        plan.kept.parent = tree.there.get(plan.facts.parent)
    moved = [one for one in tree.there.values() if before.get(one.pk, one.path) != one.path]
    touched = {one.pk: one for one in (*(plan.kept for plan in plans), *moved)}
    fields = ["name", "parent", "path", "holder", "valid"]
    Unit.objects.bulk_update(touched.values(), fields, batch_size=500)
    _follow([(before[one.pk], one.path) for one in moved], by)


def _follow(moved: Sequence[tuple[str, str]], by: Actor) -> None:
    """What upper apps keep of the paths goes along."""
    for table in FOLLOWERS if moved else ():
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} t SET unit_path = m.new"  # noqa: S608 (named by an app)
                " FROM unnest(%s::text[], %s::text[]) m(old, new)"
                " WHERE t.organisation_id = %s AND t.unit_path = m.old",
                [[old for old, _ in moved], [new for _, new in moved], by.organisation_id],
            )


def _record(plans: Sequence[Planned], reason: str, by: Actor) -> None:
    new, old = [], []
    for plan in plans:
        unit, words = plan.kept, {"comment": reason, "unit": str(plan.kept)}
        if plan.new:
            new.append((unit.pk, {**words, "now": plan.facts.said()}))
        else:
            old.append((unit.pk, {**words, "changes": plan.said()}))
    record_each(ADDED, UNIT, new, by=by)
    record_each(CHANGED, UNIT, old, by=by)
