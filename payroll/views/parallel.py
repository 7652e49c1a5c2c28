"""Parallel runs: the list, loading results of the other payroll, and what its elements are here."""

import hashlib
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.actors import may
from core.templatetags.web import day, pounds, thousands
from core.unreadable import Unreadable
from core.web.pages import page
from core.web.refusals import refusals_on
from events.selectors import timeline
from payroll.forms_orders import EndForm
from payroll.forms_parallel import MeaningForm, ResultsForm
from payroll.legacy import COLUMNS, read
from payroll.models import DifferenceCause, LegacyElement, ParallelRun
from payroll.permissions import APPROVE_PAY, RUN_PAY, SEE_PAY_RUNS, SEE_PAYSLIPS
from payroll.rules import PRL71, PRL73
from payroll.selectors import parallel as selectors
from payroll.selectors.claims import elements_of
from payroll.services.parallel import (
    MOST_SAID,
    MOVES,
    confirm_element,
    confirm_guesses,
    load_results,
    withdraw,
)
from payroll.views.deductions import form_page, listed, state_tag

HEADS = ("Parallel run", "Pay group", "Pay day", "People", "Loaded by", "State")
ELEMENT_HEADS = ("Element", "Name", "What it is here", "Deductions", "Confirmed")
CAUSE_HEADS = ("Cause", "Differences", "More here", "Less here", "To be agreed")
FILE_HEADS = ("Element", "Name", "What it is here", "Rows", "Amount")


NUMERIC = ("Rows", "Amount", "People", *CAUSE_HEADS[1:])


def _columns(*labels: str) -> list[dict[str, Any]]:
    return [{"label": one, "numeric": one in NUMERIC} for one in labels]


@page(SEE_PAY_RUNS)
@require_GET
def parallel_runs(request: Any) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in ParallelRun.State.values else ""
    rows = selectors.parallels_here(request.actor.organisation_id, state)
    slug = request.organisation.slug
    context = {
        **listed(request, rows, HEADS, lambda one: _row(slug, one)),
        "states": ParallelRun.State.choices,
        "state": state,
        "may_load": may(request.actor, RUN_PAY),
    }
    return render(request, "payroll/parallel_runs.html", context)


def _row(slug: str, one: ParallelRun) -> dict[str, Any]:
    cells = [str(one), one.period.pay_group.name, day(one.period.pays_on), thousands(one.people),
             one.made_by_name, state_tag(one)]  # fmt: skip
    return {"id": one.pk, "url": reverse("parallel_run", args=[slug, one.number]), "cells": cells}


@page(SEE_PAY_RUNS)
@require_GET
def parallel_run(request: Any, number: int) -> HttpResponse:
    one = selectors.one_parallel(request.actor.organisation_id, number)
    elements = list(selectors.elements_of_file(one))
    counts = selectors.counts_of(one) if one.compared_at else {}
    look = may(request.actor, SEE_PAYSLIPS)
    context = {
        "one": one,
        "facts": [{"key": key, "value": value} for key, value in _facts(one) if value],
        "unsure": sum(row.confirmed_at is None for row in elements),
        "columns": _columns(*FILE_HEADS),
        "rows": [{"id": row.pk, "cells": _in_file(row)} for row in elements],
        "cause_columns": _columns(*CAUSE_HEADS),
        "causes": [_cause(request, one, key, n, look) for key, n in counts.items()],
        "open": one.state in MOVES["withdraw"][0] and may(request.actor, RUN_PAY),
        "sign": one.state in MOVES["sign"][0] and may(request.actor, APPROVE_PAY),
        "stale": one.pay_run is not None and one.pay_run.version != one.version,
        "entries": timeline(one),
    }
    return render(request, "payroll/parallel_run.html", context)


def _cause(request: Any, one: ParallelRun, key: str, n: Any, look: bool) -> dict[str, Any]:
    """How many differ for a cause, each leading to those, for who may see what people are paid."""
    url = reverse("parallel_differences", args=[request.organisation.slug, one.number])
    amounts = [pounds(pence) for pence in (n.more_pence, n.less_pence)]
    cells = [DifferenceCause(key).label, thousands(n.count), *amounts, thousands(n.waiting)]
    tone = "bad" if key == DifferenceCause.UNEXPLAINED and n.count else ""
    return {"id": key, "url": f"{url}?cause={key}" if look else "", "cells": cells, "tone": tone}


