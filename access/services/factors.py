"""Second factors: what becomes of them is in the trail of each organisation that it concerns."""

from datetime import date

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from access.permissions import RESET_FACTORS
from access.rules import ACC02
from core.actors import Actor, require
from core.errors import NotFound
from core.scope import scope
from events.services import record_about
from tenants.selectors import colleagues

SUBJECT = "tenants.organisation"


def note_change(*, verb: str, kind: str, by: Actor) -> None:
    """The person changed their own second factors; one event, in a scope that is opened here."""
    with scope(acting=by.organisation_id):
        record_about(verb, SUBJECT, by.organisation_id, by=by, person=by.name, kind=kind)


def reset_factors(*, person_id: int, reason: str, by: Actor, as_of: date) -> str:
    """Takes all second factors of a colleague away and ends their sessions; returns their name.

    For somebody who lost theirs: they set up a new one when they sign in next. NotFound for who is
    not employed here, as only their employer knows who asks; ACC02 for oneself.
    """
    name = _colleague(person_id, by, as_of)
    ACC02.check(person_id != by.person_id)
    Authenticator.objects.filter(user_id=person_id).delete()
    _end_sessions(person_id)
    record_about(
        "access.factor.reset", SUBJECT, by.organisation_id, by=by, person=name, reason=reason
    )
    return name


def end_sessions(*, person_id: int, reason: str, by: Actor, as_of: date) -> str:
    """Signs a colleague out everywhere, at once; returns their name. They may sign in again.

    NotFound for who is not employed here. Event access.session.ended.
    """
    require(by, RESET_FACTORS)
    name = _colleague(person_id, by, as_of)
    _end_sessions(person_id)
    record_about(
        "access.session.ended", SUBJECT, by.organisation_id, by=by, person=name, reason=reason
    )
    return name


def _colleague(person_id: int, by: Actor, as_of: date) -> str:
    people = {one.person_id: one for one in colleagues(by.organisation_id, as_of)}
    if person_id not in people:
        raise NotFound()
    return people[person_id].name


def _end_sessions(person_id: int) -> None:
    for session in UserSession.objects.filter(user_id=person_id):
        session.end()
