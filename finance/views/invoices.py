"""The list of invoices: filters in the address, saved lists, bulk acts, exports."""

from dataclasses import replace
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.html import format_html

from core.actors import may
from core.templatetags.web import pounds, short_day, state_colour, thousands
from core.web.exports import listed
from core.web.pages import page
from finance.forms import HoldForm
from finance.models import Invoice
from finance.permissions import ENTER_INVOICES, SEE_INVOICES
from finance.places import wants_fragment
from finance.queries import Query, read_query
from finance.selectors.exceptions import others_on
from finance.selectors.invoices import (
    CAP,
    PER_PAGE,
    SORTS,
    Row,
    Totals,
    ids_of,
    list_counts,
    page_of,
    rows_of,
    totals_of,
)
from finance.services.invoices import HOLD_CAUSES
from finance.services.invoices_bulk import (
    Outcome,
    hold_invoices,
    release_invoices,
    submit_invoices,
)
from finance.views.exceptions import on_this

EXPORT_ROWS = 50_000


class CappedPaginator(Paginator):
    """Pages within the first `CAP` rows; the count is known before and never asked again."""

    def __init__(self, totals: Totals) -> None:
        super().__init__([], PER_PAGE)
        self.capped = totals.capped
        self._count = min(totals.count, CAP)

    @cached_property
    def count(self) -> int:
        return self._count

    def at(self, number: Any) -> "Page[Any]":
        """An empty page of that number, or of the nearest there is."""
        return self.get_page(number)


@page(SEE_INVOICES, unsafe=ENTER_INVOICES)
def invoices(request: Any) -> HttpResponse:
    query = read_query(request)
    if request.method == "POST":
        return _act_on_many(request, query)
    totals = totals_of(query.filters, query.sort)
    pages = CappedPaginator(totals).at(request.GET.get("page"))
    rows = _rows(query, totals, (pages.number - 1) * PER_PAGE)
    several = request.organisation.is_centre
    context = {
        "form": query.form,
        "chips": query.chips(),
        "sort": query.sort,
        "page": pages,
        "totals": totals,
        "columns": _columns(several),
        "rows": _table_rows(request, query, rows),
        **_lists(request, query),
        "partners": sorted(query.places.values(), key=lambda p: p.name) if several else [],
        "actions": _actions(request, several),
        "hold_form": HoldForm(),
        "may_enter": may(request.actor, ENTER_INVOICES) and not several,
        "sorted_window": totals.capped and query.sort.lstrip("-") in ("amount", "invoiced"),
    }
    return _answer(request, context)


def _rows(query: Query, totals: Totals, offset: int) -> list[Row]:
    """A page of the list; of a short one the ids are known already."""
    if totals.capped:
        return page_of(query.filters, sort=query.sort, offset=offset)
    return rows_of(query.filters.organisations, totals.ids[offset : offset + PER_PAGE])


def _answer(request: Any, context: dict[str, Any]) -> HttpResponse:
    """The list alone to htmx, with the address that leads back to it; else the whole page."""
    partial = wants_fragment(request)
    name = "finance/invoices/list.html" + ("#results" if partial else "")
    response = render(request, name, context)
    if partial:
        wanted = request.GET.copy()
        for key in list(wanted):
            wanted.setlist(key, [value for value in wanted.getlist(key) if value])
        response["HX-Push-Url"] = f"{request.path}?{wanted.urlencode()}".rstrip("?")
    patch_vary_headers(response, ["HX-Request"])
    return response


def _columns(several: bool) -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = [{"key": "number", "label": "Invoice", "sort": True}]
    if several:
        columns.append({"key": "partner", "label": "Partner"})
    return [
        *columns,
        {"key": "supplier", "label": "Supplier"},
        {"key": "ref", "label": "Their number"},
        {"key": "invoiced", "label": "Invoiced", "sort": True},
        {"key": "due", "label": "Due", "sort": True},
        {"key": "state", "label": "State"},
        {"key": "amount", "label": "Amount", "numeric": True, "sort": True},
    ]


def _table_rows(request: Any, query: Query, rows: list[Row]) -> list[dict[str, Any]]:
    person, several = request.actor.person_id, request.organisation.is_centre
    on_it = others_on(query.filters.organisations, [row.id for row in rows], person)
    return [_table_row(row, query, several, on_it.get(row.id, "")) for row in rows]


def _table_row(row: Row, query: Query, several: bool, on_it: str) -> dict[str, Any]:
    place = query.places[row.organisation_id]
    cells = [
        f"INV-{row.number}",
        *([place.short_name] if several else []),
        row.supplier_name,
        row.supplier_ref,
        short_day(row.invoice_on),
        short_day(row.due_on),
        format_html("{} {}", _tag(row), on_this(on_it)) if on_it else _tag(row),
        pounds(row.gross_pence),
    ]
    url = reverse("invoice", kwargs={"organisation": place.slug, "number": row.number})
    return {"id": row.id, "label": f"INV-{row.number}", "url": url, "cells": cells}


def _cause(key: str) -> str:
    return HOLD_CAUSES.get(key, key.replace("_", " ").capitalize())


