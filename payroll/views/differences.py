"""Differences of a parallel run: compared, listed by cause, looked at, explained and agreed to."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.actors import may
from core.templatetags.web import pounds
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_said
from payroll.forms_parallel import SettleForm
from payroll.models import DifferenceCause, LegacyAmount, ParallelDifference, ParallelRun
from payroll.models.parallel import TARGETS
from payroll.permissions import RUN_PAY, SEE_PAYSLIPS
from payroll.rules import PRL78
from payroll.selectors import parallel as selectors
from payroll.services import differences as services
from tenants.selectors import Holder

PER_PAGE = 50
AMOUNTS = ("Other payroll", "Here", "Difference")
HEADS = ("Name", "Number", "What", *AMOUNTS, "Cause", "Why", "Given to")
ROW_HEADS = ("Row", "Element", "Amount", "Hours", "Rate", "Code")
FILTERS = ("cause", "kind", "standing", "q")


@page(RUN_PAY)
@require_POST
def parallel_compare(request: Any, number: int) -> HttpResponse:
    one = selectors.one_parallel(request.actor.organisation_id, number)
    with refusals_said(request):
        services.compare(parallel=one, by=request.actor, at=timezone.now())
        messages.success(request, "Compared. What differs stands by its cause.")
    return redirect("parallel_run", request.organisation.slug, number)


def _chosen(given: Any) -> dict[str, str]:
    """The filters of the list."""
    found = {name: given.get(name, "").strip()[:80] for name in FILTERS}
    known = {
        "cause": DifferenceCause.values,
        "kind": dict(TARGETS),
        "standing": selectors.STANDINGS,
    }
    return {name: text for name, text in found.items() if name == "q" or text in known[name]}


@page(SEE_PAYSLIPS)
@require_GET
def parallel_differences(request: Any, number: int) -> HttpResponse:
    one = selectors.one_parallel(request.actor.organisation_id, number)
    services.look_at_differences(parallel=one, by=request.actor)
    chosen = _chosen(request.GET)
    found = Paginator(selectors.differences_of(one, **chosen), PER_PAGE)
    shown = part_of(request, found)
    context = {
        "one": one,
        "chosen": chosen,
        "causes": DifferenceCause.choices,
        "kinds": TARGETS,
        "standings": [(key, label) for key, (label, _) in selectors.STANDINGS.items()],
        "page": shown,
        "columns": [{"label": name, "numeric": name in AMOUNTS} for name in HEADS],
        "rows": [_row(request, one, row) for row in shown.object_list],
        "form": _form(request, one),
        "actions": ACTIONS,
    }
    return render(request, "payroll/differences.html", context)


ACTIONS = [
    {"name": "action", "value": "assign", "label": "Give to"},
    {"name": "action", "value": "explain", "label": "Explain"},
    {"name": "action", "value": "agree", "label": "Agree"},
]


def _who_explains(request: Any) -> list[Holder]:
    return selectors.who_explains(request.actor.organisation_id, request.today)


def _form(request: Any, one: ParallelRun) -> SettleForm | None:
    """What can be done with them, by who may do it while the results are open."""
    if one.state != ParallelRun.State.COMPARED or not may(request.actor, RUN_PAY):
        return None
    return SettleForm(request.POST or None, people=_who_explains(request))


def _row(request: Any, one: ParallelRun, row: ParallelDifference) -> dict[str, Any]:
    url = reverse("parallel_difference", args=[request.organisation.slug, one.number, row.pk])
    cells = [
        row.name or "Not paid here", row.employee, _what(row), pounds(row.legacy_pence),
        pounds(row.ours_pence), pounds(row.ours_pence - row.legacy_pence),
        row.get_cause_display(), row.explanation or row.found, row.assigned_to_name,
    ]  # fmt: skip
    return {"id": row.pk, "label": f"{row.employee} {_what(row)}", "url": url, "cells": cells}


def _what(row: ParallelDifference) -> str:
    return row.element.name if row.element else str(row.get_target_display())


@page(SEE_PAYSLIPS)
@require_GET
def parallel_difference(request: Any, number: int, difference: int) -> HttpResponse:
    one = selectors.one_parallel(request.actor.organisation_id, number)
    row = selectors.one_difference(one, difference)
    services.look_at_differences(parallel=one, by=request.actor)
    slug = request.organisation.slug
    context = {
        "one": one,
        "row": row,
        "what": _what(row),
        "facts": [{"key": key, "value": value} for key, value in _facts(row) if value],
        "columns": [{"label": name, "numeric": name == "Amount"} for name in ROW_HEADS],
        "rows": [{"id": kept.pk, "cells": _kept(kept)} for kept in selectors.legacy_rows(row)],
        "slip": _payslip(slug, one, row),
        "form": _form(request, one),
        "actions": ACTIONS,
    }
    return render(request, "payroll/difference.html", context)


def _payslip(slug: str, one: ParallelRun, row: ParallelDifference) -> str:
    """Where the pay is worked out, once it is committed."""
    run = one.pay_run
    if run is None or run.state not in run.FINAL or row.employment is None:
        return ""
    return reverse("payslip", args=[slug, row.employee, run.number])


def _facts(row: ParallelDifference) -> list[tuple[str, str]]:
    agreed = f"By {row.agreed_by_name}" if row.agreed_at else ""
    said = f"{row.get_said_display()}: {row.explanation} ({row.explained_by_name})"
    return [
        ("Who", f"{row.name or 'Not paid here'}, number {row.employee}"),
        ("Other payroll", pounds(row.legacy_pence)),
        ("Here", pounds(row.ours_pence)),
        ("Difference", pounds(row.ours_pence - row.legacy_pence)),
        ("Cause", str(row.get_cause_display())),
        ("What was found", row.found),
        ("Given to", row.assigned_to_name),
        ("Explained", said if row.said else ""),
        ("Agreed", agreed),
    ]


def _kept(kept: LegacyAmount) -> list[Any]:
    hours = "" if kept.minutes is None else f"{kept.minutes / 60:.2f}"
    rate = "" if kept.rate_pence is None else pounds(kept.rate_pence)
    return [kept.row_no, kept.code, pounds(kept.amount_pence), hours, rate, kept.fact]


@page(RUN_PAY)
@require_POST
def parallel_settle(request: Any, number: int) -> HttpResponse:
    """Gives, explains or agrees to the differences that were ticked, or to all of the list."""
    one = selectors.one_parallel(request.actor.organisation_id, number)
    given, chosen = request.POST, _chosen(request.GET)
    ids = {int(key) for key in given.getlist("rows") if key.isdigit() and len(key) < 19}
    if given.get("scope") == "all":
        ids = set(selectors.differences_of(one, **chosen).values_list("pk", flat=True))
    with refusals_said(request):
        done = _settle(request, one, ids) if ids else 0
        messages.success(request, f"Done with {done:,}.") if done else messages.info(
            request, "Select those that are open first."
        )
    back = reverse("parallel_differences", args=[request.organisation.slug, number])
    return redirect(f"{back}?{request.GET.urlencode()}")


def _settle(request: Any, one: ParallelRun, ids: set[int]) -> int:
    by, action = request.actor, request.POST.get("action")
    form = SettleForm(request.POST, people=_who_explains(request))
    form.is_valid()
    if action == "agree":
        return services.agree(parallel=one, ids=ids, by=by, at=timezone.now())
    if action == "assign":
        if form.holder is None:
            raise PRL78.refuse("Choose to whom they are given.")
        return services.assign(parallel=one, ids=ids, to=form.holder, by=by)
    given = form.cleaned_data
    return services.explain(parallel=one, ids=ids, cause=given.get("said", ""),
                            words=given.get("words", ""), by=by)  # fmt: skip
