"""Reads of the trail."""

import json
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from core.actors import Actor, places_where
from core.db.merged import Merged
from core.registry import subject_of
from events.models import Delivery, Event, Seal, Webhook, WebhookDelivery
from events.permissions import SEE_DELIVERIES, SEE_TRAIL
from events.verbs import VERBS, sentence

# Names are looked for in so many of the newest events: all of a million took 0.4 seconds.
SOUGHT = 20_000


@dataclass(frozen=True)
class Entry:
    """One line of a timeline."""

    text: str
    by: str
    at: datetime
    detail: str = ""
    id: int = 0


def timeline(subject: models.Model, limit: int = 50) -> list[Entry]:
    """The newest events of a subject, newest first."""
    organisation_id = getattr(subject, "organisation_id", subject.pk)
    return timeline_of(organisation_id, subject_of(subject), subject.pk, limit)


def timeline_of(organisation_id: int, key: str, subject_id: int, limit: int = 50) -> list[Entry]:
    """As `timeline`, of a subject known by key and id."""
    rows = Event.objects.filter(
        organisation_id=organisation_id, subject_key=key, subject_id=subject_id
    ).order_by("-id")[:limit]
    return entries(rows)


def entries(rows: Iterable[Event]) -> list[Entry]:
    """Events as lines of a timeline."""
    return [
        Entry(sentence(e.verb, e.data), e.person_name, e.at, e.data.get("comment", ""), e.id)
        for e in rows
    ]


def timeline_of_many(
    organisation_id: int, key: str, subject_ids: Sequence[int], limit: int = 100
) -> list[Entry]:
    """The newest events of several subjects of one kind together, newest first."""
    rows = Event.objects.filter(
        organisation_id=organisation_id, subject_key=key, subject_id__in=subject_ids
    )
    return entries(rows.order_by("-id")[:limit])


def last_doers_of(
    organisation_id: int, key: str, subject_ids: Sequence[int], verbs: Sequence[str]
) -> dict[int, str]:
    """By subject the name of who did one of the verbs to it last."""
    rows = Event.objects.filter(
        organisation_id=organisation_id,
        subject_key=key,
        subject_id__in=subject_ids,
        verb__in=verbs,
    )
    return dict(rows.order_by("id").values_list("subject_id", "person_name"))


def last_event_of(organisation_id: int, key: str, subject_id: int) -> int | None:
    """The id of the newest event of a subject: a later one says that something has happened."""
    return Event.objects.filter(
        organisation_id=organisation_id, subject_key=key, subject_id=subject_id
    ).aggregate(last=models.Max("id"))["last"]


@dataclass(frozen=True)
class Wanted:
    """Filters of the trail; empty ones ask for everything. `until` is the last day included."""

    verb: str = ""
    person: str = ""
    subject: str = ""
    thread: uuid.UUID | None = None
    since: date | None = None
    until: date | None = None


def trail() -> QuerySet[Event]:
    """Every event the scope may read, newest first."""
    return Event.objects.order_by("-at", "-id")


def trail_here(
    organisation_id: int, *, verb: str = "", subject: str = "", thread: uuid.UUID | None = None
) -> QuerySet[Event]:
    """The events of one organisation, newest first."""
    wanted: dict[str, Any] = {"verb": verb, "subject_key": subject, "thread": thread}
    asked = {name: value for name, value in wanted.items() if value}
    return Event.objects.filter(organisation_id=organisation_id, **asked).order_by("-id")


def trail_between(organisation_id: int, since: date, until: date) -> QuerySet[Event]:
    """The events of one organisation in these days, both included, newest first."""
    rows = trail().filter(organisation_id=organisation_id, at__gte=_midnight(since))
    return rows.filter(at__lt=_midnight(until + timedelta(days=1)))


def filtered_trail(actor: Actor, wanted: Wanted) -> Merged[Event]:
    """Events of every organisation where this actor may read the trail, newest first.

    `subject` is a kind ("finance.invoice") or one thing ("finance.invoice:17").
    """
    found = trail()
    if wanted.verb:
        found = found.filter(verb=wanted.verb)
    if wanted.subject:
        key, _, number = wanted.subject.partition(":")
        found = found.filter(subject_key=key)
        if number:
            found = found.filter(subject_id=int(number)) if _is_id(number) else found.none()
    if wanted.thread:
        found = found.filter(thread=wanted.thread)
    if wanted.since:
        found = found.filter(at__gte=_midnight(wanted.since))
    if wanted.until:
        found = found.filter(at__lt=_midnight(wanted.until + timedelta(days=1)))
    places = places_where(actor, SEE_TRAIL)
    if wanted.person:
        # No index finds a part of a name: it is looked for among the newest that the others leave.
        # Their end is asked for first, as a day that the planner does not know may be any day.
        beyond = Merged.of(found.only("at"), places)[SOUGHT : SOUGHT + 1]
        found = found.filter(person_name__icontains=wanted.person)
        for event in beyond:
            found = found.filter(at__gt=event.at)
    return Merged.of(found, places)


def _is_id(text: str) -> bool:
    return text.isdecimal() and len(text) < 19


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def verb_choices() -> list[tuple[str, str]]:
    """(verb, its words) of everything that can happen, by verb."""
    return [(key, f"{key}: {VERBS[key].wording}") for key in sorted(VERBS)]


def seals(organisation_id: int) -> QuerySet[Seal]:
    """The hash chain of an organisation, newest first."""
    return Seal.objects.filter(organisation_id=organisation_id).order_by("-number")


