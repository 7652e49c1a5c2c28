"""Who decides on what, since when, and proposing that it changes."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from approvals.forms import RouteForm, StepFormSet, bands_of, initial_steps
from approvals.models import Route
from approvals.permissions import SEE_ROUTES, SET_ROUTES
from approvals.selectors.routes import KindRoutes, routes_by_kind
from approvals.services.routes import propose_route
from approvals.subjects import steps_in_words
from core.actors import may
from core.errors import NotFound
from core.templatetags.web import day
from core.web.pages import page
from core.web.refusals import refusals_on

COLUMNS = [
    {"key": "kind", "label": "For"},
    {"key": "steps", "label": "Who decides"},
    {"key": "since", "label": "Since"},
    {"key": "next", "label": "Change"},
]


def _in_words(route: Route | None) -> str:
    if route is None:
        return "Nobody yet"
    return "; ".join(f"{amounts}: {roles}" for amounts, roles in steps_in_words(route))


def _row(kind: KindRoutes, request: Any) -> dict[str, Any]:
    where = {"organisation": request.organisation.slug, "key": kind.key}
    later = [r for r in kind.routes if r.from_on > request.today and r.state == "agreed"]
    change = "Waits for agreement" if kind.proposed else ""
    if later:
        change = f"From {day(later[-1].from_on)}"
    since = day(kind.current.from_on) if kind.current else ""
    cells = [kind.label, _in_words(kind.current), since, change]
    return {"id": kind.key, "url": reverse("approval_route", kwargs=where), "cells": cells}


@page(SEE_ROUTES)
@require_GET
def approval_routes(request: Any) -> HttpResponse:
    kinds = routes_by_kind(request.actor.organisation_id, request.today)
    context = {
        "rows": [_row(kind, request) for kind in kinds],
        "columns": COLUMNS,
        "may_set": may(request.actor, SET_ROUTES) and not request.organisation.read_only,
    }
    return render(request, "approvals/routes.html", context)


def _kind(request: Any, key: str) -> KindRoutes:
    found = routes_by_kind(request.actor.organisation_id, request.today, key)
    if not found:
        raise NotFound()
    return found[0]


@page(SEE_ROUTES)
@require_GET
def approval_route(request: Any, key: str) -> HttpResponse:
    kind = _kind(request, key)
    shown = [(route, steps_in_words(route), route == kind.current) for route in kind.routes]
    may_change = may(request.actor, SET_ROUTES) and kind.proposed is None
    context = {"kind": kind, "shown": shown, "may_change": may_change}
    return render(request, "approvals/route.html", context)


@page(SET_ROUTES)
def approval_route_change(request: Any, key: str) -> HttpResponse:
    """The steps in force as a table to be changed; somebody else agrees to it."""
    kind = _kind(request, key)
    given = request.POST if request.method == "POST" else None
    form = RouteForm(given, initial={"from_on": request.today})
    steps = StepFormSet(given, initial=initial_steps(kind.current), prefix="steps")
    if request.method == "POST" and form.is_valid() and steps.is_valid():
        with refusals_on(form, None, APR19="reason", APR20="from_on"):
            propose_route(
                subject_key=key,
                bands=bands_of(steps.cleaned_data),
                patience=form.patience,
                from_on=form.cleaned_data["from_on"],
                reason=form.cleaned_data["reason"],
                by=request.actor,
                as_of=timezone.now(),
            )
            messages.success(request, "Proposed. It takes effect once somebody else agrees.")
            return redirect("approval_route", organisation=request.organisation.slug, key=key)
    context = {"kind": kind, "form": form, "steps": steps}
    status = 422 if form.is_bound else 200
    return render(request, "approvals/route_change.html", context, status=status)
