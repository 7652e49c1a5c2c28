"""What an organisation is: its facts, what may change of them, and at the centre all of them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dates import MONTHS
from django.views.decorators.http import require_GET

from core.actors import may, places_where
from core.web.pages import page
from core.web.refusals import refusals_on
from tenants.forms import OrganisationForm
from tenants.models import Organisation
from tenants.permissions import FOUND_ORGANISATIONS, KEEP_ORGANISATION, SEE_ORGANISATION
from tenants.selectors import OrganisationRow, all_organisations
from tenants.selectors.place import history_of_organisation, organisation_here
from tenants.services.place import change_organisation

COLUMNS = [
    {"key": "name", "label": "Organisation"},
    {"key": "kind", "label": "Kind"},
    {"key": "standing", "label": "Standing"},
    {"key": "status", "label": "Status"},
    {"key": "colour", "label": "Colour"},
]
CHANGING = ("name", "short_name", "standing", "brand_colour")


@page(SEE_ORGANISATION)
@require_GET
def facts(request: Any) -> HttpResponse:
    """The facts and their history; at the centre all organisations besides."""
    here = request.organisation
    open_to = places_where(request.actor, SEE_ORGANISATION)
    row, everybody = organisation_here(here.id), all_organisations()
    parent = next((one.name for one in everybody if one.id == row.parent_id), "")
    text = request.GET.get("q", "").strip()
    found = [one for one in everybody if text.casefold() in f"{one.name} {one.slug}".casefold()]
    context = {
        "facts": _facts(row, parent),
        "columns": COLUMNS,
        "rows": [_row(one, one.id in open_to) for one in found] if here.is_centre else [],
        "text": text,
        "entries": history_of_organisation(here.id),
        "may_found": may(request.actor, FOUND_ORGANISATIONS),
        "may_keep": may(request.actor, KEEP_ORGANISATION) and not here.read_only,
    }
    return render(request, "tenants/organisation.html", context)


def _facts(row: Organisation, parent: str) -> list[dict[str, Any]]:
    pairs = (
        ("Name", row.name),
        ("Short name", row.short_name),
        ("Address here", f"/{row.slug}/"),
        ("Kind", row.get_kind_display()),
        ("Standing", row.get_standing_display()),
        ("Status", row.get_status_display()),
        ("Part of", parent or "No other organisation"),
        ("Nation", row.get_nation_display()),
        ("Financial year begins in", MONTHS[row.year_starts_month]),
        ("Colour", row.brand_colour),
        ("Named in comparisons", "Yes" if row.named_in_comparison else "No"),
    )
    return [{"key": key, "value": value} for key, value in pairs]


def _row(one: OrganisationRow, opens: bool) -> dict[str, Any]:
    cells = [
        one.name,
        Organisation.Kind(one.kind).label,
        Organisation.Standing(one.standing).label,
        Organisation.Status(one.status).label,
        one.brand_colour,
    ]
    url = reverse("organisation", args=[one.slug]) if opens else ""
    return {"id": one.id, "url": url, "cells": cells}


@page(KEEP_ORGANISATION)
def change(request: Any) -> HttpResponse:
    """Another name, standing or colour."""
    slug, row = request.organisation.slug, organisation_here(request.organisation.id)
    now = {key: getattr(row, key) for key in CHANGING}
    form = OrganisationForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, "brand_colour"):
            done = change_organisation(**form.cleaned_data, by=request.actor)
            messages.success(request, "Changed." if done else "Nothing was changed.")
            return redirect("organisation", organisation=slug)
    words = {"title": f"Change {row.name}", "button": "Change it"}
    context = {"form": form, "back": reverse("organisation", args=[slug]), **words}
    return render(request, "tenants/form.html", context, status=422 if form.errors else 200)
