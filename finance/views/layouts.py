"""Layouts of files that are known: the list, their columns by day, another name, and their end."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.actors import may
from core.templatetags.web import day
from core.web.forms import Form
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from finance.forms_layouts import ChangeForm, RenameForm, RetireForm
from finance.models import LayoutVersion
from finance.permissions import KEEP_LAYOUTS, SEE_LAYOUTS
from finance.selectors.layouts import (
    KINDS,
    columns_of,
    columns_said,
    history_of_layout,
    kind_of,
    layout_here,
    layouts,
    version_on,
)
from finance.services.layouts import change_layout, rename_layout, retire_layout

PER_PAGE = 50
COLUMNS = [
    {"key": "name", "label": "Layout"},
    {"key": "kind", "label": "Files hold"},
    {"key": "from", "label": "Read so from"},
    {"key": "until", "label": "Until"},
    {"key": "by", "label": "Said by"},
]
MAPPED = [
    {"key": "letter", "label": "Column"},
    {"key": "heading", "label": "Heading"},
    {"key": "holds", "label": "Holds"},
]
VERSIONS = [
    {"key": "from", "label": "From"},
    {"key": "until", "label": "Until"},
    {"key": "columns", "label": "Columns"},
    {"key": "by", "label": "Said by"},
]


def _until(row: LayoutVersion) -> str:
    if row.until_on == row.from_on:
        return "replaced on that day"
    return day(row.until_on) if row.until_on else ""


@page(SEE_LAYOUTS)
@require_GET
def listed(request: Any) -> HttpResponse:
    """The layouts that are known here, searched by name."""
    text, here = request.GET.get("q", "").strip(), request.organisation
    found = part_of(request, Paginator(layouts(here.id, text=text), PER_PAGE))
    shown = [(row, version_on(row, request.today)) for row in found]
    rows = [
        {
            "id": row.pk,
            "url": reverse("layout", args=[here.slug, row.pk]),
            "cells": [row.name, KINDS[kind_of(now.mapping)], day(now.from_on), _until(now),
                      now.made_by_name],
        }
        for row, now in shown
    ]  # fmt: skip
    may_keep = may(request.actor, KEEP_LAYOUTS)
    context = {"columns": COLUMNS, "rows": rows, "page": found, "text": text}
    return render(request, "finance/files/layouts.html", {**context, "may_keep": may_keep})


@page(SEE_LAYOUTS)
@require_GET
def one(request: Any, number: int) -> HttpResponse:
    """The columns of a layout now and by day, and who changed what, and why."""
    row = layout_here(request.organisation.id, number)
    now = version_on(row, request.today)
    mapped = columns_of(now.mapping)
    context = {
        "layout": row,
        "version": now,
        "ended": now.until_on and now.until_on <= request.today,
        "kind": KINDS[kind_of(now.mapping)],
        "columns": MAPPED,
        "rows": [{"id": c.letter, "cells": [c.letter, c.heading, c.holds]} for c in mapped],
        "dated": VERSIONS,
        "versions": [
            {"id": v.pk,
             "cells": [day(v.from_on), _until(v), columns_said(v.mapping), v.made_by_name]}
            for v in row.versions.all()
        ],
        "entries": history_of_layout(row),
        "may_keep": may(request.actor, KEEP_LAYOUTS),
    }  # fmt: skip
    return render(request, "finance/files/layout.html", context)


def _form(request: Any, form: Form, number: int, title: str, button: str) -> HttpResponse:
    back = reverse("layout", args=[request.organisation.slug, number])
    context = {"form": form, "title": title, "button": button, "back": back}
    return render(request, "tenants/form.html", context, status=422 if form.errors else 200)


def _done(request: Any, number: int, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("layout", organisation=request.organisation.slug, number=number)


@page(KEEP_LAYOUTS)
def change(request: Any, number: int) -> HttpResponse:
    """Other columns from a day on; what was read until then stays."""
    row, today = layout_here(request.organisation.id, number), request.today
    form = ChangeForm(request.POST or None, layout=row, today=today)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, "columns", FIL09="from_on"):
            change_layout(number=number, **form.cleaned_data, by=request.actor, today=today)
            return _done(request, number, f"Read so from {_from(form)}.")
    return _form(request, form, number, f"Change the columns of {row.name}", "Change them")


def _from(form: Form) -> str:
    begins: date = form.cleaned_data["from_on"]
    return day(begins)


@page(KEEP_LAYOUTS)
def rename(request: Any, number: int) -> HttpResponse:
    """Another name for a layout."""
    row = layout_here(request.organisation.id, number)
    form = RenameForm(request.POST or None, initial={"name": row.name})
    if request.method == "POST" and form.is_valid():
        rename_layout(number=number, **form.cleaned_data, by=request.actor)
        return _done(request, number, "Renamed.")
    return _form(request, form, number, f"Rename {row.name}", "Rename it")


@page(KEEP_LAYOUTS)
def retire(request: Any, number: int) -> HttpResponse:
    """A layout ends on a day: from then on files like it are asked about again."""
    row, today = layout_here(request.organisation.id, number), request.today
    form = RetireForm(request.POST or None, initial={"from_on": today})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, "from_on"):
            retire_layout(number=number, **form.cleaned_data, by=request.actor, today=today)
            return _done(request, number, f"Such files are asked about from {_from(form)}.")
    return _form(request, form, number, f"Retire {row.name}", "Retire it")
