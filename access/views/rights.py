"""Who may do what here: the list, one person, and giving, changing and ending a right."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.views.decorators.http import require_GET

from access.forms import ChangeRightForm, NewcomerForm, RightForm, RightReason
from access.permissions import KEEP_GRANTS, SEE_GRANTS
from access.selectors import days_in_words, givers_of, history_of, reach_in_words
from access.selectors.conflicts import conflicts_held
from access.services.grants import change_right, end_right, grant_newcomer, grant_right
from core.actors import may
from core.errors import NotFound
from core.templatetags.web import pounds, thousands
from core.web.exports import listed
from core.web.pages import page
from core.web.refusals import refusals_on
from tenants.models import Grant, Person
from tenants.roles import Role
from tenants.selectors import (
    ANYBODY,
    BEYOND,
    Rights,
    all_grants_of,
    colleague_here,
    people_with_rights,
    person_here,
    rights_of,
    units,
)

PER_PAGE = 50
COLUMNS = [
    {"key": "name", "label": "Person"},
    {"key": "job", "label": "Job"},
    {"key": "rights", "label": "May act as"},
]
RIGHT_COLUMNS = [
    {"key": "role", "label": "Role"},
    {"key": "unit", "label": "For"},
    {"key": "limit", "label": "Limit", "numeric": True},
    {"key": "days", "label": "Days"},
    {"key": "giver", "label": "Given or changed by"},
    {"key": "action", "label": "Action"},
]
EXPORTED = (
    *("Person", "Email", "Job", "Role", "Unit code", "Unit", "Limit", "From", "Last day"),
    "Given or changed by",
)
SHOWN = [(BEYOND, "More than staff"), (ANYBODY, "Everybody, now or before"), *Role.choices]


def _asked(request: Any) -> tuple[str, str]:
    """What is looked for, and the role; a role that nobody knows counts as none."""
    role = request.GET.get("role", BEYOND)
    return request.GET.get("q", "").strip(), role if role in dict(SHOWN) else BEYOND


def _found(request: Any) -> Any:
    text, role = _asked(request)
    return people_with_rights(request.organisation.id, request.today, text=text, role=role)


@page(SEE_GRANTS)
@require_GET
def rights(request: Any) -> HttpResponse:
    """People with rights today, searched by name, address and role."""
    text, role = _asked(request)
    found = Paginator(_found(request), PER_PAGE).get_page(request.GET.get("page"))
    here = request.organisation
    rows = [
        {
            "id": one.person.pk,
            "url": reverse("rights_person", args=[here.slug, one.person.pk]),
            "cells": [one.person.name, one.job, _held(one.grants)],
        }
        for one in rights_of(here.id, list(found), request.today)
    ]
    context = {"columns": COLUMNS, "rows": rows, "page": found, "text": text, "role": role}
    context |= {"roles": SHOWN, "filtered": bool(text or role)}
    context["may_keep"] = may(request.actor, KEEP_GRANTS)
    return render(request, "access/rights.html", context)


def _held(grants: tuple[Grant, ...]) -> str:
    said = ((Role(row.role).label, reach_in_words(row)) for row in grants)
    return format_html_join("", "<div>{}: {}</div>", said)


@page(SEE_GRANTS)
@require_GET
def export(request: Any) -> HttpResponse:
    """The rights in force of everybody in the list, one a row."""
    here = request.organisation.id
    found = rights_of(here, list(_found(request)), request.today)
    givers = givers_of(here, [row for one in found for row in one.grants])
    rows = [_exported(one, row, givers) for one in found for row in one.grants]
    text, role = _asked(request)
    chosen, totals = {"Role": dict(SHOWN)[role], "Search": text}, {"People": thousands(len(found))}
    return listed(request, "rights", "Rights in force", EXPORTED, rows, chosen, totals)


def _exported(one: Rights, row: Grant, givers: dict[int, str]) -> list[Any]:
    return [
        *(one.person.name, one.person.email, one.job, Role(row.role).label),
        *((row.unit.code, row.unit.name) if row.unit else ("", "")),
        None if row.limit_pence is None else Decimal(row.limit_pence).scaleb(-2),
        row.valid.lower,
        row.valid.upper and row.valid.upper - timedelta(days=1),
        givers.get(row.pk, ""),
    ]


@page(SEE_GRANTS)
@require_GET
def person_page(request: Any, person: int) -> HttpResponse:
    """One person here: what they may do now, later and before, and who decided so."""
    here = request.organisation
    who = colleague_here(here.id, person, request.today)
    grants = all_grants_of(here.id, who.pk)
    givers = givers_of(here.id, grants)
    keeps = may(request.actor, KEEP_GRANTS) and who.pk != request.actor.person_id
    now = [row for row in grants if _goes_on(row, request.today)]
    context = {
        "who": who,
        "facts": [
            {"key": "Email", "value": who.email},
            {"key": "Job", "value": who.job or "Does not work here today"},
            {"key": "May sign in", "value": "Yes" if who.is_active else "No, switched off"},
        ],
        "columns": RIGHT_COLUMNS,
        "rows": [_right(here.slug, row, givers, keeps) for row in now],
        "past": [_right(here.slug, row, givers, False) for row in grants if row not in now],
        "entries": history_of(here.id, grants),
        "conflicts": conflicts_held(here.id, request.today, person_id=who.pk),
        "keeps": keeps,
        "own": who.pk == request.actor.person_id,
    }
    return render(request, "access/rights_person.html", context)


def _goes_on(row: Grant, today: Any) -> bool:
    return not row.valid.isempty and (row.valid.upper is None or row.valid.upper > today)


def _right(slug: str, row: Grant, givers: dict[int, str], keeps: bool) -> dict[str, Any]:
    act: Any = ""
    if keeps:
        where = [slug, row.person_id, row.pk]
        act = format_html(
            '<a class="govuk-link" href="{}">Change<span class="govuk-visually-hidden"> {}</span>'
            '</a> <a class="govuk-link" href="{}">End<span class="govuk-visually-hidden"> {}</span>'
            "</a>",
            *(reverse("right_change", args=where), Role(row.role).label),
            *(reverse("right_end", args=where), Role(row.role).label),
        )
    cells = [
        Role(row.role).label,
        str(row.unit) if row.unit else "The whole organisation",
        "None" if row.limit_pence is None else pounds(row.limit_pence),
        capfirst(days_in_words(row.valid)),
        givers.get(row.pk, "With the organisation or the staff record"),
        act,
    ]
    return {"id": row.pk, "cells": cells}


def _ask(
    request: Any, form: Any, words: dict[str, str], do: Callable[[], Person], person: int | None
) -> HttpResponse:
    """The form, or what it asks for done; a refusal stands in the form."""
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            who = do()
            messages.success(request, f"{words['done']} {who.name}. It applies at once.")
            return redirect("rights_person", organisation=request.organisation.slug, person=who.pk)
    back = "rights" if person is None else "rights_person"
    kept = [request.organisation.slug] if person is None else [request.organisation.slug, person]
    context = {"form": form, "back": reverse(back, args=kept), **words}
    return render(request, "tenants/form.html", context, status=422 if form.errors else 200)


@page(KEEP_GRANTS, bank=True)
def newcomer(request: Any) -> HttpResponse:
    """A right for somebody who has none here yet."""
    by, today = request.actor, request.today
    known = units(request.organisation.id, today)
    form = NewcomerForm(request.POST or None, units=known, initial={"from_on": today})
    words = {"title": "Give a newcomer a right", "button": "Give it", "done": "Given to"}
    return _ask(
        request,
        form,
        words,
        lambda: grant_newcomer(**form.given(), by=by, today=today).person,
        None,
    )


@page(KEEP_GRANTS, bank=True)
def give(request: Any, person: int) -> HttpResponse:
    """A further right for somebody who is here."""
    by, today = request.actor, request.today
    who = person_here(request.organisation.id, person)
    known = units(request.organisation.id, today)
    form = RightForm(request.POST or None, units=known, initial={"from_on": today})
    words = {"title": f"Give {who.name} a right", "button": "Give it", "done": "Given to"}

    def do() -> Person:
        return grant_right(person=who, **form.given(), by=by, today=today).person

    return _ask(request, form, words, do, who.pk)


def _one(request: Any, person: int, number: int) -> Grant:
    for row in all_grants_of(request.organisation.id, person):
        if row.pk == number:
            return row
    raise NotFound()


@page(KEEP_GRANTS, bank=True)
def change(request: Any, person: int, number: int) -> HttpResponse:
    """Another unit, limit or end for a right, from a day on."""
    by, today, row = request.actor, request.today, _one(request, person, number)
    last = row.valid.upper and row.valid.upper - timedelta(days=1)
    limit = None if row.limit_pence is None else Decimal(row.limit_pence).scaleb(-2)
    now = {"unit": row.unit_id, "limit": limit, "from_on": today, "until_on": last}
    known = units(request.organisation.id, today)
    form = ChangeRightForm(request.POST or None, units=known, initial=now)
    title = f"Change the right of {row.person.name} as {Role(row.role).label}"
    words = {"title": title, "button": "Change it", "done": "Changed for"}

    def do() -> Person:
        return change_right(grant_id=row.pk, **form.given(), by=by, today=today).person

    return _ask(request, form, words, do, person)


@page(KEEP_GRANTS, bank=True)
def end(request: Any, person: int, number: int) -> HttpResponse:
    """No longer from a day on, today included."""
    by, today, row = request.actor, request.today, _one(request, person, number)
    form = RightReason(request.POST or None, initial={"from_on": today})
    title = f"End the right of {row.person.name} as {Role(row.role).label}"
    words = {"title": title, "button": "End it", "done": "Ended for"}

    def do() -> Person:
        return end_right(grant_id=row.pk, **form.cleaned_data, by=by, today=today).person

    return _ask(request, form, words, do, person)
