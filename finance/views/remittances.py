"""Remittance advice: who of a run was told, the button that tells them, the advice as a file."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from core.actors import may
from core.money import formatted
from core.pdf import pdf_response
from core.templatetags.web import day_time
from core.web.exports import csv_download
from core.web.pages import PageRequest, page
from core.web.paging import part_of
from finance.models import Payment, PaymentRun, RemittanceAdvice
from finance.paying import advice
from finance.permissions import SEE_PAYMENTS, SEND_REMITTANCES
from finance.selectors import remittances as selectors
from finance.selectors.payments import allocations_of, payment_by_number, run_by_number
from finance.services.remittances import write_advice
from tenants.selectors import brand_colour

PER_PAGE = 50
COLUMNS = [
    *({"label": label} for label in ("Payment", "Supplier", "E-mail address")),
    {"label": "Amount", "numeric": True},
    {"label": "Remittance advice"},
]


def told_in_words(row: RemittanceAdvice | None, payment: Payment) -> str:
    """What became of the advice about a payment."""
    if row is None:
        if payment.state != Payment.State.RELEASED:
            return "Not written"
        if payment.supplier.email:
            return "Not written yet"
        return "The supplier has no e-mail address"
    if row.sent_at:
        return f"Sent to {row.address}, {day_time(row.sent_at)}"
    if payment.state != Payment.State.RELEASED:
        return "Not sent: the payment came back"
    why = f": {row.problem}" if row.problem else ""
    return f"Written to {row.address}, {day_time(row.made_at)}; not sent yet{why}"


@page(SEE_PAYMENTS, unsafe=SEND_REMITTANCES, bank=True)
def remittances(request: PageRequest, number: int) -> HttpResponse:
    """The payments of a run with what their suppliers were told; POST writes to the others."""
    run = run_by_number(request.organisation.id, number)
    slug = request.organisation.slug
    if request.method == "POST":
        written = write_advice(run=run, by=request.actor)
        messages.success(request, f"Written: {written:,}. They are sent within minutes.")
        return redirect("remittances", slug, run.number)
    shown = part_of(request, Paginator(selectors.payments_told(run), PER_PAGE))
    told = selectors.advice_of(run.organisation_id, list(shown.object_list))
    context = {
        "run": run,
        "standing": selectors.standing(run),
        "may_send": _can_be_written(run) and may(request.actor, SEND_REMITTANCES),
        "sending": bool(settings.EMAIL_HOST),
        "columns": COLUMNS,
        "rows": [_row(payment, told.get(payment.pk), slug) for payment in shown.object_list],
        "page": shown,
    }
    return render(request, "finance/payments/remittances.html", context)


def _can_be_written(run: PaymentRun) -> bool:
    return run.state == PaymentRun.State.RELEASED and run.bank_account_id is not None


def _row(payment: Payment, told: RemittanceAdvice | None, slug: str) -> dict[str, Any]:
    where = {"organisation": slug, "number": payment.number}
    address = told.address if told else payment.supplier.email
    cells = [str(payment), payment.supplier.name, address or "None"]
    cells += [formatted(payment.amount_pence), told_in_words(told, payment)]
    return {"id": payment.pk, "url": reverse("payment", kwargs=where), "cells": cells}


@page(SEE_PAYMENTS)
def remittance_pdf(request: PageRequest, number: int) -> HttpResponse:
    """The advice as a document, as it would be sent now."""
    row, here = payment_by_number(request.organisation.id, number), request.organisation
    paper = advice.as_pdf(
        row,
        allocations_of(row),
        payer=here.name,
        colour=brand_colour(here.id),
        at=timezone.now(),
    )
    return pdf_response(f"remittance-{row}", paper)


@page(SEE_PAYMENTS)
def remittance_csv(request: PageRequest, number: int) -> HttpResponse:
    """The advice as rows for the supplier's own books."""
    row = payment_by_number(request.organisation.id, number)
    content = advice.as_csv(row, allocations_of(row), payer=request.organisation.name)
    return csv_download(f"remittance-{row}", content)
