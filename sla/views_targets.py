"""The history of targets: what was wanted from when, by whom and why, and who agreed."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.actors import may
from core.templatetags.web import day
from core.web.exports import listed
from core.web.pages import page
from sla.permissions import SEE_MEASURES, SET_TARGETS
from sla.selectors import TargetStep, current_indicators
from sla.selectors import target_history as history

PER_PAGE = 50
LABELS = ("Measure", "From", "Target", "State", "Proposed by", "Why", "Decided by", "Said")
COLUMNS = [{"key": label.lower().replace(" ", "_"), "label": label} for label in LABELS]
EXPORTED = (
    *("Code", "Measure", "From", "Target", "State", "Proposed by", "Proposed on", "Why"),
    *("Decided by", "Decided on", "Said"),
)


@page(SEE_MEASURES)
@require_GET
def target_history(request: Any) -> HttpResponse:
    """Every change of a target, of all measures or of one; as a file too."""
    here, code = request.organisation, request.GET.get("measure", "")[:12]
    names = {row.code: row.name for row in current_indicators(request.today)}
    found = history(here.id, code)
    if request.GET.get("format"):
        rows = [_exported(each, names) for each in found]
        chosen = {"Measure": names.get(code, code)} if code else {}
        return listed(request, "targets", "History of targets", EXPORTED, rows, chosen)
    part = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    chips = [{"label": f"Measure: {names.get(code, code)}", "key": "measure", "value": code}]
    context = {
        "columns": COLUMNS,
        "rows": [_row(each, names, here.slug) for each in part],
        "page": part,
        "chips": chips if code else [],
        "may_set": may(request.actor, SET_TARGETS) and not here.read_only,
    }
    return render(request, "sla/targets.html", context)


def _row(each: TargetStep, names: dict[str, str], slug: str) -> dict[str, Any]:
    cells = [
        names.get(each.indicator_code, each.indicator_code),
        f"{each.valid_from:%B %Y}",
        each.lines,
        each.state,
        _who(each.made_by_name, each.made_at),
        each.reason,
        _who(each.ended_by_name, each.ended_at),
        each.comment,
    ]
    where = {"organisation": slug, "code": each.indicator_code}
    return {"url": reverse("indicator", kwargs=where), "cells": cells}


def _who(name: str, at: datetime | None) -> str:
    return f"{name}, {day(at)}" if at else ""


def _exported(each: TargetStep, names: dict[str, str]) -> list[Any]:
    return [
        *(each.indicator_code, names.get(each.indicator_code, ""), each.valid_from, each.lines),
        *(each.state, each.made_by_name, each.made_at.date(), each.reason),
        *(each.ended_by_name, each.ended_at.date() if each.ended_at else None, each.comment),
    ]
