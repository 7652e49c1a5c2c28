"""Conflicts of duties accepted for a while: asked for by one, agreed to by a second person."""

from datetime import date, datetime, timedelta
from typing import Any

from access.models import ConflictAcceptance
from access.permissions import AGREE_CONFLICTS, KEEP_GRANTS
from access.rules import ACC16, ACC17, ACC18, ACC19, ACC20
from access.selectors.conflicts import (
    Found,
    acceptance_locked,
    acceptances_of,
    conflicts_of,
)
from core.actors import Actor, may, require
from core.errors import Clash
from core.permissions import CONFLICTS
from core.templatetags.web import day
from events.services import record
from tenants.models import Person

LONGEST = timedelta(days=365)


def ask_acceptance(
    *, person: Person, key: str, until: date, reason: str, by: Actor, at: datetime, today: date
) -> ConflictAcceptance:
    """Asks that the person may hold both up to and including a day; nothing is accepted yet.

    ACC16 for oneself, ACC17 for too long, ACC19 if they do not hold both; Clash while another one
    waits. Event access.conflict.asked.
    """
    require(by, KEEP_GRANTS)
    ACC16.check(person.pk != by.person_id)
    ACC17.check(today <= until <= today + LONGEST)
    found = _held(person.pk, key, by, today)
    row, made = ConflictAcceptance.objects.get_or_create(
        organisation_id=by.organisation_id,
        person=person,
        key=key,
        agreed_at=None,
        ended_at=None,
        defaults={
            "rights": sorted(found.rights),
            "reason": reason,
            "until": until,
            "asked_by_id": by.person_id,
            "asked_at": at,
        },
    )
    if not made:
        raise Clash()
    _record("access.conflict.asked", row, by, until=day(until), comment=reason)
    return row


def agree_acceptance(*, number: int, by: Actor, at: datetime, today: date) -> ConflictAcceptance:
    """From now on it is accepted, and what was accepted of it before ends.

    ACC16 for oneself, ACC17 if its day is over, ACC18 for who asked, ACC19 and ACC20 if the rights
    are others by now; Clash if it does not wait any more. Event access.conflict.agreed.
    """
    require(by, AGREE_CONFLICTS)
    row = acceptance_locked(by.organisation_id, number)
    ACC16.check(by.person_id is not None and row.person_id != by.person_id)
    ACC18.check(row.asked_by_id != by.person_id)
    if row.agreed_at or row.ended_at:
        raise Clash()
    ACC17.check(row.until >= today)
    ACC20.check(_held(row.person_id, row.key, by, today).rights <= set(row.rights))
    before = acceptances_of(by.organisation_id, row.person_id, row.key)
    before.filter(agreed_at__isnull=False, ended_at=None).update(
        ended_by_id=by.person_id, ended_at=at, ended_because="Accepted anew"
    )
    row.agreed_by, row.agreed_at = Person(pk=by.person_id), at
    row.save(update_fields=["agreed_by", "agreed_at"])
    _record("access.conflict.agreed", row, by, until=day(row.until), comment=row.reason)
    return row


def end_acceptance(*, number: int, reason: str, by: Actor, at: datetime) -> ConflictAcceptance:
    """What waits is turned down, or withdrawn by who asked; what holds ends at once.

    ACC16 for one's own; Clash if it has ended. Event access.conflict.turned_down or .ended.
    """
    row = acceptance_locked(by.organisation_id, number)
    if not may(by, KEEP_GRANTS):
        require(by, AGREE_CONFLICTS)
    ACC16.check(by.person_id is not None and row.person_id != by.person_id)
    if row.ended_at:
        raise Clash()
    row.ended_by, row.ended_at, row.ended_because = Person(pk=by.person_id), at, reason
    row.save(update_fields=["ended_by", "ended_at", "ended_because"])
    verb = "access.conflict.ended" if row.agreed_at else "access.conflict.turned_down"
    _record(verb, row, by, comment=reason)
    return row


def _held(person_id: int, key: str, by: Actor, today: date) -> Found:
    found = conflicts_of(by.organisation_id, today, person_id=person_id)
    one = next((one for one in found if one.conflict.key == key), None)
    if one is None:
        raise ACC19.refuse()
    return one


def _record(verb: str, row: ConflictAcceptance, by: Actor, **data: str) -> None:
    words: dict[str, Any] = {
        "person": row.person.name,
        "conflict": CONFLICTS[row.key].label,
        **data,
    }
    record(verb, row, by=by, **words)
