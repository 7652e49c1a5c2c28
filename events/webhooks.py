"""Webhooks: events told to addresses of an organisation's choice, signed, until they are taken.

What is sent says that something happened to what, and no more: who wants the rest asks the API,
with a token and its rights.
"""

import base64
import hashlib
import hmac
import http.client
import json
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, Q

from core.actors import Actor
from core.errors import NotFound
from core.outside import heard
from core.scope import scope
from core.sealing import seal, unseal
from core.web.outgoing import MayNotBeCalled, checked_address, post
from events.models import Event, Webhook, WebhookDelivery
from events.rules import WHK01, WHK02, WHK03
from events.services import record_about
from events.verbs import VERBS

SUBJECT = "tenants.organisation"
SECRET_PREFIX = "whsec_"  # noqa: S105 (says what follows, and is none itself)
MOST_ATTEMPTS = 12
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=6)
# While it is being sent nobody else takes it; a sender that dies lets go of it after that.
SENDING = timedelta(minutes=2)
AT_ONCE = 50
State = WebhookDelivery.State


def set_up_webhook(
    *, url: str, purpose: str, verbs: Iterable[str], by: Actor, at: datetime
) -> tuple[Webhook, str]:
    """Tells an address of all that happens from now on; returns its secret, which is shown once.

    WHK01 for verbs that nothing begins with, WHK02 for an address that may not be called. Event:
    events.webhook.set_up.
    """
    wanted = sorted(set(verbs))
    WHK01.check(wanted and all(any(_begins(v, one) for v in VERBS) for one in wanted))
    _check_address(url)
    secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctx.transaction_no(pg_current_xact_id())")
        (now,) = cursor.fetchone()
    row = Webhook.objects.create(
        organisation_id=by.organisation_id,
        url=url,
        purpose=purpose,
        verbs=" ".join(wanted),
        secret=seal(secret),
        told_to=now,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=at,
    )
    _record("set_up", row, by, verbs=row.verbs)
    return row, secret


def _begins(verb: str, beginning: str) -> bool:
    return verb == beginning or verb.startswith(f"{beginning}.")


def _check_address(url: str) -> None:
    try:
        checked_address(url, inside=settings.WEBHOOKS_INSIDE, hosts=settings.WEBHOOK_HOSTS)
    except MayNotBeCalled as error:
        raise WHK02.refuse(str(error)) from None


def end_webhook(*, webhook: Webhook, by: Actor, at: datetime) -> None:
    """Nothing more is sent to it. Event events.webhook.ended, once."""
    rows = Webhook.objects.filter(
        organisation_id=by.organisation_id, pk=webhook.pk, ended_at__isnull=True
    )
    if rows.update(ended_at=at, ended_by_name=by.name):
        _record("ended", webhook, by)


def send_again(*, webhook: Webhook, deliveries: Iterable[int], by: Actor, at: datetime) -> int:
    """Puts deliveries of a webhook in line once more, also delivered ones; returns how many.

    WHK03 for one that has ended.
    """
    WHK03.check(webhook.ended_at is None)
    rows = WebhookDelivery.objects.filter(
        organisation_id=by.organisation_id, webhook_id=webhook.pk, pk__in=list(deliveries)
    )
    done = rows.exclude(state=State.WAITING).update(state=State.WAITING, attempts=0, run_at=at)
    if done:
        _record("sent_again", webhook, by, count=done)
    return done


def _record(verb: str, row: Webhook, by: Actor, **more: Any) -> None:
    about = {"url": row.url, "purpose": row.purpose, **more}
    record_about(f"events.webhook.{verb}", SUBJECT, row.organisation_id, by=by, **about)


def webhook_numbered(organisation_id: int, number: int) -> Webhook:
    """NotFound unless it is one of the organisation's."""
    found = Webhook.objects.filter(organisation_id=organisation_id, pk=number).first()
    if found is None:
        raise NotFound("There is no such webhook.")
    return found


