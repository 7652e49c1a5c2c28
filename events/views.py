"""The audit trail with its seals, and deliveries that are stuck."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from core.actors import may
from core.errors import NotFound
from core.registry import SUBJECTS
from core.templatetags.web import day_time, thousands
from core.web.exports import listed
from core.web.pages import may_open, page
from core.web.paging import MergedPaginator, part_of
from events.forms import TrailForm
from events.models import Delivery, Event, Seal
from events.naming import names_of
from events.permissions import RETRY_DELIVERIES, SEE_DELIVERIES, SEE_TRAIL
from events.selectors import (
    deliveries,
    events_of,
    filtered_trail,
    holds_anchor,
    last_seal,
    read_anchor,
    seals,
    stuck_here,
)
from events.services import retry, verify_trail
from events.verbs import sentence

PER_PAGE = 50
EXPORTED = 100_000
SEAL_COLUMNS = [
    {"label": label, "numeric": label == "Events"} for label in ("Seal", "Events", "Sealed", "Hash")
]


@page(SEE_TRAIL)
@require_GET
def trail_page(request: Any) -> HttpResponse:
    form = TrailForm(request.GET)
    rows = filtered_trail(request.actor, form.wanted())
    found = MergedPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    many = request.organisation.is_centre
    context = {
        "form": form,
        "chips": form.chips(),
        "page": found,
        "columns": _columns(many),
        "rows": _rows(found.object_list, request, many),
        "kinds": sorted((kind.label, kind.key) for kind in SUBJECTS.values()),
        "query": request.GET.urlencode(),
        "last": last_seal(request.organisation.id),
        "tab": "trail",
    }
    return render(request, "events/trail.html", context)


def _columns(many: bool) -> list[dict[str, Any]]:
    names = ["When", "Who", *(["Partner"] if many else []), "What happened", "To what", "Thread"]
    return [{"key": name.lower(), "label": name} for name in names]


def _rows(found: Iterable[Event], request: Any, many: bool) -> list[dict[str, Any]]:
    shown, places = list(found), _places(request)
    name = names_of(shown, request.actor, {key: place.slug for key, place in places.items()})
    return [_row(event, places[event.organisation_id], many, name(event)) for event in shown]


def _row(event: Event, place: Any, many: bool, name: str) -> dict[str, Any]:
    cells: list[Any] = [day_time(event.at), event.person_name]
    cells += [place.short_name] if many else []
    comment = event.data.get("comment", "")
    said = sentence(event.verb, event.data)
    cells.append(format_html("{}. {}", said, comment) if comment else said)
    cells += [_subject_link(event, place.slug, name), _thread_link(event, name)]
    return {"id": event.pk, "cells": cells}


def _subject_link(event: Event, slug: str, name: str) -> str:
    link = {"organisation": slug, "key": event.subject_key, "id": event.subject_id}
    url = reverse("event_subject", kwargs=link)
    return format_html('<a class="govuk-link" href="{}">{}</a>', url, name)


def _thread_link(event: Event, name: str) -> str:
    return format_html(
        '<a class="govuk-link" href="?thread={}">{}'
        '<span class="govuk-visually-hidden"> thread of {}</span></a>',
        event.thread,
        str(event.thread)[:8],
        name,
    )


def _places(request: Any) -> dict[int, Any]:
    return {place.organisation_id: place for place in request.standing.memberships}


@page(SEE_TRAIL)
@require_GET
def event_subject(request: Any, key: str, id: int) -> HttpResponse:
    """From a line of the trail to the page of the thing itself, or to all that happened to it."""
    kind = SUBJECTS.get(key)
    if kind is None:
        raise NotFound()
    scoped = {} if key == "tenants.organisation" else {"organisation_id": request.organisation.id}
    row = kind.reading(kind.model._default_manager.filter(pk=id, **scoped)).first()
    if row is None or (not scoped and id != request.organisation.id):
        raise NotFound()
    link = kind.link(request.organisation.slug, row)
    if may_open(request.actor, link):
        return redirect(link)
    return redirect(f"{reverse('trail', args=[request.organisation.slug])}?subject={key}:{id}")


@page(SEE_TRAIL)
@require_GET
def trail_csv(request: Any) -> HttpResponse:
    form = TrailForm(request.GET)
    places = _places(request)
    rows = [_cells(e, places) for e in filtered_trail(request.actor, form.wanted())[:EXPORTED]]
    chosen = {
        "Filters": "; ".join(chip["label"] for chip in form.chips()) or "none",
        "Complete": "no: narrow the dates" if len(rows) == EXPORTED else "yes",
    }
    columns = ["At", "Who", "Organisation", "Verb", "What happened", "Subject", "Thread", "Comment"]
    return listed(request, "trail", "Audit trail", columns, rows, chosen)


def _cells(event: Event, places: dict[int, Any]) -> Sequence[Any]:
    return [
        timezone.localtime(event.at).isoformat(timespec="seconds"),
        event.person_name,
        places[event.organisation_id].name,
        event.verb,
        sentence(event.verb, event.data),
        f"{event.subject_key}:{event.subject_id}",
        str(event.thread),
        event.data.get("comment", ""),
    ]


@page(SEE_TRAIL)
def seals_page(request: Any) -> HttpResponse:
    """The chain, its anchor, and two proofs: of the chain, and against a published anchor."""
    here = request.organisation.id
    found = part_of(request, Paginator(seals(here), PER_PAGE))
    last = last_seal(here)
    context: dict[str, Any] = {
        "page": found,
        "columns": SEAL_COLUMNS,
        "rows": [_seal(each) for each in found.object_list],
        "last": last,
        "anchor": bytes(last.hash).hex() if last else "",
        "tab": "seals",
        "pasted": request.POST.get("pasted", ""),
    }
    if request.method == "POST":
        context["proof"] = verify_trail(by=request.actor)
        if request.POST.get("proof") == "anchor":
            context.update(_against_anchor(request.organisation, context["pasted"]))
    return render(request, "events/seals.html", context)


def _seal(each: Seal) -> dict[str, Any]:
    hashed = format_html("<code>{}…</code>", bytes(each.hash).hex()[:16])
    events, sealed = thousands(each.events), day_time(each.sealed_at)
    return {"cells": [str(each.number), events, sealed, hashed]}


def _against_anchor(here: Any, pasted: str) -> dict[str, Any]:
    kept = read_anchor(pasted, here.slug)
    if kept is None:
        error = f"Paste a file of anchors that names {here.slug}, or one line: number, then hash"
        return {"anchor_error": error}
    return {"anchored": holds_anchor(here.id, *kept), "compared": kept[0]}


@page(SEE_DELIVERIES)
@require_GET
def deliveries_page(request: Any) -> HttpResponse:
    state = "waiting" if request.GET.get("state") == "waiting" else "stuck"
    rows = deliveries(request.actor, state)
    found = part_of(request, MergedPaginator(rows, PER_PAGE))
    shown = list(found.object_list)
    context = {
        "page": found,
        "state": state,
        "actions": [{"name": "retry", "value": "1", "label": "Deliver again"}],
        "can_retry": state == "stuck" and may(request.actor, RETRY_DELIVERIES),
        "rows": _delivery_rows(shown, request),
        "columns": [
            {"key": key, "label": key.capitalize(), "numeric": key == "attempts"}
            for key in ("event", "subject", "partner", "handler", "attempts", "next", "error")
        ],
    }
    return render(request, "events/deliveries.html", context)


def _delivery_rows(shown: list[Delivery], request: Any) -> list[dict[str, Any]]:
    events = events_of(shown)
    places = _places(request)
    name = names_of(shown, request.actor, {key: place.slug for key, place in places.items()})
    rows = []
    for one in shown:
        event = events.get((one.organisation_id, one.event_id))
        said = sentence(event.verb, event.data) if event else f"Event {one.event_id}"
        partner = places[one.organisation_id].short_name
        when = day_time(one.run_at) if one.state == Delivery.State.WAITING else "When retried"
        cells = [said, name(one), partner, one.handler, one.attempts, when, one.error]
        rows.append({"id": one.pk, "label": f"{said}, {one.handler}", "cells": cells})
    return rows


@page(SEE_DELIVERIES, unsafe=RETRY_DELIVERIES)
@require_POST
def deliveries_retry(request: Any) -> HttpResponse:
    """Puts the chosen stuck deliveries of this organisation back in line, or all of them."""
    if request.POST.get("scope") == "all":
        wanted = stuck_here(request.actor)
    else:
        wanted = [int(one) for one in request.POST.getlist("delivery") if one.isdecimal()]
    done = retry(deliveries=wanted, by=request.actor)
    if done:
        messages.success(request, f"{done} put back in line")
    else:
        messages.warning(request, "Select deliveries of this organisation that are stuck")
    return redirect("deliveries", organisation=request.organisation.slug)
