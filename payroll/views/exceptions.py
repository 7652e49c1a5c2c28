"""The exceptions of a run with one cause: what to do, waive with a reason, calculate alone."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core.templatetags.web import short_day
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_said
from payroll.models import Cause, PayException, PayRun
from payroll.permissions import RUN_PAY, SEE_PAYSLIPS
from payroll.selectors import runs as selectors
from payroll.services.runs import recalculate_some, waive

PER_PAGE = 50
# More than these are calculated with everybody else.
MOST_ALONE = 500
RECORD = "Put it right in the record of the person, then calculate these alone."
LOOK = "Look whether it is as it should be. If so, waive it and say why."
REMEDIES = {
    Cause.NO_PAY: "See why nothing is left. Nobody is paid less than nothing by the bank.",
    Cause.NO_BANK: RECORD,
    Cause.NO_CODE: "Ask for a P45 or a starter's declaration and record the code.",
    Cause.NO_NI_NUMBER: RECORD,
    Cause.NO_BIRTH: RECORD,
    Cause.NO_VALUE: "Record the pay scale for these days, then calculate these alone.",
    Cause.TAKEN_BACK: "Agree with the person how it is paid back before it is taken.",
    Cause.NO_EARNINGS: "State the average weekly earnings under Statutory pay, then calculate these"
    " alone.",
    Cause.NO_STATUTORY: "Tell the person why, in writing, and what they can claim instead.",
    Cause.NO_RATE: "Correct the record of the job, or have the claim made for a day it was held.",
    Cause.LETTER: LOOK,
    Cause.CHANGE: LOOK,
    Cause.FIRST: "Compare it with the letter of appointment.",
    Cause.LEAVER: "Check the last day and what is still owed.",
    Cause.LEAVER_PAID: "Agree how the overpayment is paid back.",
    Cause.HIGH_TAX: "See whether the tax code is right.",
    Cause.LIMITED: "See whether the tax code is right: half of the pay is the most that it takes.",
    Cause.TIER: "See whether the pay of a year has changed as the band says, and tell the person.",
    Cause.MINIMUM_WAGE: "Pay at least the minimum wage: correct the hours or the point.",
    Cause.ENROLMENT: "The commit of this run enrols them. Waive it once you agree; who need not be"
    " enrolled has a wrong date of birth or wrong pay.",
    Cause.DIRECTOR: "Enter what is missing with how they are paid, then calculate these alone."
    " Where a letter changed, work the year out by hand and compare.",
    Cause.SEVERAL: "Put the letters right, or the employments into one pay group, and calculate"
    " everybody. Where that cannot be, work out by hand what is due on all of the pay.",
    Cause.SHARED_BANK: "Make sure that both of them know.",
}
COLUMNS = [{"label": one} for one in ("Name", "Number", "What", "Settled")]
ACTIONS = [
    {"name": "action", "value": "waive", "label": "Waive with this reason"},
    {"name": "action", "value": "again", "label": "Calculate again"},
]


@page(SEE_PAYSLIPS)
@require_GET
def pay_exceptions(request: Any, number: int, cause: str) -> HttpResponse:
    run = selectors.pay_run(request.actor.organisation_id, number)
    found = Paginator(selectors.exceptions_of(run, cause), PER_PAGE)
    shown = part_of(request, found)
    context = {
        "run": run,
        "cause": Cause(cause),
        "remedy": REMEDIES[Cause(cause)],
        "page": shown,
        "columns": COLUMNS,
        "actions": ACTIONS,
        "rows": [_row(request.organisation.slug, one) for one in shown.object_list],
        "may_change": run.state == PayRun.State.CALCULATED,
    }
    return render(request, "payroll/exceptions.html", context)


def _row(slug: str, one: PayException) -> dict[str, Any]:
    settled = ""
    if one.waived_at:
        settled = f"{one.reason} ({one.waived_by_name}, {short_day(one.waived_at)})"
    return {
        "id": one.employment_id,
        "label": one.name,
        "url": reverse("staff_person", args=[slug, one.number]),
        "tone": "" if one.waived_at else "warn",
        "cells": [one.name, one.number, one.text, settled],
    }


@page(RUN_PAY)
@require_POST
def pay_settle(request: Any, number: int, cause: str) -> HttpResponse:
    """Waives the selected exceptions, or calculates their people again."""
    run = selectors.pay_run(request.actor.organisation_id, number)
    waiting = set(selectors.open_employments(run, cause))
    given = request.POST
    asked = {int(key) for key in given.getlist("people") if key.isdigit() and len(key) < 19}
    chosen = sorted(waiting if given.get("scope") == "all" else waiting & asked)
    with refusals_said(request):
        if not chosen:
            messages.info(request, "Select those that are open first.")
        elif given.get("action") == "again":
            recalculate_some(pay_run=run, employments=chosen[:MOST_ALONE], by=request.actor)
            messages.success(request, f"Calculated again: {len(chosen[:MOST_ALONE]):,}.")
        else:
            reason = given.get("reason", "")[:200]
            done = waive(pay_run=run, cause=cause, employments=chosen, reason=reason,
                         by=request.actor)  # fmt: skip
            messages.success(request, f"Waived: {done:,}.")
    return redirect("pay_exceptions", request.organisation.slug, number, cause)
