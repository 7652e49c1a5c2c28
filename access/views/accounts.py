"""One's own account: the password, and sessions that can be looked at and ended."""

from datetime import UTC, datetime
from typing import Any

from allauth.account import views
from allauth.usersessions.internal.flows.sessions import end_other_sessions as end_others
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from access.devices import device
from access.permissions import MAKE_TOKENS
from access.proofs import SEEN
from core.errors import NotFound
from core.permissions import PERMISSIONS
from core.web.kept import take_form
from tenants.selectors import Membership, standing_of


def no_sign_up(request: HttpRequest) -> HttpResponse:
    """Says who gives people an account."""
    return render(request, "account/signup_closed.html", status=403)


def password_change(request: Any) -> HttpResponse:
    """A new password for whoever has one; others sign in through their organisation."""
    if not request.user.has_usable_password():
        messages.warning(request, "You have no password here, so there is none to change.")
        return redirect("usersessions_list")
    answer: HttpResponse = views.password_change(request)
    return answer


def send_again(request: Any) -> HttpResponse:
    """What was typed before the sign-in ran out, to be sent by one press of a button."""
    kept = take_form(request)
    return render(request, "account/send_again.html", {"kept": kept})


def sessions(request: Any) -> HttpResponse:
    """Where this person is signed in, newest first; allauth's own list asks for each one."""
    live = {s.session_key: s for s in _live_sessions(request.user.pk)}
    mine = UserSession.objects.filter(user_id=request.user.pk)
    mine.exclude(session_key__in=live).delete()
    here = request.session.session_key
    rows = [
        {
            "number": one.pk,
            "since": one.created_at,
            "used": _used_at(live[one.session_key]) or one.created_at,
            "address": one.ip,
            "device": device(one.user_agent),
            "here": one.session_key == here,
        }
        for one in mine.order_by("-created_at", "-pk")
        if one.session_key in live
    ]
    context = {"sessions": rows, "places": _places_of_tokens(request)}
    return render(request, "account/sessions.html", context)


def _places_of_tokens(request: Any) -> list[Membership]:
    """Organisations in which this person may make tokens for programs."""
    standing = standing_of(request.user.pk, timezone.localdate())
    roles = PERMISSIONS[MAKE_TOKENS].roles
    held = {right.organisation_id for right in standing.rights if right.role in roles}
    return [place for place in standing.memberships if place.id in held]


def _live_sessions(person_id: int) -> list[Session]:
    keys = UserSession.objects.filter(user_id=person_id).values("session_key")
    return list(Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now()))


def _used_at(session: Session) -> datetime | None:
    seen = session.get_decoded().get(SEEN)
    return datetime.fromtimestamp(seen, UTC) if seen else None


@require_POST
def end_session(request: Any, number: int) -> HttpResponse:
    """Signs the person out in one other place. NotFound for a session of somebody else."""
    found = UserSession.objects.filter(user_id=request.user.pk, pk=number).first()
    if found is None:
        raise NotFound()
    found.end()
    messages.success(request, "You are signed out there.")
    return redirect("usersessions_list")


@require_POST
def end_other_sessions(request: Any) -> HttpResponse:
    """Signs the person out everywhere but here."""
    end_others(request, request.user)
    messages.success(request, "You are signed out everywhere else.")
    return redirect("usersessions_list")


@require_POST
def end_every_session(request: Any) -> HttpResponse:
    """Signs the person out everywhere, here too."""
    end_others(request, request.user)
    logout(request)
    messages.success(request, "You are signed out everywhere.")
    return redirect("account_login")
