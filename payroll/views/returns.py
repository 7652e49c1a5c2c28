"""Net pay that came back from the bank: recorded, proposed again, released by a second person."""

from decimal import Decimal
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
from core.web.exports import listed
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on, refusals_said
from events.selectors import timeline
from payroll.forms_returns import (
    KINDS,
    AgainForm,
    ReleaseForm,
    ReturnFileForm,
    ReturnForm,
    ReturnsFilter,
)
from payroll.models import PayAgain, PayReturn, PayRun
from payroll.permissions import APPROVE_PAY, RUN_PAY, SEE_PAY_RUNS, SEE_PAYSLIPS
from payroll.selectors import returns as selectors
from payroll.selectors.runs import bytes_of, pay_run
from payroll.services import paying_again as services
from payroll.services.paying import note_download
from payroll.services.returns import return_file, return_pay
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
EXPORTED = (
    *("Pay run", "Employee", "Name", "Payment", "Came back", "What happened", "Code"),
    *("What the bank said", "Amount", "Where it stands"),
)
FORMATS = ("csv", "xlsx")
ACTIONS = [{"name": "action", "value": "again", "label": "Propose to pay these again"}]


@page(SEE_PAYSLIPS, unsafe=RUN_PAY)
def pay_returns(request: Any, number: int) -> HttpResponse:
    """What came back of a run, each with where it is paid again; and recording another."""
    run = pay_run(request.actor.organisation_id, number)
    whole = request.POST if "whole" in request.POST else None
    form = ReturnForm(None if whole else request.POST or None)
    if whole is not None:
        return _whole(request, run, ReturnFileForm(whole))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return_pay(pay_run=run, by=request.actor, at=timezone.now(), **form.cleaned_data)
            messages.success(request, "It is reversed: the pay is owed again.")
            return redirect("pay_returns", request.organisation.slug, number)
    return _returns(request, run, form, ReturnFileForm())


def _whole(request: Any, run: PayRun, form: ReturnFileForm) -> HttpResponse:
    """The bank turned the whole file down: all of it is reversed, in one act."""
    if form.is_valid():
        with refusals_on(form):
            count = return_file(pay_run=run, by=request.actor, at=timezone.now(), **form.facts)
            what = "One payment is" if count == 1 else f"{count:,} payments are"
            messages.success(request, f"{what} reversed: the pay is owed again.")
            return redirect("pay_returns", request.organisation.slug, run.number)
    return _returns(request, run, ReturnForm(), form)


def _returns(request: Any, run: PayRun, form: ReturnForm, whole: ReturnFileForm) -> HttpResponse:
    shown = part_of(request, Paginator(selectors.came_back(run), PER_PAGE))
    context = {
        "run": run,
        "page": shown,
        "whole_form": whole,
        "left": selectors.of_first_file(run).exists(),
        "columns": COLUMNS,
        "rows": [_row(request.organisation.slug, one) for one in shown.object_list],
        "actions": ACTIONS,
        "may_run": may(request.actor, RUN_PAY),
        "form": form,
        "again_form": AgainForm(),
    }
    status = 422 if form.errors or whole.errors else 200
    return render(request, "payroll/returns.html", context, status=status)


@page(SEE_PAYSLIPS)
@require_GET
def pay_returns_all(request: Any) -> HttpResponse:
    """What came back of all pay runs: where it stands, what it comes to, and as a file."""
    form = ReturnsFilter(request.GET)
    rows = selectors.returns_here(request.actor.organisation_id, **form.asked)
    totals = selectors.totals_of(rows)
    if request.GET.get("format") in FORMATS:
        return _returns_file(request, rows, form, totals)
    shown = part_of(request, Paginator(rows, PER_PAGE))
    slug = request.organisation.slug
    context = {
        "page": shown,
        "columns": [{"label": "Pay run"}, *COLUMNS],
        "rows": [_row_of_all(slug, one) for one in shown.object_list],
        "totals": totals,
        "given": form.asked,
        "states": selectors.STATES.items(),
        "kinds": PayReturn.Kind.choices,
        "filtered": any(form.asked.values()),
    }
    return render(request, "payroll/returns_all.html", context)


def _row_of_all(slug: str, one: Any) -> dict[str, Any]:
    row, run = _row(slug, one), one.payment.pay_run
    url = row["url"] or reverse("pay_returns", args=[slug, run.number])
    return {**row, "id": one.pk, "url": url, "label": str(run), "cells": [str(run), *row["cells"]]}


def _returns_file(
    request: Any, rows: Any, form: ReturnsFilter, totals: dict[str, int]
) -> HttpResponse:
    given = form.asked
    chosen = {
        "Search": given["text"], "Where it stands": selectors.STATES.get(given["state"], ""),
        "What happened": dict(KINDS).get(given["kind"], ""),
        "From": day(given["since"]) if given["since"] else "",
        "To": day(given["until"]) if given["until"] else "",
    }  # fmt: skip
    found = [
        [
            *(one.payment.pay_run.number, one.payment.payslip.number, one.payment.payslip.name),
            *(str(one.payment), one.returned_on, one.get_kind_display(), one.reason_code),
            *(one.reason, Decimal(one.amount_pence).scaleb(-2)),
            _where(part.pay_again) if (part := next(iter(one.standing), None)) else "Owed",
        ]
        for one in rows
    ]
    sums = {"Total": pounds(totals["pence"]), "Of that owed": pounds(totals["owed_pence"])}
    return listed(request, "returns", "Pay that came back", EXPORTED, found, chosen, sums)


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
    if request.POST.get("action") == "all":
        chosen = selectors.owed_numbers(run, request.actor.person_id)
    else:
        asked = request.POST.getlist("employees")[:PER_PAGE]
        chosen = [int(one) for one in asked if one.isdigit()]
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
