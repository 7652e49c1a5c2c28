"""The gate before every page: a session that is still good, and a second factor where needed."""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from access import proofs
from core.web.api import refusal
from core.web.middleware import GetResponse, later
from core.web.pages import ask_first
from tenants.selectors import standing_of

NO_SECOND_FACTOR = "Your role needs a second factor. Sign in on the pages first."

PROVE_AGAIN = "This was open for a while. Open a bank page and show again who you are first."


class GateMiddleware:
    """Nobody gets past it: it looks at each view that is not open to everybody.

    A change of rights applies at the next request: roles are asked for as long as the session has
    not shown a second factor.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not getattr(view, "own", "") and getattr(view, "access", ("",))[0] == "open":
            return None
        try:
            return stopped(request, view) if request.user.is_authenticated else None
        except (DatabaseError, InterfaceError) as error:
            # What fails here passes nobody who would make a page of it.
            answer = later(request, error)
            if answer is None:
                raise
            return answer


def stopped(request: Any, view: Any) -> HttpResponse | None:
    """What stands between a signed-in person and this view; nothing if they may go on."""
    for_programs = hasattr(view, "cls")
    if why := proofs.ran_out(request):
        return sign_out(request, why, for_programs)
    if not getattr(view, "polled", False):
        proofs.note_use(request)
    if getattr(view, "own", "") != "entry" and second_factor_missing(request):
        if for_programs:
            return refusal(403, NO_SECOND_FACTOR)
        return ask_first(request, way_to_second_factor(request), str(request.user.pk))
    if for_programs and view.bank and proofs.must_prove_again(request):
        return refusal(403, PROVE_AGAIN)
    return proof_first(request) if getattr(view, "bank", False) else None


def proof_first(request: Any) -> HttpResponse | None:
    """After a pause too long for bank pages: to the page that asks who is there."""
    if not proofs.must_prove_again(request):
        return None
    return ask_first(request, reverse("prove_again"), str(request.user.pk))


def second_factor_missing(request: Any) -> bool:
    """Does a role of this person ask for more than this session has shown?"""
    if proofs.has_second_factor(request) or proofs.is_play(request):
        return False
    request.standing = standing_of(request.user.pk, timezone.localdate())
    return bool(request.standing.needs_second_factor)


def way_to_second_factor(request: Any) -> str:
    """To show the one they have, or to set one up."""
    return reverse("prove_again" if is_mfa_enabled(request.user) else "mfa_index")


def sign_out(request: Any, why: str, for_programs: bool) -> HttpResponse:
    """The session is over; what was typed waits for its owner behind the next sign-in."""
    owner = str(request.user.pk)
    logout(request)
    if for_programs:
        return refusal(403, why)
    messages.info(request, why)
    return ask_first(request, reverse("account_login"), owner)
