"""Pages of what did not arrive: a report of the bank, one payment, the answer to a whole file."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.money import formatted
from core.templatetags.web import day
from core.web.pages import PageRequest, page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from events.selectors import timeline
from finance.forms_bank import AnswerForm, ReturnForm
from finance.models import BankReportItem
from finance.permissions import RETURN_PAYMENTS, SEE_BANK
from finance.selectors import banking as selectors
from finance.selectors.payments import payment_by_number, run_by_number
from finance.services.returns import record_answer, return_payment
from finance.views.bank import PER_PAGE, tag

COLUMNS = [
    {"label": "Reference"},
    {"label": "Paid to"},
    {"label": "Amount", "numeric": True},
    {"label": "The bank says"},
    {"label": "What was done"},
]


@page(SEE_BANK)
def bank_report(request: PageRequest, number: int) -> HttpResponse:
    """Each answer of a report, with what was done about it; exceptions stand out."""
    report = selectors.report_by_number(request.organisation.id, number)
    shown = part_of(request, Paginator(selectors.items_of(report), PER_PAGE))
    facts = [
        ("Kind", report.get_format_display()),
        ("The bank's number", report.reference),
        ("About", report.file_reference),
        ("File", report.source_file.name),
        ("Sent by", f"{report.made_by_name}, {day(report.made_at)}"),
    ]
    context = {
        "report": report,
        "facts": [{"key": key, "value": value} for key, value in facts if value],
        "columns": COLUMNS,
        "rows": [_item_row(request.organisation.slug, item) for item in shown.object_list],
        "page": shown,
        "entries": timeline(report),
    }
    return render(request, "finance/bank/report.html", context)


def _item_row(slug: str, item: BankReportItem) -> dict[str, Any]:
    odd = item.result in BankReportItem.ODD
    url, payee = "", item.maker
    if item.payment is not None:
        where = {"organisation": slug, "number": item.payment.number}
        url, payee = reverse("payment", kwargs=where), item.payment.supplier.name
    said = " ".join(filter(None, [item.outcome.capitalize(), item.reason_code, item.reason]))
    done = item.get_result_display()
    return {
        "id": item.item_no,
        "url": url,
        "tone": "bad" if odd else "",
        "cells": [
            item.reference,
            payee,
            "" if item.amount_pence is None else formatted(item.amount_pence),
            said,
            tag("overdue", done) if odd else done,
        ],
    }


@page(RETURN_PAYMENTS)
def payment_return(request: PageRequest, number: int) -> HttpResponse:
    """Says what will happen, then reverses one payment that did not reach its payee."""
    payment = payment_by_number(request.organisation.id, number)
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return_payment(payment=payment, by=request.actor, **form.cleaned_data)
            messages.success(request, f"{payment} is reversed. Its invoices are open again.")
            return redirect("payment", request.organisation.slug, number)
    context = {"payment": payment, "form": form, "back": selectors.return_of(payment)}
    status = 422 if form.errors else 200
    return render(request, "finance/bank/return.html", context, status=status)


@page(RETURN_PAYMENTS, bank=True)
def payment_run_answer(request: PageRequest, number: int) -> HttpResponse:
    """What the bank said about a whole file; a rejected one opens all its invoices again."""
    run = run_by_number(request.organisation.id, number)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            record_answer(run=run, by=request.actor, **form.cleaned_data)
            messages.success(request, f"The bank's answer to {run} is recorded.")
            return redirect("payment_run", request.organisation.slug, number)
    context = {"run": run, "form": form}
    status = 422 if form.errors else 200
    return render(request, "finance/bank/answer.html", context, status=status)
