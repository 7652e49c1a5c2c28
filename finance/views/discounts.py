"""Early-payment discounts: the terms of a supplier, and a report of what was taken and missed."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.actors import may
from core.templatetags.web import day, pounds, thousands
from core.web.exports import listed
from core.web.pages import page
from core.web.refusals import refusals_on
from finance.forms_onboarding import DiscountForm
from finance.models import DiscountTerms
from finance.permissions import CHANGE_SUPPLIERS, SEE_REPORTS, SEE_SUPPLIERS
from finance.selectors.discounts import (
    TAKEN,
    Month,
    Offered,
    discounts_by_month,
    offered_discounts,
    terms_of,
    year_back,
)
from finance.selectors.suppliers import supplier_by_code
from finance.services.discounts import set_terms

SHOWN, EXPORTED = 50, 50_000
NUMBERS = ("Taken", "Saved", "Missed", "Not saved", "Invoice", "Discount")
TERM_HEADS = ("For invoices from", "Terms", "Where it is written", "Entered by")
MONTH_HEADS = ("Last day in", "Taken", "Saved", "Missed", "Not saved")
HEADS = ("Our number", "Their number", "Supplier", "Invoice", "Percent", "Discount",
         "Last day", "Paid", "Outcome")  # fmt: skip


def _columns(*labels: str) -> list[dict[str, Any]]:
    return [{"label": label, "numeric": label in NUMBERS} for label in labels]


@page(SEE_SUPPLIERS, unsafe=CHANGE_SUPPLIERS)
def supplier_terms(request: Any, code: str) -> HttpResponse:
    """What was agreed with a supplier, and a form for what holds from a later day on."""
    row = supplier_by_code(request.actor.organisation_id, code)
    form = DiscountForm(request.POST or None, initial={"from_on": request.today})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            set_terms(supplier=row, by=request.actor, at=timezone.now(), **form.cleaned_data)
            messages.success(request, "The terms are entered.")
            return redirect("supplier_terms", request.organisation.slug, row.code)
    context = {
        "supplier": row,
        "form": form if may(request.actor, CHANGE_SUPPLIERS) else None,
        "columns": _columns(*TERM_HEADS),
        "rows": [_terms(one) for one in terms_of(row)],
    }
    status = 422 if form.errors else 200
    return render(request, "finance/suppliers/terms.html", context, status=status)


def _terms(one: DiscountTerms) -> dict[str, Any]:
    by = f"{one.made_by_name}, {day(timezone.localdate(one.made_at))}"
    said = str(one) if one.percent else "No discount"
    return {"id": one.pk, "cells": [day(one.from_on), said, one.source, by]}


@page(SEE_REPORTS)
@require_GET
def discounts(request: Any) -> HttpResponse:
    """The last twelve months: what was saved, and what was not."""
    here, today = request.organisation, request.today
    since = year_back(today)
    if request.GET.get("format"):
        return _file(request, offered_discounts(here.id, since, today, limit=EXPORTED), since)
    found = offered_discounts(here.id, since, today, limit=SHOWN)
    context = {
        "since": since,
        "month_columns": _columns(*MONTH_HEADS),
        "months": [_month(one) for one in discounts_by_month(here.id, since, today)],
        "columns": _columns(*HEADS),
        "rows": [_row(one, here.slug) for one in found],
        "shown": SHOWN,
    }
    return render(request, "finance/reports/discounts.html", context)


def _month(one: Month) -> dict[str, Any]:
    cells = [f"{one.month:%B %Y}", thousands(one.taken), pounds(one.taken_pence)]
    return {"cells": [*cells, thousands(one.missed), pounds(one.missed_pence)]}


def _row(one: Offered, slug: str) -> dict[str, Any]:
    cells = [f"INV-{one.number}", one.supplier_ref, one.supplier, pounds(one.gross_pence)]
    cells += [f"{one.percent}%", pounds(one.pence), day(one.last_on)]
    cells += [day(one.paid_on) if one.paid_on else "Not yet", _outcome(one)]
    return {"id": one.number, "url": reverse("invoice", args=[slug, one.number]), "cells": cells}


def _outcome(one: Offered) -> str:
    return "Taken" if one.outcome == TAKEN else "Missed"


def _file(request: Any, found: list[Offered], since: date) -> HttpResponse:
    rows = [
        [f"INV-{one.number}", one.supplier_ref, one.supplier, Decimal(one.gross_pence).scaleb(-2),
         Decimal(one.percent), Decimal(one.pence).scaleb(-2), one.last_on, one.paid_on,
         _outcome(one)]
        for one in found
    ]  # fmt: skip
    totals = {
        "Taken": pounds(sum(one.pence for one in found if one.outcome == TAKEN)),
        "Missed": pounds(sum(one.pence for one in found if one.outcome != TAKEN)),
    }
    chosen = {"Filter": f"Last day of the discount from {day(since)} on"}
    return listed(request, "discounts", "Early payment discounts", HEADS, rows, chosen, totals)
