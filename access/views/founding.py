"""Founding organisations at the centre: one by a form, or as many as a file holds.

The scope of the page is that of the centre. It has to be closed before those of the new ones are
opened, so that a page asks and checks first, and what is ready is founded when it has ended.
"""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from access.forms_founding import FoundingForm
from access.services.invitations import Founder, found_and_invite
from access.views.founding_file import organisations_kept_by, planned
from core.actors import Actor
from core.errors import Refused
from core.web.loads import two_steps
from core.web.pages import page
from core.web.refusals import refusals_on
from tenants.permissions import FOUND_ORGANISATIONS
from tenants.selectors import all_organisations
from tenants.services.founding import NewOrganisation, check_founding

FIELDS = {
    **dict.fromkeys(("TEN01", "TEN02", "TEN19"), "slug"),
    "TEN12": "brand_colour",
    "TEN20": "parent",
    "ACC26": "administrator_email",
}
View = Callable[..., HttpResponse]


def _then_founded(asked: View) -> View:
    """Founds what the page leaves in `request.founding`, and asks again if that is refused."""

    @wraps(asked)
    def founding(request: Any, **kwargs: Any) -> HttpResponse:
        answer = asked(request, **kwargs)
        if given := getattr(request, "founding", None):
            try:
                done = found_and_invite(**given, by=request.actor, at=timezone.now())
            except Refused as refusal:
                request.refusal = refusal
                return asked(request, **kwargs)
            for one in done:
                say = messages.success if one.sent else messages.warning
                say(request, _told(one))
        return answer

    return founding


def _told(one: Founder) -> str:
    name, who = one.organisation.name, one.person
    said = f"{name} is founded. " if one.founded else f"{name} was there. "
    if one.sent:
        return f"{said}{who.name} is sent a link."
    return (
        f"{said}The mail server did not take the link to {who.name}, {who.email}. Load the row of"
        f" {one.organisation.slug} in a file to send another one."
    )


def _leave(request: Any, **given: Any) -> None:
    """What is to be founded, unless it was tried before."""
    if refusal := getattr(request, "refusal", None):
        raise refusal
    request.founding = given


@_then_founded
@page(FOUND_ORGANISATIONS, bank=True)
def organisation_new(request: Any) -> HttpResponse:
    """What it is, and who looks after it first: they are sent a link to choose a password."""
    # Elsewhere nobody is told who else is served here.
    known = all_organisations() if request.organisation.is_centre else []
    places = [one for one in known if one.status != "former"]
    form = FoundingForm(request.POST or None, parents=places)
    if request.method == "POST" and form.is_valid():
        new = NewOrganisation(**form.cleaned_data)
        with refusals_on(form, None, **FIELDS):
            check_founding(new=new, by=request.actor)
            _leave(request, wanted=[new])
            return redirect("organisation", organisation=request.organisation.slug)
    back = reverse("organisation", args=[request.organisation.slug])
    context = {
        "form": form,
        "back": back,
        "title": "Found an organisation",
        "button": "Found it and send the link",
    }
    return render(request, "tenants/form.html", context, status=422 if form.errors else 200)


@_then_founded
@page(FOUND_ORGANISATIONS, bank=True)
def organisations_load(request: Any) -> HttpResponse:
    """A file of organisations: shown first, then founded, and each administrator is sent a link."""
    return two_steps(request, organisations_kept_by(partial(_keep, request)))


def _keep(
    request: Any, *, wanted: Sequence[NewOrganisation], reason: str, by: Actor, **_day: Any
) -> None:
    plans = planned(wanted=wanted, by=by)
    for plan in plans:
        for refused in plan.refusals:
            raise refused
    new = [plan.facts for plan in plans if plan.acts]
    again = [plan.facts.slug for plan in plans if plan.again]
    _leave(request, wanted=new, again=again, reason=reason)
