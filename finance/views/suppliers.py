"""Suppliers: the list, one of them, adding, changing, and new bank details."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from core.actors import may
from core.errors import Clash
from core.templatetags.web import day, pounds, state_colour
from core.web.exports import listed
from core.web.pages import page
from core.web.refusals import refusals_on
from events.selectors import timeline
from events.verbs import counted
from finance.forms import BankForm, CallForm, LookForm, SupplierChangeForm
from finance.models import Invoice, Supplier, SupplierBank, SupplierRequest
from finance.permissions import CHANGE_SUPPLIERS, HOLD_SUPPLIERS, LOOK_AT_BANK, SEE_SUPPLIERS
from finance.places import places
from finance.selectors.cooling import cooling_days, cooling_words
from finance.selectors.modulus import installed_tables, modulus_words
from finance.selectors.suppliers import (
    Movement,
    bank_by_id,
    call_words,
    hold_and_banks,
    movements_of,
    supplier_by_code,
    supplier_list,
    supplier_with_standing,
)
from finance.services.suppliers import (
    UNOPENED,
    change_supplier,
    look_at_bank,
    masked,
    propose_bank,
    record_call,
)

PER_PAGE = 50
EXPORT_ROWS = 50_000
BANK_HEADS = (
    *("Account", "Name", "In use", "State", "Modulus check", "Call-back"),
    *("Proposed by", "Decided by"),
)


@page(SEE_SUPPLIERS)
def suppliers(request: Any) -> HttpResponse:
    here = places(request, SEE_SUPPLIERS)
    several = request.organisation.is_centre
    found = _found(request, here)
    pages = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "q": request.GET.get("q", ""),
        "status": request.GET.get("status", ""),
        "statuses": Supplier.Status.choices,
        "page": pages,
        "columns": _columns(several),
        "rows": [_row(row, here, several) for row in pages.object_list],
        "may_change": may(request.actor, CHANGE_SUPPLIERS) and not several,
    }
    return render(request, "finance/suppliers/list.html", context)


def _found(request: Any, here: dict[int, Any]) -> Any:
    status = request.GET.get("status", "")
    status = status if status in Supplier.Status.values else ""
    return supplier_list(sorted(here), text=request.GET.get("q", ""), status=status)


def _columns(several: bool) -> list[dict[str, Any]]:
    columns = [{"key": "name", "label": "Supplier"}]
    if several:
        columns.append({"key": "partner", "label": "Partner"})
    labels = ("Code", "VAT number", "Town", "Terms", "Status")
    return [*columns, *({"key": label.lower(), "label": label} for label in labels)]


def _row(row: Supplier, here: dict[int, Any], several: bool) -> dict[str, Any]:
    place = here[row.organisation_id]
    cells = [
        row.name,
        *([place.short_name] if several else []),
        row.code,
        row.vat_number,
        row.town,
        counted(row.terms_days, "day"),
        _tag(row.status, row.get_status_display()),
    ]
    url = reverse("supplier", kwargs={"organisation": place.slug, "code": row.code})
    return {"id": row.pk, "url": url, "cells": cells}


def _tag(state: str, label: str) -> str:
    return format_html(
        '<strong class="govuk-tag govuk-tag--{}">{}</strong>', state_colour(state), label
    )


@page(SEE_SUPPLIERS)
def export(request: Any) -> HttpResponse:
    """The list as filtered, without bank details."""
    here = places(request, SEE_SUPPLIERS)
    found = list(_found(request, here)[:EXPORT_ROWS])
    columns = ("Organisation", "Code", "Name", "VAT number", "Company number", "Terms", "Status")
    rows = [
        [
            here[row.organisation_id].short_name,
            row.code,
            row.name,
            row.vat_number,
            row.company_number,
            row.terms_days,
            row.get_status_display(),
        ]
        for row in found
    ]
    chosen = {"Search": request.GET.get("q") or "all"}
    return listed(request, "suppliers", "Suppliers", columns, rows, chosen)


@page(SEE_SUPPLIERS)
def supplier(request: Any, code: str) -> HttpResponse:
    row: Any = supplier_with_standing(request.actor.organisation_id, code, request.today)
    hold, banks = hold_and_banks(row)
    slug, moves = request.organisation.slug, movements_of(row)
    looks = slug if may(request.actor, LOOK_AT_BANK) else ""
    calls = slug if may(request.actor, CHANGE_SUPPLIERS) else ""
    context = {
        "supplier": row,
        "cooling": cooling_words(row.cooling_days),
        "facts": _facts(row),
        "asked": row.asked_state and SupplierRequest.State(row.asked_state).label,
        "hold": hold,
        "may_hold": row.status == Supplier.Status.ACTIVE and may(request.actor, HOLD_SUPPLIERS),
        "invoices": [_invoice_row(slug, one) for one in moves if one.kind == "invoice"],
        "payments": [_payment_row(slug, one) for one in moves if one.kind == "payment"],
        "banks": [_bank(bank, looks, calls, request.today) for bank in banks],
        "entries": timeline(row),
        "invoice_columns": _heads("Invoice", "Their number", "Invoiced", "State", amount=True),
        "payment_columns": _heads("Payment", "Paid", "Account", amount=True),
        "bank_columns": _heads(*BANK_HEADS),
        "may_change": may(request.actor, CHANGE_SUPPLIERS) and row.status not in UNOPENED,
    }
    return render(request, "finance/suppliers/supplier.html", context)


def _heads(*labels: str, amount: bool = False) -> list[dict[str, Any]]:
    heads: list[dict[str, Any]] = [{"key": label.lower(), "label": label} for label in labels]
    return heads + ([{"key": "amount", "label": "Amount", "numeric": True}] if amount else [])


def _facts(row: Supplier) -> list[dict[str, Any]]:
    facts = [
        ("Code", row.code),
        ("Status", _tag(row.status, row.get_status_display())),
        ("VAT number", row.vat_number),
        ("Company number", row.company_number),
        ("Kind", "Public body" if row.public_body else ""),
        ("Priority", "Paid first: in the next run, due or not" if row.paid_first else ""),
        ("Terms", f"{counted(row.terms_days, 'day')} from receipt"),
        ("E-mail", row.email),
        ("Place", " ".join(filter(None, (row.town, row.postcode)))),
    ]
    return [{"key": key, "value": value} for key, value in facts if value]


def _invoice_row(slug: str, one: Movement) -> dict[str, Any]:
    return {
        "id": one.number,
        "url": reverse("invoice", kwargs={"organisation": slug, "number": one.number}),
        "cells": [
            f"INV-{one.number}",
            one.reference,
            day(one.on),
            _tag(one.state, Invoice.State(one.state).label),
            pounds(one.amount_pence),
        ],
    }


def _payment_row(slug: str, one: Movement) -> dict[str, Any]:
    return {
        "id": f"payment-{one.number}",
        "url": reverse("payment_run", kwargs={"organisation": slug, "number": one.page_number}),
        "cells": [
            f"PMT-{one.number}",
            day(one.on),
            masked(one.reference),
            pounds(-one.amount_pence),
        ],
    }


def _bank(bank: SupplierBank, looks: str, calls: str, today: date) -> dict[str, Any]:
    """Its account leads to the whole of it for those who may look, in the organisation `looks`.

    In the organisation `calls` one may record a call.
    """
    span = bank.valid
    look = {"organisation": looks, "bank": bank.pk}
    until = "" if span.isempty or span.upper is None else f" to {day(span.upper)}"
    return {
        "id": bank.pk,
        "url": reverse("supplier_bank_look", kwargs=look) if looks else "",
        "cells": [
            masked(bank.account_ending),
            bank.account_name,
            "Never used" if span.isempty else f"{day(span.lower)}{until}",
            _bank_state(bank, today),
            modulus_words(bank),
            _call(bank, calls),
            bank.made_by_name,
            bank.agreed_by_name,
        ],
    }


def _bank_state(bank: SupplierBank, today: date) -> str:
    state = _tag(bank.state, bank.get_state_display())
    if bank.paid_from is None or bank.paid_from <= today:
        return state
    return format_html("{} Cools off: paid from {}", state, day(bank.paid_from))


def _call(bank: SupplierBank, calls: str) -> str:
    if not calls or bank.state != SupplierBank.State.PROPOSED:
        return call_words(bank) if bank.called_outcome else ""
    url = reverse("supplier_bank_call", kwargs={"organisation": calls, "bank": bank.pk})
    return format_html('{}. <a class="govuk-link" href="{}">Record a call</a>',
                       call_words(bank), url)  # fmt: skip


@page(CHANGE_SUPPLIERS, bank=True)
def supplier_bank_call(request: Any, bank: int) -> HttpResponse:
    """Who was called about new bank details, on which number, and what they said."""
    row = bank_by_id(request.actor.organisation_id, bank)
    form = CallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            record_call(bank=row, by=request.actor, at=timezone.now(), **form.cleaned_data)
            messages.success(request, "The call is recorded.")
            code = row.supplier.code
            return redirect("supplier", organisation=request.organisation.slug, code=code)
    heading = f"Call {row.supplier.name} about account {masked(row.account_ending)}"
    context = {"form": form, "heading": heading, "button": "Record this call",
               "supplier": row.supplier}  # fmt: skip
    return render(request, "finance/suppliers/form.html", context, status=_status(form))


@page(CHANGE_SUPPLIERS)
def supplier_change(request: Any, code: str) -> HttpResponse:
    row = supplier_by_code(request.actor.organisation_id, code)
    now = {name: getattr(row, name) for name in SupplierChangeForm.base_fields}
    form = SupplierChangeForm(request.POST or None, initial=now)
    clashed = False
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["version"]
        try:
            with refusals_on(form):
                change_supplier(supplier=row, version=seen, facts=form.facts, by=request.actor)
                messages.success(request, f"{row.name} is changed.")
                return redirect("supplier", organisation=request.organisation.slug, code=row.code)
        except Clash:
            row = supplier_by_code(request.actor.organisation_id, code)
            form, clashed = _compared(request, row), True
    context = {"form": form, "heading": f"Change {row.name}", "button": "Save", "supplier": row}
    status = Clash.status if clashed else _status(form)
    return render(request, "finance/suppliers/form.html", context, status=status)


def _compared(request: Any, row: Supplier) -> SupplierChangeForm:
    """What was typed, now made from the version of `row`: to save it again is a choice."""
    form = SupplierChangeForm({**request.POST.dict(), "version": row.version})
    if form.is_valid():
        form.show_saved(row)
    return form


@page(CHANGE_SUPPLIERS, bank=True)
def supplier_bank(request: Any, code: str) -> HttpResponse:
    """Proposes new bank details; a second person agrees under «Waiting for you»."""
    row = supplier_by_code(request.actor.organisation_id, code)
    days = cooling_days(row.organisation_id, request.today)
    form = BankForm(request.POST or None, initial={"from_on": request.today})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            propose_bank(supplier=row, by=request.actor, **form.cleaned_data)
            messages.success(request, "Nothing is paid there before a second person agrees.")
            return redirect("supplier", organisation=request.organisation.slug, code=row.code)
    context = {
        "form": form,
        "heading": f"New bank details of {row.name}",
        "button": "Send to a second person",
        "note": f"{installed_tables().words} {cooling_words(days)}",
        "supplier": row,
    }
    return render(request, "finance/suppliers/form.html", context, status=_status(form))


@page(LOOK_AT_BANK, bank=True)
def supplier_bank_look(request: Any, bank: int) -> HttpResponse:
    """Asks why, then shows the whole account once: each look is an event with its reason."""
    row = bank_by_id(request.actor.organisation_id, bank)
    form = LookForm(request.POST or None)
    context = {"form": form, "supplier": row.supplier, "account": masked(row.account_ending)}
    if request.method == "POST" and form.is_valid():
        sort_code, number = look_at_bank(bank=row, by=request.actor, **form.cleaned_data)
        facts = [
            ("Name on the account", row.account_name),
            ("Sort code", f"{sort_code[:2]}-{sort_code[2:4]}-{sort_code[4:]}"),
            ("Account number", number),
        ]
        context |= {"facts": [{"key": key, "value": value} for key, value in facts]}
    return render(request, "finance/suppliers/look.html", context, status=_status(form))


def _status(form: Any) -> int:
    return 422 if form.errors else 200
