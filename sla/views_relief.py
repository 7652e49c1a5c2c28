"""Relief: what was claimed and agreed, what each takes out of which figure, and a new claim."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.actors import may
from core.errors import NotFound
from core.templatetags.web import day
from core.web.exports import listed
from core.web.pages import page
from core.web.refusals import refusals_on
from events.selectors import timeline
from sla.forms import ReliefForm
from sla.models import ReliefEvent
from sla.permissions import CLAIM_RELIEF, SEE_MEASURES
from sla.selectors import current_indicators
from sla.selectors_relief import Effect, Misses, effects_of, relief_events, relievable_codes
from sla.services import claim_relief

PER_PAGE = 50


def _columns(*labels: str, numeric: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [{"label": label, "numeric": label in numeric} for label in labels]


COLUMNS = _columns("Cause", "Days", "Measures", "State", "Claimed by", "Decided by", "Why")
EFFECTS = ("Measure", "Month", "Touched", "Misses taken out", "Gross", "After relief")
MISSES = ("Measure", "Number", "Began", "Ended")
EXPORTED = (
    *("Cause", "First day", "Last day", "Measures", "Only numbers", "State", "Why", "Evidence"),
    *("Claimed by", "Claimed on", "Decided by", "Decided on", "Said"),
)


@page(SEE_MEASURES)
@require_GET
def relief(request: Any) -> HttpResponse:
    """Every event that was claimed, newest first; as a file too."""
    here = request.organisation
    found = relief_events(here.id)
    if request.GET.get("format"):
        rows = [_exported(each) for each in found]
        return listed(request, "relief", "Relief claimed and agreed", EXPORTED, rows)
    part = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "columns": COLUMNS,
        "rows": [_row(each, here.slug) for each in part],
        "page": part,
        "may_claim": may(request.actor, CLAIM_RELIEF),
    }
    return render(request, "sla/relief.html", context)


def _row(each: ReliefEvent, slug: str) -> dict[str, Any]:
    cells = [
        each.get_kind_display(),
        f"{day(each.from_on)} to {day(each.to_on)}",
        ", ".join(each.indicator_codes),
        each.get_state_display(),
        f"{each.made_by_name}, {day(each.made_at)}",
        f"{each.ended_by_name}, {day(each.ended_at)}" if each.ended_at else "",
        each.reason,
    ]
    where = {"organisation": slug, "number": each.pk}
    return {"url": reverse("relief_event", kwargs=where), "cells": cells}


def _exported(each: ReliefEvent) -> list[Any]:
    return [
        *(each.get_kind_display(), each.from_on, each.to_on, ", ".join(each.indicator_codes)),
        ", ".join(f"{number}" for number in each.row_numbers),
        *(each.get_state_display(), each.reason, each.evidence),
        *(each.made_by_name, each.made_at.date(), each.ended_by_name),
        *(each.ended_at.date() if each.ended_at else None, each.comment),
    ]


@page(SEE_MEASURES)
@require_GET
def relief_event(request: Any, number: int) -> HttpResponse:
    """One event: what it does to each figure, and the rows that it takes out."""
    event = relief_events(request.organisation.id).filter(pk=number).first()
    if event is None:
        raise NotFound("There is no such relief.")
    names = {row.code: row.name for row in current_indicators(request.today)}
    effects = effects_of(event)
    touched: Any = Misses(event, effects)
    misses = Paginator(touched, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "event": event,
        "facts": _facts(event),
        "effect_columns": _columns(*EFFECTS, numeric=EFFECTS[2:]),
        "effects": [{"cells": _effect(each, names)} for each in effects],
        "columns": _columns(*MISSES, numeric=("Number",)),
        "rows": [
            {"cells": [names[each.code], str(each.row_no), day(each.began), day(each.ended)]}
            for each in misses.object_list
        ],
        "page": misses,
        "entries": timeline(event),
    }
    return render(request, "sla/relief_event.html", context)


def _facts(event: ReliefEvent) -> list[dict[str, str]]:
    facts = [
        ("State", event.get_state_display()),
        ("Days", f"{day(event.from_on)} to {day(event.to_on)}"),
        ("Only these numbers", ", ".join(f"{number}" for number in event.row_numbers)),
        ("What happened", event.reason),
        ("Evidence", event.evidence),
        ("Claimed by", f"{event.made_by_name}, {day(event.made_at)}"),
        ("Decided by", f"{event.ended_by_name}, {day(event.ended_at)}" if event.ended_at else ""),
        ("Said", event.comment),
    ]
    return [{"key": key, "value": value} for key, value in facts if value]


def _effect(each: Effect, names: dict[str, str]) -> list[str]:
    over = [f"{above:,} over {below:,}" for above, below in (each.gross, each.net)]
    counted = [f"{each.touched:,}", f"{each.missed:,}"]
    return [names[each.code], f"{each.month:%B %Y}", *counted, *over]


@page(CLAIM_RELIEF)
def claim(request: Any) -> HttpResponse:
    """The centre claims; somebody of the organisation decides."""
    names = {row.code: row.name for row in current_indicators(request.today)}
    choices = [(code, f"{code} {names[code]}") for code in relievable_codes() if code in names]
    form = ReliefForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with refusals_on(form):
            event = claim_relief(
                kind=given["kind"],
                days=(given["from_on"], given["to_on"]),
                indicator_codes=given["indicators"],
                row_numbers=given["row_numbers"],
                reason=given["reason"],
                evidence=given["evidence"],
                by=request.actor,
            )
            messages.success(request, "Claimed. The organisation has to agree.")
            return redirect("relief_event", organisation=request.organisation.slug, number=event.pk)
    status = 422 if form.errors else 200
    return render(request, "sla/relief_claim.html", {"form": form}, status=status)
