"""Who has a second factor here, and taking one away from somebody who lost it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from access.forms import ResetFactors
from access.permissions import RESET_FACTORS, SEE_FACTORS
from access.selectors import Covered, coverage
from access.services.factors import end_sessions, reset_factors
from core.actors import may
from core.errors import NotFound
from core.templatetags.web import day
from core.web.pages import page
from tenants.roles import Role

COLUMNS = [
    {"key": "name", "label": "Person"},
    {"key": "roles", "label": "Roles"},
    {"key": "factors", "label": "Second factors"},
    {"key": "used", "label": "Last used"},
    {"key": "sessions", "label": "Sessions"},
]


def _row(request: Any, one: Covered, may_reset: bool) -> dict[str, Any]:
    who, kinds = one.colleague, ", ".join(one.kinds)
    missing = format_html('<strong class="govuk-tag govuk-tag--red">{}</strong>', "Needs one")
    cells = [
        who.name,
        ", ".join(Role(role).label for role in who.roles),
        missing if one.gap else kinds or "None needed",
        day(one.used_at) if one.used_at else "",
        _way_out(request, one) if may_reset else "",
    ]
    can = may_reset and one.kinds and who.person_id != request.actor.person_id
    url = f"{request.path}{who.person_id}/reset/" if can else ""
    return {"id": who.person_id, "url": url, "cells": cells, "tone": "bad" if one.gap else ""}


def _way_out(request: Any, one: Covered) -> str:
    where = reverse("sessions_end", args=[request.organisation.slug, one.colleague.person_id])
    words = '<a class="govuk-link" href="{}">End<span class="govuk-visually-hidden"> those of {}'
    return format_html(words + "</span></a>", where, one.colleague.name)


@page(SEE_FACTORS)
def factors(request: Any) -> HttpResponse:
    """Everybody employed here, those first who need a second factor and have none."""
    found = coverage(request.organisation.id, request.today)
    may_reset = may(request.actor, RESET_FACTORS)
    context = {
        "columns": COLUMNS,
        "rows": [_row(request, one, may_reset) for one in found],
        "needing": sum(one.colleague.needs_second_factor for one in found),
        "gaps": sum(one.gap for one in found),
        "may_reset": may_reset,
    }
    return render(request, "access/factors.html", context)


@page(RESET_FACTORS, bank=True)
def factors_reset(request: Any, person: int) -> HttpResponse:
    """Asks for the reason, takes the person's second factors away and ends their sessions."""
    done = "{} sets up a new second factor at the next sign-in."
    return _asked(request, person, "access/reset.html", reset_factors, done)


@page(RESET_FACTORS, bank=True)
def sign_out(request: Any, person: int) -> HttpResponse:
    """Asks for the reason and ends the person's sessions, whatever device they are on."""
    return _asked(request, person, "access/sign_out.html", end_sessions, "{} is signed out.")


def _asked(request: Any, person: int, template: str, do: Any, done: str) -> HttpResponse:
    people = {c.colleague.person_id: c for c in coverage(request.organisation.id, request.today)}
    if person not in people:
        raise NotFound()
    form = ResetFactors(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        name = do(person_id=person, reason=reason, by=request.actor, as_of=request.today)
        messages.success(request, done.format(name))
        return redirect("factors", organisation=request.organisation.slug)
    context = {"form": form, "who": people[person]}
    return render(request, template, context, status=422 if form.errors else 200)
