"""The facts of an organisation and its closed days, changed with a reason."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from core.actors import Actor, require
from core.errors import Clash
from core.templatetags.web import day
from core.working_time import LAST_YEAR, is_working_day
from events.services import record, record_about
from tenants.models import ClosureDay, Organisation
from tenants.permissions import KEEP_ORGANISATION
from tenants.rules import TEN12, TEN13, TEN14, TEN15, TEN20
from tenants.selectors import working_calendar
from tenants.selectors.place import ORGANISATION, readable
from tenants.services import add_closure_days

MOST_DAYS = 31
LABELS = {
    "name": "name",
    "short_name": "short name",
    "standing": "standing",
    "brand_colour": "colour",
}


def end_rehearsal(*, by: Actor, at: datetime) -> None:
    """Makes a rehearsal live: what it makes from now on leaves for banks, people and programs.

    TEN15 where it does not rehearse. Who calls it has asked who may. Event
    tenants.organisation.live.
    """
    here = by.organisation_id
    rows = Organisation.objects.filter(pk=here, status=Organisation.Status.REHEARSAL)
    TEN15.check(rows.update(status=Organisation.Status.LIVE))
    record_about("tenants.organisation.live", ORGANISATION, here, by=by, at=at)


@transaction.atomic
def change_organisation(
    *, name: str, short_name: str, standing: str, brand_colour: str, reason: str, by: Actor
) -> list[str]:
    """What may change of the organisation acted for; returns the changes in words.

    TEN12 for a colour that white words cannot be read on, TEN20 for an agency of nobody. What is no
    agency any more has no parent. Event tenants.organisation.changed.
    """
    require(by, KEEP_ORGANISATION)
    row = Organisation.objects.select_for_update().get(pk=by.organisation_id)
    wanted = {
        "name": " ".join(name.split()),
        "short_name": " ".join(short_name.split()),
        "standing": standing,
        "brand_colour": brand_colour.lower(),
    }
    TEN12.check(wanted["brand_colour"] == row.brand_colour or readable(wanted["brand_colour"]))
    agency = Organisation.Standing.SUB_TENANT
    TEN20.check(standing != agency or row.standing == agency)
    changed = {key: now for key, now in wanted.items() if getattr(row, key) != now}
    said = [
        f"{LABELS[key]} before: {getattr(row, key)}, now: {now}" for key, now in changed.items()
    ]
    if changed:
        for key, now in changed.items():
            setattr(row, key, now)
        row.parent = row.parent if standing == agency else None
        row.save(update_fields=[*changed, "parent"])
        changes = "; ".join(said)
        record("tenants.organisation.changed", row, by=by, comment=reason, changes=changes)
    return said


@transaction.atomic
def close_days(*, first_on: date, last_on: date, reason: str, by: Actor, today: date) -> int:
    """Nobody works on the working days among these; returns how many they are.

    TEN13 in the past, over more than a month or beyond known bank holidays, TEN14 where all are
    closed already. Event tenants.calendar.closed.
    """
    require(by, KEEP_ORGANISATION)
    length = (last_on - first_on).days
    TEN13.check(today <= first_on and 0 <= length < MOST_DAYS and last_on.year <= LAST_YEAR)
    Organisation.objects.select_for_update().get(pk=by.organisation_id)
    calendar = working_calendar(by.organisation_id)
    asked = [first_on + timedelta(days=after) for after in range(length + 1)]
    days = [one for one in asked if is_working_day(calendar, one)]
    TEN14.check(days)
    add_closure_days(days=[(one, reason) for one in days])
    _record("tenants.calendar.closed", by, comment=reason, days=len(days), first=day(days[0]),
            last=day(days[-1]))  # fmt: skip
    return len(days)


@transaction.atomic
def open_day(*, number: int, reason: str, by: Actor, today: date) -> date:
    """A day of the organisation's own is a working day again.

    TEN13 for today and before, Clash if it is open by now. Event tenants.calendar.opened.
    """
    require(by, KEEP_ORGANISATION)
    rows = ClosureDay.objects.select_for_update().filter(organisation_id=by.organisation_id)
    row = rows.filter(pk=number).first()
    if row is None:
        raise Clash()
    TEN13.check(row.day > today)
    row.delete()
    _record("tenants.calendar.opened", by, comment=reason, day=day(row.day), why=row.reason)
    opened: date = row.day
    return opened


def _record(verb: str, by: Actor, **words: Any) -> None:
    record_about(verb, ORGANISATION, by.organisation_id, by=by, **words)
