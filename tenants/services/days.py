"""Closed days from a file: many closed and opened in one act, with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from core.actors import Actor, require
from core.plans import Plan
from core.templatetags.web import day
from core.working_time import FIRST_YEAR, LAST_YEAR, is_working_day
from events.services import record_about, record_each
from tenants.models import ClosureDay, Organisation
from tenants.permissions import KEEP_ORGANISATION
from tenants.rules import TEN13, TEN16, TEN17
from tenants.selectors import working_calendar
from tenants.selectors.place import ORGANISATION
from tenants.services import add_closure_days

CLOSED, OPENED = "tenants.calendar.closed", "tenants.calendar.opened"


@dataclass(frozen=True)
class DayFacts:
    """A day that is to be closed for a reason, or to be a working day again."""

    day: date
    why: str = ""
    opens: bool = False


@dataclass
class PlannedDay(Plan):
    """What would become of one day: the verb of its event, or nothing."""

    facts: DayFacts
    verb: str = ""
    row: ClosureDay | None = None


def plan_days(*, wanted: Sequence[DayFacts], by: Actor, today: date) -> list[PlannedDay]:
    """What would become of each of these days, in their order; nothing is changed.

    A day that is closed already, or open if it is to be opened, stays as it is.
    """
    require(by, KEEP_ORGANISATION)
    calendar = working_calendar(by.organisation_id)
    own = {row.day: row for row in ClosureDay.objects.filter(organisation_id=by.organisation_id)}
    plans, seen = [], set()
    for one in wanted:
        plan = PlannedDay(one, row=own.get(one.day))
        known = FIRST_YEAR <= one.day.year <= LAST_YEAR
        works = known and is_working_day(calendar, one.day)
        if one.opens:
            plan.verb = "" if works else OPENED
        elif not known or works:
            plan.verb = CLOSED
        wrong = [
            (TEN13, plan.verb and (one.day < today or not known)),
            (TEN13, plan.verb == OPENED and one.day == today),
            (TEN16, plan.verb == OPENED and plan.row is None),
            (TEN17, one.day in seen),
        ]
        plan.refusals = [rule.refuse() for rule, broken in wrong if broken]
        seen.add(one.day)
        plans.append(plan)
    return plans


@transaction.atomic
def keep_days(
    *, wanted: Sequence[DayFacts], reason: str, by: Actor, today: date
) -> list[PlannedDay]:
    """Closes and opens these days, all of them or none; others stay as they are.

    TEN13, TEN16 or TEN17, the first that one of them meets. Events tenants.calendar.closed, one
    for all, and tenants.calendar.opened, one for each.
    """
    require(by, KEEP_ORGANISATION)
    here = by.organisation_id
    Organisation.objects.select_for_update().get(pk=here)
    plans = plan_days(wanted=wanted, by=by, today=today)
    for plan in plans:
        for refused in plan.refusals:
            raise refused
    closing = sorted((p.facts for p in plans if p.verb == CLOSED), key=lambda one: one.day)
    opening = [plan.row for plan in plans if plan.verb == OPENED and plan.row]
    ClosureDay.objects.filter(organisation_id=here, pk__in=[row.pk for row in opening]).delete()
    if closing:
        add_closure_days(days=[(one.day, one.why) for one in closing])
        first, last = day(closing[0].day), day(closing[-1].day)
        said: dict[str, Any] = {"days": len(closing), "first": first, "last": last}
        record_about(CLOSED, ORGANISATION, here, by=by, comment=reason, **said)
    opened = [(here, {"comment": reason, "day": day(r.day), "why": r.reason}) for r in opening]
    record_each(OPENED, ORGANISATION, opened, by=by)
    return plans
