"""Inviting somebody by e-mail, and choosing a password by the link in it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from access.forms import ChoosePassword
from access.permissions import KEEP_GRANTS
from access.services.invitations import invite, invited, take_invitation
from core.errors import NotFound
from core.web.pages import page
from core.web.refusals import refusals_said


@page(KEEP_GRANTS, bank=True)
@require_POST
def right_invite(request: Any, person: int) -> HttpResponse:
    with refusals_said(request):
        who = invite(person_id=person, by=request.actor, at=timezone.now())
        messages.success(request, f"Sent to {who.email}. The link works once, for three days.")
    return redirect("rights_person", organisation=request.organisation.slug, person=person)


def choose_password(request: HttpRequest, slug: str, person: int, token: str) -> HttpResponse:
    """Open to whoever has the link; what they sign in with afterwards is theirs alone."""
    try:
        organisation, who = invited(slug=slug, person_id=person, token=token)
    except NotFound:
        return render(request, "account/invitation_gone.html", status=404)
    form = ChoosePassword(request.POST or None, person=who)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["password"]
        at = timezone.now()
        take_invitation(organisation=organisation, person=who, password=password, at=at)
        messages.success(request, "Your password is set. Sign in with it.")
        return redirect("account_login")
    context = {"form": form, "who": who, "place": organisation}
    status = 422 if form.errors else 200
    return render(request, "account/invitation.html", context, status=status)
