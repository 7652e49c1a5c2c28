"""What HMRC is told: a list by tax month, and the full payment submission of a run."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.actors import may
from core.errors import NotFound, Refused
from core.templatetags.web import day, pounds, thousands
from core.web.pages import page
from payroll.calculator.periods import Frequency, period_of, year_label
from payroll.models import PayRun, Submission
from payroll.permissions import RUN_PAY, SEE_PAY_RUNS
from payroll.selectors import runs as selectors
from payroll.selectors.reporting import submission_of, submissions_of
from payroll.services.reporting import make_fps, take_fps

PER_PAGE = 50
WORDS = ("Tax month", "Pay day", "Run", "Group", "Full payment submission")
FIGURES = ("People", "Tax", "National Insurance")
MISSING = ("Name", "Number", "What is missing", "What to do")


@page(SEE_PAY_RUNS)
@require_GET
def hmrc_reports(request: Any) -> HttpResponse:
    rows = Paginator(submissions_of(request.actor.organisation_id), PER_PAGE)
    found, slug = rows.get_page(request.GET.get("page")), request.organisation.slug
    context = {
        "page": found,
        "columns": [{"label": one, "numeric": one in FIGURES} for one in (*WORDS, *FIGURES)],
        "rows": [_row(slug, one) for one in found.object_list],
    }
    return render(request, "payroll/hmrc.html", context)


def _row(slug: str, run: PayRun) -> dict[str, Any]:
    pays_on, made = run.pays_on, next(iter(run.submissions.all()), None)
    month = period_of(pays_on, Frequency.MONTHLY).number
    said, total = "Not made", run.results
    if made:
        said = f"Made on {day(made.made_at)}, not sent"
    cells = [
        f"{year_label(pays_on)}, month {month}", day(pays_on), str(run),
        run.period.pay_group.name, said, thousands(total["people"]), pounds(total["tax"]),
        pounds(total["nic"] + total["employer_nic"]),
    ]  # fmt: skip
    return {"id": run.pk, "url": reverse("pay_fps", args=[slug, run.number]), "cells": cells}


@page(SEE_PAY_RUNS)
def pay_fps(request: Any, number: int) -> HttpResponse:
    """What was made of it; or the button that makes it, and then all that is missing for it."""
    run, wrong, refused = selectors.pay_run(request.actor.organisation_id, number), [], ""
    if request.method == "POST":
        try:
            with transaction.atomic():
                made = make_fps(pay_run=run, by=request.actor, at=timezone.now())
        except Refused as refusal:
            made, refused = [], refusal.message
        if isinstance(made, Submission):
            messages.success(request, "The full payment submission is made. It is not sent.")
            return redirect("pay_fps", request.organisation.slug, number)
        wrong = made
    rows = [{"cells": [p.name, p.number or "", p.field, p.remedy]} for p in wrong[:PER_PAGE]]
    context = {**_known(request, run), "refused": refused, "count": len(wrong), "rows": rows,
               "columns": [{"label": one} for one in MISSING]}  # fmt: skip
    return render(request, "payroll/fps.html", context, status=422 if wrong or refused else 200)


def _known(request: Any, run: PayRun) -> dict[str, Any]:
    made = submission_of(run)
    return {"run": run, "made": made, "facts": _facts(made) if made else [],
            "may_make": may(request.actor, RUN_PAY) and run.state in PayRun.FINAL}  # fmt: skip


def _facts(made: Submission) -> list[dict[str, Any]]:
    facts = [
        ("State", "Made, not sent"),
        ("Made", f"{day(made.made_at)} by {made.made_by_name}"),
        ("People", thousands(made.people)),
        ("Taxable pay", pounds(made.taxable_pence)),
        ("Tax", pounds(made.tax_pence)),
        ("Employees' National Insurance", pounds(made.nic_pence)),
        ("Employer's National Insurance", pounds(made.employer_nic_pence)),
        ("IRmark", made.irmark),
        ("SHA-256 of the file", made.sha256),
        ("Size", f"{thousands(made.size_bytes)} bytes"),
    ]
    return [{"key": key, "value": value} for key, value in facts]


@page(RUN_PAY)
@require_GET
def pay_fps_file(request: Any, number: int) -> HttpResponse:
    """The very bytes that were made."""
    run = selectors.pay_run(request.actor.organisation_id, number)
    made = submission_of(run)
    if made is None:
        raise NotFound("No full payment submission was made of this run.")
    data = take_fps(submission=made, by=request.actor)
    response = HttpResponse(data, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="FPS-{run}.xml"'
    response["X-Content-SHA256"] = made.sha256
    return response
