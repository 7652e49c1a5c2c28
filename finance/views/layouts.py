"""Layouts of files that are known: the list, their columns, another name, and forgetting one."""

from typing import Any

from django import forms
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
from finance.permissions import KEEP_LAYOUTS, SEE_LAYOUTS
from finance.selectors.layouts import (
    columns_of,
    history_of_layout,
    kind_of,
    layout_here,
    layouts,
)
from finance.services.layouts import rename_layout, retire_layout

PER_PAGE = 50
COLUMNS = [
    {"key": "name", "label": "Layout"},
    {"key": "kind", "label": "Files hold"},
    {"key": "by", "label": "Confirmed by"},
    {"key": "at", "label": "On"},
]
MAPPED = [
    {"key": "letter", "label": "Column"},
    {"key": "heading", "label": "Heading"},
    {"key": "holds", "label": "Holds"},
]


class RetireForm(Form):
    """Why files of the layout are to be asked about again."""

    reason = forms.CharField(label="Reason", max_length=200)


class RenameForm(RetireForm):
    """A name by which people know the layout."""

    name = forms.CharField(label="Name", max_length=120)
    field_order = ["name", "reason"]


@page(SEE_LAYOUTS)
@require_GET
def listed(request: Any) -> HttpResponse:
    """The layouts that are known here, searched by name."""
    text, here = request.GET.get("q", "").strip(), request.organisation
    found = part_of(request, Paginator(layouts(here.id, text=text), PER_PAGE))
    rows = [
        {
            "id": row.pk,
            "url": reverse("layout", args=[here.slug, row.pk]),
            "cells": [row.name, kind_of(row), row.made_by_name, day(row.made_at)],
        }
        for row in found
    ]
    context = {"columns": COLUMNS, "rows": rows, "page": found, "text": text}
    return render(request, "finance/files/layouts.html", context)


@page(SEE_LAYOUTS)
@require_GET
def one(request: Any, number: int) -> HttpResponse:
    """The columns of a layout, and who changed what, and why."""
    row = layout_here(request.organisation.id, number)
    mapped = columns_of(row)
    context = {
        "layout": row,
        "kind": kind_of(row),
        "columns": MAPPED,
        "rows": [{"id": c.letter, "cells": [c.letter, c.heading, c.holds]} for c in mapped],
        "entries": history_of_layout(row),
        "may_keep": may(request.actor, KEEP_LAYOUTS),
    }
    return render(request, "finance/files/layout.html", context)


def _form(request: Any, form: Form, number: int, title: str, button: str) -> HttpResponse:
    back = reverse("layout", args=[request.organisation.slug, number])
    context = {"form": form, "title": title, "button": button, "back": back}
    return render(request, "tenants/form.html", context, status=422 if form.errors else 200)


@page(KEEP_LAYOUTS)
def rename(request: Any, number: int) -> HttpResponse:
    """Another name for a layout."""
    row = layout_here(request.organisation.id, number)
    form = RenameForm(request.POST or None, initial={"name": row.name})
    if request.method == "POST" and form.is_valid():
        rename_layout(number=number, **form.cleaned_data, by=request.actor)
        messages.success(request, "Renamed.")
        return redirect("layout", organisation=request.organisation.slug, number=number)
    return _form(request, form, number, f"Rename {row.name}", "Rename it")


@page(KEEP_LAYOUTS)
def retire(request: Any, number: int) -> HttpResponse:
    """A layout is forgotten: the next file like it is asked about again."""
    row = layout_here(request.organisation.id, number)
    form = RetireForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        retire_layout(number=number, **form.cleaned_data, by=request.actor)
        messages.success(request, f"{row.name} is retired. The next such file is asked about.")
        return redirect("layouts", organisation=request.organisation.slug)
    return _form(request, form, number, f"Retire {row.name}", "Retire it")
