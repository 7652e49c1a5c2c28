"""Invitations: a link by e-mail with which somebody chooses the password that they sign in with."""

from collections.abc import Sequence
from dataclasses import replace
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
from access.selectors.mail import sender_of
from core.actors import Actor, require
from core.errors import NotFound
from core.scope import scope, together
from events.services import record_about
from tenants.models import Organisation, Person
from tenants.selectors import OrganisationRow, all_organisations, person_by_id, person_here
from tenants.services.founding import NewOrganisation, founded

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
    _send([_mail(here, who, by, at)])
    return who


def found_and_invite(
    *, wanted: Sequence[NewOrganisation], by: Actor, at: datetime, reason: str = ""
) -> list[tuple[Organisation, Person]]:
    """As `founded`, all of them or none; each administrator is sent a link.

    In scopes that are opened here. The centre's trail says it too.

    ACC26 unless the mail goes out: then nothing is founded. It goes when everything else is done;
    where one is not taken, the links of those before it lead nowhere.
    """
    done, mails = [], []
    with together():
        for new in wanted:
            given: dict[str, Any] = {"by": by, "today": localdate(at), "reason": reason}
            with founded(new=new, **given) as (made, who):
                here = next(one for one in all_organisations() if one.id == made.pk)
                mails.append(_mail(here, who, replace(by, organisation_id=made.pk), at))
                done.append((made, who))
        with scope(acting=by.organisation_id):
            for made, who in done:
                said: dict[str, Any] = {"name": made.name, "person": who.name, "comment": reason}
                verb = "tenants.organisation.founded"
                record_about(verb, SUBJECT, by.organisation_id, by=by, at=at, **said)
        _send(mails)
    return done


def _mail(here: OrganisationRow, who: Person, by: Actor, at: datetime) -> EmailMessage:
    record_about("access.invitation.sent", SUBJECT, here.id, by=by, at=at, person=who.name)
    sender = sender_of(here.id, here.name)
    text = WORDS.format(by=by.name, organisation=here.name, link=link_for(here, who))
    title = f"Your access at {here.name}"
    return EmailMessage(title, text, sender.from_email, to=[who.email], reply_to=sender.reply_to)


def _send(mails: Sequence[EmailMessage]) -> None:
    """One after the other to the mail server, which is asked once (ACC26)."""
    try:
        get_connection().send_messages(mails)
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
