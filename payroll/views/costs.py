"""What the payroll service cost, month by month, for the cost of a payslip on boards."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from core.actors import may
from core.templatetags.web import day_time, pounds
from core.web.pages import page
from core.web.refusals import refusals_on
from payroll.forms_pay import ServiceCostForm
from payroll.models import ServiceCost
from payroll.permissions import KEEP_SERVICE_COST, SEE_PAY_RUNS
from payroll.selectors.costs import service_costs
from payroll.services.costs import record_service_cost
from payroll.views.deductions import listed

HEADS = ("Month", "Cost", "How it was found", "Recorded by", "Recorded")


@page(SEE_PAY_RUNS, unsafe=KEEP_SERVICE_COST)
def pay_costs(request: Any) -> HttpResponse:
    """The list; a POST records a month."""
    form = ServiceCostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {**form.facts, "by": request.actor, "at": timezone.now()}
        with refusals_on(form):
            record_service_cost(**given)
            messages.success(request, "The cost is recorded. Boards show it when next made.")
            return redirect("pay_costs", organisation=request.organisation.slug)
    context = listed(request, service_costs(request.actor.organisation_id), HEADS, _row)
    context["form"] = form if may(request.actor, KEEP_SERVICE_COST) else None
    return render(request, "payroll/costs.html", context, status=422 if form.errors else 200)


def _row(one: ServiceCost) -> dict[str, Any]:
    cells = [f"{one.month:%B %Y}", pounds(one.cost_pence), one.found_by, one.recorded_by_name,
             day_time(one.recorded_at)]  # fmt: skip
    return {"id": one.pk, "cells": cells}
