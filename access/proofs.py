"""What a session has proved, when it was last used, and how long that holds.

All of it lies in the session itself, so that an ordinary page asks the database nothing more.
"""

import time
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.conf import settings

BEGAN, SEEN, PAUSED = "began_at", "seen_at", "paused_at"
DEMONSTRATION = "second_factor_of_the_demonstration"
# Noted this often at most: a pause may be taken for longer than it was by so much, never shorter.
NOTED_EVERY_SECONDS = 60


def now() -> int:
    return int(time.time())


def begin(request: Any) -> None:
    """Starts the clocks of a session that has just signed somebody in."""
    request.session[BEGAN] = request.session[SEEN] = now()


def note_second_factor(request: Any, kind: str) -> None:
    """The person has just shown a second factor while setting it up."""
    record_authentication(request, request.user, "mfa", type=kind, reauthenticated=True)


def note_demonstration(request: Any) -> None:
    """A visitor of the demonstration has become somebody, and has no telephone of theirs."""
    begin(request)
    request.session[DEMONSTRATION] = True
    UserSession.objects.create_from_request(request)


def is_play(request: Any) -> bool:
    """The stamp of the demonstration, worth nothing where there are no people of it to choose."""
    return bool(request.session.get(DEMONSTRATION) and request.demo_people)


def has_second_factor(request: Any) -> bool:
    """Did this session show a second factor of the person it is of?"""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def proved_within(request: Any, seconds: int, *, second_factor: bool) -> bool:
    """Did the person prove who they are, by that or by anything, so short a while ago?"""
    return now() - _proved_at(request, second_factor) < seconds


def _proved_at(request: Any, second_factor: bool = False) -> int:
    records = get_authentication_records(request, request.user)
    told = [r for r in records if r.get("method") == "mfa" or not second_factor]
    return max((int(record["at"]) for record in told), default=0)


def ran_out(request: Any) -> str:
    """Why the session is over, in words; nothing while it is not."""
    session, moment = request.session, now()
    if BEGAN not in session:
        begin(request)
    idle, most = settings.SESSION_IDLE_MINUTES, settings.SESSION_MOST_HOURS
    if moment - session[BEGAN] >= most * 3600:
        return f"You signed in {most} hours ago, so you were signed out."
    if moment - session[SEEN] >= idle * 60:
        return f"You were signed out after {idle} minutes in which you did nothing here."
    return ""


def note_use(request: Any) -> None:
    """Somebody is there. After a pause too long for bank pages these ask who it is."""
    session, moment = request.session, now()
    pause = moment - session[SEEN]
    if pause >= settings.BANK_IDLE_MINUTES * 60:
        session[PAUSED] = moment
    if pause >= NOTED_EVERY_SECONDS:
        session[SEEN] = moment


def must_prove_again(request: Any) -> bool:
    """Was there a pause that nobody ended by proving who they are?"""
    paused = request.session.get(PAUSED)
    return bool(paused) and _proved_at(request) < paused and not is_play(request)
