"""Documents that wait for their invoices to be entered, and the bytes of one."""

from typing import Any

from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin

from core.templatetags.web import day_time
from core.web.pages import page
from core.web.refusals import refusals_on, refusals_said
from finance.forms import SentenceForm
from finance.models import InvoiceDocument
from finance.permissions import ENTER_INVOICES, SEE_INVOICES
from finance.rules import INV18
from finance.selectors.documents import (
    document_by_id,
    documents_aside,
    documents_with,
    waiting_documents,
)
from finance.services.documents import bring_back, keep_document, set_aside

LABELS = ("Document", "Kind", "Sent by", "Sent", "Set aside")
COLUMNS = [{"label": label} for label in LABELS]
MOST_SHOWN = 200


@page(ENTER_INVOICES)
def documents(request: Any) -> HttpResponse:
    """What came and is not entered yet; opening one enters its invoice beside it."""
    if request.method == "POST":
        return _receive(request)
    aside, words = request.GET.get("which") == "aside", request.GET.get("q", "").strip()
    found = (documents_aside if aside else waiting_documents)(request.actor.organisation_id)
    found = documents_with(request.actor, words) if words else found
    rows = [_row(request, one) for one in found[:MOST_SHOWN]]
    context = {"columns": COLUMNS, "rows": rows, "most": MOST_SHOWN, "aside": aside,
               "words": words}  # fmt: skip
    return render(request, "finance/documents/documents.html", context)


def _row(request: Any, row: InvoiceDocument) -> dict[str, Any]:
    if row.invoice_id is not None:
        return _entered(request, row)
    enter = reverse("invoice_new", kwargs={"organisation": request.organisation.slug})
    here = {"organisation": request.organisation.slug, "number": row.pk}
    aside = reverse("document_aside", kwargs=here)
    words = f"{row.aside_by_name}: {row.aside_reason}" if row.aside_at else "Not an invoice of ours"
    link = format_html('<a class="govuk-link" href="{}">{}</a>', aside, words)
    return {
        "id": row.pk,
        "url": aside if row.aside_at else f"{enter}?document={row.pk}",
        "cells": [row.name, row.get_kind_display(), row.made_by_name, day_time(row.made_at), link],
    }


def _entered(request: Any, row: InvoiceDocument) -> dict[str, Any]:
    """One that was found by its words, whose invoice is entered: it leads there."""
    assert row.invoice is not None
    url = reverse("invoice", args=[request.organisation.slug, row.invoice.number])
    return {"id": row.pk, "url": url, "cells": [row.name, row.get_kind_display(), row.made_by_name,
            day_time(row.made_at), f"Entered as {row.invoice}"]}  # fmt: skip


@page(ENTER_INVOICES)
def document_aside(request: Any, number: int) -> HttpResponse:
    """Sets a document aside with a reason, or brings one back that was."""
    row = document_by_id(request.actor, number)
    INV18.check(row.invoice_id is None or request.method == "POST")
    form = SentenceForm(request.POST or None)
    if request.method == "POST" and (row.aside_at or form.is_valid()):
        with refusals_on(form):
            if row.aside_at:
                bring_back(document=row, by=request.actor)
                messages.success(request, f"{row} waits for its invoice again.")
            else:
                set_aside(document=row, reason=form.cleaned_data["text"], by=request.actor)
                messages.success(request, f"{row} is set aside.")
            return redirect("documents", organisation=request.organisation.slug)
    status = 422 if form.errors and not row.aside_at else 200
    context = {"document": row, "form": form}
    return render(request, "finance/documents/aside.html", context, status=status)


def _receive(request: Any) -> HttpResponse:
    """Each file by itself: one that is refused does not stop the others."""
    kept = 0
    for file in request.FILES.getlist("files"):
        with refusals_said(request):
            row, new = keep_document(name=file.name, data=file.read(), by=request.actor)
            kept += new
            if not new:
                where = " and was set aside" if row.aside_at else ""
                messages.warning(request, f"{file.name} came before, as {row}{where}.")
    if not request.FILES:
        messages.error(request, "Select at least one file.")
    if kept:
        messages.success(request, f"{kept} new. Open the first one to enter its invoice.")
    return redirect("documents", organisation=request.organisation.slug)


# The policy of the house lets nothing be framed and no document be drawn; this page is for that.
@csp_replace({"frame-ancestors": ["'self'"], "object-src": ["'self'"]})
@xframe_options_sameorigin
@page(SEE_INVOICES)
def document(request: Any, number: int) -> HttpResponse:
    """The bytes of a document, as the kind that they were found to be and as no other."""
    row = document_by_id(request.actor, number)
    answer = HttpResponse(row.content, content_type=row.kind)
    answer["Content-Disposition"] = content_disposition_header(False, row.name) or "inline"
    return answer
