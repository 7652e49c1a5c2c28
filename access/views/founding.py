"""Founding an organisation at the centre."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from access.forms import FoundingForm
from access.services.invitations import found_and_invite
from core.errors import Refused
from core.web.pages import page
from core.web.refusals import refusals_on
from tenants.permissions import FOUND_ORGANISATIONS
from tenants.services.founding import NewOrganisation, check_founding

FIELDS = {"TEN01": "slug", "TEN02": "slug", "TEN19": "slug", "ACC26": "administrator_email"}


@page(FOUND_ORGANISATIONS, bank=True)
def _asked(request: Any) -> HttpResponse:
    """The form, with what stands against it; what is ready stands in `request.founding`."""
    form = FoundingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        new = NewOrganisation(**form.cleaned_data)
        with refusals_on(form, None, **FIELDS):
            if refusal := getattr(request, "refusal", None):
                raise refusal
            check_founding(new=new, by=request.actor)
            request.founding = new
            return redirect("organisation", organisation=request.organisation.slug)
    back = reverse("organisation", args=[request.organisation.slug])
    context = {
        "form": form,
        "back": back,
        "title": "Found an organisation",
        "button": "Found it and send the link",
    }
    return render(request, "tenants/form.html", context, status=422 if form.errors else 200)


def organisation_new(request: Any, **kwargs: Any) -> HttpResponse:
    """What it is, and who looks after it first: they are sent a link to choose a password.

    The scope of the page is that of the centre; it has to be closed before another one is opened.
    """
    answer = _asked(request, **kwargs)
    if new := getattr(request, "founding", None):
        try:
            made, who = found_and_invite(new=new, by=request.actor, at=timezone.now())
        except Refused as refusal:
            request.refusal = refusal
            return _asked(request, **kwargs)
        messages.success(request, f"{made.name} is founded. {who.name} is sent a link.")
    return answer


organisation_new.access = _asked.access  # type: ignore[attr-defined]
organisation_new.bank, organisation_new.polled = True, False  # type: ignore[attr-defined]
