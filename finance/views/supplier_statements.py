"""Statements of suppliers: the list, sending one, its columns, and what every line is here."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.actors import may
from core.errors import Refused
from core.money import to_pence
from core.templatetags.web import day, day_time, pounds
from core.unreadable import Unreadable, column_letter
from core.web.exports import listed
from core.web.pages import page
from core.web.paging import part_of
from finance.forms_workbench import StatementForm
from finance.models import SupplierStatement, SupplierStatementLine
from finance.permissions import ENTER_INVOICES, SEE_SUPPLIERS
from finance.places import places
from finance.reading.supplier_statement import (
    STATEMENT_ROLES,
    layout_of,
    missing_roles,
    rows_of,
)
from finance.selectors import supplier_statements as selectors
from finance.selectors.suppliers import supplier_by_code
from finance.services.supplier_statements import (
    choose_statement_columns,
    receive_statement,
    reconcile_statement,
)
from finance.views.clashes import version_of

PER_PAGE = 100
FIRST_CELLS = 3
State = SupplierStatement.State
Outcome = SupplierStatementLine.Outcome
TONES = {Outcome.AGREES: "good", Outcome.PAID: "good", Outcome.PAYMENT: "good"}
LIST_COLUMNS = [
    *({"label": label} for label in ("Statement", "Supplier", "Dated", "State", "Sent")),
    *({"label": label, "numeric": True} for label in ("They say", "Our books", "Difference")),
]


@page(SEE_SUPPLIERS)
def statements(request: Any) -> HttpResponse:
    """All that came, the newest first; of one supplier where the address says so."""
    here, code = places(request, SEE_SUPPLIERS), request.GET.get("supplier", "")[:40]
    found = selectors.supplier_statements(sorted(here), code)
    shown = part_of(request, Paginator(found, PER_PAGE))
    able = may(request.actor, ENTER_INVOICES) and not request.organisation.is_centre
    context = {
        "columns": LIST_COLUMNS,
        "rows": [_row(row, here) for row in shown.object_list],
        "page": shown,
        "code": code,
        "may_send": able and bool(code),
    }
    return render(request, "finance/suppliers/statements.html", context)


def _row(row: SupplierStatement, here: dict[int, Any]) -> dict[str, Any]:
    where = {"organisation": here[row.organisation_id].slug, "number": row.number}
    waits = row.state == State.WAITING
    name = "supplier_statement_columns" if waits else "supplier_statement"
    sums = (row.their_pence, row.our_pence, row.their_pence - row.our_pence)
    return {
        "id": row.pk,
        "url": reverse(name, kwargs=where),
        "tone": "warn" if waits else "",
        "cells": [
            *(str(row), row.supplier.name, day(row.statement_on), row.get_state_display()),
            f"{day_time(row.made_at)}, {row.made_by_name}",
            *("" if waits else pounds(pence) for pence in sums),
        ],
    }


@page(ENTER_INVOICES)
def statement_new(request: Any, code: str) -> HttpResponse:
    """A file, its date and the balance written on it."""
    supplier = supplier_by_code(request.actor.organisation_id, code)
    form = StatementForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                row = _receive(request, supplier, form.cleaned_data)
        except (Unreadable, Refused) as error:
            form.add_error("file", error.message)
        else:
            waits = row.state == State.WAITING
            name = "supplier_statement_columns" if waits else "supplier_statement"
            return redirect(name, organisation=request.organisation.slug, number=row.number)
    context = {"form": form, "supplier": supplier}
    status = 422 if form.errors else 200
    return render(request, "finance/suppliers/statement_new.html", context, status=status)


def _receive(request: Any, supplier: Any, given: dict[str, Any]) -> SupplierStatement:
    sent, stated = given["file"], given["stated"]
    return receive_statement(
        supplier=supplier,
        name=sent.name,
        data=sent.read(),
        statement_on=given["statement_on"],
        stated_pence=None if stated is None else to_pence(stated),
        by=request.actor,
    )


@page(SEE_SUPPLIERS, unsafe=ENTER_INVOICES)
def columns(request: Any, number: int) -> HttpResponse:
    """What each column holds, as guessed, to be confirmed."""
    row, problem = selectors.statement_by_number(request.actor, number), ""
    chosen = row.mapping
    if request.method == "POST":
        chosen, twice = _chosen(request)
        given: dict[str, Any] = {"version": version_of(request), "columns": chosen}
        try:
            with transaction.atomic():
                if twice:
                    raise Unreadable("Each thing stands in one column: choose one of those.")
                choose_statement_columns(statement=row, **given, by=request.actor)
            return redirect("supplier_statement", request.organisation.slug, number)
        except (Unreadable, Refused) as error:
            problem = error.message
    context = {"statement": row, "problem": problem, "roles": STATEMENT_ROLES.items()}
    context |= {"columns": _shown(row, chosen), "missing": missing_roles(chosen)}
    context["may_enter"] = may(request.actor, ENTER_INVOICES)
    status = 422 if problem else 200
    return render(request, "finance/suppliers/statement_columns.html", context, status=status)


def _chosen(request: Any) -> tuple[dict[str, int], bool]:
    """Role to column from the boxes `column_0` …, and whether a role was chosen twice."""
    picked = [
        (role, int(name.removeprefix("column_")))
        for name, role in request.POST.items()
        if name.removeprefix("column_").isdecimal() and role in STATEMENT_ROLES
    ]
    return dict(picked), len({role for role, _ in picked}) < len(picked)


def _shown(row: SupplierStatement, chosen: dict[str, int]) -> list[dict[str, Any]]:
    table = rows_of(row.content)
    layout = layout_of(table)
    beneath = table[layout.header_row + 1 : layout.header_row + 1 + FIRST_CELLS]
    roles = {column: role for role, column in chosen.items()}
    return [
        {
            "index": index,
            "letter": column_letter(index),
            "header": header,
            "cells": [cells[index] for cells in beneath if index < len(cells)],
            "role": roles.get(index, ""),
        }
        for index, header in enumerate(layout.headers)
    ]


LINE_COLUMNS = [
    *({"label": label} for label in ("Their number", "Dated", "What it is", "In our books")),
    *({"label": label, "numeric": True} for label in ("They say", "We have", "Difference")),
]


@page(SEE_SUPPLIERS, unsafe=ENTER_INVOICES)
def statement(request: Any, number: int) -> HttpResponse:
    """From our balance to theirs, every line of it, and what to ask for."""
    row = selectors.statement_by_number(request.actor, number)
    if row.state == State.WAITING:
        return redirect("supplier_statement_columns", request.organisation.slug, number)
    if request.method == "POST":
        reconcile_statement(statement=row, version=version_of(request), by=request.actor)
        messages.success(request, f"{row} is reconciled with the books as they are now.")
        return redirect("supplier_statement", request.organisation.slug, number)
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in Outcome.values else ""
    found = selectors.lines_of(row, outcome)
    if request.GET.get("format"):
        return _file(request, row, found)
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    slug, parts = request.organisation.slug, selectors.parts_of(row)
    context = {"statement": row, "parts": parts, "outcome": outcome, "page": shown}
    context |= {"columns": LINE_COLUMNS, "rows": [_line(slug, one) for one in shown.object_list]}
    return render(request, "finance/suppliers/statement.html", context | _sums(request, row))


def _sums(request: Any, row: SupplierStatement) -> dict[str, Any]:
    off = 0 if row.stated_pence is None else row.stated_pence - row.their_pence
    ours, by = request.organisation.name, request.actor.name
    return {
        "difference": row.their_pence - row.our_pence,
        "off_pence": off,
        "text": selectors.asking_text(row, ours, by),
        "may_enter": may(request.actor, ENTER_INVOICES),
    }


def _line(slug: str, one: SupplierStatementLine) -> dict[str, Any]:
    row = one.invoice
    sums = (one.their_pence, one.our_pence, one.their_pence - one.our_pence)
    where = {"organisation": slug, "number": row.number} if row else {}
    return {
        "id": one.pk,
        "url": reverse("invoice", kwargs=where) if row else "",
        "tone": TONES.get(Outcome(one.outcome), "warn"),
        "cells": [
            *(one.reference or one.text, day(one.dated_on), one.get_outcome_display(), one.words),
            *(pounds(pence) for pence in sums),
        ],
    }


def _file(request: Any, row: SupplierStatement, found: Any) -> HttpResponse:
    labels = ("Row", "Their number", "Dated", "Their words", "What it is", "In our books")
    cells = [
        [
            *(one.row_no or "", one.reference, one.dated_on, one.text),
            *(one.get_outcome_display(), one.words),
            *(Decimal(pence).scaleb(-2) for pence in (one.their_pence, one.our_pence)),
            Decimal(one.their_pence - one.our_pence).scaleb(-2),
        ]
        for one in found
    ]
    what = f"{row}, statement of {row.supplier.name} of {day(row.statement_on)}"
    totals = {"They say": pounds(row.their_pence), "Our books": pounds(row.our_pence)}
    columns = (*labels, "They say", "We have", "Difference")
    return listed(request, f"statement-{row.number}", what, columns, cells, totals=totals)
