"""Somebody decides for somebody else for some days."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from approvals.authority import deciding_roles
from approvals.models import Delegation
from approvals.permissions import DECIDE
from approvals.rules import APR10, APR11, APR12, APR13, APR14
from core.actors import Actor, require
from core.errors import Clash, NotFound
from core.templatetags.web import day
from events.services import record_about
from tenants.selectors import role_holders

# Two people who delegate to each other at once would each miss the other.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('delegations', %s))"


def delegate(
    *,
    to_person_id: int,
    first_on: date,
    last_on: date,
    reason: str = "",
    by: Actor,
    as_of: datetime,
) -> Delegation:
    """Another person decides with this one's rights from the first day to the last, both included.

    APR10 to oneself, APR12 to who cannot decide here, APR13 for days that are over or in the wrong
    order, APR14 while another delegation of one's own covers some of them, APR11 where one would
    hang on another. Event approvals.delegation.made.
    """
    require(by, DECIDE)
    assert by.person_id is not None
    APR10.check(to_person_id != by.person_id)
    today = timezone.localdate(as_of)
    APR13.check(today <= first_on <= last_on)
    able = {h.person_id: h.name for h in role_holders(deciding_roles(), today)
            if h.organisation_id == by.organisation_id}  # fmt: skip
    APR12.check(to_person_id in able)
    days = (first_on, last_on + timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [by.organisation_id])
    overlapping = Delegation.objects.filter(organisation_id=by.organisation_id, valid__overlap=days)
    chained = Q(from_person_id=to_person_id) | Q(to_person_id=by.person_id)
    APR11.check(not overlapping.filter(chained).exists())
    try:
        with transaction.atomic():
            made = Delegation.objects.create(
                organisation_id=by.organisation_id,
                from_person_id=by.person_id,
                from_person_name=by.name,
                to_person_id=to_person_id,
                to_person_name=able[to_person_id],
                reason=" ".join(reason.split())[:200],
                valid=days,
                made_at=as_of,
            )
    except IntegrityError as error:
        if "one_delegate_at_a_time" in str(error):
            raise APR14.refuse() from None
        raise
    _record("made", made, by, first=day(first_on), last=day(last_on))
    return made


def end_delegation(*, delegation_id: int, by: Actor, as_of: datetime) -> Delegation:
    """Ends it at once, for whoever made it. Clash if it has ended. Event …delegation.ended."""
    today = timezone.localdate(as_of)
    found = (
        Delegation.objects.select_for_update()
        .filter(organisation_id=by.organisation_id, from_person_id=by.person_id, pk=delegation_id)
        .first()
    )
    if found is None:
        raise NotFound()
    if found.ended_at is not None or found.valid.isempty or found.valid.upper <= today:
        raise Clash()
    found.valid = (found.valid.lower, max(found.valid.lower, today))
    found.ended_at = as_of
    found.save(update_fields=["valid", "ended_at"])
    found.refresh_from_db()
    _record("ended", found, by)
    return found


def _record(outcome: str, row: Delegation, by: Actor, **data: str) -> None:
    said: dict[str, Any] = {"comment": row.reason, **data} if row.reason else {**data}
    record_about(
        f"approvals.delegation.{outcome}",
        "tenants.organisation",
        by.organisation_id,
        by=by,
        from_name=row.from_person_name,
        to_name=row.to_person_name,
        **said,
    )
