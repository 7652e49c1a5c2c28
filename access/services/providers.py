"""Providers of organisations and the email domains for which they may speak."""

import re
import secrets
from datetime import datetime

from access.addresses import may_be_asked
from access.models import EmailDomain, IdentityProvider
from access.permissions import VERIFY_DOMAINS
from access.rules import ACC05, ACC06, ACC07, ACC08
from access.selectors import domain_holder
from core.actors import Actor
from core.errors import Clash, NotFound
from core.permissions import PERMISSIONS
from core.sealing import seal
from events.services import record_about
from tenants.models import Person
from tenants.selectors import all_organisations

SUBJECT = "tenants.organisation"
DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def set_provider(
    *, issuer: str, client_id: str, secret: str, enabled: bool, by: Actor
) -> IdentityProvider:
    """Sets the organisation's provider; an empty secret keeps the one there is (ACC05)."""
    ACC05.check(may_be_asked(issuer))
    given = {"issuer": issuer.rstrip("/"), "client_id": client_id, "enabled": enabled}
    if secret:
        given["secret"] = seal(secret)
    row, _ = IdentityProvider.objects.update_or_create(
        organisation_id=by.organisation_id, defaults=given
    )
    record_about("access.provider.set", SUBJECT, by.organisation_id, by=by, issuer=row.issuer)
    return row


def claim_domain(*, domain: str, by: Actor, at: datetime) -> EmailDomain:
    """The organisation says a domain is its own; worth nothing until verified (ACC07, ACC08)."""
    domain = domain.strip().lower()
    ACC08.check(DOMAIN.fullmatch(domain), domain)
    ACC07.check(domain_holder(domain) in (None, by.organisation_id))
    row, made = EmailDomain.objects.get_or_create(
        organisation_id=by.organisation_id,
        domain=domain,
        defaults={
            "proof": f"commonwell-{secrets.token_hex(16)}",
            "claimed_by_id": by.person_id,
            "claimed_at": at,
        },
    )
    if made:
        record_about("access.domain.claimed", SUBJECT, by.organisation_id, by=by, domain=domain)
    return row


def _one(number: int, by: Actor) -> EmailDomain:
    rows = EmailDomain.objects.select_for_update(of=("self",))
    row: EmailDomain | None = rows.filter(organisation_id=by.organisation_id, pk=number).first()
    if row is None:
        raise NotFound()
    return row


def verify_domain(*, number: int, reason: str, by: Actor, at: datetime) -> EmailDomain:
    """From now on the organisation's provider speaks for the domain.

    ACC06: an organisation alone could otherwise take the domain of another, and its people. ACC07
    while another one holds it; should two verify at once, neither counts.
    """
    row = _one(number, by)
    centres = {place.id for place in all_organisations() if place.kind == "centre"}
    roles = PERMISSIONS[VERIFY_DOMAINS].roles
    of_centre = any(r.organisation_id in centres and r.role in roles for r in by.rights)
    ACC06.check(of_centre and by.person_id != row.claimed_by_id)
    ACC07.check(domain_holder(row.domain) in (None, by.organisation_id))
    if row.verified_at is not None:
        raise Clash()
    row.verified_by, row.verified_at = Person(pk=by.person_id), at
    row.reason = reason
    row.save(update_fields=["verified_by", "verified_at", "reason"])
    verb, here = "access.domain.verified", by.organisation_id
    record_about(verb, SUBJECT, here, by=by, domain=row.domain, reason=reason)
    return row


def drop_domain(*, number: int, by: Actor) -> str:
    """The provider no longer speaks for the domain; nobody of it signs in through it."""
    row = _one(number, by)
    row.delete()
    record_about("access.domain.dropped", SUBJECT, by.organisation_id, by=by, domain=row.domain)
    return row.domain
