"""Who holds duties that conflict, and what was accepted of it, by whom and for how long."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_GET, require_POST

from access.forms import AskAcceptance, EndAcceptance
from access.models import ConflictAcceptance
from access.permissions import AGREE_CONFLICTS, KEEP_GRANTS, SEE_CONFLICTS, SEE_GRANTS
from access.selectors import reach_in_words
from access.selectors.conflicts import (
    ACCEPTED,
    ASKED,
    STATES,
    SUBJECT,
    Found,
    acceptance_locked,
    conflict_of,
    conflicts_of,
    counted_by_state,
    grants_behind,
    narrowed,
)
from access.services.conflicts import agree_acceptance, ask_acceptance, end_acceptance
from core.actors import may
from core.permissions import CONFLICTS
from core.templatetags.web import day
from core.web.exports import listed
from core.web.pages import page
from core.web.refusals import refusals_on
from events.selectors import timeline_of_many
from tenants.models import Grant
from tenants.roles import Role
from tenants.selectors import person_here

PER_PAGE = 50
COLUMNS = [
    {"key": "name", "label": "Person"},
    {"key": "conflict", "label": "The same person"},
    {"key": "rights", "label": "By these rights"},
    {"key": "since", "label": "Since"},
    {"key": "state", "label": "State"},
]
EXPORTED = (
    *("Person", "The same person", "Risk", "First rights", "Second rights", "Since", "State"),
    *("Accepted until", "Reason", "Asked by", "Agreed by"),
)


def _asked(request: Any) -> tuple[str, str]:
    """The conflict and the state that are looked for; what nobody knows counts as any."""
    key, state = request.GET.get("conflict", ""), request.GET.get("state", "")
    return key if key in CONFLICTS else "", state if state in STATES else ""


@page(SEE_CONFLICTS)
@require_GET
def conflicts(request: Any) -> HttpResponse:
    """Everybody who holds duties that conflict today."""
    here, today = request.organisation, request.today
    everybody = conflicts_of(here.id, today)
    key, state = _asked(request)
    wanted = narrowed(everybody, today, key=key, state=state)
    found = Paginator(wanted, PER_PAGE).get_page(request.GET.get("page"))
    grants = grants_behind(here.id, list(found), today)
    counts = counted_by_state(everybody, today)
    context = {
        "columns": COLUMNS,
        "rows": [_row(request, one, grants) for one in found],
        "page": found,
        "states": [(value, f"{label} ({counts[value]})") for value, label in STATES.items()],
        "kinds": [(one.key, one.label) for one in CONFLICTS.values()],
        "declared": CONFLICTS.values(),
        "key": key,
        "state": state,
        "filtered": bool(key or state),
    }
    return render(request, "access/conflicts.html", context)


def _row(request: Any, one: Found, grants: dict[int, Grant]) -> dict[str, Any]:
    said = ((right,) for right in _rights(grants, sorted(one.rights)))
    state = one.state(request.today)
    cells = [
        one.name,
        one.conflict.label,
        format_html_join("", "<div>{}</div>", said),
        day(one.since),
        _state_tag(one, request),
    ]
    url = reverse("conflict", args=[request.organisation.slug, one.person_id, one.conflict.key])
    return {
        "id": f"{one.person_id}-{one.conflict.key}",
        "url": url,
        "cells": cells,
        "tone": "good" if state == ACCEPTED else "warn",
    }


def _state_tag(one: Found, request: Any) -> str:
    colour = {ACCEPTED: "green", ASKED: "yellow"}.get(one.state(request.today), "red")
    words = one.state_in_words(request.today)
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, words)


def _rights(grants: dict[int, Grant], wanted: Any) -> list[str]:
    found = (grants[key] for key in wanted if key in grants)
    return [f"{Role(row.role).label}: {reach_in_words(row)}" for row in found]


@page(SEE_CONFLICTS)
@require_GET
def export(request: Any) -> HttpResponse:
    """The conflicts of the list, one a row, with what was accepted."""
    here, today = request.organisation, request.today
    key, state = _asked(request)
    found = narrowed(conflicts_of(here.id, today), today, key=key, state=state)
    grants = grants_behind(here.id, found, today)
    chosen = {
        "Conflict": CONFLICTS[key].label if key else "any",
        "State": STATES.get(state, "any"),
    }
    rows = [_exported(one, grants, today) for one in found]
    return listed(request, "conflicts", "Conflicts of duties", EXPORTED, rows, chosen)


def _exported(one: Found, grants: dict[int, Grant], today: Any) -> list[Any]:
    said = one.agreed or one.asked
    agreed = one.agreed.agreed_by if one.agreed else None
    return [
        *(one.name, one.conflict.label, one.conflict.risk),
        *("; ".join(_rights(grants, side)) for side in (one.first, one.second)),
        *(one.since, STATES[one.state(today)]),
        *((said.until, said.reason, said.asked_by.name) if said else (None, "", "")),
        agreed.name if agreed else "",
    ]


@page(SEE_CONFLICTS, unsafe=KEEP_GRANTS, bank=True)
def conflict(request: Any, person: int, key: str) -> HttpResponse:
    """One conflict: its rights, its remedy, and asking for it to be accepted for a while."""
    one, past = conflict_of(request.organisation.id, person, key, request.today)
    who = person_here(request.organisation.id, person)
    form = AskAcceptance(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"person": who, "key": key, "by": request.actor, "today": request.today}
        with refusals_on(form):
            ask_acceptance(**form.cleaned_data, **given, at=timezone.now())
            messages.success(request, "Asked for. A second person has to agree.")
            return redirect(request.path)
    context = _shown(request, one, past) | {"who": who, "form": form, "kind": CONFLICTS.get(key)}
    return render(request, "access/conflict.html", context, status=422 if form.errors else 200)


def _shown(request: Any, one: Found | None, past: list[ConflictAcceptance]) -> dict[str, Any]:
    here, actor = request.organisation, request.actor
    grants = grants_behind(here.id, [one], request.today) if one else {}
    sides = [one.first, one.second] if one else []
    waits = next((row for row in past if not row.agreed_at and not row.ended_at), None)
    holds = next((row for row in past if row.agreed_at and not row.ended_at), None)
    return {
        "one": one,
        "state": _state_tag(one, request) if one else "",
        "sides": [[grants[key] for key in side if key in grants] for side in sides],
        "waits": waits,
        "holds": holds,
        "may_ask": bool(one) and not waits and may(actor, KEEP_GRANTS),
        "may_agree": waits
        and may(actor, AGREE_CONFLICTS)
        and actor.person_id not in (waits.person_id, waits.asked_by_id),
        "may_end": may(actor, AGREE_CONFLICTS),
        "may_keep": may(actor, KEEP_GRANTS),
        "sees_rights": may(actor, SEE_GRANTS),
        "ending": EndAcceptance(),
        "entries": timeline_of_many(here.id, SUBJECT, [row.pk for row in past]),
    }


@page(AGREE_CONFLICTS, bank=True)
@require_POST
def agree(request: Any, number: int) -> HttpResponse:
    """The second person agrees."""
    by, at = request.actor, timezone.now()
    row = agree_acceptance(number=number, by=by, at=at, today=request.today)
    messages.success(request, f"Accepted until {day(row.until)}.")
    return redirect("conflict", request.organisation.slug, row.person_id, row.key)


@page(AGREE_CONFLICTS, bank=True)
@require_POST
def end(request: Any, number: int) -> HttpResponse:
    """Turns down what waits, or ends what holds."""
    row = acceptance_locked(request.organisation.id, number)
    form = EndAcceptance(request.POST)
    if form.is_valid():
        given = {"reason": form.cleaned_data["reason"], "by": request.actor, "at": timezone.now()}
        end_acceptance(number=number, **given)
        messages.success(request, "It is not accepted any more.")
    else:
        messages.error(request, "Nothing has changed: write the reason, 300 characters at most.")
    return redirect("conflict", request.organisation.slug, row.person_id, row.key)
