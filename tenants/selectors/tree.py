"""The tree of units: on a day, one unit with what is in it, and who did what to it."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from core.errors import NotFound
from core.templatetags.web import day
from events.selectors import Entry, last_doers_of, timeline_of
from tenants.models import Grant, Unit

UNIT = "tenants.unit"
VERBS = ("tenants.unit.added", "tenants.unit.changed")
# What goes on in units after the days on which they would end, for tenants.registry.
_DATED = """
SELECT t.unit_id, count(*) FROM {} t
  JOIN unnest(%(units)s::bigint[], %(days)s::date[]) e(unit, day) ON e.unit = t.unit_id
 WHERE t.organisation_id = %(organisation)s AND t.valid && daterange(e.day, NULL)
 GROUP BY t.unit_id
"""
RIGHTS_IN_UNITS = _DATED.format("tenants_grant")
JOBS_IN_UNITS = _DATED.format("tenants_affiliation")
# Of the list: the units that exist on the day, or all that ever did or will.
THEN, EVER = "", "all"


def units_on(
    organisation_id: int, on: date, *, text: str = "", which: str = THEN
) -> QuerySet[Unit]:
    """Units in the order of the tree, searched by code, name and budget holder."""
    found = Unit.objects.filter(organisation_id=organisation_id)
    if which != EVER:
        found = found.filter(valid__contains=on)
    if text:
        found = found.filter(
            Q(code__icontains=text) | Q(name__icontains=text) | Q(holder__name__icontains=text)
        )
    return found.select_related("parent", "holder").order_by("path")


def lasting_units(organisation_id: int, today: date) -> list[Unit]:
    """The units that exist today or later, in the order of the tree."""
    rows = Unit.objects.filter(organisation_id=organisation_id, valid__overlap=(today, None))
    return list(rows.order_by("path"))


def unit_here(organisation_id: int, unit_id: int) -> Unit:
    """A unit of the organisation. NotFound unless there is one."""
    found = units_on(organisation_id, date.min, which=EVER).filter(pk=unit_id).first()
    if found is None:
        raise NotFound()
    return found


def units_within(unit: Unit) -> list[Unit]:
    """The units that are part of this one, those of their own parts not."""
    rows = units_on(unit.organisation_id, date.min, which=EVER)
    return list(rows.filter(parent_id=unit.pk))


def rights_for(unit: Unit, on: date) -> list[Grant]:
    """The rights in force that are given for this very unit."""
    rows = Grant.objects.filter(organisation_id=unit.organisation_id, unit_id=unit.pk)
    rows = rows.filter(valid__contains=on).select_related("person")
    return list(rows.order_by("person__name", "pk"))


def last_day(unit: Unit) -> date | None:
    """The last day on which the unit exists; None if no end is known."""
    upper: Any = unit.valid.upper
    return upper - timedelta(days=1) if upper else None


def days_said(since: date | None, until: date | None) -> str:
    """From a day up to but not including another, as people say it."""
    return f"from {day(since)}" + (f" to {day(until - timedelta(days=1))}" if until else "")


def history_of_unit(unit: Unit) -> list[Entry]:
    """What was done to the unit, by whom and why, newest first."""
    return timeline_of(unit.organisation_id, UNIT, unit.pk)


def keepers_of(organisation_id: int, found: Collection[Unit]) -> dict[int, str]:
    """Who added or last changed each of these units, where it was done on a page here."""
    return last_doers_of(organisation_id, UNIT, [one.pk for one in found], VERBS)