@dataclass(frozen=True)
class Sealed:
    """How much of a trail is sealed, and the events that are too new to be."""

    seals: int
    events: int
    first_at: datetime | None
    last_at: datetime | None
    unsealed: int


@dataclass(frozen=True)
class Proof:
    """What was recomputed, and every link that does not hold as (seal number, problem)."""

    sealed: Sealed
    problems: tuple[tuple[int, str], ...]


SEALED = """
SELECT count(*), coalesce(sum(s.events), 0), min(s.sealed_at), max(s.sealed_at),
  (SELECT count(*) FROM events_event e WHERE e.organisation_id = %(here)s
      AND e.transaction_no >= coalesce(max(s.to_transaction), 0))
  FROM events_seal s WHERE s.organisation_id = %(here)s
"""


def sealed_so_far(organisation_id: int) -> Sealed:
    """How many seals and events the chain of an organisation holds now."""
    with connection.cursor() as cursor:
        cursor.execute(SEALED, {"here": organisation_id})
        return Sealed(*cursor.fetchone())


# The seal whose transactions an event is among; none while it is too new to be sealed.
SEALED_BY = """
SELECT CASE WHEN s.from_transaction <= events_event.transaction_no THEN s.number END
  FROM events_seal s
 WHERE s.organisation_id = events_event.organisation_id
   AND s.to_transaction > events_event.transaction_no
 ORDER BY s.to_transaction LIMIT 1
"""


def sealed_timeline(
    organisation_id: int, key: str, subject_id: int, limit: int = 50
) -> list[tuple[Entry, int | None]]:
    """As `timeline_of`, each line with the number of the seal that covers it, in one query."""
    rows = list(
        Event.objects.filter(
            organisation_id=organisation_id, subject_key=key, subject_id=subject_id
        )
        .annotate(seal=RawSQL(SEALED_BY, [], models.BigIntegerField()))  # noqa: S611
        .order_by("-id")[:limit]
    )
    return list(zip(entries(rows), [row.seal for row in rows], strict=True))


# As it is published in a file of anchors, or written in one line: «seal 12 3f9a…».
LINE = re.compile(r"(\d{1,18})\D.*?\b([0-9a-f]{64})\b", re.IGNORECASE | re.DOTALL)


def read_anchor(text: str, slug: str) -> tuple[int, str] | None:
    """The number and hash in what was pasted: a file of anchors, or a line with both."""
    try:
        said = json.loads(text)
        (one,) = (row for row in said["anchors"] if row["organisation"] == slug)
        return int(one["number"]), str(one["hash"])
    except (ValueError, KeyError, TypeError):
        found = LINE.search(text)
        return (int(found[1]), found[2]) if found and "{" not in text else None


def holds_anchor(organisation_id: int, number: int, digest: str) -> bool:
    """Does the chain still hold the seal that was published? No: it was cut, or sealed anew."""
    found = seals(organisation_id).filter(number=number).first()
    return found is not None and bytes(found.hash).hex() == digest.strip().lower()


@dataclass(frozen=True)
class Anchor:
    """The last seal of an organisation and how many events the chain holds."""

    organisation: str
    number: int
    hash: str
    events: int
    sealed_at: datetime


def anchors() -> list[Anchor]:
    """The last seal of every organisation: hashes and counts, nothing of what happened."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT slug, number, hash, events, sealed_at FROM ctx.anchors()")
        return [Anchor(*row) for row in cursor.fetchall()]


def deliveries(actor: Actor, state: str) -> Merged[Delivery]:
    """Deliveries in one state, oldest first, where this actor may see them."""
    found = Delivery.objects.filter(state=state).order_by("run_at", "id")
    return Merged.of(found, places_where(actor, SEE_DELIVERIES))


def deliveries_here(organisation_id: int, state: str) -> QuerySet[Delivery]:
    """Deliveries of one organisation in one state."""
    return Delivery.objects.filter(organisation_id=organisation_id, state=state)


def stuck_here(actor: Actor) -> list[int]:
    """The stuck deliveries of the organisation that the actor acts for."""
    found = Delivery.objects.filter(
        organisation_id=actor.organisation_id, state=Delivery.State.STUCK
    )
    return list(found.values_list("pk", flat=True))


def events_of(found: Iterable[Delivery]) -> dict[tuple[int, int], Event]:
    """The events of these deliveries by organisation and id; one query."""
    wanted = list(found)
    rows = Event.objects.filter(
        organisation_id__in={one.organisation_id for one in wanted},
        pk__in={one.event_id for one in wanted},
    )
    return {(row.organisation_id, row.pk): row for row in rows}


def last_seal(organisation_id: int) -> Seal | None:
    """The newest link of the hash chain over the organisation's events."""
    return Seal.objects.filter(organisation_id=organisation_id).order_by("-number").first()


def webhooks_of(organisation_id: int) -> QuerySet[Webhook]:
    """The webhooks of an organisation, those in use first, the newest of each first."""
    rows = Webhook.objects.filter(organisation_id=organisation_id)
    return rows.order_by(models.F("ended_at").asc(nulls_first=True), "-id")


def deliveries_to(webhook: Webhook) -> QuerySet[WebhookDelivery]:
    """What was or is to be sent to a webhook, newest first, each with what happened."""
    event = Event.objects.filter(
        organisation_id=webhook.organisation_id, pk=models.OuterRef("event_id")
    )
    rows = WebhookDelivery.objects.filter(
        organisation_id=webhook.organisation_id, webhook_id=webhook.pk
    )
    return rows.annotate(
        verb=models.Subquery(event.values("verb")),
        data=models.Subquery(event.values("data")),
        happened_at=models.Subquery(event.values("at")),
    ).order_by("-id")
