"""Earnings before absences that were stated: the list, and stating them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.errors import NotFound
from core.templatetags.web import day, pounds
from core.web.pages import page
from core.web.refusals import refusals_on
from hr.selectors.absences import absence_of
from payroll.forms_statutory import EarningsForm
from payroll.models import StatedEarnings
from payroll.permissions import KEEP_STATUTORY
from payroll.selectors.statutory import stated_here
from payroll.services.looking import look_at_earnings
from payroll.services.statutory import state_earnings
from payroll.views.deductions import form_page, listed

HEADS = ("Name", "Number", "Absence", "Earnings", "Of", "Paper", "Recorded", "By")


@page(KEEP_STATUTORY)
@require_GET
def pay_earnings(request: Any) -> HttpResponse:
    look_at_earnings(by=request.actor)
    context = {
        **listed(request, stated_here(request.actor.organisation_id), HEADS, _row),
        "heading": "Earnings before absences",
        "lead": "Average earnings for statutory pay come from payslips here. What they do not"
        " reach back to stands in this list.",
        "states": [],
        "new": reverse("pay_earnings_new", args=[request.organisation.slug]),
    }
    return render(request, "payroll/deductions.html", context)


def _row(one: StatedEarnings) -> dict[str, Any]:
    cells = [one.employment.name, one.employment.number, one.absence, pounds(one.earnings_pence),
             f"{one.parts} {one.unit}", one.paper, day(one.recorded_at),
             one.recorded_by_name]  # fmt: skip
    return {"id": one.pk, "cells": cells}


@page(KEEP_STATUTORY)
def pay_earnings_new(request: Any) -> HttpResponse:
    form = EarningsForm(request.POST or None)
    back = reverse("pay_earnings", args=[request.organisation.slug])
    if request.method == "POST" and form.is_valid() and _stated(request, form):
        messages.success(request, "The earnings are recorded. The next calculation takes them.")
        return redirect(back)
    return form_page(request, form, "State earnings before an absence", back)


def _stated(request: Any, form: EarningsForm) -> StatedEarnings | None:
    try:
        found = absence_of(request.actor, form.cleaned_data["absence"])
    except NotFound:
        form.add_error("absence", "There is no absence with this number")
        return None
    with refusals_on(form):
        return state_earnings(absence=found, stated=form.stated, by=request.actor)
    return None
