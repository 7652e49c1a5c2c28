"""Sign-in in our words: invited people only, sessions that can be looked at and ended."""

from typing import Any

from allauth.account import views
from allauth.account.adapter import DefaultAccountAdapter
from allauth.usersessions.internal.flows.sessions import end_other_sessions as end_others
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.errors import NotFound
from core.web.kept import take_form


class InvitedOnly(DefaultAccountAdapter):
    """People are made by an administrator of their organisation."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "Check your email address and password and try again",
        "too_many_login_attempts": (
            "There were too many attempts with a wrong password. Wait 5 minutes, then try again"
        ),
        "enter_current_password": "Enter the password you use now",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: Any = None,
        *args: Any,
        **more: Any,
    ) -> None:
        """Signing in and out are seen on the page itself; of the rest we say one thing."""
        if message_template == "account/messages/password_changed.txt":
            messages.success(request, "Your password is changed.")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("usersessions_list")


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
    live = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    mine = UserSession.objects.filter(user_id=request.user.pk)
    mine.exclude(session_key__in=live).delete()
    here = request.session.session_key
    context = {"sessions": mine.order_by("-created_at", "-pk"), "here": here}
    return render(request, "account/sessions.html", context)


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
