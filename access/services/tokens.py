"""Tokens of programs: they carry the rights of whoever made them, and only while they last.

They act inside an open scope, but for `use_token`, which opens one of its own.
"""

import hmac
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from access import tokens
from access.models import ApiToken
from access.permissions import END_TOKENS
from access.rules import ACC03, ACC04
from core.actors import Actor, may
from core.errors import NotFound
from core.scope import scope
from core.web.passes import known_scopes
from events.services import record_about
from tenants.selectors import person_by_id

SUBJECT = "tenants.organisation"
LONGEST_DAYS = 366
# Noted this often at most, so that a busy program does not write at each call.
NOTED_EVERY = timedelta(minutes=1)


def make_token(
    *,
    purpose: str,
    held_by: str,
    scopes: Collection[str],
    expires_on: date,
    by: Actor,
    at: datetime,
) -> str:
    """A token with the rights of whoever makes it, as far as its scopes go (ACC03, ACC04).

    Returns its text, which nobody can read again. It ends on its day, by `end_token`, and as soon
    as the person loses the rights or the account. Event: access.token.made.
    """
    ACC03.check(at.date() < expires_on <= at.date() + timedelta(days=LONGEST_DAYS))
    ACC04.check(scopes and set(scopes) <= known_scopes())
    text, prefix = tokens.make()
    row = ApiToken.objects.create(
        organisation_id=by.organisation_id,
        person=person_by_id(by.person_id or 0),
        purpose=purpose,
        held_by=held_by,
        prefix=prefix,
        digest=tokens.digest(text),
        scopes=" ".join(sorted(scopes)),
        made_at=at,
        expires_on=expires_on,
    )
    _record("made", row, by, held_by=held_by, scopes=row.scopes, until=str(expires_on))
    return text


def end_token(*, number: int, by: Actor, at: datetime) -> ApiToken:
    """The token is refused from now on. NotFound if it is another person's, but for those who may.

    Event: access.token.ended, once.
    """
    wanted = Q(organisation_id=by.organisation_id, pk=number)
    if not may(by, END_TOKENS):
        wanted &= Q(person_id=by.person_id)
    row: ApiToken | None = ApiToken.objects.select_for_update().filter(wanted).first()
    if row is None:
        raise NotFound()
    if row.ended_at is None:
        row.ended_at, row.ended_by = at, by.name
        row.save(update_fields=["ended_at", "ended_by"])
        _record("ended", row, by)
    return row


def use_token(
    *, text: str, organisation_id: int, address: str | None, at: datetime
) -> ApiToken | None:
    """The token that a program showed at this organisation, if it is good; notes its use.

    A token of another organisation is as unknown as one that nobody made. Event, once a day:
    access.token.used.
    """
    with scope(acting=organisation_id):
        rows = ApiToken.objects.select_related("person").filter(
            organisation_id=organisation_id, prefix=tokens.prefix_of(text)
        )
        row: ApiToken | None = rows.first()
        if row is None or not hmac.compare_digest(row.digest, tokens.digest(text)):
            return None
        if row.ended_at or row.expires_on <= at.date() or not row.person.is_active:
            return None
        before = row.used_at
        if before is None or at - before >= NOTED_EVERY:
            rows.update(used_at=at, used_from=address)
        if before is None or before.date() != at.date():
            by = Actor(row.person_id, row.person.name, organisation_id)
            _record("used", row, by, address=address or "an unknown address")
        return row


def _record(verb: str, row: ApiToken, by: Actor, **more: Any) -> None:
    about: dict[str, Any] = {"prefix": row.prefix, "purpose": row.purpose, **more}
    record_about(f"access.token.{verb}", SUBJECT, row.organisation_id, by=by, **about)
