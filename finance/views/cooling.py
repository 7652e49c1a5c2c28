"""How long changed bank details of suppliers cool off: what holds, what held, and a new one."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from core.actors import may
from core.templatetags.web import day
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from finance.forms_onboarding import CoolingOffForm
from finance.permissions import KEEP_COOLING, SEE_COOLING
from finance.selectors.cooling import cooling_days, cooling_history, cooling_words
from finance.services.cooling import set_cooling_off

PER_PAGE = 50
COLUMNS = [
    {"key": "from", "label": "From"},
    {"key": "days", "label": "Working days", "numeric": True},
    {"key": "reason", "label": "Why"},
    {"key": "by", "label": "Set by"},
]


@page(SEE_COOLING, unsafe=KEEP_COOLING)
def cooling_off(request: Any) -> HttpResponse:
    """The history; a POST sets the days from a later day on."""
    here, tomorrow = request.actor.organisation_id, request.today + timedelta(days=1)
    form = CoolingOffForm(request.POST or None, initial={"from_on": tomorrow})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            set_cooling_off(by=request.actor, at=timezone.now(), **form.cleaned_data)
            messages.success(request, "The cooling-off is set.")
            return redirect("cooling_off", organisation=request.organisation.slug)
    part = part_of(request, Paginator(cooling_history(here), PER_PAGE))
    context = {
        "now": cooling_words(cooling_days(here, request.today)),
        "form": form if may(request.actor, KEEP_COOLING) else None,
        "columns": COLUMNS,
        "rows": [_row(row) for row in part.object_list],
        "page": part,
    }
    status = 422 if form.errors else 200
    return render(request, "finance/suppliers/cooling.html", context, status=status)


def _row(row: Any) -> dict[str, Any]:
    by = f"{row.made_by_name}, {day(timezone.localdate(row.made_at))}"
    return {"id": row.pk, "cells": [day(row.from_on), str(row.days), row.reason, by]}
