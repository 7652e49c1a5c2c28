"""New suppliers: asking for one, the requests, one request."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from core.actors import may
from core.templatetags.web import day, state_colour
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on, refusals_said
from events.selectors import timeline
from finance.forms_onboarding import NewSupplierForm
from finance.models import SupplierRequest
from finance.numbers import read_vat_number
from finance.permissions import CHANGE_SUPPLIERS, SEE_SUPPLIERS
from finance.places import places
from finance.registers import registers
from finance.selectors.modulus import installed_tables
from finance.selectors.onboarding import (
    asked_registers,
    request_by_number,
    request_list,
    told_by_registers,
    waiting_words,
)
from finance.services.lookups import look_up_supplier
from finance.services.onboarding import NewSupplier, ask_supplier

PER_PAGE = 50


@page(CHANGE_SUPPLIERS, bank=True)
def supplier_new(request: Any) -> HttpResponse:
    """Asks for a supplier; a second person opens it under «Waiting for you»."""
    form = NewSupplierForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = NewSupplier(**form.cleaned_data)
        with refusals_on(form):
            row = ask_supplier(wanted=wanted, by=request.actor, at=timezone.now())
            messages.success(request, "Nothing is paid to it before a second person agrees.")
            return redirect(
                "supplier_request", organisation=request.organisation.slug, number=row.number
            )
    status = 422 if form.errors else 200
    context = {"form": form, "note": installed_tables().words}
    return render(request, "finance/suppliers/new.html", context, status=status)


@page(SEE_SUPPLIERS)
def supplier_requests(request: Any) -> HttpResponse:
    here, several = places(request, SEE_SUPPLIERS), request.organisation.is_centre
    state = request.GET.get("state", "")
    state = state if state in SupplierRequest.State.values else ""
    found = request_list(sorted(here), state=state)
    pages = part_of(request, Paginator(found, PER_PAGE))
    labels = ["Supplier", *(["Partner"] if several else []), "Category", "Asked for by"]
    context = {
        "state": state,
        "states": SupplierRequest.State.choices,
        "page": pages,
        "columns": [
            {"key": one.lower(), "label": one}
            for one in (*labels, "Entered", "State", "Decided by")
        ],
        "rows": [_row(row, here, several) for row in pages.object_list],
        "may_change": may(request.actor, CHANGE_SUPPLIERS) and not several,
    }
    return render(request, "finance/suppliers/requests.html", context)


def _row(row: SupplierRequest, here: dict[int, Any], several: bool) -> dict[str, Any]:
    place = here[row.organisation_id]
    cells = [
        row.supplier.name,
        *([place.short_name] if several else []),
        row.get_category_display(),
        row.asked_by,
        f"{day(timezone.localdate(row.made_at))}, {row.made_by_name}",
        _tag(row),
        row.agreed_by_name,
    ]
    url = reverse("supplier_request", kwargs={"organisation": place.slug, "number": row.number})
    return {"id": row.pk, "url": url, "cells": cells}


def _tag(row: SupplierRequest) -> str:
    colour, label = state_colour(row.state), row.get_state_display()
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, label)


@page(SEE_SUPPLIERS)
def supplier_request(request: Any, number: int) -> HttpResponse:
    """What was asked for, what was checked and what was not, and what became of it."""
    row = request_by_number(request.actor.organisation_id, number)
    context = {
        "row": row,
        "facts": _facts(row),
        "checks": _checks(row),
        "entries": timeline(row.supplier),
        "may_look": bool(registers()) and may(request.actor, CHANGE_SUPPLIERS),
        "waiting": bool(asked_registers(row)),
    }
    return render(request, "finance/suppliers/request.html", context)


def _facts(row: SupplierRequest) -> list[dict[str, Any]]:
    supplier = row.supplier
    facts = [
        ("State", _tag(row)),
        ("Decided by", row.agreed_by_name),
        ("Kind", "Public body" if supplier.public_body else ""),
        ("Address", ", ".join(filter(None, (row.address, supplier.town, supplier.postcode)))),
        ("Contact", row.contact_name),
        ("Telephone", row.contact_phone),
        ("E-mail", supplier.email),
        ("What they supply", row.get_category_display()),
        ("Wanted for", row.wanted_for),
        ("Asked for by", row.asked_by),
        ("Entered by", f"{row.made_by_name}, {day(timezone.localdate(row.made_at))}"),
    ]
    return [{"key": key, "value": value} for key, value in facts if value]


def _checks(row: SupplierRequest) -> list[dict[str, Any]]:
    """Each check with what it found; what was not asked is said to be so."""
    supplier, others = row.supplier, "; ".join(row.alike)
    vat = supplier.vat_number and read_vat_number(supplier.vat_number)
    said = f"None: {row.get_no_vat_display()}"
    if vat:
        said = f"{vat.number}: {vat.unchecked or 'form and check digits are right'}"
    company = f"{supplier.company_number}: its form is right"
    if not supplier.company_number:
        company = f"None: {row.get_no_company_display()}"
    alike = f"{others}. It is another because: {row.despite}" if others else "None when entered"
    checks = [
        ("VAT number", said),
        ("Registered at HMRC", _looked_up(row, "vat", supplier.vat_number)),
        ("Company number", company),
        ("Registered at Companies House", _looked_up(row, "company", supplier.company_number)),
        ("Suppliers like it", alike),
    ]
    return [{"key": key, "value": value} for key, value in checks]


def _looked_up(row: SupplierRequest, key: str, number: str) -> str:
    """What the register said, when and who had it asked, or why it says nothing."""
    if asked := asked_registers(row).get(key):
        return waiting_words(asked)
    if found := told_by_registers(row).get(key):
        return found
    if key not in {one.key for one in registers()}:
        return "Not looked up: this is off, as the operator set up no connection"
    return "Not looked up yet" if number else "Not looked up: there is no number"


@page(CHANGE_SUPPLIERS)
@require_POST
def supplier_request_look(request: Any, number: int) -> HttpResponse:
    """Has the registers that are set up asked about the numbers of the request."""
    row = request_by_number(request.actor.organisation_id, number)
    with refusals_said(request):
        look_up_supplier(row=row, by=request.actor, at=timezone.now())
        messages.success(request, "The registers are being asked. Their answers appear here.")
    return redirect("supplier_request", organisation=request.organisation.slug, number=number)
