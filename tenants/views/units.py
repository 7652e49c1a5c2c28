"""The units of an organisation: the tree on a day, one unit, adding and changing."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_GET

from core.actors import may
from core.templatetags.web import day
from core.web.days import day_asked
from core.web.exports import listed
from core.web.pages import page
from core.web.refusals import refusals_on
from tenants.forms import NewUnitForm, UnitForm
from tenants.models import Unit
from tenants.permissions import KEEP_UNITS, SEE_UNITS
from tenants.roles import Role
from tenants.selectors.tree import (
    EVER,
    THEN,
    days_said,
    history_of_unit,
    keepers_of,
    last_day,
    lasting_units,
    rights_for,
    unit_here,
    units_on,
    units_within,
)
from tenants.services.units import keep_units

PER_PAGE = 50
COLUMNS = [
    {"key": "code", "label": "Code"},
    {"key": "name", "label": "Unit"},
    {"key": "parent", "label": "Part of"},
    {"key": "holder", "label": "Budget holder"},
    {"key": "days", "label": "Exists"},
    {"key": "keeper", "label": "Added or changed by"},
]
RIGHTS = [
    {"key": "person", "label": "Person"},
    {"key": "role", "label": "May act as"},
    {"key": "limit", "label": "Days"},
]
EXPORTED = ("Code", "Name", "Part of", "Budget holder", "First day", "Last day")
SHOWN = [(THEN, "On that day"), (EVER, "Ever, before or later")]


def _asked(request: Any) -> tuple[str, str, date]:
    """What is looked for, whether of all times, and the day; a day that is none is today."""
    said, which = request.GET, request.GET.get("which", THEN)
    text = said.get("q", "").strip()
    return text, which if which in dict(SHOWN) else THEN, day_asked(request)


def _found(request: Any) -> Any:
    text, which, on = _asked(request)
    return units_on(request.organisation.id, on, text=text, which=which)


@page(SEE_UNITS)
@require_GET
def units_page(request: Any) -> HttpResponse:
    """Units in the order of the tree, on a day or of all times, searched."""
    text, which, on = _asked(request)
    here = request.organisation
    found = Paginator(_found(request), PER_PAGE).get_page(request.GET.get("page"))
    keepers = keepers_of(here.id, list(found))
    context = {"columns": COLUMNS, "page": found, "text": text, "which": which, "on": on}
    context |= {
        "rows": [_row(here.slug, one, keepers) for one in found],
        "choices": SHOWN,
        "filtered": bool(text),
        "may_keep": may(request.actor, KEEP_UNITS),
    }
    return render(request, "tenants/units.html", context)


def _row(slug: str, one: Unit, keepers: dict[int, str]) -> dict[str, Any]:
    cells = [
        one.code,
        one.name,
        one.parent.code if one.parent else "",
        one.holder.name if one.holder else "",
        capfirst(days_said(one.valid.lower, one.valid.upper)),
        keepers.get(one.pk, ""),
    ]
    return {"id": one.pk, "url": reverse("unit", args=[slug, one.pk]), "cells": cells}


@page(SEE_UNITS)
@require_GET
def export(request: Any) -> HttpResponse:
    """The units of the list, in the columns in which a file of them is loaded."""
    text, which, on = _asked(request)
    rows = [
        [
            *(one.code, one.name, one.parent.code if one.parent else ""),
            one.holder.email if one.holder else "",
            *(one.valid.lower, last_day(one)),
        ]
        for one in _found(request)
    ]
    chosen = {"Shown": f"{dict(SHOWN)[which].lower()}, {day(on)}", "Search": text}
    return listed(request, "units", "Units", EXPORTED, rows, chosen)


@page(SEE_UNITS)
@require_GET
def one(request: Any, number: int) -> HttpResponse:
    """One unit: its facts, its parts, who has rights for it, and who changed what, and why."""
    here, unit = request.organisation, unit_here(request.organisation.id, number)
    within = units_within(unit)
    keepers = keepers_of(here.id, within)
    context = {
        "unit": unit,
        "facts": _facts(here.slug, unit),
        "columns": COLUMNS,
        "rows": [_row(here.slug, part, keepers) for part in within],
        "right_columns": RIGHTS,
        "rights": [
            {"id": row.pk, "cells": [row.person.name, Role(row.role).label,
                                     capfirst(days_said(row.valid.lower, row.valid.upper))]}
            for row in rights_for(unit, request.today)
        ],
        "entries": history_of_unit(unit),
        "may_keep": _lasts(unit, request.today)
        and may(request.actor, KEEP_UNITS, unit_path=unit.path),
    }  # fmt: skip
    return render(request, "tenants/unit.html", context)


def _lasts(unit: Unit, today: date) -> bool:
    return unit.valid.upper is None or unit.valid.upper > today


def _facts(slug: str, unit: Unit) -> list[dict[str, Any]]:
    above = unit.parent
    holder = f"{unit.holder.name}, {unit.holder.email}" if unit.holder else "Nobody"
    action = {"label": "Open", "url": reverse("unit", args=[slug, above.pk])} if above else None
    return [
        {"key": "Code", "value": unit.code},
        {"key": "Part of", "value": str(above) if above else "No other unit", "action": action},
        {"key": "Budget holder", "value": holder},
        {"key": "Exists", "value": capfirst(days_said(unit.valid.lower, unit.valid.upper))},
    ]


def _ask(request: Any, form: Any, unit: Unit | None, words: dict[str, str]) -> HttpResponse:
    """The form, or what it asks for done; a refusal stands in the form."""
    here, by, today = request.organisation, request.actor, request.today
    if request.method == "POST" and form.is_valid():
        facts = form.facts(unit)
        with refusals_on(form):
            done = keep_units(
                wanted=[facts], reason=form.cleaned_data["reason"], by=by, today=today
            )
            said = f"{facts.code} {facts.name} is saved." if done else "Nothing was changed."
            messages.success(request, said)
            return redirect("unit", here.slug, unit.pk if unit else done[0].kept.pk)
    back = (
        reverse("unit", args=[here.slug, unit.pk]) if unit else reverse("units", args=[here.slug])
    )
    context = {"form": form, "back": back, **words}
    return render(request, "tenants/form.html", context, status=422 if form.errors else 200)


@page(KEEP_UNITS)
def new(request: Any) -> HttpResponse:
    """A further unit, below the one that the address names or at the top."""
    first = {"from_on": request.today, "parent": request.GET.get("within", "")}
    known = lasting_units(request.organisation.id, request.today)
    form = NewUnitForm(request.POST or None, units=known, initial=first)
    return _ask(request, form, None, {"title": "Add a unit", "button": "Add it"})


@page(KEEP_UNITS)
def change(request: Any, number: int) -> HttpResponse:
    """Another name, place, budget holder or last day for a unit."""
    here = request.organisation.id
    unit = unit_here(here, number)
    now: dict[str, Any] = {"name": unit.name, "parent": unit.parent.code if unit.parent else ""}
    now |= {"holder": unit.holder.email if unit.holder else "", "until_on": last_day(unit)}
    known = [one for one in lasting_units(here, request.today) if one.pk != unit.pk]
    form = UnitForm(request.POST or None, units=known, initial=now)
    return _ask(request, form, unit, {"title": f"Change {unit}", "button": "Change it"})
