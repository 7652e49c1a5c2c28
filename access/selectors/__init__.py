"""Who has which second factors, which programs have tokens, which provider speaks for whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import connection
from django.db.models import F, QuerySet

from access.models import ApiToken, EmailDomain, IdentityProvider
from access.permissions import SEE_TOKENS
from core.actors import Actor, may
from core.templatetags.web import day, pounds
from events.selectors import Entry, last_doers_of, timeline_of_many
from tenants.models import Grant
from tenants.roles import Role
from tenants.selectors import Colleague, colleagues

KINDS = {
    Authenticator.Type.TOTP: "Authenticator app",
    Authenticator.Type.WEBAUTHN: "Passkey",
    Authenticator.Type.RECOVERY_CODES: "Recovery codes",
}


@dataclass(frozen=True)
class Factor:
    """One second factor of a person, without anything secret."""

    number: int
    kind: str
    name: str
    since: datetime
    used_at: datetime | None
    left: int | None


def factors_of(person_id: int) -> list[Factor]:
    """All second factors of a person, oldest first."""
    rows = Authenticator.objects.filter(user_id=person_id).order_by("created_at", "pk")
    return [
        Factor(
            row.pk,
            row.type,
            row.wrap().name if row.type == Authenticator.Type.WEBAUTHN else KINDS[row.type],
            row.created_at,
            row.last_used_at,
            len(row.wrap().get_unused_codes())
            if row.type == Authenticator.Type.RECOVERY_CODES
            else None,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Covered:
    """A colleague with the kinds of their second factors and when one was last used."""

    colleague: Colleague
    kinds: tuple[str, ...]
    used_at: datetime | None

    @property
    def gap(self) -> bool:
        """Their role needs one, and they have none yet."""
        return self.colleague.needs_second_factor and not self.kinds


def coverage(organisation_id: int, on: date) -> list[Covered]:
    """Everybody employed there, those first who need a second factor and have none."""
    people = colleagues(organisation_id, on)
    held = _held([one.person_id for one in people])
    found = []
    for one in people:
        rows = held.get(one.person_id, [])
        used = [row.last_used_at for row in rows if row.last_used_at]
        kinds = tuple(dict.fromkeys(KINDS[row.type] for row in rows))
        found.append(Covered(one, kinds, max(used, default=None)))
    return sorted(found, key=lambda row: not row.gap)


def _held(people: Collection[int]) -> dict[int, list[Authenticator]]:
    """Second factors by person; recovery codes alone are none."""
    rows = Authenticator.objects.filter(user_id__in=people).order_by("created_at")
    held: dict[int, list[Authenticator]] = {}
    for row in rows.exclude(type=Authenticator.Type.RECOVERY_CODES):
        held.setdefault(row.user_id, []).append(row)
    return held


def tokens_seen(by: Actor) -> QuerySet[ApiToken]:
    """One's own tokens here, or everybody's: those not ended first, of these the newest first."""
    rows = ApiToken.objects.filter(organisation_id=by.organisation_id).select_related("person")
    if not may(by, SEE_TOKENS):
        rows = rows.filter(person_id=by.person_id)
    return rows.order_by(F("ended_at").desc(nulls_first=True), "-made_at", "-pk")


def provider_of(organisation_id: int) -> IdentityProvider | None:
    """The provider of an organisation, inside a scope that holds it."""
    return IdentityProvider.objects.filter(organisation_id=organisation_id).first()


def domains_of(organisation_id: int) -> list[EmailDomain]:
    """The email domains that an organisation claims, verified or not."""
    rows = EmailDomain.objects.filter(organisation_id=organisation_id)
    return list(rows.select_related("claimed_by", "verified_by").order_by("domain"))


def domain_holder(domain: str) -> int | None:
    """The one organisation that holds the domain; None if nobody does, or more than one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organisation_id FROM ctx.domain_holders(%s)", [domain.lower()])
        found = [row[0] for row in cursor.fetchall()]
    return found[0] if len(found) == 1 else None


RIGHT = "access.grant"


def days_in_words(valid: Any) -> str:
    """A half-open range of days as people say it."""
    if valid.isempty:
        return "ended before it began"
    if valid.upper is None:
        return f"from {day(valid.lower)}"
    return f"from {day(valid.lower)} to before {day(valid.upper)}"


def reach_in_words(row: Grant) -> str:
    """For which units and up to how much."""
    where = str(row.unit) if row.unit else "the whole organisation"
    most = "no limit" if row.limit_pence is None else f"up to {pounds(row.limit_pence)}"
    return f"{where}, {most}"


def right_in_words(row: Grant) -> str:
    """Who holds what, where and up to how much."""
    return f"{row.person.name}: {Role(row.role).label}, {reach_in_words(row)}"


def history_of(organisation_id: int, grants: Collection[Grant]) -> list[Entry]:
    """What was done to these rights, by whom and why, newest first."""
    return timeline_of_many(organisation_id, RIGHT, [row.pk for row in grants])


def givers_of(organisation_id: int, grants: Collection[Grant]) -> dict[int, str]:
    """Who gave or last changed each of these rights, where it was done on a page here."""
    verbs = ("access.grant.given", "access.grant.changed")
    return last_doers_of(organisation_id, RIGHT, [row.pk for row in grants], verbs)
