"""One pay run: its steps, live progress, totals, exceptions, people, approval and files."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core.actors import may
from core.templatetags.web import day, pounds, thousands
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_said
from events.selectors import timeline
from finance.paying.files import last_day_to_submit
from payroll.bulk.write import TOTALS
from payroll.forms_pay import ApprovalForm, ReasonForm
from payroll.models import PayRun, Payslip
from payroll.permissions import APPROVE_PAY, RUN_PAY, SEE_PAY_RUNS, SEE_PAYSLIPS
from payroll.selectors import runs as selectors
from payroll.selectors.returns import again_of
from payroll.services import paying
from payroll.services import runs as services
from payroll.views.variance import table_of
from runs.models import Run
from runs.selectors import run_by_id

PER_PAGE, EAGER_POLLS = 50, 10
LABELS = dict(
    zip(
        TOTALS,
        ("People", "Gross pay", "Expenses paid back", "Taxable pay", "Income tax",
         "National Insurance", "Pension contributions", "Net pay", "Employer's National Insurance",
         "Employer's pension", "Of it given up by staff"),
        strict=True,
    )
)  # fmt: skip
STEPS = ("Collect", "Calculate", "Check", "Approve", "Commit", "Pay", "Report")
# How many steps lie behind a run of that state.
DONE = {
    PayRun.State.CALCULATING: 1,
    PayRun.State.CALCULATED: 2,
    PayRun.State.SUBMITTED: 3,
    PayRun.State.APPROVED: 4,
    PayRun.State.COMMITTED: 5,
    PayRun.State.PAID: 7,
}
FILE_TYPES = {"bacs18": ("text/plain; charset=us-ascii", "txt"), "pain001": ("application/xml",
              "xml")}  # fmt: skip


@page(SEE_PAY_RUNS)
@require_GET
def pay_run(request: Any, number: int) -> HttpResponse:
    run = selectors.pay_run(request.actor.organisation_id, number)
    return render(request, "payroll/run.html", _live(request, run, 0))


@page(SEE_PAY_RUNS, polled=True)
@require_GET
def pay_progress(request: Any, number: int) -> HttpResponse:
    """The answer to a poll: progress in its place, the rest of the page out of band."""
    polls = request.GET.get("polls", "")
    if not request.htmx:
        return redirect("pay_run", request.organisation.slug, number)
    run = selectors.pay_run(request.actor.organisation_id, number)
    context = _live(request, run, int(polls) if polls.isdigit() and len(polls) < 9 else 0)
    return render(request, "payroll/_run_live.html", context)


def _live(request: Any, run: PayRun, polls: int) -> dict[str, Any]:
    actor, causes = request.actor, selectors.causes(run)
    paid, may_run = run.state == PayRun.State.PAID, may(actor, RUN_PAY)
    work = None if paid else run_by_id(run.organisation_id, run.run_id)
    waiting = sum(one.open for one in causes)
    return {
        "run": run,
        "group": run.period.pay_group,
        "steps": _steps(run),
        "facts": facts_of(run),
        "progress": _progress(request, run, work, waiting, polls) if work else None,
        "problem": work.problem if work and work.state == Run.State.HELD else "",
        "causes": causes,
        "waiting": waiting,
        **_compared(run),
        "may_run": may_run,
        "may_follow": may_run and selectors.may_follow(run),
        "may_see": may(actor, SEE_PAYSLIPS),
        "approval": _approval(request, run),
        "entries": timeline(run),
        "form": ApprovalForm(run=run),
        "back_form": ReasonForm(),
        "files": selectors.files_of(run) if paid else [],
        "again": again_of(run) if paid else [],
    }


def _compared(run: PayRun) -> dict[str, Any]:
    """The totals beside those of the run before, and what changed by cause."""
    before = selectors.run_before(run)
    totals = [total_of(name, run, before) for name in TOTALS] if run.results else []
    return {"before": before, "totals": totals, "variance": table_of(run)}


def _steps(run: PayRun) -> list[dict[str, str]]:
    done = DONE[PayRun.State(run.state)]
    states = ("done" if n < done else "now" if n == done else "later" for n in range(len(STEPS)))
    return [{"name": name, "state": state} for name, state in zip(STEPS, states, strict=True)]


def facts_of(run: PayRun) -> list[dict[str, Any]]:
    period = run.period
    facts = [
        ("Pay day", day(run.pays_on)),
        ("Supplementary", f"Run {run.sequence} of the period" if run.supplementary else ""),
        ("Chosen people", thousands(len(run.chosen)) if run.chosen else ""),
        ("Why", run.reason),
        ("Pays for", f"{day(period.starts_on)} to {day(period.ends_on)}"),
        ("Approve by", "" if run.supplementary else day(period.approve_on)),
        ("To the bank by", day(last_day_to_submit(run.pays_on))),
        ("Started by", f"{run.made_by_name}, {day(run.made_at)}"),
        ("Sent for approval by", run.submitted_by_name),
        ("Approved by", run.approved_by_name),
    ]
    return [{"key": key, "value": value} for key, value in facts if value]


def total_of(name: str, run: PayRun, before: PayRun | None) -> dict[str, str]:
    shown = thousands if name == "people" else pounds
    now, then = run.results.get(name, 0), (before.results.get(name, 0) if before else None)
    change = shown(now - then) if then is not None else ""
    return {"label": LABELS[name], "now": shown(now), "then": shown(then), "change": change}


def _approval(request: Any, run: PayRun) -> str:
    """What this person can do about the approval: «open», or why not."""
    if run.state != PayRun.State.SUBMITTED:
        return ""
    if not may(request.actor, APPROVE_PAY):
        return "not_yours"
    own = request.actor.person_id in (run.made_by_id, run.submitted_by_id)
    return "own" if own else "open"


STAGES = {
    Run.State.PLANNED: "Waiting for a worker",
    Run.State.RUNNING: "Working",
    Run.State.FINISHED: "Finished",
    Run.State.HELD: "Held: something does not agree",
    Run.State.CANCELLED: "Cancelled",
}
TITLES = {
    services.CALCULATE: "Collecting and calculating",
    services.COMMIT: "Committing",
    paying.PAY: "Making the bank files",
}


def _progress(request: Any, run: PayRun, work: Run, waiting: int, polls: int) -> dict[str, Any]:
    url = reverse("pay_progress", args=[request.organisation.slug, run.number])
    return {
        "title": TITLES[work.kind],
        "stage": STAGES[Run.State(work.state)],
        "done": work.rows_done,
        "total": max(work.rows_total, 1),
        "problems": waiting,
        "finished": work.state not in Run.OPEN,
        "url": f"{url}?polls={polls + 1}",
        "seconds": 1 if polls < EAGER_POLLS else 3,
    }


def _act(request: Any, number: int, act: Any, done: str) -> HttpResponse:
    """Does something with the run; what is refused is said on its page."""
    run = selectors.pay_run(request.actor.organisation_id, number)
    with refusals_said(request):
        act(run)
        messages.success(request, done)
    return redirect("pay_run", request.organisation.slug, number)


def version_of(request: Any) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@page(RUN_PAY)
@require_POST
def pay_recalculate(request: Any, number: int) -> HttpResponse:
    given = {"version": version_of(request), "by": request.actor}
    return _act(request, number, lambda run: services.recalculate_all(pay_run=run, **given),
                "Everybody is calculated again.")  # fmt: skip


@page(RUN_PAY)
@require_POST
def pay_submit(request: Any, number: int) -> HttpResponse:
    given = {"version": version_of(request), "by": request.actor}
    return _act(request, number, lambda run: services.submit(pay_run=run, **given),
                "Sent for approval.")  # fmt: skip


@page(APPROVE_PAY)
@require_POST
def pay_approve(request: Any, number: int) -> HttpResponse:
    run = selectors.pay_run(request.actor.organisation_id, number)
    form = ApprovalForm(request.POST, run=run)
    if not form.is_valid():
        context = _live(request, run, 0) | {"form": form}
        return render(request, "payroll/run.html", context, status=422)
    given = {"typed_total_pence": form.total_pence, "version": form.cleaned_data["version"]}
    return _act(request, number,
                lambda run: services.approve(pay_run=run, by=request.actor, **given),
                "Approved. It is being committed.")  # fmt: skip


@page(APPROVE_PAY)
@require_POST
def pay_send_back(request: Any, number: int) -> HttpResponse:
    reason = request.POST.get("reason", "")[:200]
    return _act(request, number,
                lambda run: services.send_back(pay_run=run, reason=reason, by=request.actor),
                "Sent back to payroll.")  # fmt: skip


@page(RUN_PAY)
@require_POST
def pay_out(request: Any, number: int) -> HttpResponse:
    return _act(request, number,
                lambda run: paying.order_payment(pay_run=run, by=request.actor),
                "The bank files are being made.")  # fmt: skip


@page(RUN_PAY, bank=True)
@require_GET
def pay_file(request: Any, number: int, format: str) -> HttpResponse:
    """The very bytes that were made, with their hash beside."""
    run = selectors.pay_run(request.actor.organisation_id, number)
    file = selectors.file_of(run, format)
    paying.note_download(file=file, by=request.actor)
    kind, ending = FILE_TYPES[file.format]
    response = HttpResponse(selectors.bytes_of(file), content_type=kind)
    name = f"{run}-{file.service_user}-{file.serial}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-SHA256"] = file.sha256
    return response


PEOPLE = ("Name", "Number", "Gross", "Tax", "National Insurance", "Pension", "Net")


@page(SEE_PAYSLIPS)
@require_GET
def pay_people(request: Any, number: int) -> HttpResponse:
    """Everybody in the run by name; once it is final, each leads to their payslips."""
    run = selectors.pay_run(request.actor.organisation_id, number)
    rows = selectors.people(run, request.GET.get("q", ""))
    found = part_of(request, Paginator(rows, PER_PAGE))
    slug = request.organisation.slug if run.state in PayRun.FINAL else ""
    context = {
        "run": run,
        "page": found,
        "columns": [{"label": one, "numeric": n > 0} for n, one in enumerate(PEOPLE)],
        "rows": [_person(one, slug) for one in found.object_list],
    }
    return render(request, "payroll/people.html", context)


def _person(one: Payslip, slug: str) -> dict[str, Any]:
    money = (one.gross_pence, one.tax_pence, one.nic_pence, one.pension_pence, one.net_pence)
    url = reverse("pay_history", args=[slug, one.number]) if slug else ""
    return {"id": one.pk, "url": url, "cells": [one.name, one.number, *map(pounds, money)]}
