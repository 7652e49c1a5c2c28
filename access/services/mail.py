"""The address from which an organisation writes."""

from datetime import datetime
from typing import Any

from access.models import MailSender
from access.permissions import KEEP_PROVIDER
from access.rules import ACC25
from access.selectors.mail import speaks_for
from core.actors import Actor, require
from events.services import record_about


def set_mail_sender(*, address: str, reply_to: str, reason: str, by: Actor, at: datetime) -> None:
    """From now on its mail comes from there; without an address, from the product's again.

    ACC25 unless the organisation holds the domains of both. Event access.mail.set.
    """
    require(by, KEEP_PROVIDER)
    address, reply_to, here = address.lower(), reply_to.lower(), by.organisation_id
    ACC25.check(all(speaks_for(here, one) for one in (address, reply_to) if one))
    if address:
        given = {"address": address, "reply_to": reply_to, "set_by_id": by.person_id, "set_at": at}
        MailSender.objects.update_or_create(organisation_id=here, defaults=given)
    else:
        MailSender.objects.filter(organisation_id=here).delete()
    told: dict[str, Any] = {
        "address": address or "the address of the product",
        "reply_to": reply_to or "it",
        "reason": reason,
    }
    record_about("access.mail.set", "tenants.organisation", here, by=by, **told)
