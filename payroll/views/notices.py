"""Loans, gifts and pay given up: the list of notices, and recording one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.templatetags.web import day, pounds
from core.web.pages import page
from payroll.calculator.loans import plan_names
from payroll.forms_notices import NoticeForm
from payroll.models import PayNotice
from payroll.permissions import KEEP_NOTICES
from payroll.selectors.notices import notices_here
from payroll.services.looking import look_at_notices
from payroll.services.notices import record_notice
from payroll.views.deductions import entered, form_page, listed

HEADS = ("From", "Name", "Number", "Loans", "Gift", "Pay given up", "For a pension", "Paper",
         "Recorded by")  # fmt: skip


@page(KEEP_NOTICES)
@require_GET
def pay_notices(request: Any) -> HttpResponse:
    look_at_notices(by=request.actor)
    rows = notices_here(request.actor.organisation_id)
    context = {
        **listed(request, rows, HEADS, _row),
        "heading": "Loans, gifts and pay given up",
        "lead": "Student and postgraduate loans to repay, gifts to charity and salary sacrifice."
        " Each line holds for its person from its day until the next one.",
        "states": [],
        "new": reverse("pay_notice_new", args=[request.organisation.slug]),
    }
    return render(request, "payroll/deductions.html", context)


def _row(one: PayNotice) -> dict[str, Any]:
    cells = [day(one.from_on), one.employment.name, one.employment.number, plan_names(one.loans),
             pounds(one.gift_pence), pounds(one.sacrifice_pence), pounds(one.pension_pence),
             one.paper, one.recorded_by_name]  # fmt: skip
    return {"id": one.pk, "cells": cells}


@page(KEEP_NOTICES)
def pay_notice_new(request: Any) -> HttpResponse:
    form = NoticeForm(request.POST or None)
    made = entered(
        request,
        form,
        lambda employment: record_notice(
            employment=employment, notice=form.notice, by=request.actor
        ),
    )
    back = reverse("pay_notices", args=[request.organisation.slug])
    if made:
        messages.success(request, "The notice is recorded. The next calculation takes it.")
        return redirect(back)
    return form_page(request, form, "Record a notice", back)