def _facts(one: ParallelRun) -> list[tuple[str, str]]:
    run = one.pay_run
    compared = f"With {run}, on {day(one.compared_at)}" if run and one.compared_at else ""
    signed = ""
    if one.signed_at:
        signed = f"{day(one.signed_at)} by {one.signed_by_name}, {one.unexplained} unexplained"
    return [
        ("State", str(one.get_state_display())),
        ("Why it was withdrawn", one.reason),
        ("Compared", compared),
        ("Signed off", signed),
        ("Pay group", one.period.pay_group.name),
        ("Pay day", day(one.period.pays_on)),
        ("File", one.name),
        ("Rows", f"{thousands(one.rows)} of {thousands(one.people)} people"),
        ("Loaded", f"{day(one.made_at)} by {one.made_by_name}"),
    ]


def _in_file(row: Any) -> list[str]:
    return [row.code, row.name, _meaning(row), thousands(row.rows), pounds(row.pence)]


def _meaning(row: LegacyElement) -> str:
    if not row.target:
        return "Nobody has said"
    return selectors.meaning(row) if row.confirmed_at else f"{selectors.meaning(row)}: a guess"


@page(RUN_PAY)
def parallel_run_new(request: Any) -> HttpResponse:
    groups = selectors.pay_groups_here(request.actor.organisation_id)
    form = ResultsForm(request.POST or None, request.FILES or None, groups=groups)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, "file"):
            made = _load(request, form.cleaned_data["group"], form.cleaned_data["file"])
            messages.success(request, f"{made} is loaded. Say what its elements are next.")
            return redirect("parallel_run", request.organisation.slug, made.number)
    status = 422 if form.errors else 200
    return render(request, "payroll/parallel_run_new.html", {"form": form}, status=status)


def _load(request: Any, code: str, sent: Any) -> ParallelRun:
    data = sent.read()
    try:
        amounts, wrong = read(data)
    except Unreadable as error:
        raise PRL73.refuse(str(error)) from error
    PRL71.check(not wrong, " ".join(f"Row {row}, {text}." for row, text in wrong[:MOST_SAID]))
    return load_results(
        group=selectors.group_coded(request.actor.organisation_id, code), amounts=amounts,
        name=sent.name, sha256=hashlib.sha256(data).hexdigest(), by=request.actor,
        at=timezone.now(),
    )  # fmt: skip


@page(RUN_PAY)
@require_GET
def parallel_template(request: Any) -> HttpResponse:
    """The headings of a file of results, and nothing else: a note above them would be a row."""
    answer = HttpResponse(",".join(COLUMNS) + "\r\n", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="results.csv"'
    return answer


@page(RUN_PAY)
def parallel_run_withdraw(request: Any, number: int) -> HttpResponse:
    one = selectors.one_parallel(request.actor.organisation_id, number)
    back = reverse("parallel_run", args=[request.organisation.slug, number])
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        with refusals_on(form):
            withdraw(parallel=one, reason=reason, by=request.actor)
            messages.success(request, f"{one} is withdrawn. Another file can be loaded.")
            return redirect(back)
    return form_page(request, form, f"Withdraw {one}", back)


@page(SEE_PAY_RUNS, unsafe=RUN_PAY)
def legacy_elements(request: Any) -> HttpResponse:
    """All elements that any file named; posting to it confirms what was guessed."""
    if request.method == "POST":
        count = confirm_guesses(by=request.actor, at=timezone.now())
        messages.success(request, f"Confirmed: {count:,}.")
        return redirect("legacy_elements", request.organisation.slug)
    slug, change = request.organisation.slug, may(request.actor, RUN_PAY)
    rows = selectors.legacy_elements(request.actor.organisation_id)
    context = listed(request, rows, ELEMENT_HEADS, lambda one: _element(slug, one, change))
    guesses = change and rows.filter(confirmed_at__isnull=True).exclude(target="").count()
    return render(request, "payroll/legacy_elements.html", {**context, "guesses": guesses})


def _element(slug: str, one: LegacyElement, change: bool) -> dict[str, Any]:
    said = f"{day(one.confirmed_at)} by {one.confirmed_by_name}" if one.confirmed_at else "No"
    cells = [one.code, one.name, _meaning(one), "Above nought" if one.reversed else "", said]
    url = reverse("legacy_element", args=[slug, one.pk]) if change else ""
    return {"id": one.pk, "url": url, "cells": cells}


@page(RUN_PAY)
def legacy_element(request: Any, element: int) -> HttpResponse:
    here = request.actor.organisation_id
    one = selectors.one_legacy_element(here, element)
    form = MeaningForm(request.POST or None, of=one, elements=elements_of(here))
    if request.method == "POST" and form.is_valid():
        given = {"chosen": form.chosen, "by": request.actor, "at": timezone.now()}
        with refusals_on(form):
            confirm_element(**given)
            messages.success(request, f"What {one.code} is here is confirmed.")
            return redirect("legacy_elements", request.organisation.slug)
    back = reverse("legacy_elements", args=[request.organisation.slug])
    return form_page(request, form, f"What {one} is here", back)
