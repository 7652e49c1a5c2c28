"""Board packs: made by one button, kept, and read as documents."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html

from benchmarking.permissions import MAKE_PACKS
from benchmarking.selectors import pack_of, packs_of
from benchmarking.services import make_pack
from core.errors import NotFound
from core.pdf import pdf_response
from core.templatetags.web import day_time
from core.web.pages import page
from core.web.paging import part_of
from sla.permissions import SEE_BOARD
from sla.selectors import month_of

PER_PAGE = 50
COLUMNS = [
    {"key": "month", "label": "Month"},
    {"key": "version", "label": "Version", "numeric": True},
    {"key": "made", "label": "Made"},
    {"key": "by", "label": "By"},
    {"key": "sha", "label": "SHA-256"},
]


@page(SEE_BOARD, unsafe=MAKE_PACKS)
def packs(request: Any) -> HttpResponse:
    """All packs that were made; a POST makes the one of a month and leads to it."""
    here = request.organisation
    if request.method == "POST":
        pack = make_pack(month=month_of(request.POST.get("month", "")), by=request.actor)
        messages.success(request, f"The board pack of {pack} is ready.")
        return redirect("board_packs", organisation=here.slug)
    shown = part_of(request, Paginator(packs_of(here.id), PER_PAGE))
    context = {"columns": COLUMNS, "rows": [_row(pack) for pack in shown.object_list]}
    return render(request, "benchmarking/packs.html", {**context, "page": shown})


def _row(pack: Any) -> dict[str, Any]:
    link = format_html(
        '<a class="govuk-link" href="{}">{}</a>',
        f"{pack.month:%Y-%m}/{pack.version}.pdf",
        f"{pack.month:%B %Y}",
    )
    told = [str(pack.version), day_time(pack.made_at), pack.made_by_name, pack.sha256[:16]]
    return {"id": pack.pk, "cells": [link, *told]}


@page(SEE_BOARD)
def pack(request: Any, month: str, version: int) -> HttpResponse:
    """The bytes of a version as they were made."""
    found = pack_of(request.organisation.id, month_of(month), version)
    if found is None:
        raise NotFound("There is no such board pack.")
    name = f"{request.organisation.slug}-board-{month}-v{version}"
    return pdf_response(name, bytes(found.content))
