"""What people of the centre did here: by person, day and kind, with the events and an export."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from access.forms import CentreForm
from access.selectors.centre import (
    DAYS,
    PEOPLE,
    VERBS,
    Asked,
    counted,
    events_of_the_centre,
    people_of_the_centre,
)
from core.templatetags.web import day, day_time, thousands
from core.web.exports import listed
from core.web.pages import page
from events.models import Event
from events.naming import names_of
from events.permissions import SEE_TRAIL
from events.verbs import is_look, sentence, wording

PER_PAGE = 50
EXPORTED = 100_000
SPAN = timedelta(days=30)
BY = {PEOPLE: "People", DAYS: "Days", VERBS: "What happened"}
COUNTS = [
    {"key": "events", "label": "Events", "numeric": True},
    {"key": "looks", "label": "Looks at sensitive data", "numeric": True},
    {"key": "first", "label": "First"},
    {"key": "last", "label": "Last"},
]
COLUMNS = [
    {"key": "when", "label": "When"},
    {"key": "who", "label": "Who"},
    {"key": "what", "label": "What happened"},
    {"key": "to", "label": "To what"},
]
EXPORT_COLUMNS = ["At", "Who", "Verb", "What happened", "Subject", "Thread", "Look", "Comment"]


def _asked(request: Any) -> tuple[CentreForm, Asked]:
    """The form, and what it asks for; what cannot be read asks for the last 30 days."""
    people = people_of_the_centre(request.organisation.id)
    first = {"since": request.today - SPAN, "until": request.today}
    form = CentreForm(request.GET or None, people=people, initial=first)
    return form, form.asked(**first)


@page(SEE_TRAIL)
@require_GET
def centre_work(request: Any) -> HttpResponse:
    """Counts of one kind, and the newest events."""
    form, asked = _asked(request)
    by = request.GET.get("by", PEOPLE)
    by = by if by in BY else PEOPLE
    rows = events_of_the_centre(request.organisation.id, asked)
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    groups = counted(rows, by)
    context = {
        "form": form,
        "asked": asked,
        "by": by,
        "kinds": BY.items(),
        "group_columns": [{"key": by, "label": BY[by]}, *COUNTS],
        "groups": [_group(request, group, by) for group in groups],
        "events": sum(group["events"] for group in groups),
        "looks": sum(group["looks"] for group in groups),
        "columns": COLUMNS,
        "rows": _rows(list(found), request),
        "page": found,
        "tab": "centre",
    }
    return render(request, "access/centre.html", context)


def _group(request: Any, group: dict[str, Any], by: str) -> dict[str, Any]:
    """One line of the counts, which leads to its events."""
    narrowed = request.GET.copy()
    narrowed.pop("page", None)
    if by == DAYS:
        words = day(group["key"])
        narrowed["since"] = narrowed["until"] = group["key"].isoformat()
    elif by == VERBS:
        words, narrowed["verb"] = wording(group["verb"]), group["verb"]
    else:
        words, narrowed["person"] = group["name"], str(group["person_id"])
    counts = [thousands(group["events"]), thousands(group["looks"])]
    cells = [words, *counts, day_time(group["first"]), day_time(group["last"])]
    return {"id": words, "url": f"?{narrowed.urlencode()}", "cells": cells}


def _rows(found: list[Event], request: Any) -> list[dict[str, Any]]:
    here = request.organisation
    name = names_of(found, request.actor, {here.id: here.slug})
    return [_row(event, here.slug, name(event)) for event in found]


def _row(event: Event, slug: str, name: str) -> dict[str, Any]:
    about = {"organisation": slug, "key": event.subject_key, "id": event.subject_id}
    url = reverse("event_subject", kwargs=about)
    link = format_html('<a class="govuk-link" href="{}">{}</a>', url, name)
    comment = event.data.get("comment", "")
    said = sentence(event.verb, event.data)
    cells = [day_time(event.at), event.person_name, f"{said}. {comment}" if comment else said, link]
    return {"id": event.pk, "cells": cells, "tone": "warn" if is_look(event.verb) else ""}


@page(SEE_TRAIL)
@require_GET
def centre_export(request: Any) -> HttpResponse:
    """The events as they are narrowed, newest first."""
    form, asked = _asked(request)
    rows = list(events_of_the_centre(request.organisation.id, asked)[:EXPORTED])
    chosen = {
        "Days": f"{day(asked.since)} to {day(asked.until)}",
        "Person": form.people.get(asked.person, "any") if asked.person else "any",
        "What happened": wording(asked.verb) if asked.verb else "anything",
        "Looks at sensitive data alone": "yes" if asked.looks else "no",
        "Complete": "no: narrow the days" if len(rows) == EXPORTED else "yes",
    }
    what, cells = "What the centre did", [_exported(event) for event in rows]
    return listed(request, "centre", what, EXPORT_COLUMNS, cells, chosen)


def _exported(event: Event) -> list[Any]:
    return [
        timezone.localtime(event.at).isoformat(timespec="seconds"),
        event.person_name,
        event.verb,
        sentence(event.verb, event.data),
        f"{event.subject_key}:{event.subject_id}",
        str(event.thread),
        "yes" if is_look(event.verb) else "",
        event.data.get("comment", ""),
    ]
