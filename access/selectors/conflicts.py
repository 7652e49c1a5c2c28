"""Conflicts of duties: found in the rights in force, with what was accepted of them."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from access.models import ConflictAcceptance
from core.errors import NotFound
from core.permissions import CONFLICTS, Conflict
from core.templatetags.web import day
from tenants.models import Grant
from tenants.selectors import grants_on

SUBJECT = "access.conflict"
OPEN, ASKED, ACCEPTED, RAN_OUT, OUTGROWN = "open", "asked", "accepted", "ran_out", "outgrown"
STATES = {
    OPEN: "To be remedied",
    ASKED: "Waits for a second person",
    ACCEPTED: "Accepted",
    RAN_OUT: "Acceptance ran out",
    OUTGROWN: "Rights grew since it was accepted",
}

# Both rights hold that day in units of which one lies within the other.
FIND = """
WITH pairs AS (
  SELECT * FROM unnest(%(keys)s::text[], %(firsts)s::text[], %(seconds)s::text[])
      AS p (key, first, second)
), held AS (
  SELECT g.id, g.person_id, g.role, coalesce(u.path, '') AS path, lower(g.valid) AS since
    FROM tenants_grant g
    JOIN tenants_person q ON q.id = g.person_id AND q.is_active
    LEFT JOIN tenants_unit u ON u.organisation_id = g.organisation_id AND u.id = g.unit_id
   WHERE g.organisation_id = %(here)s AND g.valid @> %(on)s::date AND g.role <> 'staff'
     AND (%(person)s::bigint IS NULL OR g.person_id = %(person)s)
)
SELECT a.person_id, q.name, p.key, array_agg(DISTINCT a.id), array_agg(DISTINCT b.id),
       min(greatest(a.since, b.since))
  FROM pairs p
  JOIN held a ON a.role = p.first
  JOIN held b ON b.role = p.second AND b.person_id = a.person_id
             AND (starts_with(a.path, b.path) OR starts_with(b.path, a.path))
  JOIN tenants_person q ON q.id = a.person_id
 GROUP BY a.person_id, q.name, p.key
 ORDER BY q.name, a.person_id, p.key
"""


@dataclass(frozen=True)
class Found:
    """A person who holds conflicting duties, and what was said of it."""

    person_id: int
    name: str
    conflict: Conflict
    first: tuple[int, ...]
    second: tuple[int, ...]
    since: date | None
    asked: ConflictAcceptance | None = None
    agreed: ConflictAcceptance | None = None

    @property
    def rights(self) -> frozenset[int]:
        return frozenset((*self.first, *self.second))

    def state(self, on: date) -> str:
        """What stands of it that day; whether somebody asked counts only where nothing holds."""
        if self.agreed and self.agreed.until >= on and self.rights <= set(self.agreed.rights):
            return ACCEPTED
        if self.asked:
            return ASKED
        if self.agreed is None:
            return OPEN
        return RAN_OUT if self.agreed.until < on else OUTGROWN

    def state_in_words(self, on: date) -> str:
        said = STATES[self.state(on)]
        if self.agreed and self.state(on) in (ACCEPTED, RAN_OUT):
            return f"{said}, last day {day(self.agreed.until)}"
        return said


def conflicts_of(organisation_id: int, on: date, *, person_id: int | None = None) -> list[Found]:
    """Everybody, or one person, who holds conflicting duties there that day, by name."""
    found = conflicts_held(organisation_id, on, person_id=person_id)
    return _with_acceptances(organisation_id, found) if found else []


def conflicts_held(organisation_id: int, on: date, *, person_id: int | None = None) -> list[Found]:
    """The same without what was asked and agreed about them."""
    pairs = [
        (key, first, second)
        for key, one in CONFLICTS.items()
        for first in sorted(one.roles[0])
        for second in sorted(one.roles[1])
    ]
    keys, firsts, seconds = (list(column) for column in zip(*pairs, strict=True))
    given: dict[str, Any] = {"keys": keys, "firsts": firsts, "seconds": seconds}
    given |= {"here": organisation_id, "on": on, "person": person_id}
    with connection.cursor() as cursor:
        cursor.execute(FIND, given)
        rows = cursor.fetchall()
    return [
        Found(person, name, CONFLICTS[key], tuple(first), tuple(second), since)
        for person, name, key, first, second, since in rows
    ]


def _with_acceptances(organisation_id: int, found: list[Found]) -> list[Found]:
    rows = ConflictAcceptance.objects.filter(organisation_id=organisation_id, ended_at=None)
    rows = rows.filter(person_id__in={one.person_id for one in found})
    return with_acceptances(found, rows.select_related("asked_by", "agreed_by"))


def with_acceptances(found: Iterable[Found], rows: Iterable[ConflictAcceptance]) -> list[Found]:
    """Each with what of these acceptances, none of them ended, is about it."""
    said = {(row.person_id, row.key, row.agreed_at is not None): row for row in rows}
    return [
        replace(
            one,
            asked=said.get((one.person_id, one.conflict.key, False)),
            agreed=said.get((one.person_id, one.conflict.key, True)),
        )
        for one in found
    ]


def narrowed(found: Iterable[Found], on: date, *, key: str = "", state: str = "") -> list[Found]:
    """Those of a conflict and in a state; an empty one asks for any."""
    return [one for one in found if key in ("", one.conflict.key) and state in ("", one.state(on))]


def conflict_of(
    organisation_id: int, person_id: int, key: str, on: date
) -> tuple[Found | None, list[ConflictAcceptance]]:
    """The conflict of that person and what was said of it. NotFound if there is neither."""
    past = list(acceptances_of(organisation_id, person_id, key))
    held = conflicts_held(organisation_id, on, person_id=person_id) if key in CONFLICTS else []
    mine = with_acceptances(held, [row for row in past if row.ended_at is None])
    one = next((one for one in mine if one.conflict.key == key), None)
    if one is None and not past:
        raise NotFound()
    return one, past


def counted_by_state(found: Collection[Found], on: date) -> Counter[str]:
    """How many are in each state that day."""
    return Counter(one.state(on) for one in found)


def grants_behind(organisation_id: int, found: Collection[Found], on: date) -> dict[int, Grant]:
    """The rights that make these conflicts, by their ids."""
    wanted = frozenset().union(*(one.rights for one in found))
    return {row.pk: row for row in grants_on(organisation_id, on).filter(pk__in=wanted)}


def acceptances_of(
    organisation_id: int, person_id: int, key: str
) -> QuerySet[ConflictAcceptance, Any]:
    """All that was asked and agreed about one person and conflict, the newest first."""
    rows = ConflictAcceptance.objects.filter(
        organisation_id=organisation_id, person_id=person_id, key=key
    )
    return rows.select_related("person", "asked_by", "agreed_by", "ended_by").order_by("-pk")


def acceptance_locked(organisation_id: int, number: int) -> ConflictAcceptance:
    """One that waits or holds, locked until the transaction ends. NotFound unless there is one."""
    rows = ConflictAcceptance.objects.select_for_update(of=("self",)).select_related("person")
    found: ConflictAcceptance | None = rows.filter(
        organisation_id=organisation_id, pk=number
    ).first()
    if found is None:
        raise NotFound()
    return found
