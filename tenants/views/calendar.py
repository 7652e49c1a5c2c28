"""The days of a year on which an organisation is closed, closing further ones and opening them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from core.actors import may
from core.templatetags.web import day
from core.web.pages import page
from core.web.refusals import refusals_on
from core.working_time import FIRST_YEAR, LAST_YEAR
from tenants.forms import ClosingForm, OpeningForm
from tenants.permissions import KEEP_ORGANISATION, SEE_ORGANISATION
from tenants.selectors.place import (
    Closed,
    closed_days,
    closure_here,
    history_of_organisation,
    organisation_here,
)
from tenants.services.place import close_days, open_day

COLUMNS = [
    {"key": "day", "label": "Day"},
    {"key": "weekday", "label": "Weekday"},
    {"key": "why", "label": "Why"},
    {"key": "action", "label": "Action"},
]


@page(SEE_ORGANISATION)
@require_GET
def year(request: Any) -> HttpResponse:
    """The closed days of a year, this one unless another one is asked for."""
    here, today = request.organisation, request.today
    asked = request.GET.get("year", "")
    known = range(FIRST_YEAR, LAST_YEAR + 1)
    shown = int(asked) if asked in map(str, known) else min(today.year, LAST_YEAR)
    keeps = may(request.actor, KEEP_ORGANISATION) and not here.read_only
    place = organisation_here(here.id)
    context = {
        "nation": place.get_nation_display(),
        "year": shown,
        "before": shown - 1 if shown - 1 in known else None,
        "after": shown + 1 if shown + 1 in known else None,
        "columns": COLUMNS,
        "rows": [_row(here.slug, one, keeps and one.day > today)
                 for one in closed_days(place, shown)],
        "entries": history_of_organisation(here.id),
        "may_keep": keeps,
    }  # fmt: skip
    return render(request, "tenants/calendar.html", context)


def _row(slug: str, one: Closed, opens: bool) -> dict[str, Any]:
    act: Any = ""
    if opens and one.number:
        act = format_html(
            '<a class="govuk-link" href="{}">Open it<span class="govuk-visually-hidden"> on {}'
            "</span></a>",
            reverse("calendar_open", args=[slug, one.number]),
            day(one.day),
        )
    return {"id": one.day, "cells": [day(one.day), f"{one.day:%A}", one.why, act]}


def _ask(request: Any, form: Any, title: str, button: str, do: Callable[[], str]) -> HttpResponse:
    """The form, or what it asks for done; a refusal stands in the form."""
    slug = request.organisation.slug
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            said = do()
            messages.success(request, said)
            return redirect("calendar", organisation=slug)
    context = {"form": form, "title": title, "button": button}
    context["back"] = reverse("calendar", args=[slug])
    return render(request, "tenants/form.html", context, status=422 if form.errors else 200)


@page(KEEP_ORGANISATION)
def close(request: Any) -> HttpResponse:
    """Days on which nobody works."""
    form = ClosingForm(request.POST or None)

    def do() -> str:
        said = form.cleaned_data
        days = {"first_on": said["first_on"], "last_on": said["last_on"] or said["first_on"]}
        who = {"by": request.actor, "today": request.today}
        count = close_days(**days, reason=said["reason"], **who)
        return f"{count} working day{'' if count == 1 else 's'} closed. It applies at once."

    return _ask(request, form, "Close days", "Close them", do)


@page(KEEP_ORGANISATION)
def reopen(request: Any, number: int) -> HttpResponse:
    """A closed day becomes a working day."""
    row = closure_here(request.organisation.id, number)
    form = OpeningForm(request.POST or None)

    def do() -> str:
        given = {"reason": form.cleaned_data["reason"], "by": request.actor}
        opened = open_day(number=number, today=request.today, **given)
        return f"{day(opened)} is a working day again."

    title = f"Open {day(row.day)} again, closed for: {row.reason}"
    return _ask(request, form, title, "Open it", do)
