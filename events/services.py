"""Writing events and bringing them to their handlers."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models
from django.utils import timezone

from core.actors import Actor
from core.registry import subject_of
from core.scope import scope
from events.models import Delivery, Event
from events.selectors import Proof, sealed_so_far
from events.verbs import HANDLERS, VERBS, counted

MAX_ATTEMPTS = 8


def record(
    verb: str,
    subject: models.Model,
    *,
    by: Actor,
    thread: uuid.UUID | None = None,
    at: datetime | None = None,
    **data: Any,
) -> Event:
    """Writes one event and a delivery for each of its handlers, in the caller's transaction."""
    key = subject_of(subject)
    return record_about(verb, key, subject.pk, by=by, thread=thread, at=at, **data)


def record_about(
    verb: str,
    subject_key: str,
    subject_id: int,
    *,
    by: Actor,
    thread: uuid.UUID | None = None,
    at: datetime | None = None,
    **data: Any,
) -> Event:
    """As `record`, for a subject known by key and id."""
    if verb not in VERBS:
        raise ValueError(f"The verb {verb} is not declared in any verbs.py.")
    event = _event(verb, subject_key, subject_id, thread or uuid.uuid4(), by, at, data)
    _address(Event.objects.bulk_create([event]))
    return event


def _event(
    verb: str,
    subject_key: str,
    subject_id: int,
    thread: uuid.UUID,
    by: Actor,
    at: datetime | None,
    data: dict[str, Any],
) -> Event:
    return Event(
        organisation_id=by.organisation_id,
        verb=verb,
        subject_key=subject_key,
        subject_id=subject_id,
        thread=thread,
        person_id=by.person_id,
        person_name=by.name,
        at=at or timezone.now(),
        data=data,
    )


def _address(events: Sequence[Event]) -> None:
    """One delivery for each handler that listens to the verb."""
    Delivery.objects.bulk_create(
        [
            Delivery(
                organisation_id=event.organisation_id,
                event_id=event.pk,
                handler=name,
                subject_key=event.subject_key,
                subject_id=event.subject_id,
                run_at=event.at,
            )
            for event in events
            for name in HANDLERS.get(event.verb, {})
        ],
        batch_size=1000,
    )


def record_many(
    verb: str,
    subject_key: str,
    rows: Iterable[tuple[int, uuid.UUID]],
    *,
    by: Actor,
    at: datetime | None = None,
    **data: Any,
) -> int:
    """The same event about many subjects, given as (id, thread); returns how many."""
    if verb not in VERBS:
        raise ValueError(f"The verb {verb} is not declared in any verbs.py.")
    when = at or timezone.now()
    events = Event.objects.bulk_create(
        [_event(verb, subject_key, key, thread, by, when, data) for key, thread in rows],
        batch_size=1000,
    )
    _address(events)
    return len(events)


def record_each(
    verb: str, subject_key: str, rows: Iterable[tuple[int, dict[str, Any]]], *, by: Actor
) -> None:
    """One event about each of many subjects, given as (id, data)."""
    if verb not in VERBS:
        raise ValueError(f"The verb {verb} is not declared in any verbs.py.")
    now = timezone.now()
    made = [_event(verb, subject_key, key, uuid.uuid4(), by, now, data) for key, data in rows]
    _address(Event.objects.bulk_create(made, batch_size=1000))


def deliver_waiting(limit: int = 500) -> int:
    """Calls the handlers of due deliveries; returns how many succeeded. Safe to run anywhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organisation_id, delivery_id FROM ctx.due_deliveries(%s)", [limit])
        due = cursor.fetchall()
    return sum(_deliver_one(organisation_id, delivery_id) for organisation_id, delivery_id in due)


def _deliver_one(organisation_id: int, delivery_id: int) -> bool:
    try:
        with scope(acting=organisation_id):
            delivery = (
                Delivery.objects.select_for_update(skip_locked=True)
                .filter(pk=delivery_id, state=Delivery.State.WAITING)
                .first()
            )
            if delivery is None or _blocked(delivery):
                return False
            event = Event.objects.get(pk=delivery.event_id)
            HANDLERS[event.verb][delivery.handler](event)
            Delivery.objects.filter(pk=delivery_id).update(
                state=Delivery.State.DONE, attempts=models.F("attempts") + 1
            )
            return True
    except Exception as error:  # the handler's fault is kept on the delivery, not lost in a log
        _postpone(organisation_id, delivery_id, error)
        return False


def _blocked(delivery: Delivery) -> bool:
    """Order per subject: an earlier undelivered event of the same subject goes first."""
    return (
        Delivery.objects.filter(
            subject_key=delivery.subject_key,
            subject_id=delivery.subject_id,
            handler=delivery.handler,
            event_id__lt=delivery.event_id,
        )
        .exclude(state=Delivery.State.DONE)
        .exists()
    )


def _postpone(organisation_id: int, delivery_id: int, error: Exception) -> None:
    with scope(acting=organisation_id):
        delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
        delivery.attempts += 1
        delivery.error = f"{type(error).__name__}: {error}"[:2000]
        delivery.run_at = timezone.now() + timedelta(seconds=2**delivery.attempts)
        if delivery.attempts >= MAX_ATTEMPTS:
            delivery.state = Delivery.State.STUCK
        delivery.save(update_fields=["attempts", "error", "run_at", "state"])


def retry(*, deliveries: Iterable[int], by: Actor) -> int:
    """Puts stuck deliveries back in line."""
    return Delivery.objects.filter(
        pk__in=list(deliveries),
        organisation_id=by.organisation_id,
        state=Delivery.State.STUCK,
    ).update(state=Delivery.State.WAITING, attempts=0, run_at=timezone.now())


def seal_all() -> int:
    """Seals the events of finished transactions of every organisation; returns the new seals."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctx.seal_events()")
        return int(cursor.fetchone()[0])


def verify_seals(organisation_id: int) -> list[tuple[int, str]]:
    """(seal number, problem) for every link that does not hold; empty when the trail is whole."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, problem FROM ctx.verify_events(%s)", [organisation_id])
        return list(cursor.fetchall())


def verify_trail(*, by: Actor) -> Proof:
    """Recomputes the whole chain now and says what was looked at. Event events.trail.verified."""
    here = by.organisation_id
    problems = tuple(verify_seals(here))
    found = sealed_so_far(here)
    seals, events = counted(found.seals, "seal"), counted(found.events, "event")
    outcome = f"{counted(len(problems), 'problem')} found" if problems else "all of it holds"
    said: dict[str, Any] = {"seals": seals, "events": events, "outcome": outcome}
    record_about("events.trail.verified", "tenants.organisation", here, by=by, **said)
    return Proof(found, problems)
