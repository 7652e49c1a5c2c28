"""Recovery of what was paid twice, and alerts on what is about to be paid."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.actors import may
from core.templatetags.web import day, pounds, thousands
from core.web.exports import listed
from core.web.pages import page
from core.web.refusals import refusals_on
from finance.forms_workbench import DuplicateForm
from finance.models import DuplicateCase, Invoice
from finance.permissions import ENTER_INVOICES, SEE_REPORTS
from finance.places import places
from finance.selectors import recovery as selectors
from finance.selectors.recovery import Alert, Sums
from finance.services.recovery import answer_duplicate, find_duplicates
from finance.views.clashes import version_of

State = DuplicateCase.State
MOST_SHOWN = 200
ALERTS_PER_PAGE = 100
NONE = Sums("", 0, 0)
LISTS = [*State.choices, ("all", "All")]


@page(SEE_REPORTS, unsafe=ENTER_INVOICES)
def duplicates(request: Any) -> HttpResponse:
    """Pairs over all of the history that may be one invoice, by how sure that is."""
    here = places(request, SEE_REPORTS)
    if request.method == "POST":
        found = find_duplicates(by=request.actor, as_of=request.today)
        messages.success(request, f"{thousands(found)} new pairs were found.")
        return redirect("duplicates", organisation=request.organisation.slug)
    state = request.GET.get("state", "")
    state = state if state in dict(LISTS) else State.OPEN
    rows = selectors.duplicate_cases(sorted(here), state)
    if request.GET.get("format"):
        return _pairs_file(request, rows, here)
    sums = selectors.duplicate_sums(sorted(here))
    context = {
        "columns": PAIR_COLUMNS,
        "rows": [_pair(row, here) for row in rows[:MOST_SHOWN]],
        "most": MOST_SHOWN,
        "state": state,
        "lists": [(value, label, sums.get(value, NONE)) for value, label in LISTS],
        "may_search": may(request.actor, ENTER_INVOICES) and not request.organisation.is_centre,
    }
    return render(request, "finance/recovery/duplicates.html", context)


PAIR_COLUMNS = [
    {"label": "Pair"},
    {"label": "Grade"},
    {"label": "Supplier"},
    {"label": "Numbers"},
    {"label": "Dates"},
    {"label": "Later one"},
    {"label": "Who is on it"},
    {"label": "At stake", "numeric": True},
]


@dataclass(frozen=True)
class Other:
    """What an invoice may have been paid twice with: an earlier one, or an entry of the bank."""

    name: str
    reference: str
    on: date


def _other(row: DuplicateCase) -> Other:
    line, earlier = row.bank_line, row.earlier
    if earlier is not None:
        return Other(str(earlier), earlier.supplier_ref, earlier.invoice_on)
    assert line is not None, "the table holds one of the two"
    words = " ".join(filter(None, (line.party, line.text, line.refs)))
    return Other("an entry of the bank", words[:120], line.booked_on)


def _pair(row: DuplicateCase, here: dict[int, Any]) -> dict[str, Any]:
    later, other = row.later, _other(row)
    where = {"organisation": here[row.organisation_id].slug, "number": row.pk}
    return {
        "id": row.pk,
        "url": reverse("duplicate", kwargs=where),
        "cells": [
            f"{later} and {other.name}",
            f"{row.grade}: {row.get_grade_display()}",
            later.supplier.name,
            f"{later.supplier_ref} and {other.reference}",
            f"{day(later.invoice_on)} and {day(other.on)}",
            later.get_state_display(),
            row.owner_name or "Nobody yet",
            pounds(row.amount_pence),
        ],
    }


def _pairs_file(request: Any, rows: Any, here: dict[int, Any]) -> HttpResponse:
    columns = ("Organisation", "Grade", "Reason", "Later", "Earlier", "Supplier", "Later number",
               "Earlier number", "Later date", "Earlier date", "Later is", "State", "Note",
               "Who is on it", "At stake")  # fmt: skip
    cells = [
        [
            here[row.organisation_id].short_name,
            *(row.grade, row.get_grade_display(), str(row.later), _other(row).name),
            *(row.later.supplier.name, row.later.supplier_ref, _other(row).reference),
            *(row.later.invoice_on, _other(row).on, row.later.get_state_display()),
            *(row.get_state_display(), row.note, row.owner_name),
            Decimal(row.amount_pence).scaleb(-2),
        ]
        for row in rows
    ]
    total = sum(row.amount_pence for row in rows)
    what, totals = "Possible duplicates over the history", {"At stake": pounds(total)}
    return listed(request, "duplicates", what, columns, cells, totals=totals)


@page(SEE_REPORTS, unsafe=ENTER_INVOICES)
def duplicate(request: Any, number: int) -> HttpResponse:
    """Two invoices side by side, and what became of it."""
    row = selectors.duplicate_case(request.actor, number)
    form = DuplicateForm(request.POST or None, initial={"state": row.state, "note": row.note})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with refusals_on(form, "state"):
            answer_duplicate(case=row, version=version_of(request), **given, by=request.actor)
            messages.success(request, f"{row.later}: {row.get_state_display().lower()}.")
            return redirect("duplicates", organisation=request.organisation.slug)
    context = {
        "case": row,
        "reason": row.get_grade_display(),
        "sides": [one for one in (row.later, row.earlier) if one],
        "line": row.bank_line,
    }
    context |= {"form": form, "may_enter": may(request.actor, ENTER_INVOICES)}
    status = 422 if form.errors else 200
    return render(request, "finance/recovery/duplicate.html", context, status=status)


ALERT_COLUMNS: list[dict[str, Any]] = [
    {"label": "Invoice"},
    {"label": "Supplier"},
    {"label": "Their number"},
    {"label": "Dated"},
    {"label": "State"},
    {"label": "Why look"},
    {"label": "Amount", "numeric": True},
]


@page(SEE_REPORTS)
def alerts(request: Any) -> HttpResponse:
    """Open invoices with a reason to look before they are paid."""
    here = places(request, SEE_REPORTS)
    found = selectors.alerts(sorted(here))
    if request.GET.get("format"):
        columns = ("Organisation", *(str(one["label"]) for one in ALERT_COLUMNS))
        cells = [
            [here[one.organisation_id].short_name, *_alert(one)[:-1],
             Decimal(one.gross_pence).scaleb(-2)]
            for one in found
        ]  # fmt: skip
        whole = "yes" if len(found) < selectors.MOST else f"no: the first {selectors.MOST}"
        chosen = {"Filter": "none", "Complete": whole}
        return listed(request, "alerts", "Alerts on open invoices", columns, cells, chosen)
    shown = Paginator(found, ALERTS_PER_PAGE).get_page(request.GET.get("page"))
    rows = [_alert_row(one, here[one.organisation_id].slug) for one in shown]
    context = {"columns": ALERT_COLUMNS, "rows": rows, "page": shown, "most": selectors.MOST}
    return render(request, "finance/recovery/alerts.html", context)


def _alert_row(one: Alert, slug: str) -> dict[str, Any]:
    url = reverse("invoice", kwargs={"organisation": slug, "number": one.number})
    return {"id": f"{one.organisation_id}-{one.number}", "url": url, "cells": _alert(one)}


def _alert(one: Alert) -> list[Any]:
    return [
        f"INV-{one.number}",
        one.supplier_name,
        one.supplier_ref,
        day(one.invoice_on),
        str(Invoice.State(one.state).label),
        "; ".join(one.reasons),
        pounds(one.gross_pence),
    ]
