"""Plans of recovery: the list, one with what was taken for it, entering and ending."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.actors import may
from core.templatetags.web import day, pounds
from core.web.pages import page
from core.web.refusals import refusals_on
from events.selectors import timeline
from payroll.forms_orders import EndForm
from payroll.forms_recovery import PlanForm
from payroll.models import RecoveryPlan, RecoveryTaken
from payroll.permissions import KEEP_PLANS, SEE_PLANS
from payroll.selectors.recovery import one_plan, plans_here, recovered
from payroll.services.looking import look_at_plan, look_at_plans
from payroll.services.recovery import end_plan, enter_plan
from payroll.views.deductions import entered, form_page, listed, state_tag

HEADS = ("Plan", "Name", "Number", "What for", "Instalment", "State")
TAKEN_HEADS = ("Pay day", "Given back", "Still owed, gross", "Still owed, net")


@page(SEE_PLANS)
@require_GET
def recovery_plans(request: Any) -> HttpResponse:
    look_at_plans(by=request.actor)
    state = request.GET.get("state", "")
    state = state if state in RecoveryPlan.State.values else ""
    rows = plans_here(request.actor.organisation_id, state)
    slug = request.organisation.slug
    context = {
        **listed(request, rows, HEADS, lambda one: _row(slug, one)),
        "heading": "Overpayments given back",
        "lead": "What was paid too much and is given back by a plan that the person agreed to.",
        "states": RecoveryPlan.State.choices,
        "state": state,
        "new": may(request.actor, KEEP_PLANS) and reverse("recovery_plan_new", args=[slug]),
    }
    return render(request, "payroll/deductions.html", context)


def _row(slug: str, one: RecoveryPlan) -> dict[str, Any]:
    cells = [str(one), one.employment.name, one.employment.number, one.why,
             pounds(one.instalment_pence), state_tag(one)]  # fmt: skip
    return {"id": one.pk, "url": reverse("recovery_plan", args=[slug, one.number]), "cells": cells}


@page(SEE_PLANS)
@require_GET
def recovery_plan(request: Any, number: int) -> HttpResponse:
    plan = one_plan(request.actor.organisation_id, number)
    look_at_plan(plan=plan, by=request.actor)
    rows, slug = recovered(plan), request.organisation.slug
    ending = plan.state == RecoveryPlan.State.ACTIVE and may(request.actor, KEEP_PLANS)
    context = {
        "one": plan,
        "list": {"label": "Overpayments given back", "url": reverse("recovery_plans", args=[slug])},
        "facts": [{"key": key, "value": value} for key, value in _facts(plan, rows) if value],
        "columns": [{"label": one, "numeric": n > 0} for n, one in enumerate(TAKEN_HEADS)],
        "rows": [{"id": one.pk, "cells": _taken(one)} for one in rows],
        "end": ending and reverse("recovery_plan_end", args=[slug, number]),
        "entries": timeline(plan),
    }
    return render(request, "payroll/deduction.html", context)


def _facts(plan: RecoveryPlan, rows: Any) -> list[tuple[str, str]]:
    gross, net = plan.gross_pence, plan.net_pence
    left = (rows[0].gross_left_pence, rows[0].net_left_pence) if rows else (gross, net)
    return [
        ("State", str(plan.get_state_display())),
        ("Why it ended", plan.reason),
        ("Taken from", f"{plan.employment.name}, number {plan.employment.number}"),
        ("Overpaid", f"{pounds(gross)} gross, of which {pounds(net)} reached them"),
        ("What for", f"{plan.why}, on {day(plan.overpaid_on)}"),
        ("Instalment", f"{pounds(plan.instalment_pence)} a pay day, from {day(plan.from_on)}"),
        ("Must be left", pounds(plan.protected_pence)),
        ("Still owed", f"{pounds(left[0])} gross, {pounds(left[1])} net"),
        ("Agreed", f"{day(plan.agreed_on)}; entered on {day(plan.entered_at)}"
                   f" by {plan.entered_by_name}"),
    ]  # fmt: skip


def _taken(one: RecoveryTaken) -> list[str]:
    amounts = (one.taken_pence, one.gross_left_pence, one.net_left_pence)
    return [day(one.payslip.pays_on), *(pounds(pence) for pence in amounts)]


@page(KEEP_PLANS)
def recovery_plan_new(request: Any) -> HttpResponse:
    form = PlanForm(request.POST or None)
    plan = entered(
        request,
        form,
        lambda employment: enter_plan(employment=employment, plan=form.plan, by=request.actor),
    )
    if plan:
        messages.success(request, f"{plan} is entered. The next calculation takes it.")
        return redirect("recovery_plan", request.organisation.slug, plan.number)
    back = reverse("recovery_plans", args=[request.organisation.slug])
    return form_page(request, form, "Enter a plan of recovery", back)


@page(KEEP_PLANS)
def recovery_plan_end(request: Any, number: int) -> HttpResponse:
    plan = one_plan(request.actor.organisation_id, number)
    back = reverse("recovery_plan", args=[request.organisation.slug, number])
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        with refusals_on(form):
            end_plan(plan=plan, reason=reason, by=request.actor)
            messages.success(request, f"{plan} is ended. No further calculation takes it.")
            return redirect(back)
    return form_page(request, form, f"End {plan}", back)
