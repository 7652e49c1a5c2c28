"""Attachment orders: the list, one with what was taken for it, entering and ending."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.actors import may
from core.templatetags.web import day, pounds, short_day
from core.web.pages import page
from core.web.refusals import refusals_on
from events.selectors import timeline
from payroll.forms_orders import EndForm, OrderForm
from payroll.models import OrderTaken, PayOrder
from payroll.permissions import KEEP_ORDERS, SEE_ORDERS
from payroll.selectors.orders import one_order, orders_here, taken_for, taken_pence
from payroll.services.looking import look_at_order, look_at_orders
from payroll.services.orders import end_order, enter_order
from payroll.views.deductions import entered, form_page, listed, state_tag

HEADS = ("Order", "Name", "Number", "Kind", "Pay to", "Received", "State")
TAKEN_HEADS = ("Pay day", "Asked for", "Protected", "Taken", "Carried on")


@page(SEE_ORDERS)
@require_GET
def pay_orders(request: Any) -> HttpResponse:
    look_at_orders(by=request.actor)
    state = request.GET.get("state", "")
    state = state if state in PayOrder.State.values else ""
    rows = orders_here(request.actor.organisation_id, state)
    slug = request.organisation.slug
    context = {
        **listed(request, rows, HEADS, lambda one: _row(slug, one)),
        "heading": "Attachment orders",
        "lead": "What courts, councils and the DWP have taken from pay.",
        "states": PayOrder.State.choices,
        "state": state,
        "new": may(request.actor, KEEP_ORDERS) and reverse("pay_order_new", args=[slug]),
    }
    return render(request, "payroll/deductions.html", context)


def _row(slug: str, one: PayOrder) -> dict[str, Any]:
    cells = [str(one), one.employment.name, one.employment.number, one.get_kind_display(),
             one.creditor, short_day(one.received_on), state_tag(one)]  # fmt: skip
    return {"id": one.pk, "url": reverse("pay_order", args=[slug, one.number]), "cells": cells}


@page(SEE_ORDERS)
@require_GET
def pay_order(request: Any, number: int) -> HttpResponse:
    order = one_order(request.actor.organisation_id, number)
    look_at_order(order=order, by=request.actor)
    slug = request.organisation.slug
    ending = order.state == PayOrder.State.ACTIVE and may(request.actor, KEEP_ORDERS)
    context = {
        "one": order,
        "list": {"label": "Attachment orders", "url": reverse("pay_orders", args=[slug])},
        "facts": [{"key": key, "value": value} for key, value in _facts(order) if value],
        "columns": [{"label": one, "numeric": n > 0} for n, one in enumerate(TAKEN_HEADS)],
        "rows": [{"id": one.pk, "cells": _taken(one)} for one in taken_for(order)],
        "end": ending and reverse("pay_order_end", args=[slug, number]),
        "entries": timeline(order),
    }
    return render(request, "payroll/deduction.html", context)


def _facts(order: PayOrder) -> list[tuple[str, str]]:
    taken, debt = taken_pence(order), order.debt_pence
    return [
        ("State", str(order.get_state_display())),
        ("Why it ended", order.reason),
        ("Taken from", f"{order.employment.name}, number {order.employment.number}"),
        ("Kind", str(order.get_kind_display())),
        ("Reference", order.reference),
        ("Pay to", order.creditor),
        ("Day of the order", day(order.made_on)),
        ("Received", day(order.received_on)),
        ("Normal deduction", pounds(order.normal_pence) if order.normal_pence else ""),
        ("Protected earnings", pounds(order.protected_pence) if order.protected_pence else ""),
        ("Debt", pounds(debt) if debt else "Runs until it is recalled"),
        ("Taken so far", pounds(taken)),
        ("Still to take", pounds(debt - taken) if debt else ""),
        ("Entered", f"{day(order.entered_at)} by {order.entered_by_name}"),
    ]


def _taken(one: OrderTaken) -> list[str]:
    amounts = (one.wanted_pence, one.protected_pence, one.deducted_pence, one.arrears_pence)
    return [day(one.payslip.pays_on), *(pounds(pence) for pence in amounts)]


@page(KEEP_ORDERS)
def pay_order_new(request: Any) -> HttpResponse:
    form = OrderForm(request.POST or None)
    order = entered(
        request,
        form,
        lambda employment: enter_order(employment=employment, order=form.order, by=request.actor),
    )
    if order:
        messages.success(request, f"{order} is entered. The next calculation takes it.")
        return redirect("pay_order", request.organisation.slug, order.number)
    back = reverse("pay_orders", args=[request.organisation.slug])
    return form_page(request, form, "Enter an attachment order", back)


@page(KEEP_ORDERS)
def pay_order_end(request: Any, number: int) -> HttpResponse:
    order = one_order(request.actor.organisation_id, number)
    back = reverse("pay_order", args=[request.organisation.slug, number])
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        with refusals_on(form):
            end_order(order=order, reason=reason, by=request.actor)
            messages.success(request, f"{order} is ended. No further calculation takes it.")
            return redirect(back)
    return form_page(request, form, f"End {order}", back)
