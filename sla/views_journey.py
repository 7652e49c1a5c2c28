"""From a figure of the board to run, rows, document, events and seal on one page, and back."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from core.actors import may
from core.errors import NotFound
from core.registry import SUBJECTS, subject_of
from core.templatetags.web import day, day_time, thousands
from core.web.pages import may_open, page
from core.web.paging import part_of
from events.permissions import SEE_TRAIL
from events.selectors import sealed_timeline
from sla.journeys import (
    Base,
    bases_of,
    counted_in,
    figure_in_words,
    live_figure,
    papers_of,
    row_beneath,
    rows_beneath,
    rows_link,
)
from sla.models import Indicator
from sla.permissions import SEE_BOARD, SEE_MEASURES
from sla.readings import base_words
from sla.selectors import current_indicators, notes_of

PER_PAGE = 50
BASE_COLUMNS = [
    {"key": "place", "label": "Place"},
    {"key": "measure", "label": "Counts"},
    {"key": "value", "label": "Value", "numeric": True},
    {"key": "run", "label": "Computed by"},
]
ROW_COLUMNS = [{"key": "row", "label": "Row"}]
EVENT_COLUMNS = [
    {"key": "when", "label": "When"},
    {"key": "who", "label": "Who"},
    {"key": "what", "label": "What happened"},
]
SEAL_COLUMN = {"key": "seal", "label": "Seal"}
FIGURE_COLUMNS = [
    {"key": "measure", "label": "Measure"},
    {"key": "month", "label": "Month"},
]


@page(SEE_MEASURES)
@require_GET
def journey(request: Any, code: str, month: str) -> HttpResponse:
    """The figure of a month with what it was made of; `row` opens one of its rows on the page."""
    row, first = live_figure(code, month)
    here = request.organisation
    bases = bases_of(here.id, row, first)
    context = {
        "row": row,
        "facts": [
            {"key": "Formula", "value": row.formula_in_words},
            {"key": "Definition", "value": f"Version {row.version} from {day(row.valid_from)}"},
        ],
        "month": first,
        "month_value": f"{first:%Y-%m}",
        "value": figure_in_words(bases, row, first),
        "signed": notes_of(here.id, first).signed,
        "base_columns": BASE_COLUMNS,
        "bases": [_base(request, one) for one in bases],
        "sees_board": may(request.actor, SEE_BOARD) and not here.is_centre,
        **_beneath(request, row, first),
    }
    return render(request, "sla/journey.html", context)


def _base(request: Any, one: Base) -> dict[str, Any]:
    said, who = "Nothing was computed", one.value
    if who:
        said = f"{who.run}, {day_time(who.computed_at)}, asked for by {who.run.made_by_name}"
        url = reverse("run", args=[request.organisation.slug, who.run.number])
        if may_open(request.actor, url):
            said = format_html('<a class="govuk-link" href="{}">{}</a>', url, said)
    value = base_words(who.value if who else None, one.plain)
    return {"cells": [one.place, one.label, value, said]}


def _beneath(request: Any, indicator: Indicator, month: date) -> dict[str, Any]:
    """The list of rows, or the one that was opened."""
    link, rows = rows_link(indicator), rows_beneath(request.actor, indicator, month)
    slug = request.organisation.slug
    listed = link.url(slug, month) if link and may(request.actor, link.permission) else ""
    context: dict[str, Any] = {"list_url": listed, "list_label": link.label if link else ""}
    if rows is None:
        return context
    asked = request.GET.get("row", "")
    if asked.isdecimal() and len(asked) < 19:
        opened = rows.filter(pk=int(asked)).first()
        if opened is None:
            raise NotFound()
        return context | {"opened": _opened(request, opened)}
    found = part_of(request, Paginator(rows, PER_PAGE))
    shown_rows = [{"url": f"?row={one.pk}", "cells": [_summary(one)]} for one in found]
    return context | {"columns": ROW_COLUMNS, "rows": shown_rows, "page": found}


def _summary(row: Any) -> str:
    return SUBJECTS[subject_of(row)].summary(row)


def _opened(request: Any, row: Any) -> dict[str, Any]:
    """One row: its page, its papers, what happened to it and which seals cover that."""
    slug, kind = request.organisation.slug, SUBJECTS[subject_of(row)]
    trusted = may(request.actor, SEE_TRAIL)
    events = []
    for one, number in sealed_timeline(row.organisation_id, kind.key, row.pk):
        said = f"{one.text}. {one.detail}" if one.detail else one.text
        seal = f"Seal {thousands(number)}" if number else "Too new to be sealed"
        events.append({"cells": [day_time(one.at), one.by, said, *([seal] if trusted else [])]})
    return {
        "summary": kind.summary(row),
        "key": kind.key,
        "id": row.pk,
        "links": papers_of(request.actor, slug, row),
        "columns": [*EVENT_COLUMNS, *([SEAL_COLUMN] if trusted else [])],
        "events": events,
        "sees_trail": trusted,
    }


@page(SEE_MEASURES)
@require_GET
def figures_of(request: Any, key: str, number: int) -> HttpResponse:
    """The other way: the figures among whose rows a thing is."""
    row, kind = row_beneath(request.actor, key, number)
    slug = request.organisation.slug
    names = {one.code: one.name for one in current_indicators(request.today)}
    rows = []
    for code, month in counted_in(row):
        url = reverse("journey", args=[slug, code, f"{month:%Y-%m}"])
        name = f"{code} {names.get(code, '')}"
        rows.append({"url": f"{url}?row={row.pk}", "cells": [name, f"{month:%B %Y}"]})
    context = {
        "summary": kind.summary(row),
        "back": kind.link(slug, row),
        "columns": FIGURE_COLUMNS,
        "rows": rows,
    }
    return render(request, "sla/figures_of.html", context)
