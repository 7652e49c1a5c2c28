"""The transparency page: every published file, and its rows again exactly as they were."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from core.actors import places_where
from core.errors import NotFound
from core.templatetags.web import day, pounds, thousands
from core.web.pages import page
from core.web.paging import part_of
from finance.permissions import SEE_FILES
from finance.selectors import transparency as found
from finance.selectors.files import source_file

PAGE = 50


@require_GET
@page(SEE_FILES)
def transparency(request: Any) -> HttpResponse:
    places_seen = sorted(places_where(request.actor, SEE_FILES))
    shown = part_of(request, Paginator(found.published_files(places_seen), PAGE))
    places = {m.organisation_id: m for m in request.standing.memberships}
    many = request.organisation.is_centre
    columns = [
        {"key": "file", "label": "Published file"},
        *([{"key": "partner", "label": "Partner"}] if many else []),
        {"key": "rows", "label": "Rows", "numeric": True},
        {"key": "total", "label": "Total", "numeric": True},
        {"key": "loaded", "label": "Loaded on"},
        {"key": "again", "label": "Republish"},
    ]
    rows = [_row(file, places[file.organisation_id], many) for file in shown.object_list]
    context = {"page": shown, "columns": columns, "rows": rows}
    return render(request, "finance/files/transparency.html", context)


def _row(file: Any, place: Any, many: bool) -> dict[str, Any]:
    again = format_html(
        '<a class="govuk-link" href="/{}/transparency/{}.csv">CSV<span class='
        '"govuk-visually-hidden"> of {}</span></a>',
        place.slug,
        file.number,
        file.name,
    )
    cells = [
        file.name,
        *([place.short_name] if many else []),
        thousands(file.rows_total),
        pounds(file.total_pence),
        day(file.made_at.date()),
        again,
    ]
    return {"url": f"/{place.slug}/files/{file.number}/", "id": file.pk, "cells": cells}


@require_GET
@page(SEE_FILES)
def transparency_file(request: Any, number: int) -> HttpResponse:
    file = source_file(organisation_id=request.organisation.id, number=number)
    if file.purpose != "published" or file.state != file.State.LOADED:
        raise NotFound()
    response = HttpResponse(found.republished(file), content_type="text/csv; charset=utf-8")
    name = file.name.rsplit(".", 1)[0].replace('"', "")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
