"""What must always be true of the trail and of what it brings to its handlers."""

from collections.abc import Iterator

from core.invariants import register
from events.services import verify_seals


def _broken_seals(organisation_id: int) -> Iterator[str]:
    for number, problem in verify_seals(organisation_id):
        yield f"seal {number}: {problem}"


register("The seals of the audit trail hold", _broken_seals)
register(
    "Events reach their handlers within the hour",
    "SELECT 'event', event_id, 'for', handler, 'is', state, 'after', attempts, 'attempts'"
    " FROM events_delivery WHERE organisation_id = %(organisation)s"
    " AND (state = 'stuck' OR state = 'waiting' AND run_at < now() - interval '1 hour')"
    " ORDER BY event_id, handler LIMIT 100",
)
