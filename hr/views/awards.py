"""Pay awards: what they cost by unit before anybody decides, and what became of them."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.actors import may
from core.templatetags.web import day, pounds, short_day, thousands
from core.web.exports import listed
from core.web.pages import may_open, page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from events.selectors import timeline
from hr.forms import AwardForm
from hr.models import PayAward
from hr.permissions import KEEP_TERMS, SEE_AWARDS
from hr.selectors.awards import (
    MONTHS,
    Cost,
    Terms,
    award_of,
    awards_of,
    card_of,
    costs_of,
    kept_costs,
    rise,
)
from hr.selectors.terms import scales_of
from hr.services.awards import propose_award
from hr.views.lists import heads, tag

PER_PAGE = 50
COSTS = ("Code", "Unit", "People", "More a month", "More a year", "On top for the employer",
         "Owed for days before")  # fmt: skip
AWARDS = ("Award", "Scale", "Rise or regrading", "From", "Proposed", "State")


def cost_table(costs: list[Cost]) -> dict[str, Any]:
    rows = [{"id": one.code, "cells": _cells(one)} for one in costs]
    total = Cost("", "Everybody", *(sum(column) for column in list(zip(*costs, strict=True))[2:]))
    return {
        "columns": heads(*COSTS, numeric=COSTS[2:]),
        "rows": [*rows, {"total": True, "cells": _cells(total)}],
    }


def _cells(one: Cost) -> list[str]:
    return [one.code, one.name, thousands(one.people), *map(pounds, _sums(one))]


def _sums(one: Cost) -> tuple[int, ...]:
    """Pence in the order of the columns."""
    return one.yearly_pence // MONTHS, one.yearly_pence, one.on_cost_pence, one.owed_pence


@page(SEE_AWARDS)
@require_GET
def awards(request: Any) -> HttpResponse:
    slug = request.organisation.slug
    found = Paginator(awards_of(request.actor.organisation_id), PER_PAGE)
    pages = part_of(request, found)
    context = {
        "page": pages,
        "columns": heads(*AWARDS),
        "rows": [_award_row(slug, one) for one in pages.object_list],
        "may_keep": may(request.actor, KEEP_TERMS),
        "sees_terms": may_open(request.actor, reverse("terms", args=[slug])),
    }
    return render(request, "hr/awards.html", context)


def _award_row(slug: str, one: PayAward) -> dict[str, Any]:
    cells = [str(one), one.scale.name, rise(one), short_day(one.from_on), short_day(one.made_at),
             tag(one.state, one.get_state_display())]  # fmt: skip
    return {"id": one.pk, "url": reverse("pay_award", args=[slug, one.number]), "cells": cells}


@page(SEE_AWARDS)
@require_GET
def award(request: Any, number: int) -> HttpResponse:
    found = award_of(request.actor.organisation_id, number)
    costs = kept_costs(found)
    if request.GET.get("format"):
        return _export(request, found, costs)
    context = {
        "award": found,
        "facts": [{"key": key, "value": value} for key, value in card_of(found)],
        **(cost_table(costs) if costs else {}),
        "entries": timeline(found),
    }
    return render(request, "hr/award.html", context)


def _export(request: Any, found: PayAward, costs: list[Cost]) -> HttpResponse:
    what = f"Cost of {found}: {rise(found)} from {day(found.from_on)}"
    totals = {
        "More a year": pounds(sum(one.yearly_pence for one in costs)),
        "Owed for days before": pounds(sum(one.owed_pence for one in costs)),
    }
    rows = [[*one[:3], *(Decimal(pence).scaleb(-2) for pence in _sums(one))] for one in costs]
    return listed(request, f"award-{found.number}", what, COSTS, rows, totals=totals)


@page(KEEP_TERMS)
def award_new(request: Any) -> HttpResponse:
    """First what it costs, then, with the same answers, the proposal."""
    scales = {str(one.pk): one for one in scales_of(request.actor.organisation_id)}
    form = AwardForm(request.POST or None, scales=scales, initial={"from_on": request.today})
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        terms = Terms(**form.terms)
        costs = costs_of(terms, request.today)
        context |= {"looked": True, **(cost_table(costs) if costs else {})}
        if "send" in request.POST:
            with refusals_on(form):
                reason = form.cleaned_data["reason"]
                sent = propose_award(terms=terms, reason=reason, by=request.actor)
                messages.success(request, f"{sent} is proposed and waits for approval.")
                return redirect("pay_award", request.organisation.slug, sent.number)
    return render(request, "hr/award_new.html", context, status=422 if form.errors else 200)