def _tag(row: Row) -> str:
    held = row.state == Invoice.State.HELD
    tag = format_html(
        '<strong class="govuk-tag govuk-tag--{}">{}</strong>',
        state_colour(row.state),
        _cause(row.hold_cause) if held else row.state_label,
    )
    if not row.duplicate_grade:
        return tag
    return format_html(
        '{} <strong class="govuk-tag govuk-tag--yellow">{}</strong>',
        tag,
        f"Duplicate? {row.duplicate_grade}",
    )


SAVED_LISTS = [
    ("All open", "", "open"),
    ("Held", "held", "held"),
    ("Waiting for approval", "submitted", "submitted"),
    ("Due this week", "due", "due"),
    ("Disputed", "disputed", "disputed"),
]


def _lists(request: Any, query: Query) -> dict[str, list[dict[str, Any]]]:
    """Saved lists with their counts, and the held ones by cause when the held list is open."""
    counts = list_counts(query.filters, request.today)
    chosen, chosen_cause = (query.form.cleaned_data[name] for name in ("state", "cause"))
    causes = [key.removeprefix("held:") for key in sorted(counts) if ":" in key]
    found = causes if chosen == "held" else []
    return {
        "lists": [
            _choice(label, "state", state, chosen, counts.get(key, 0))
            for label, state, key in SAVED_LISTS
        ],
        "causes": [
            _choice(_cause(cause), "cause", cause, chosen_cause, counts[f"held:{cause}"])
            for cause in found
        ],
    }


def _choice(label: str, name: str, value: str, chosen: str, count: int) -> dict[str, Any]:
    return {"label": label, name: value, "count": _capped(count), "current": value == chosen}


def _capped(count: int) -> str:
    return f"{CAP:,}+" if count > CAP else thousands(count)


def _actions(request: Any, several: bool) -> list[dict[str, str]]:
    if several or not may(request.actor, ENTER_INVOICES):
        return []
    return [
        {"name": "action", "value": "submit", "label": "Send for approval"},
        {"name": "action", "value": "hold", "label": "Hold"},
        {"name": "action", "value": "release", "label": "Release"},
    ]


def _act_on_many(request: Any, query: Query) -> HttpResponse:
    here = replace(query.filters, organisations=(request.actor.organisation_id,))
    if request.POST.get("scope") == "all":
        ids = ids_of(here, CAP + 1)
        if len(ids) > CAP:
            messages.warning(
                request, f"Only the newest {CAP:,} were tried. Do it again for the rest."
            )
            ids = ids[:CAP]
    else:
        ids = [int(one) for one in request.POST.getlist("invoices") if one.isdecimal()]
    if not ids:
        messages.error(request, "Select at least one invoice.")
        return redirect(request.get_full_path())
    outcome, done = _act(request, ids)
    if outcome is not None:
        say = messages.success if outcome.changed else messages.warning
        say(request, outcome.in_words(done))
    return redirect(request.get_full_path())


def _act(request: Any, ids: list[int]) -> tuple[Outcome | None, str]:
    """What was done with the invoices, and its word."""
    by, action = request.actor, request.POST.get("action")
    if action == "release":
        return release_invoices(invoice_ids=ids, by=by), "Released"
    if action == "submit":
        return submit_invoices(invoice_ids=ids, by=by), "Sent for approval"
    form = HoldForm(request.POST)
    if action != "hold" or not form.is_valid():
        messages.error(request, "Select the cause of the hold.")
        return None, ""
    given = form.cleaned_data
    held = hold_invoices(
        invoice_ids=ids, cause=given["cause"], text=given["text"], by=by, as_of=request.today
    )
    return held, "Held"


EXPORT_COLUMNS = (
    "Organisation",
    "Invoice",
    "Supplier",
    "Supplier code",
    "Their number",
    "Invoice date",
    "Received",
    "Due",
    "Paid",
    "State",
    "Hold cause",
    "Gross",
    "Open",
)


@page(SEE_INVOICES)
def export(request: Any) -> HttpResponse:
    """The list as filtered and sorted, as CSV or, with format=xlsx, as a workbook."""
    query = read_query(request)
    found = page_of(query.filters, sort="-number", offset=0, limit=EXPORT_ROWS)
    found.sort(key=attrgetter(SORTS[query.sort.lstrip("-")]))
    if query.sort.startswith("-"):
        found.reverse()
    rows = [_export_row(row, query.places) for row in found]
    totals = {
        "Total gross": pounds(sum(row.gross_pence for row in found)),
        "Total open": pounds(sum(row.gross_pence - row.allocated_pence for row in found)),
    }
    if len(rows) == EXPORT_ROWS:
        totals["Note"] = f"Only the newest {EXPORT_ROWS:,} rows of a longer list."
    chosen = {"Filter": query.in_words()}
    return listed(request, "invoices", "Invoices", EXPORT_COLUMNS, rows, chosen, totals)


def _export_row(row: Row, here: dict[int, Any]) -> list[Any]:
    return [
        here[row.organisation_id].short_name,
        f"INV-{row.number}",
        row.supplier_name,
        row.supplier_code,
        row.supplier_ref,
        row.invoice_on,
        row.received_on,
        row.due_on,
        row.paid_on,
        row.state_label,
        HOLD_CAUSES.get(row.hold_cause, row.hold_cause),
        Decimal(row.gross_pence).scaleb(-2),
        Decimal(row.gross_pence - row.allocated_pence).scaleb(-2),
    ]
