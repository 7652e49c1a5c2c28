"""Invoice responses: what suppliers are told of their electronic invoices, and each as it is."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from core.templatetags.web import day_time
from core.web.pages import page
from core.web.paging import part_of
from finance.models import InvoiceResponse
from finance.permissions import SEE_FILES
from finance.places import places
from finance.selectors.responses import LISTS, response_by_number
from finance.selectors.responses import responses as listed

PER_PAGE = 50
LABELS = ("Document", "Supplier", "Status", "Why", "Written", "Access point", "Message")


@require_GET
@page(SEE_FILES)
def responses(request: Any) -> HttpResponse:
    """The newest first; whether an access point has taken them stands beside each."""
    here, several = places(request, SEE_FILES), request.organisation.is_centre
    which = request.GET.get("which", "all")
    which = which if which in LISTS else "all"
    part = part_of(request, Paginator(listed(sorted(here), which), PER_PAGE))
    labels = (*LABELS[:1], *(("Partner",) if several else ()), *LABELS[1:])
    context = {
        "which": which,
        "choices": LISTS.items(),
        "columns": [
            {"key": label.lower(), "label": label, "whole": label == "Document"} for label in labels
        ],
        "rows": [_row(row, here[row.organisation_id], several) for row in part.object_list],
        "page": part,
    }
    return render(request, "finance/files/responses.html", context)


def _row(row: InvoiceResponse, place: Any, several: bool) -> dict[str, Any]:
    where = {"organisation": place.slug}
    xml = reverse("invoice_response", kwargs={**where, "number": row.pk})
    link = format_html(
        '<a class="govuk-link" href="{}">XML<span class="govuk-visually-hidden"> of {}</span></a>',
        *(xml, row),
    )
    cells = [
        row.document_number,
        *([place.short_name] if several else []),
        row.seller_name,
        row.get_status_display(),
        row.words,
        day_time(row.made_at),
        f"Has it, {day_time(row.handed_at)}" if row.handed_at else "Not yet",
        link,
    ]
    url = reverse("einvoice", kwargs={**where, "number": row.source_file.number})
    return {"id": row.pk, "url": url, "cells": cells}


@require_GET
@page(SEE_FILES)
def invoice_response(request: Any, number: int) -> HttpResponse:
    """The message as it was written, to keep; never run by the browser."""
    row = response_by_number(request.organisation.id, number)
    answer = HttpResponse(bytes(row.content), content_type="application/xml")
    name = f"invoice-response-{row.pk}-{row.status}.xml"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
