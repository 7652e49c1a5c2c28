"""Net pay that came back from the bank: recorded, proposed again, released by a second person."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.actors import may
from core.templatetags.web import day, pounds, short_day
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on, refusals_said
from events.selectors import timeline
from payroll.forms_returns import AgainForm, ReleaseForm, ReturnForm
from payroll.models import PayAgain
from payroll.permissions import APPROVE_PAY, RUN_PAY, SEE_PAY_RUNS, SEE_PAYSLIPS
from payroll.selectors import returns as selectors
from payroll.selectors.runs import bytes_of, pay_run
from payroll.services import paying_again as services
from payroll.services.paying import note_download
from payroll.services.returns import return_pay
from payroll.views.runs import FILE_TYPES

PER_PAGE = 50
COLUMNS = [
    {"label": "Name"},
    {"label": "Payment"},
    {"label": "To account"},
    {"label": "Came back", "whole": True},
    {"label": "What the bank said"},
    {"label": "Amount", "numeric": True},
    {"label": "Paid again"},
]
ACTIONS = [{"name": "action", "value": "again", "label": "Propose to pay these again"}]


@page(SEE_PAYSLIPS, unsafe=RUN_PAY)
def pay_returns(request: Any, number: int) -> HttpResponse:
    """What came back of a run, each with where it is paid again; and recording another."""
    run = pay_run(request.actor.organisation_id, number)
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return_pay(pay_run=run, by=request.actor, at=timezone.now(), **form.cleaned_data)
            messages.success(request, "It is reversed: the pay is owed again.")
            return redirect("pay_returns", request.organisation.slug, number)
    shown = part_of(request, Paginator(selectors.came_back(run), PER_PAGE))
    context = {
        "run": run,
        "page": shown,
        "columns": COLUMNS,
        "rows": [_row(request.organisation.slug, one) for one in shown.object_list],
        "actions": ACTIONS,
        "may_run": may(request.actor, RUN_PAY),
        "form": form,
        "again_form": AgainForm(),
    }
    return render(request, "payroll/returns.html", context, status=422 if form.errors else 200)


def _row(slug: str, one: Any) -> dict[str, Any]:
    payment, part = one.payment, next(iter(one.standing), None)
    url = reverse("pay_again", args=[slug, part.pay_again.number]) if part else ""
    cells = [
        payment.payslip.name, str(payment), f"••••{payment.details.account_ending}",
        short_day(one.returned_on), f"{one.get_kind_display()}: {one.reason}",
        pounds(one.amount_pence), _where(part.pay_again) if part else "Owed",
    ]  # fmt: skip
    return {"id": payment.payslip.number, "url": url, "label": payment.payslip.name,
            "cells": cells, "tone": "" if part else "warn"}  # fmt: skip


def _where(again: PayAgain) -> str:
    if again.state == PayAgain.State.RELEASED:
        return f"On {short_day(again.pays_on)}"
    return f"Proposed for {short_day(again.pays_on)}"


@page(RUN_PAY)
@require_POST
def pay_returns_again(request: Any, number: int) -> HttpResponse:
    """Proposes what is ticked; a second person releases it."""
    run, slug = pay_run(request.actor.organisation_id, number), request.organisation.slug
    form = AgainForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose the day on which it is to arrive.")
        return redirect("pay_returns", slug, number)
    chosen = [int(one) for one in request.POST.getlist("employees")[:PER_PAGE] if one.isdigit()]
    with refusals_said(request):
        again = services.propose_again(
            pay_run=run, employees=chosen, by=request.actor, at=timezone.now(), **form.cleaned_data
        )
        messages.success(request, "Proposed. A second person releases it.")
        return redirect("pay_again", slug, again.number)
    return redirect("pay_returns", slug, number)


@page(SEE_PAY_RUNS, unsafe=APPROVE_PAY, bank=True)
def pay_again(request: Any, number: int) -> HttpResponse:
    """What is paid again; the second person types the total and releases it."""
    again = selectors.pay_again_numbered(request.actor.organisation_id, number)
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.release_again(again=again, by=request.actor, at=timezone.now(), **form.facts)
            messages.success(request, "Released: the bank files are made.")
            return redirect("pay_again", request.organisation.slug, number)
    context = _shown(request, again) | {"form": form}
    return render(request, "payroll/again.html", context, status=422 if form.errors else 200)


PART_COLUMNS = [{"label": "Name"}, {"label": "Came back from"}, {"label": "Paid to"},
                {"label": "Amount", "numeric": True}]  # fmt: skip


def _shown(request: Any, again: PayAgain) -> dict[str, Any]:
    """Names and accounts for those alone who see payslips."""
    actor, proposed = request.actor, again.state == PayAgain.State.PROPOSED
    sees = may(actor, SEE_PAYSLIPS)
    parts = part_of(request, Paginator(selectors.parts_of(again), PER_PAGE)) if sees else None
    second = may(actor, APPROVE_PAY) and actor.person_id != again.made_by_id
    return {
        "again": again,
        "facts": _facts(again),
        "page": parts,
        "columns": PART_COLUMNS,
        "rows": [_part(one) for one in parts.object_list] if parts else [],
        "may_see": sees,
        "may_run": may(actor, RUN_PAY),
        "may_release": proposed and second,
        "proposed": proposed,
        "files": selectors.files_again(again),
        "entries": timeline(again),
    }


def _facts(again: PayAgain) -> list[dict[str, str]]:
    facts = {
        "State": again.get_state_display(),
        "Of": str(again.pay_run),
        "To arrive on": day(again.pays_on),
        "Payments": str(again.payments),
        "Total": pounds(again.total_pence),
        "Proposed by": f"{again.made_by_name}, {day(again.made_at)}",
        "Released by": again.released_by_name,
    }
    return [{"key": key, "value": value} for key, value in facts.items() if value]


def _part(one: Any) -> dict[str, Any]:
    back = one.pay_return
    cells = [
        back.payment.payslip.name,
        str(back.payment),
        f"••••{one.details.account_ending}, {one.account_name}",
        pounds(back.amount_pence),
    ]
    return {"id": one.pk, "url": "", "cells": cells}


@page(RUN_PAY)
@require_POST
def pay_again_cancel(request: Any, number: int) -> HttpResponse:
    """Nothing is paid by it; what is in it is owed as before."""
    again = selectors.pay_again_numbered(request.actor.organisation_id, number)
    with refusals_said(request):
        services.cancel_again(again=again, by=request.actor, at=timezone.now())
        messages.success(request, "Cancelled: it is owed as before.")
    return redirect("pay_again", request.organisation.slug, number)


@page(RUN_PAY, bank=True)
@require_GET
def pay_again_file(request: Any, number: int, format: str) -> HttpResponse:
    """The very bytes that were made, with their hash beside."""
    again = selectors.pay_again_numbered(request.actor.organisation_id, number)
    file = selectors.file_again(again, format)
    note_download(file=file, by=request.actor)
    kind, ending = FILE_TYPES[file.format]
    response = HttpResponse(bytes_of(file), content_type=kind)
    name = f"{again}-{file.service_user}-{file.serial}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-SHA256"] = file.sha256
    return response
