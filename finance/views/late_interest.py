"""The report of interest that suppliers may claim for late payment, with its export."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.money import formatted, pounds
from core.templatetags.web import day
from core.web.exports import listed
from core.web.pages import PageRequest, page
from finance.forms_reports import PaidBetweenForm
from finance.late_payment import percent_words, rates
from finance.paying.compliance import HalfYear
from finance.permissions import SEE_REPORTS
from finance.selectors.late_interest import Late, Liability, liabilities, paid_late
from finance.views.payment_runs import CountedPaginator

PER_PAGE = 50
EXPORT_ROWS = 50_000
COLUMNS = [
    *({"label": label} for label in ("Invoice", "Supplier", "Payable by", "Paid on")),
    *(
        {"label": label, "numeric": True}
        for label in ("Days late", "Amount", "Rate", "Interest", "Fixed sum")
    ),
]
HEAD = (
    *("Invoice", "Supplier's reference", "Supplier code", "Supplier", "Received on"),
    *("Payable by", "Paid on", "Days late", "Amount", "Rate, percent", "Interest", "Fixed sum"),
)


def _days(request: PageRequest) -> tuple[PaidBetweenForm, date, date]:
    """The form and its days; without any, this half of the financial year so far."""
    first, today = HalfYear.of(request.today).first_on, request.today
    asked = request.GET if "since" in request.GET or "until" in request.GET else None
    form = PaidBetweenForm(asked, initial={"since": first, "until": today})
    return (form, *form.days(first, today))


@page(SEE_REPORTS)
def late_interest(request: PageRequest) -> HttpResponse:
    """Invoices paid late in some days, each with the interest and the fixed sum it would cost."""
    form, since, until = _days(request)
    here = request.organisation
    paid, still_open = liabilities(here.id, since, until, request.today)
    shown = CountedPaginator(range(paid.number), PER_PAGE, paid.number).get_page(
        request.GET.get("page")
    )
    offset = (shown.number - 1) * PER_PAGE
    rows = paid_late(here.id, since, until, limit=PER_PAGE, offset=offset)
    context = {
        "form": form,
        "since": since,
        "until": until,
        "paid": paid,
        "tiles": _tiles(paid, still_open),
        "columns": COLUMNS,
        "rows": [_row(row, here.slug) for row in rows],
        "page": shown,
        "export_query": f"since={since.isoformat()}&until={until.isoformat()}",
        "rates": list(reversed(rates()))[:6],
    }
    return render(request, "finance/reports/late_interest.html", context)


def _tiles(paid: Liability, still_open: Liability) -> list[dict[str, Any]]:
    return [
        {"label": "Invoices paid late", "value": f"{paid.number:,}"},
        {"label": "Interest", "value": formatted(paid.interest_pence)},
        {"label": "Fixed sums", "value": formatted(paid.fixed_pence)},
        {"label": "May be claimed in all", "value": formatted(paid.total_pence)},
        {
            "label": f"Besides: {still_open.number:,} late and open today",
            "value": formatted(still_open.total_pence),
        },
    ]


def _row(row: Late, slug: str) -> dict[str, Any]:
    interest = "–" if row.interest_pence is None else formatted(row.interest_pence)
    return {
        "id": row.number,
        "url": reverse("invoice", kwargs={"organisation": slug, "number": row.number}),
        "cells": [
            f"INV-{row.number}",
            row.supplier,
            day(row.payable_on),
            day(row.paid_on),
            f"{row.days:,}",
            formatted(row.gross_pence),
            percent_words(row.basis_points),
            interest,
            formatted(row.fixed_pence),
        ],
    }


@page(SEE_REPORTS)
def late_interest_export(request: PageRequest) -> HttpResponse:
    """The report as a file, up to EXPORT_ROWS, its totals above the heading."""
    _, since, until = _days(request)
    here = request.organisation
    paid, _still_open = liabilities(here.id, since, until, request.today)
    rows = paid_late(here.id, since, until, limit=EXPORT_ROWS)
    totals = {
        "Invoices paid late": f"{paid.number:,}",
        "Interest": f"{pounds(paid.interest_pence)}",
        "Fixed sums": f"{pounds(paid.fixed_pence)}",
        "Without a known rate": f"{paid.unknown:,}",
    }
    name, what = "late-interest", "Interest for late payment"
    chosen, cells = {"Paid": f"{day(since)} to {day(until)}"}, [_cells(row) for row in rows]
    return listed(request, name, what, HEAD, cells, chosen, totals)


def _cells(row: Late) -> tuple[Any, ...]:
    points, interest = row.basis_points, row.interest_pence
    return (
        *(f"INV-{row.number}", row.supplier_ref, row.supplier_code, row.supplier),
        *(row.received_on, row.payable_on, row.paid_on, row.days, pounds(row.gross_pence)),
        "" if points is None else pounds(points),
        "" if interest is None else pounds(interest),
        pounds(row.fixed_pence),
    )
