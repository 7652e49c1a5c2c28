"""P60s and P45s: the batches that were asked for, one of them while it is made, its files."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.actors import may
from core.pdf import pdf_response
from core.templatetags.web import day, short_day, thousands
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on, refusals_said
from events.selectors import timeline
from payroll.calculator.periods import year_label, year_start
from payroll.forms_certificates import CertificatesForm
from payroll.models import Certificate, CertificateBatch, CertificateKind
from payroll.permissions import RUN_PAY, SEE_PAY_RUNS, SEE_PAYSLIPS
from payroll.selectors.certificates import (
    batches_of,
    certificate_in,
    due_on,
    listed_in,
    one_batch,
    parts_of,
)
from payroll.services.certificates import (
    cancel_certificates,
    start_certificates,
    take_certificate,
    take_part,
)
from payroll.views.runs import EAGER_POLLS, STAGES
from runs.models import Run
from runs.selectors import causes, run_by_id
from runs.services import may_be_cancelled

PER_PAGE = 50
HEADS = ("Batch", "What", "Tax year", "People", "Asked for")
PEOPLE = ("Name", "Number", "Certificate", "Replaces", "Reached")


@page(SEE_PAY_RUNS, unsafe=RUN_PAY)
def pay_certificates(request: Any) -> HttpResponse:
    """All batches, and asking for one."""
    form = CertificatesForm(request.POST or None, today=request.today)
    slug = request.organisation.slug
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            given = {**form.cleaned_data, "by": request.actor, "at": timezone.now()}
            made = start_certificates(**given)
            messages.success(request, f"{made} is being made.")
            return redirect("pay_certificate_batch", slug, made.number)
    found = part_of(request, Paginator(batches_of(request.actor.organisation_id), PER_PAGE))
    year = year_start(request.today).year - 1
    verb = "are" if request.today <= due_on(year) else "were"
    context = {
        "form": form if may(request.actor, RUN_PAY) else None,
        "due": f"P60s of {year_label(due_on(year - 1))} {verb} due by {day(due_on(year))}",
        "page": found,
        "columns": [{"label": one, "numeric": one == "People"} for one in HEADS],
        "rows": [_batch(request, one) for one in found.object_list],
    }
    return render(request, "payroll/certificates.html", context, status=422 if form.errors else 200)


def _batch(request: Any, one: CertificateBatch) -> dict[str, Any]:
    opens = may(request.actor, SEE_PAYSLIPS)
    where = reverse("pay_certificate_batch", args=[request.organisation.slug, one.number])
    asked = f"{short_day(one.made_at)} by {one.made_by_name}"
    cells = [one.number, f"{one.kind}s", _year(one), thousands(one.people), asked]
    return {"id": one.pk, "url": where if opens else "", "cells": cells}


def _year(one: CertificateBatch) -> str:
    return f"{one.tax_year}-{(one.tax_year + 1) % 100:02d}"


@page(SEE_PAYSLIPS)
@require_GET
def pay_certificate_batch(request: Any, number: int) -> HttpResponse:
    """One batch: how far it is, its files, and who was issued what."""
    batch = one_batch(request.actor.organisation_id, number)
    paper = request.GET.get("paper") == "1"
    live = _live(request, batch, polls=0)
    pages = Paginator(listed_in(batch, on_paper=paper), PER_PAGE)
    pages.count = sum(one.on_paper if paper else one.documents for one in live["parts"])
    found = part_of(request, pages)
    slug = request.organisation.slug
    context = {
        **live,
        "paper": paper,
        "page": found,
        "columns": [{"label": one} for one in PEOPLE],
        "rows": [_person(slug, batch, one) for one in found.object_list],
        "entries": timeline(batch),
    }
    return render(request, "payroll/certificate_batch.html", context)


def _person(slug: str, batch: CertificateBatch, one: Certificate) -> dict[str, Any]:
    replaced = one.replaces
    words = f"{replaced} of {short_day(replaced.issued_at)}" if replaced else ""
    reached = "On paper: cannot sign in" if one.on_paper else "In self-service"
    return {
        "id": one.pk,
        "url": reverse("pay_certificate", args=[slug, batch.number, one.number]),
        "cells": [one.name, one.employee, str(one), words, reached],
    }


@page(SEE_PAYSLIPS, polled=True)
@require_GET
def pay_certificate_progress(request: Any, number: int) -> HttpResponse:
    """The answer to a poll: progress in its place, counts and files out of band."""
    if not request.htmx:
        return redirect("pay_certificate_batch", request.organisation.slug, number)
    batch = one_batch(request.actor.organisation_id, number)
    polls = request.GET.get("polls", "")
    polls = int(polls) if polls.isdigit() and len(polls) < 9 else 0
    return render(request, "payroll/_certificate_live.html", _live(request, batch, polls=polls))


def _live(request: Any, batch: CertificateBatch, *, polls: int) -> dict[str, Any]:
    """Everything of a batch that changes while it is made."""
    run = run_by_id(batch.organisation_id, batch.run_id)
    assert run is not None
    problems = causes(run)
    facts = {
        "Tax year": _year(batch),
        "Asked for": f"{day(batch.made_at)} by {batch.made_by_name}",
        "Due by": day(due_on(batch.tax_year)) if batch.kind == CertificateKind.P60 else "",
        "Issued": thousands(run.results.get("issued")),
        "Of these replacements": thousands(run.results.get("replaced")),
        "As issued before": thousands(run.results.get("unchanged")),
        "Left to people": thousands(run.results.get("left")),
    }
    return {
        "batch": batch,
        "run": run,
        "facts": [{"key": key, "value": value} for key, value in facts.items() if value],
        "may_cancel": may(request.actor, RUN_PAY) and may_be_cancelled(run),
        "problem": run.problem if run.state == Run.State.HELD else "",
        "causes": problems,
        "parts": parts_of(batch),
        "progress": _progress(request, batch, run, sum(one.count for one in problems), polls),
    }


def _progress(
    request: Any, batch: CertificateBatch, run: Run, problems: int, polls: int
) -> dict[str, Any]:
    url = reverse("pay_certificate_progress", args=[request.organisation.slug, batch.number])
    return {
        "title": f"Making {batch.kind}s",
        "stage": STAGES[Run.State(run.state)],
        "done": run.rows_done,
        "total": max(run.rows_total, 1),
        "problems": problems,
        "finished": run.state not in Run.OPEN,
        "url": f"{url}?polls={polls + 1}",
        "seconds": 1 if polls < EAGER_POLLS else 3,
    }


@page(RUN_PAY)
@require_POST
def pay_certificate_cancel(request: Any, number: int) -> HttpResponse:
    batch = one_batch(request.actor.organisation_id, number)
    with refusals_said(request):
        cancel_certificates(batch=batch, by=request.actor)
        messages.success(request, "Cancelled. What was issued stays.")
    return redirect("pay_certificate_batch", request.organisation.slug, number)


@page(SEE_PAYSLIPS)
@require_GET
def pay_certificate_part(request: Any, number: int, part: int) -> HttpResponse:
    """The issued documents of one part, as one file."""
    batch = one_batch(request.actor.organisation_id, number)
    content = take_part(batch=batch, part=part, by=request.actor, at=timezone.now())
    answer = HttpResponse(content, content_type="application/zip")
    name = f"{batch.kind}s-{batch.tax_year}-batch-{batch.number}-part-{part}.zip"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@page(SEE_PAYSLIPS)
@require_GET
def pay_certificate(request: Any, number: int, certificate: int) -> HttpResponse:
    """One document as it was issued, whether it was replaced since or not."""
    found = certificate_in(one_batch(request.actor.organisation_id, number), certificate)
    return pdf_response(str(found), take_certificate(certificate=found, by=request.actor))
