"""Employer payment summaries: what was made for HMRC by tax month, making one, its file."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.actors import may
from core.templatetags.web import pounds, short_day
from core.web.pages import page
from core.web.refusals import refusals_on
from payroll.forms_dues import SummaryForm
from payroll.models import PaymentSummary
from payroll.permissions import RUN_PAY, SEE_PAY_RUNS
from payroll.selectors.summaries import one_summary, summaries_of
from payroll.services.payment_summaries import make_eps, take_eps

PER_PAGE = 50
HEADS = ("Summary", "Tax month", "Says", "Made on", "IRmark")
WHOLE = ("Summary", "Tax month")
FIGURES = ("Levy to date", "Recovered", "Compensation")


@page(SEE_PAY_RUNS)
def pay_summaries(request: Any) -> HttpResponse:
    """All of them, and making one."""
    makes = may(request.actor, RUN_PAY)
    form = SummaryForm(request.POST or None, today=request.today)
    if request.method == "POST" and makes and form.is_valid():
        with refusals_on(form):
            made = make_eps(**form.facts, by=request.actor, at=timezone.now())
            messages.success(request, f"{made} is made. It is not sent.")
            return redirect("pay_summaries", request.organisation.slug)
    found = Paginator(summaries_of(request.actor.organisation_id), PER_PAGE)
    shown, slug = found.get_page(request.GET.get("page")), request.organisation.slug
    heads = (*HEADS, *FIGURES)
    columns = [{"label": one, "numeric": one in FIGURES, "whole": one in WHOLE} for one in heads]
    context = {"form": form if makes else None, "page": shown, "columns": columns,
               "rows": [_row(slug, one, makes) for one in shown.object_list]}  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "payroll/summaries.html", context, status=status)


def _row(slug: str, one: PaymentSummary, makes: bool) -> dict[str, Any]:
    said = [
        "nobody was paid" if one.no_payment else "",
        "" if one.claims_allowance is None
        else "claims the employment allowance" if one.claims_allowance
        else "claims no employment allowance",
        "what the levy comes to" if one.levy_pence else "",
        "what is recovered" if one.recovered_pence else "",
        "last submission of the year" if one.final else "",
    ]  # fmt: skip
    year = f"{one.tax_year}-{(one.tax_year + 1) % 100:02d}"
    words = ", ".join(filter(None, said))
    cells = [
        str(one), f"{year}, month {one.month}", words[:1].upper() + words[1:],
        f"{short_day(one.made_at)} by {one.made_by_name}, not sent", one.irmark,
        *(pounds(p) for p in (one.levy_pence, one.recovered_pence, one.compensation_pence)),
    ]  # fmt: skip
    url = reverse("pay_summary_file", args=[slug, one.number]) if makes else ""
    return {"id": one.pk, "url": url, "cells": cells}


@page(RUN_PAY)
@require_GET
def pay_summary_file(request: Any, number: int) -> HttpResponse:
    """The very bytes that were made."""
    made = one_summary(request.actor.organisation_id, number)
    response = HttpResponse(
        take_eps(summary=made, by=request.actor), content_type="application/xml"
    )
    response["Content-Disposition"] = f'attachment; filename="{made}.xml"'
    response["X-Content-SHA256"] = made.sha256
    return response
