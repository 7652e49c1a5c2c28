"""What is asked wherever rights are given or ended, one by one or many from a file."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from access.permissions import KEEP_GRANTS
from access.rules import ACC14
from access.selectors import days_in_words, reach_in_words
from access.selectors.conflicts import Found, conflicts_of
from core.actors import Actor, require
from core.permissions import PERMISSIONS
from events.services import record
from tenants.models import Grant, Unit
from tenants.roles import Role
from tenants.selectors import role_holders

# Two administrators who end each other's rights at once would leave nobody.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('grants', %s))"


def lock(by: Actor) -> None:
    require(by, KEEP_GRANTS)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [by.organisation_id])


def reaches(by: Actor, unit: Unit | None, limit_pence: int | None) -> bool:
    """May the administrator give away that much?"""
    path, roles = unit.path if unit else "", PERMISSIONS[KEEP_GRANTS].roles
    return any(
        right.role in roles
        and path.startswith(right.unit_path)
        and (
            right.limit_pence is None
            or (limit_pence is not None and limit_pence <= right.limit_pence)
        )
        for right in by.rights_here()
    )


def somebody_stays(touched: Grant, on: date, by: Actor) -> None:
    if touched.role != Role.ADMINISTRATOR:
        return
    left = role_holders([Role.ADMINISTRATOR], on)
    ACC14.check(
        any(one.organisation_id == by.organisation_id and not one.unit_path for one in left)
    )


def note_conflicts(rows: Sequence[Grant], by: Actor) -> None:
    """Writes down of which conflicts of duties these rights are part from their first days on."""
    found: dict[Any, list[Found]] = {}
    alone = rows[0].person_id if len(rows) == 1 else None
    for row in rows:
        first_on: Any = row.valid.lower
        if first_on not in found:
            found[first_on] = conflicts_of(by.organisation_id, first_on, person_id=alone)
        made = [one.conflict.label for one in found[first_on] if row.pk in one.rights]
        if made:
            words: dict[str, Any] = {"person": row.person.name, "role": Role(row.role).label}
            record("access.grant.conflicts", row, by=by, **words, conflicts="; ".join(made))


def in_words(row: Grant) -> str:
    return f"{reach_in_words(row)}, {days_in_words(row.valid)}"
