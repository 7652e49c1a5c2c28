"""A supplementary run: chosen people of a period that was paid, on a day of its own."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from core.web.pages import page
from core.web.refusals import refusals_on
from payroll.forms_pay import SupplementaryForm
from payroll.permissions import RUN_PAY
from payroll.selectors.runs import pay_period
from payroll.services.supplementary import start_supplementary_run


@page(RUN_PAY)
def pay_supplementary(request: Any, period: int) -> HttpResponse:
    """Asks whom, when and why; then the run is calculated as any other."""
    found = pay_period(request.actor.organisation_id, period)
    form = SupplementaryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            run = start_supplementary_run(
                period=found, supplement=form.supplement, by=request.actor
            )
            return redirect("pay_run", request.organisation.slug, run.number)
    context = {"form": form, "period": found}
    return render(
        request, "payroll/supplementary.html", context, status=422 if form.errors else 200
    )
