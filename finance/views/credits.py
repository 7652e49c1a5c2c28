"""Credit notes: which stand unmatched and since when, and matching one to its invoices."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.actors import may, paths_where
from core.errors import Clash, NotFound, Refused
from core.money import to_pence
from core.templatetags.web import day, pounds
from core.web.exports import listed
from core.web.pages import page
from finance.forms import SentenceForm
from finance.forms_workbench import MatchForm
from finance.models import Invoice
from finance.permissions import ENTER_INVOICES, SEE_INVOICES
from finance.places import places
from finance.selectors import credits as selectors
from finance.selectors.credits import LISTS
from finance.selectors.invoices import PER_PAGE, invoice_by_number
from finance.services.credits import match_credit, undo_match
from finance.views.clashes import clash, version_of

EXPORT_ROWS = 50_000
LABELS = ("Credit note", "Supplier", "Their number", "Dated", "State", "Days here")
COLUMNS = [
    *({"label": label} for label in LABELS),
    {"label": "Amount", "numeric": True},
    {"label": "Not matched", "numeric": True},
]


@page(SEE_INVOICES)
def credit_notes(request: Any) -> HttpResponse:
    """Those that no invoice was named for come first to mind: how many, how much, how old."""
    here, within = places(request, SEE_INVOICES), paths_where(request.actor, SEE_INVOICES)
    which = request.GET.get("which", "open")
    which = which if which in LISTS else "open"
    found = selectors.credit_notes(sorted(here), which, within)
    if request.GET.get("format"):
        return _file(request, list(found[:EXPORT_ROWS]), here, LISTS[which])
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    sums = selectors.credit_sums(sorted(here), within)
    context = {
        "columns": COLUMNS,
        "rows": [_row(request, row, here) for row in shown.object_list],
        "page": shown,
        "which": which,
        "lists": [(name, label, sums[name]) for name, label in LISTS.items()],
    }
    return render(request, "finance/credits/list.html", context)


def _row(request: Any, row: Invoice, here: dict[int, Any]) -> dict[str, Any]:
    where = {"organisation": here[row.organisation_id].slug, "number": row.number}
    return {
        "id": row.pk,
        "url": reverse("credit_note", kwargs=where),
        "cells": [
            *(str(row), row.supplier.name, row.supplier_ref, day(row.invoice_on)),
            *(row.get_state_display(), selectors.age_days(row, request.today)),
            *(pounds(row.gross_pence), pounds(row.unmatched_pence)),
        ],
    }


def _file(request: Any, rows: list[Invoice], here: dict[int, Any], name: str) -> HttpResponse:
    cells = [
        [
            here[row.organisation_id].short_name,
            *(str(row), row.supplier.name, row.supplier_ref, row.invoice_on),
            *(row.get_state_display(), selectors.age_days(row, request.today)),
            *(Decimal(pence).scaleb(-2) for pence in (row.gross_pence, row.unmatched_pence)),
        ]
        for row in rows
    ]
    totals = {"Not matched": pounds(sum(row.unmatched_pence for row in rows))}
    columns = ("Organisation", *LABELS, "Amount", "Not matched")
    what = f"Credit notes: {name}"
    return listed(request, "credit-notes", what, columns, cells, totals=totals)


@page(SEE_INVOICES, unsafe=ENTER_INVOICES)
def credit_note(request: Any, number: int) -> HttpResponse:
    """What one credit note credits, what it may credit and why, and undoing a match."""
    row = invoice_by_number(request.actor, number)
    if row.gross_pence >= 0:
        raise NotFound("There is no such credit note.")
    if request.method == "POST":
        return _act(request, row)
    return _show(request, row, {})


def _show(request: Any, row: Invoice, forms: dict[str, Any], status: int = 200) -> HttpResponse:
    matches = selectors.matches_with(row)
    context = {
        "credit": row,
        "left": -row.unmatched_pence,
        "age": selectors.age_days(row, request.today),
        "standing": [match for match in matches if match.undone_at is None],
        "undone": [match for match in matches if match.undone_at],
        "suggestions": [
            (one, Decimal(one.pence).scaleb(-2), "; ".join(one.reasons))
            for one in selectors.suggestions(row)
        ],
        "may_enter": may(request.actor, ENTER_INVOICES, unit_path=row.unit_path),
        "match_form": MatchForm(auto_id="match_%s"),
        "undo_form": SentenceForm(auto_id="undo_%s"),
        **forms,
    }
    return render(request, "finance/credits/credit.html", context, status=status)


def _act(request: Any, row: Invoice) -> HttpResponse:
    if request.POST.get("action") == "undo":
        form: Any = SentenceForm(request.POST, auto_id="undo_%s")
        name, act = "undo_form", _undo
    else:
        form = MatchForm(request.POST, auto_id="match_%s")
        name, act = "match_form", _match
    if not form.is_valid():
        return _show(request, row, {name: form, "form": form}, 422)
    try:
        with transaction.atomic():
            messages.success(request, act(request, row, form.cleaned_data))
        return redirect("credit_note", request.organisation.slug, row.number)
    except (Refused, NotFound) as refusal:
        form.add_error(None, str(refusal))
    except Clash:
        return clash(request, row)
    return _show(request, row, {name: form, "form": form}, 422)


def _match(request: Any, row: Invoice, given: dict[str, Any]) -> str:
    invoice = invoice_by_number(request.actor, given["invoice"])
    match = match_credit(
        credit=row,
        version=version_of(request),
        invoice=invoice,
        pence=to_pence(given["amount"]),
        reason=given["reason"],
        by=request.actor,
    )
    return f"{pounds(match.amount_pence)} of {row} credit {invoice}."


def _undo(request: Any, row: Invoice, given: dict[str, Any]) -> str:
    number = request.POST.get("match", "")
    number = int(number) if number.isdecimal() and len(number) < 19 else 0
    match = selectors.credit_match(request.actor, row, number)
    undo_match(match=match, reason=given["text"], by=request.actor)
    return f"The match of {row} with {match.invoice} is undone."
