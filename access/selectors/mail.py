"""From whom the mail of an organisation comes, and where answers go."""

from dataclasses import dataclass, field
from email.utils import formataddr

from django.conf import settings

from access.models import MailSender
from access.selectors import domain_holder


@dataclass(frozen=True)
class Sender:
    """As an e-mail takes it; answers go to the sender unless somebody else is named."""

    from_email: str
    reply_to: list[str] = field(default_factory=list)


def speaks_for(organisation_id: int, address: str) -> bool:
    """Is the domain of the address one that the organisation alone holds?"""
    return domain_holder(address.rpartition("@")[2]) == organisation_id


def mail_sender(organisation_id: int) -> MailSender | None:
    """What was set, inside a scope that holds the organisation."""
    return MailSender.objects.filter(organisation_id=organisation_id).first()


def sender_of(organisation_id: int, name: str) -> Sender:
    """The address of the organisation as long as its domain is verified; else the product's own."""
    row = mail_sender(organisation_id)
    if row is None or not speaks_for(organisation_id, row.address):
        return Sender(settings.DEFAULT_FROM_EMAIL)
    answers = row.reply_to and speaks_for(organisation_id, row.reply_to)
    return Sender(formataddr((name, row.address)), [row.reply_to] if answers else [])
