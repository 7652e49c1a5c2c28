"""How those who decide have decided."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from approvals.models import Step
from approvals.permissions import SEE_EVERY_REQUEST, SEE_WAITING
from approvals.selectors.history import ApproverFigures, approver_figures, steps_decided_by
from core.errors import NotFound
from core.templatetags.web import day_time, thousands
from core.web.pages import page
from core.web.paging import part_of

SINCE = timedelta(days=365)
COLUMNS = [
    {"key": "name", "label": "Approver"},
    {"key": "decisions", "label": "Decisions", "numeric": True},
    {"key": "median", "label": "Half within", "numeric": True},
    {"key": "longest", "label": "Longest", "numeric": True},
    {"key": "returned", "label": "Sent back", "numeric": True},
    {"key": "rejected", "label": "Rejected", "numeric": True},
    {"key": "others", "label": "For others", "numeric": True},
    {"key": "escalated", "label": "Escalated", "numeric": True},
]
DECISIONS = [
    {"key": "what", "label": "What"},
    {"key": "outcome", "label": "Outcome"},
    {"key": "at", "label": "Decided"},
    {"key": "took", "label": "Took", "numeric": True},
]


def worked(minutes: int | None) -> str:
    """«3 h 20 min» of working time; nothing where it is not known."""
    if minutes is None:
        return ""
    hours, rest = divmod(minutes, 60)
    return f"{hours:,} h {rest} min" if hours else f"{rest} min"


def _share(part: int, whole: int) -> str:
    return f"{thousands(part)} ({100 * part // whole}%)"


def _cells(row: ApproverFigures) -> list[str]:
    return [
        row.name,
        thousands(row.decisions),
        worked(row.median_minutes),
        worked(row.longest_minutes),
        _share(row.returned, row.decisions),
        _share(row.rejected, row.decisions),
        thousands(row.for_others),
        thousands(row.escalated),
    ]


@page(SEE_EVERY_REQUEST)
@require_GET
def approvers(request: Any) -> HttpResponse:
    found = approver_figures(request.actor.organisation_id, timezone.now() - SINCE)
    slug = request.organisation.slug
    rows = [
        {
            "id": row.person_id,
            "url": reverse("approver", kwargs={"organisation": slug, "person": row.person_id}),
            "cells": _cells(row),
        }
        for row in found
    ]
    return render(request, "approvals/approvers.html", {"rows": rows, "columns": COLUMNS})


@page(SEE_WAITING)
@require_GET
def approver(request: Any, person: int) -> HttpResponse:
    """One's own history, or anybody's for those who see every decision."""
    steps = steps_decided_by(request.actor, person)
    found = part_of(request, Paginator(steps, 25))
    if not found.object_list and person != request.actor.person_id:
        raise NotFound()
    here = request.actor.organisation_id
    figures = approver_figures(here, timezone.now() - SINCE, person)
    context = {
        "page": found,
        "figures": [{"id": f.person_id, "cells": _cells(f)} for f in figures],
        "columns": COLUMNS,
        "rows": [_decision(step, request.organisation.slug) for step in found.object_list],
        "decisions": DECISIONS,
        "name": figures[0].name if figures else request.actor.name,
    }
    return render(request, "approvals/approver.html", context)


def _decision(step: Step, slug: str) -> dict[str, Any]:
    outcome = str(step.get_state_display())
    if step.decided_by_id != step.decided_for_id:
        outcome += f" by {step.decided_by_name} for {step.decided_for_name}"
    at = reverse("approval_request", kwargs={"organisation": slug, "id": step.request_id})
    return {
        "id": step.pk,
        "url": at,
        "cells": [
            step.request.summary,
            outcome,
            day_time(step.decided_at),
            worked(step.took_minutes),
        ],
    }
