"""A mass regrading: what it costs by unit before anybody decides."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from core.web.pages import page
from core.web.refusals import refusals_on
from hr.forms import RegradingForm
from hr.permissions import KEEP_TERMS
from hr.selectors.awards import costs_of
from hr.selectors.terms import scales_of
from hr.services.proposing import propose_regrading, regrading_of
from hr.views.awards import cost_table


@page(KEEP_TERMS)
def regrading_new(request: Any) -> HttpResponse:
    """First what it costs, then, with the same answers, the proposal."""
    scales = {str(one.pk): one for one in scales_of(request.actor.organisation_id)}
    form = RegradingForm(request.POST or None, scales=scales, initial={"from_on": request.today})
    context: dict[str, Any] = {"form": form, "regrading": True}
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            context |= _looked(request, form)
            if "send" in request.POST:
                reason = form.cleaned_data["reason"]
                sent = propose_regrading(new=form.regrading, reason=reason, by=request.actor)
                messages.success(request, f"{sent} is proposed and waits for approval.")
                return redirect("pay_award", request.organisation.slug, sent.number)
    return render(request, "hr/award_new.html", context, status=422 if form.errors else 200)


def _looked(request: Any, form: RegradingForm) -> dict[str, Any]:
    asked = regrading_of(form.regrading)
    costs = costs_of(asked, request.today)
    return {"looked": True, "words": asked.words, **(cost_table(costs) if costs else {})}
