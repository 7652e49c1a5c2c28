"""Rights given, changed and ended by an administrator: with a reason, from today or later.

They act inside an open scope. Rights are read at each request, so each change applies at once.
What a rule refuses halfway leaves nothing behind, also where the page goes on with the refusal.
"""

from datetime import date
from typing import Any

from django.db import transaction

from access.giving import in_words, lock, note_conflicts, reaches, somebody_stays
from access.permissions import KEEP_GRANTS
from access.rules import ACC10, ACC11, ACC12, ACC13, ACC15
from core.actors import Actor, require
from core.errors import Clash
from core.templatetags.web import day
from events.services import record
from tenants.models import Grant, Person
from tenants.roles import Role
from tenants.selectors import holds_meanwhile, locked_grant, units
from tenants.services import ensure_people, give_role


def grant_right(
    *,
    person: Person,
    role: str,
    unit_id: int | None = None,
    limit_pence: int | None = None,
    from_on: date,
    until: date | None = None,
    reason: str,
    by: Actor,
    today: date,
) -> Grant:
    """A role for the person up to but not including `until`. Event access.grant.given.

    ACC10 to oneself, ACC11 beyond what the giver reaches, ACC12 in the past, ACC13 for what they
    hold already, ACC15 for a unit that is not there. Event access.grant.conflicts besides, if the
    person comes to hold conflicting duties.
    """
    lock(by)
    _may_touch(person.pk, by)
    row = _give(person, role, unit_id, limit_pence, from_on, until, by, today)
    _record("access.grant.given", row, reason, by, now=in_words(row))
    note_conflicts([row], by)
    return row


@transaction.atomic
def grant_newcomer(*, email: str, name: str, by: Actor, **right: Any) -> Grant:
    """As `grant_right`, to whoever has that address: somebody known keeps the name they have."""
    require(by, KEEP_GRANTS)
    address = email.strip().lower()
    person = ensure_people(rows=[(address, " ".join(name.split()))])[address]
    return grant_right(person=person, by=by, **right)


@transaction.atomic
def change_right(
    *,
    grant_id: int,
    unit_id: int | None,
    limit_pence: int | None,
    from_on: date,
    until: date | None,
    reason: str,
    by: Actor,
    today: date,
) -> Grant:
    """Ends the right on that day and gives its role anew from then on: what was stays readable.

    The rules of `grant_right`, and Clash if it has ended by then. Event access.grant.changed.
    """
    lock(by)
    old = _held(grant_id, by)
    before = in_words(old)
    _cut(old, from_on, today)
    row = _give(old.person, old.role, unit_id, limit_pence, from_on, until, by, today)
    somebody_stays(row, from_on, by)
    _record("access.grant.changed", row, reason, by, before=before, now=in_words(row))
    note_conflicts([row], by)
    return row


@transaction.atomic
def end_right(*, grant_id: int, from_on: date, reason: str, by: Actor, today: date) -> Grant:
    """The right is held up to but not including that day; today ends it at once.

    ACC10 for one's own, ACC11 beyond one's reach, ACC12 in the past, ACC14 for the last
    administrator, Clash if it has ended by then. Event access.grant.ended.
    """
    lock(by)
    row = _held(grant_id, by)
    _cut(row, from_on, today)
    somebody_stays(row, from_on, by)
    _record("access.grant.ended", row, reason, by, from_on=day(from_on))
    return row


def _may_touch(person_id: int, by: Actor) -> None:
    ACC10.check(person_id != by.person_id)


def _held(grant_id: int, by: Actor) -> Grant:
    """The right to be touched, locked, with all that it reaches within the administrator's own."""
    row = locked_grant(by.organisation_id, grant_id)
    _may_touch(row.person_id, by)
    ACC11.check(reaches(by, row.unit, row.limit_pence))
    return row


def _give(
    person: Person,
    role: str,
    unit_id: int | None,
    limit_pence: int | None,
    from_on: date,
    until: date | None,
    by: Actor,
    today: date,
) -> Grant:
    ACC12.check(from_on >= today and (until is None or until > from_on))
    unit = None
    if unit_id is not None:
        there = units(by.organisation_id, from_on)
        unit = next((one for one in there if one.pk == unit_id), None)
        ACC15.check(unit is not None)
    ACC11.check(reaches(by, unit, limit_pence))
    ACC13.check(not holds_meanwhile(by.organisation_id, person, role, unit, (from_on, until)))
    row = give_role(
        person=person, role=role, since=from_on, until=until, unit=unit, limit_pence=limit_pence
    )
    row.refresh_from_db()
    return row


def _cut(row: Grant, from_on: date, today: date) -> None:
    ACC12.check(from_on >= today)
    if row.valid.isempty or (row.valid.upper is not None and row.valid.upper <= from_on):
        raise Clash()
    begun = row.valid.lower or from_on
    row.valid = (begun, max(begun, from_on))
    row.save(update_fields=["valid"])


def _record(verb: str, row: Grant, reason: str, by: Actor, **data: str) -> None:
    role = Role(row.role).label
    words: dict[str, Any] = {"person": row.person.name, "role": role, "comment": reason, **data}
    record(verb, row, by=by, **words)
