"""The calendar board of all pay groups, a new group, and the start of a period's run."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core.actors import may
from core.templatetags.web import day, pounds, short_day, thousands
from core.web.pages import page
from core.web.refusals import refusals_on, refusals_said
from payroll.forms_pay import BringForwardForm, PayGroupForm
from payroll.models import PayGroup, PayRun
from payroll.permissions import KEEP_PAY_GROUPS, RUN_PAY, SEE_DUES, SEE_PAY_RUNS, SEE_PAYSLIPS
from payroll.selectors.runs import BoardRow, board, pay_groups, pay_period
from payroll.services.groups import bring_forward, create_pay_group
from payroll.services.runs import start_pay_run

COLUMNS = [
    {"label": "Pay day"},
    {"label": "Group"},
    {"label": "Pays for"},
    {"label": "Cut-off"},
    {"label": "Approve by"},
    {"label": "To the bank by"},
    {"label": "Step"},
    {"label": "People", "numeric": True},
    {"label": "Net pay", "numeric": True},
]


@page(SEE_PAY_RUNS)
@require_GET
def pay_board(request: Any) -> HttpResponse:
    found = board(request.actor.organisation_id, request.today)
    may_run = may(request.actor, RUN_PAY)
    context = {
        "columns": COLUMNS,
        "rows": [_row(request, one, may_run) for one in found],
        "groups": _groups(request, found),
        "may_keep": may(request.actor, KEEP_PAY_GROUPS),
        "may_see_dues": may(request.actor, SEE_DUES),
        "may_see_slips": may(request.actor, SEE_PAYSLIPS),
    }
    return render(request, "payroll/board.html", context)


def _groups(request: Any, found: list[BoardRow]) -> list[tuple[PayGroup, int | None]]:
    """Every group, with its first pay day of which no run was begun."""
    first: dict[int, int] = {}
    for one in found:
        if one.run is None:
            first.setdefault(one.period.pay_group_id, one.period.pk)
    here = request.actor.organisation_id
    return [(group, first.get(group.pk)) for group in pay_groups(here)]


def _row(request: Any, one: BoardRow, may_run: bool) -> dict[str, Any]:
    period, run, slug = one.period, one.run, request.organisation.slug
    results = run.results if run else {}
    step = render_to_string(
        "payroll/_step.html",
        {"period": period, "run": run, "slug": slug, "may_run": may_run,
         "late": one.late(request.today), "csrf_token": get_token(request)},
    )  # fmt: skip
    cells = [
        day(one.pays_on),
        f"{period.pay_group.name}{', supplementary' if run and run.supplementary else ''}",
        f"{short_day(period.starts_on)} to {short_day(period.ends_on)}",
        *(short_day(on) for on in (period.cut_off_on, period.approve_on, period.submit_on)),
        step,
        thousands(results.get("people")),
        pounds(results.get("net")),
    ]
    url = reverse("pay_run", args=[slug, run.number]) if run else ""
    return {
        "id": run.number if run else f"p{period.pk}",
        "url": url,
        "cells": cells,
        "tone": _tone(run),
    }


def _tone(run: PayRun | None) -> str:
    return "good" if run is not None and run.state in PayRun.FINAL else ""


@page(RUN_PAY)
@require_POST
def pay_start(request: Any, period: int) -> HttpResponse:
    slug = request.organisation.slug
    found = pay_period(request.actor.organisation_id, period)
    with refusals_said(request):
        run = start_pay_run(period=found, by=request.actor)
        return redirect("pay_run", slug, run.number)
    return redirect("pay_board", slug)


@page(KEEP_PAY_GROUPS)
def pay_group_new(request: Any) -> HttpResponse:
    form = PayGroupForm(request.POST or None, organisation_id=request.actor.organisation_id)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            group = create_pay_group(**form.facts, by=request.actor)
            messages.success(request, f"{group.name} is set up, with its pay days.")
            return redirect("pay_board", request.organisation.slug)
    status = 422 if form.errors else 200
    return render(request, "payroll/group_new.html", {"form": form}, status=status)


@page(KEEP_PAY_GROUPS)
def pay_bring_forward(request: Any, period: int) -> HttpResponse:
    """What a group that was paid elsewhere brings along, before its first run here."""
    found = pay_period(request.actor.organisation_id, period)
    form = BringForwardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            people = bring_forward(period=found, by=request.actor)
            messages.success(request, f"Brought forward: {people:,} of {found.pay_group.name}.")
            return redirect("pay_board", request.organisation.slug)
    context = {"form": form, "period": found, "group": found.pay_group}
    status = 422 if form.errors else 200
    return render(request, "payroll/bring_forward.html", context, status=status)
