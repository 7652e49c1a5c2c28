"""Pages of single payments: the list with its export, the remittance, the accounts paid from."""

from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html

from core.actors import may
from core.money import formatted
from core.templatetags.web import day
from core.web.exports import listed
from core.web.pages import PageRequest, page
from core.web.paging import part_of
from finance.forms_payments import PaymentFilterForm
from finance.models import Allocation, Payment
from finance.paying import advice
from finance.permissions import RETURN_PAYMENTS, SEE_PAYMENTS
from finance.places import places
from finance.selectors import payments as selectors
from finance.selectors.remittances import advice_of
from finance.views.payment_runs import PER_PAGE, CountedPaginator, state_tag
from finance.views.remittances import told_in_words

EXPORT_ROWS = 50_000


def _filters(form: PaymentFilterForm) -> selectors.PaymentFilters:
    """What is valid of the query string; the rest is ignored and shown as an error."""
    form.is_valid()
    good = {k: v for k, v in form.cleaned_data.items() if v}
    return selectors.PaymentFilters(**good)


def _chips(form: PaymentFilterForm) -> list[dict[str, str]]:
    chips = []
    for name, value in form.cleaned_data.items():
        if value:
            label = form.fields[name].label
            words = Payment.State(value).label if name == "state" else value
            words = day(value) if name in ("since", "until") else words
            chips.append({"label": f"{label}: {words}", "key": name, "value": form.data[name]})
    return chips


@page(SEE_PAYMENTS)
def payments(request: PageRequest) -> HttpResponse:
    """Payments that left, newest first, with count and total of what is shown."""
    form = PaymentFilterForm(request.GET)
    here = places(request, SEE_PAYMENTS)
    wanted = _filters(form)
    count, total = selectors.count_and_total(selectors.payment_list(sorted(here), wanted))
    found = selectors.payments_in_order(sorted(here), wanted)
    shown = CountedPaginator(found, PER_PAGE, count).get_page(request.GET.get("page"))
    centre = request.organisation.is_centre
    context = {
        "form": form,
        "chips": _chips(form),
        "columns": _columns(centre),
        "rows": [_row(p, here[p.organisation_id], centre) for p in shown.object_list],
        "page": shown,
        "count": count,
        "total_pence": total,
        "capped": count >= selectors.CAP,
        "export_query": request.GET.urlencode(),
    }
    return render(request, "finance/payments/list.html", context)


def _columns(centre: bool) -> list[dict[str, Any]]:
    return [
        {"label": "Payment"},
        *([{"label": "Partner"}] if centre else []),
        {"label": "Paid on"},
        {"label": "Supplier"},
        {"label": "Run"},
        {"label": "Discount", "numeric": True},
        {"label": "Amount", "numeric": True},
        {"label": "State"},
    ]


def _row(row: Payment, place: Any, centre: bool) -> dict[str, Any]:
    where = {"organisation": place.slug}
    run = format_html(
        '<a class="govuk-link" href="{}">{}</a>',
        reverse("payment_run", kwargs={**where, "number": row.payment_run.number}),
        row.payment_run,
    )
    cells = [str(row), *([place.name] if centre else []), day(row.paid_on), row.supplier.name, run]
    cells.append(formatted(row.discount_pence) if row.discount_pence else "")
    cells += [formatted(row.amount_pence), state_tag(row)]
    url = reverse("payment", kwargs={**where, "number": row.number})
    return {"id": row.pk, "url": url, "cells": cells}


@page(SEE_PAYMENTS)
def payments_export(request: PageRequest) -> HttpResponse:
    """The list as a file, up to EXPORT_ROWS, with its count and total above the heading."""
    here = places(request, SEE_PAYMENTS)
    form = PaymentFilterForm(request.GET)
    found = selectors.payments_in_order(sorted(here), _filters(form))
    names = {key: place.name for key, place in here.items()}
    rows = selectors.export_rows(found[:EXPORT_ROWS], names)
    chosen = ", ".join(chip["label"] for chip in _chips(form))
    facts = {"Filter": chosen or "Released"}
    if len(rows) == EXPORT_ROWS:
        facts["Complete"] = "no: narrow it by filters"
    totals = {"Total": f"{sum((row[6] for row in rows), Decimal())}"}
    return listed(request, "payments", "Payments", selectors.EXPORT_HEAD, rows, facts, totals)


@page(SEE_PAYMENTS)
def payment(request: PageRequest, number: int) -> HttpResponse:
    """The remittance advice: what this payment settles. Fit to print; the account is masked."""
    row = selectors.payment_by_number(request.organisation.id, number)
    slug = request.organisation.slug
    settled = advice.settled_rows(selectors.allocations_of(row))
    lines = [_settled(*one, slug) for one in settled]
    lines.append({"cells": ["Total", "", "", "", formatted(row.amount_pence)], "total": True})
    context = {
        "payment": row,
        "tag": state_tag(row),
        "may_return": row.state == Payment.State.RELEASED
        and row.payment_run.bank_account_id is not None
        and may(request.actor, RETURN_PAYMENTS),
        "sentence": advice.sentence(row, request.organisation.name),
        "facts": _payment_facts(row, slug),
        "columns": [
            {"label": "Our number"},
            {"label": "Your reference"},
            {"label": "Dated"},
            {"label": "Kind"},
            {"label": "Amount", "numeric": True},
        ],
        "rows": lines,
    }
    return render(request, "finance/payments/remittance.html", context)


def _settled(allocation: Allocation, kind: str, pence: int, slug: str) -> dict[str, Any]:
    invoice = allocation.invoice
    cells = [
        str(invoice),
        invoice.supplier_ref,
        day(invoice.invoice_on),
        kind,
        formatted(pence),
    ]
    url = reverse("invoice", kwargs={"organisation": slug, "number": invoice.number})
    return {"id": invoice.number, "url": url, "cells": cells}


def _payment_facts(row: Payment, slug: str) -> list[dict[str, Any]]:
    run = reverse("payment_run", kwargs={"organisation": slug, "number": row.payment_run.number})
    told = advice_of(row.organisation_id, [row]).get(row.pk)
    facts = {
        **advice.facts(row),
        "Run": format_html('<a class="govuk-link" href="{}">{}</a>', run, row.payment_run),
        "Remittance advice": told_in_words(told, row),
    }
    return [{"key": key, "value": value} for key, value in facts.items()]


@page(SEE_PAYMENTS, bank=True)
def bank_accounts(request: PageRequest) -> HttpResponse:
    """The accounts that this organisation pays from."""
    found = Paginator(selectors.bank_accounts(request.organisation.id), PER_PAGE)
    shown = part_of(request, found)
    rows = [
        {
            "id": a.pk,
            "cells": [
                a.name,
                a.account_name,
                f"ending {a.account_ending}",
                a.service_user,
                f"{a.next_serial:06d}",
            ],
        }
        for a in shown.object_list
    ]
    labels = ("Account", "Name at the bank", "Number", "Service user", "Next serial")
    context = {"rows": rows, "columns": [{"label": label} for label in labels], "page": shown}
    return render(request, "finance/payments/bank_accounts.html", context)
