"""Relief: claimed by the centre, agreed by the organisation whose figures it changes."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from approvals.services import request_approval
from core.actors import Actor, require, system_actor
from core.states import move
from events.services import record
from runs.services import make_run
from sla.bulk import MEASURES_RUN
from sla.models import ReliefEvent
from sla.permissions import CLAIM_RELIEF
from sla.rules import SLA13, SLA14, SLA15, SLA16
from sla.selectors_relief import LATEST, effects_of, relievable_codes

State = ReliefEvent.State
MOVES = {
    "agree": ((State.CLAIMED,), State.AGREED),
    "refuse": ((State.CLAIMED,), State.REFUSED),
}
WORDS = 300


def claim_relief(
    *,
    kind: str,
    days: tuple[date, date],
    indicator_codes: Sequence[str],
    row_numbers: Sequence[int] = (),
    reason: str,
    evidence: str,
    by: Actor,
    at: datetime | None = None,
) -> ReliefEvent:
    """Claims that misses within `days`, or of the numbered rows alone, do not count.

    SLA13 for days to come, SLA14 without a measure that rows can be taken out of, SLA15 without
    reason and evidence, SLA16 where no miss falls into it. Event sla.relief.claimed.
    """
    require(by, CLAIM_RELIEF)
    at, (first, last) = at or timezone.now(), days
    SLA13.check(first <= last <= timezone.localdate(at))
    chosen = sorted(set(indicator_codes))
    SLA14.check(chosen and set(chosen) <= set(relievable_codes()))
    why, where = (" ".join(text.split()) for text in (reason, evidence))
    SLA15.check(0 < len(why) <= WORDS and 0 < len(where) <= WORDS)
    row = ReliefEvent.objects.create(
        organisation_id=by.organisation_id,
        kind=ReliefEvent.Kind(kind),
        from_on=first,
        to_on=last,
        indicator_codes=chosen,
        row_numbers=sorted(set(row_numbers)),
        reason=why,
        evidence=where,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=at,
    )
    SLA16.check(any(each.missed for each in effects_of(row)))
    thread = uuid.uuid4()
    record("sla.relief.claimed", row, by=by, at=at, thread=thread, event=str(row))
    summary = f"Relief: {row}"
    request_approval(subject=row, amount_pence=0, summary=summary, thread=thread, by=by, as_of=at)
    return row


def agree_relief(event: ReliefEvent, by: Actor) -> None:
    """Called by approvals: the figures from its first month on are computed anew, by a run."""
    _end(event, by, "agree")
    inputs = {"first": event.from_on.replace(day=1).isoformat(), "until": LATEST.isoformat()}
    system = system_actor(event.organisation_id)
    make_run(kind=MEASURES_RUN.key, key=f"relief:{event.pk}", inputs=inputs, by=system)


def refuse_relief(event: ReliefEvent, by: Actor, comment: str) -> None:
    """Called by approvals: everything counts."""
    _end(event, by, "refuse", comment=comment)


def _end(event: ReliefEvent, by: Actor, verb: str, **changes: Any) -> None:
    at = timezone.now()
    here = ReliefEvent.objects.filter(organisation_id=event.organisation_id, pk=event.pk)
    who = {"ended_by_id": by.person_id, "ended_by_name": by.name, "ended_at": at}
    move(here, MOVES, verb, expected=1, **who, **changes)
    verbs = {"agree": "sla.relief.agreed", "refuse": "sla.relief.refused"}
    record(verbs[verb], event, by=by, at=at, event=str(event))