def tell_webhooks(*, as_of: datetime) -> int:
    """Finds what is new for every webhook and sends what is due; returns how much was taken.

    Of a rehearsal nothing is told, also later. Safe to run anywhere and at the same time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT organisation_id FROM ctx.organisations_with_webhooks()")
        places = [place for (place,) in cursor.fetchall()]
    since = heard(places)
    return sum(_tell_one(place, since.get(place), as_of) for place in places)


def _tell_one(organisation_id: int, since: datetime | None, as_of: datetime) -> int:
    with scope(acting=organisation_id):
        _line_up(organisation_id, since, as_of)
        due = _claim(organisation_id, as_of) if since else []
    return sum(_send(organisation_id, delivery_id, as_of) for delivery_id in due)


def _line_up(organisation_id: int, since: datetime | None, as_of: datetime) -> None:
    """One delivery for each event of a finished transaction that a webhook has not been told of.

    Events of a rehearsal are passed over: `since` is from when on the organisation is heard.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctx.transaction_no(pg_snapshot_xmin(pg_current_snapshot()))")
        (finished,) = cursor.fetchone()
        hooks = Webhook.objects.select_for_update().filter(
            organisation_id=organisation_id, ended_at__isnull=True, told_to__lt=finished
        )
        for hook in hooks.order_by("pk"):
            cursor.execute(
                "INSERT INTO events_webhookdelivery (organisation_id, webhook_id, event_id, state,"
                " attempts, run_at, answer)"
                " SELECT e.organisation_id, %s, e.id, 'waiting', 0, %s, ''"
                " FROM events_event e WHERE e.organisation_id = %s AND e.transaction_no >= %s"
                " AND e.transaction_no < %s AND e.at >= %s"
                " AND EXISTS (SELECT FROM unnest(%s) AS v(verb)"
                " WHERE e.verb = v.verb OR e.verb ^@ (v.verb || '.'))"
                " ORDER BY e.id ON CONFLICT DO NOTHING",
                [
                    hook.pk,
                    as_of,
                    organisation_id,
                    hook.told_to,
                    finished,
                    since,
                    hook.verbs.split(),
                ],
            )
        hooks.update(told_to=finished)


def _claim(organisation_id: int, as_of: datetime) -> list[int]:
    """Takes what is due for as long as sending lasts; counted as an attempt before it is one."""
    rows = WebhookDelivery.objects.filter(
        organisation_id=organisation_id,
        state=State.WAITING,
        run_at__lte=as_of,
        webhook__ended_at__isnull=True,
    )
    due = list(
        rows.select_for_update(skip_locked=True, of=("self",))
        .order_by("run_at", "pk")
        .values_list("pk", flat=True)[:AT_ONCE]
    )
    WebhookDelivery.objects.filter(organisation_id=organisation_id, pk__in=due).update(
        attempts=F("attempts") + 1, run_at=as_of + SENDING
    )
    return due


def _send(organisation_id: int, delivery_id: int, as_of: datetime) -> bool:
    """Sends one outside of any transaction, so that a slow receiver holds nothing up."""
    with scope(readable={organisation_id}):
        row = WebhookDelivery.objects.select_related("webhook").get(
            organisation_id=organisation_id, pk=delivery_id
        )
        event = Event.objects.get(organisation_id=organisation_id, pk=row.event_id)
    body = content_of(event)
    headers = signed_headers(unseal(row.webhook.secret), event.pk, as_of, body)
    try:
        status = post(
            row.webhook.url,
            body,
            headers,
            inside=settings.WEBHOOKS_INSIDE,
            hosts=settings.WEBHOOK_HOSTS,
        )
        taken, answer = 200 <= status < 300, f"Status {status}"
    except (MayNotBeCalled, OSError, http.client.HTTPException) as error:
        taken, answer = False, f"{type(error).__name__}: {error}"[:200]
    changes: dict[str, Any] = {"answer": answer}
    if taken:
        changes |= {"state": State.DONE, "done_at": as_of}
    elif row.attempts >= MOST_ATTEMPTS:
        changes["state"] = State.GIVEN_UP
    else:
        pause = FIRST_PAUSE * 2 ** (row.attempts - 1)
        changes["run_at"] = as_of + min(pause, LONGEST_PAUSE)
    with scope(acting=organisation_id):
        here = Q(organisation_id=organisation_id, pk=delivery_id, attempts=row.attempts)
        WebhookDelivery.objects.filter(here, state=State.WAITING).update(**changes)
    return taken


def content_of(event: Event) -> bytes:
    """What is sent: names and numbers, nothing of what stands in them."""
    told = {
        "id": event.pk,
        "verb": event.verb,
        "subject": event.subject_key,
        "subject_number": event.subject_id,
        "thread": str(event.thread),
        "at": event.at.isoformat(),
    }
    return json.dumps(told).encode()


def signed_headers(secret: str, event_id: int, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of the Standard Webhooks convention: id, moment and signature of all three."""
    name, moment = f"evt_{event_id}", str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = hmac.new(key, f"{name}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Commonwell",
        "Webhook-Id": name,
        "Webhook-Timestamp": moment,
        "Webhook-Signature": f"v1,{base64.b64encode(signed).decode()}",
    }
