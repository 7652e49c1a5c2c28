"""Invitations: a link by e-mail with which somebody chooses the password that they sign in with."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse
from django.utils.timezone import localdate

from access.permissions import KEEP_GRANTS
from access.rules import ACC10, ACC26
from access.selectors.invitations import FOUNDED, waiting_for_link
from access.selectors.mail import sender_of
from core.actors import Actor, require
from core.errors import NotFound
from core.scope import scope, together
from events.services import record_about
from tenants.models import Person
from tenants.selectors import (
    OrganisationRow,
    all_organisations,
    person_by_id,
    person_here,
)
from tenants.services.founding import NewOrganisation, founded

logger = logging.getLogger(__name__)
SUBJECT = "tenants.organisation"
WORDS = """{by} of {organisation} gives you access to Commonwell.

Choose a password here; the link works once, for three days:
{link}

If you did not expect this, do nothing: without the link nobody gets in.
"""


class Links(PasswordResetTokenGenerator):
    """The secret part of links of one organisation: good until PASSWORD_RESET_TIMEOUT, a new
    password or a sign-in."""

    key_salt = "access.invitation"

    def __init__(self, organisation_id: int) -> None:
        super().__init__()
        self.organisation_id = organisation_id

    def _make_hash_value(self, user: Person, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{self.organisation_id}"


def link_for(organisation: OrganisationRow, person: Person) -> str:
    """The whole address of the page on which the person chooses a password."""
    token = Links(organisation.id).make_token(person)
    path = reverse("invitation", args=[organisation.slug, person.pk, token])
    return settings.SITE_URL.rstrip("/") + path


def invite(*, person_id: int, by: Actor, at: datetime) -> Person:
    """Sends the link to the address of somebody with rights here, who may have lost a password.

    What they have goes on working until they choose another. ACC10 for oneself, ACC26 unless the
    mail goes out, NotFound for strangers. Event access.invitation.sent.
    """
    require(by, KEEP_GRANTS)
    ACC10.check(person_id != by.person_id)
    who = person_by_id(person_here(by.organisation_id, person_id).pk)
    here = next(one for one in all_organisations() if one.id == by.organisation_id)
    _record_sent(who, by, at)
    with _mail_server() as server:
        mail = _mail(here, who, by)
        mail.connection = server
        mail.send()
    return who


@dataclass(frozen=True)
class Founder:
    """The first administrator of an organisation, founded now or before, and whether the mail
    server took the link."""

    organisation: OrganisationRow
    person: Person
    founded: bool
    sent: bool = False


def found_and_invite(
    *, wanted: Sequence[NewOrganisation], again: Sequence[str] = (), by: Actor, at: datetime,
    reason: str = "",
) -> list[Founder]:  # fmt: skip
    """As `founded`, all of them or none; then each administrator is sent a link.

    In scopes that are opened here. The centre's trail says it too. Links lead somewhere: they are
    sent when all is founded for good, and whose link the mail server does not take is told apart.
    They are sent another by `again`, the addresses of organisations of `waiting_for_link`. ACC26
    if no mail server answers: then nothing is founded. Event access.invitation.sent.
    """
    with _mail_server() as server:
        found = [(*one, True) for one in _found(wanted, by, at, reason)]
        found += [(*one, False) for one in _waiting(again, by)]
        return [
            Founder(here, who, founded=new, sent=_sent(server, here, who, by, at))
            for here, who, new in found
        ]


def _found(
    wanted: Sequence[NewOrganisation], by: Actor, at: datetime, reason: str
) -> list[tuple[OrganisationRow, Person]]:
    done = []
    with together():
        for new in wanted:
            with founded(new=new, by=by, today=localdate(at), reason=reason) as (made, who):
                done.append((next(one for one in all_organisations() if one.id == made.pk), who))
        with scope(acting=by.organisation_id):
            for here, who in done:
                said: dict[str, Any] = {"name": here.name, "person": who.name, "comment": reason}
                said |= {"slug": here.slug, "person_id": who.pk}
                record_about(FOUNDED, SUBJECT, by.organisation_id, by=by, at=at, **said)
    return done


def _waiting(slugs: Sequence[str], by: Actor) -> list[tuple[OrganisationRow, Person]]:
    """Those of these who still wait, and still have a right there."""
    with scope(acting=by.organisation_id):
        people = {slug: who for slug, who in waiting_for_link(by).items() if slug in slugs}
    there = {one.slug: one for one in all_organisations()}
    found = []
    for slug, who in people.items():
        with scope(acting=there[slug].id):
            found.append((there[slug], person_here(there[slug].id, who.pk)))
    return found


def _sent(server: Any, here: OrganisationRow, who: Person, by: Actor, at: datetime) -> bool:
    """Sends one link and notes it in the organisation; False where the mail is not taken."""
    with scope(acting=here.id):
        mail = _mail(here, who, by)
        mail.connection = server
        try:
            mail.send()
        except (SMTPException, OSError) as error:
            logger.warning("The link of %s was not sent: %s", here.slug, type(error).__name__)
            return False
        _record_sent(who, replace(by, organisation_id=here.id), at)
    return True


def _record_sent(who: Person, by: Actor, at: datetime) -> None:
    verb, here = "access.invitation.sent", by.organisation_id
    record_about(verb, SUBJECT, here, by=by, at=at, person=who.name)


def _mail(here: OrganisationRow, who: Person, by: Actor) -> EmailMessage:
    sender = sender_of(here.id, here.name)
    text = WORDS.format(by=by.name, organisation=here.name, link=link_for(here, who))
    title = f"Your access at {here.name}"
    return EmailMessage(title, text, sender.from_email, to=[who.email], reply_to=sender.reply_to)


@contextmanager
def _mail_server() -> Iterator[Any]:
    """One that answers, for one or many messages; ACC26 otherwise."""
    server = get_connection()
    try:
        server.open()
        with closing(server):
            yield server
    except (SMTPException, OSError) as error:
        raise ACC26.refuse(type(error).__name__) from error


def invited(*, slug: str, person_id: int, token: str) -> tuple[OrganisationRow, Person]:
    """Who the link is for and where. NotFound once it is used or has run out."""
    found = next((one for one in all_organisations() if one.slug == slug), None)
    person = person_by_id(person_id)
    if found is None or not Links(found.id).check_token(person, token):
        raise NotFound("This link is used or has run out. Ask an administrator for another one.")
    return found, person


def take_invitation(
    *, organisation: OrganisationRow, person: Person, password: str, at: datetime
) -> None:
    """The password is the person's from now on; every session of theirs ends.

    Event access.invitation.taken, in a scope that is opened here.
    """
    person.set_password(password)
    person.save(update_fields=["password"])
    by = Actor(person.pk, person.name, organisation.id)
    with scope(acting=organisation.id):
        record_about("access.invitation.taken", SUBJECT, organisation.id, by=by, at=at,
                     person=person.name)  # fmt: skip
