"""The list of runs, one run with its live progress, cancel and retry."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from core.actors import may
from core.templatetags.web import day_time, state_colour, thousands
from core.web.pages import may_open, page
from core.web.paging import part_of
from core.web.refusals import refusals_said
from events.selectors import timeline_of
from runs.kinds import KINDS
from runs.models import Chunk, Run
from runs.permissions import SEE_RUNS, STEER_RUNS
from runs.selectors import Total, causes, chunks, kinds, run_numbered, runs, totals_so_far
from runs.services import cancel_run, may_be_cancelled, retry_run

PER_PAGE = 50
# The first ten questions come each second, then every three: who still looks is only waiting.
EAGER_POLLS = 10
CHUNKS_SHOWN = 200
STAGES = {
    Run.State.PLANNED: "Waiting for a worker",
    Run.State.RUNNING: "Working",
    Run.State.FINISHED: "Finished",
    Run.State.HELD: "Held: something does not agree",
    Run.State.CANCELLED: "Cancelled; parts already done stay done",
}


def label_of(run: Run) -> str:
    kind = KINDS.get(run.kind)
    return kind.label if kind else run.kind


@page(SEE_RUNS)
@require_GET
def run_list(request: Any) -> HttpResponse:
    wanted = {key: request.GET.get(key, "") for key in ("state", "kind", "words")}
    found = part_of(request, Paginator(runs(request.actor, **wanted), PER_PAGE))
    many = request.organisation.is_centre
    places = {place.organisation_id: place for place in request.standing.memberships}
    context = {
        "page": found,
        "rows": [_row(run, places[run.organisation_id], many) for run in found.object_list],
        "columns": _columns(many),
        "states": Run.State.choices,
        "kinds": kinds(),
        "wanted": wanted,
        "chips": _chips(wanted),
    }
    return render(request, "runs/list.html", context)


def _columns(many: bool) -> list[dict[str, Any]]:
    columns = ["Run", "What", *(["Partner"] if many else []), "State", "Done", "Started by", "When"]
    return [{"key": c.lower(), "label": c, "numeric": c == "Done"} for c in columns]


def _row(run: Run, place: Any, many: bool) -> dict[str, Any]:
    tag = format_html(
        '<strong class="govuk-tag govuk-tag--{}">{}</strong>',
        state_colour(run.state),
        run.get_state_display().partition(":")[0],
    )
    done = thousands(run.rows_done)
    if run.rows_total:
        done += f" of {thousands(run.rows_total)}"
    partner = [place.short_name] if many else []
    return {
        "id": run.pk,
        "url": reverse("run", kwargs={"organisation": place.slug, "number": run.number}),
        "tone": "bad" if run.state == Run.State.HELD else "",
        "cells": [
            str(run), label_of(run), *partner, tag, done, run.made_by_name, day_time(run.made_at)
        ],
    }  # fmt: skip


def _chips(wanted: dict[str, str]) -> list[dict[str, str]]:
    words = {
        "state": dict(Run.State.choices).get(wanted["state"], wanted["state"]),
        "kind": dict(kinds()).get(wanted["kind"], wanted["kind"]),
        "words": wanted["words"],
    }
    names = {"state": "State", "kind": "Kind", "words": "Search"}
    return [
        {"label": f"{names[key]}: {words[key]}", "key": key, "value": value}
        for key, value in wanted.items()
        if value
    ]


@page(SEE_RUNS)
@require_GET
def run_page(request: Any, number: int) -> HttpResponse:
    run = run_numbered(request.actor, number)
    context = _live(request, run, polls=0)
    key = (run.organisation_id, "runs.run", run.pk)
    context["entries"] = timeline_of(*key)
    return render(request, "runs/run.html", context)


@page(SEE_RUNS, polled=True)
@require_GET
def run_progress(request: Any, number: int) -> HttpResponse:
    """The answer to a poll: progress in its place, everything else of the page out of band."""
    polls = request.GET.get("polls", "")
    run = run_numbered(request.actor, number)
    if not request.htmx:
        return redirect("run", organisation=request.organisation.slug, number=number)
    context = _live(request, run, polls=int(polls) if polls.isdigit() and len(polls) < 9 else 0)
    return render(request, "runs/_live.html", context)


def _live(request: Any, run: Run, *, polls: int) -> dict[str, Any]:
    """Everything on the page that changes while the run goes on."""
    parts = chunks(run)
    found = causes(run)
    totals = totals_so_far(run, parts)
    steers = may(request.actor, STEER_RUNS)
    kind = KINDS.get(run.kind)
    link = kind.link(request.organisation.slug, run) if kind and kind.link else ""
    if link and not may_open(request.actor, link):
        link = ""
    return {
        "run": run,
        "label": label_of(run),
        "link": link,
        "progress": _progress(request, run, parts, sum(c.count for c in found), polls)
        | {"stage": _stage(run, totals)},
        "causes": found,
        "totals": totals,
        "parts": sorted(parts, key=_worst_first)[:CHUNKS_SHOWN],
        "parts_total": len(parts),
        "can_cancel": steers and may_be_cancelled(run),
        "can_retry": steers and run.state == Run.State.HELD,
    }


def _worst_first(part: Chunk) -> tuple[int, int]:
    order = {Chunk.State.FAILED: 0, Chunk.State.TODO: 1, Chunk.State.DONE: 2}
    return (0 if part.error else order[Chunk.State(part.state)], part.sequence)


def _stage(run: Run, totals: list[Total]) -> str:
    """A run that finished says what was compared, and never more than that."""
    stage = STAGES[Run.State(run.state)]
    if run.state != Run.State.FINISHED:
        return stage
    compared = sum(total.expected is not None for total in totals)
    if not compared:
        return f"{stage}. No total was expected, so there was nothing to compare"
    if compared < len(totals):
        return f"{stage}, and every total that was expected agrees"
    return f"{stage}, and every control total agrees"


def _progress(
    request: Any, run: Run, parts: list[Chunk], problems: int, polls: int
) -> dict[str, Any]:
    """For components/_progress.html. Rows are counted where the plan knows them, else parts."""
    place = {"organisation": request.organisation.slug, "number": run.number}
    done = sum(part.state == Chunk.State.DONE for part in parts)
    by_rows = run.rows_total > 0
    return {
        "id": run.number,
        "title": f"{label_of(run)}: {run}",
        "done": run.rows_done + run.rows_underway if by_rows else done,
        "total": run.rows_total if by_rows else max(len(parts), 1),
        "left": _left(run, done, len(parts)),
        "problems": problems,
        "finished": run.state not in Run.OPEN,
        "url": f"{reverse('run_progress', kwargs=place)}?polls={polls + 1}",
        "seconds": 1 if polls < EAGER_POLLS else 3,
    }


def _left(run: Run, done: int, of: int) -> str:
    """From the pace so far; nothing while there is none."""
    if run.state != Run.State.RUNNING or not done or run.started_at is None:
        return ""
    passed = (timezone.now() - run.started_at).total_seconds()
    seconds = round(passed * (of - done) / done)
    if seconds < 90:
        return f"about {max(seconds, 1)} second{'' if seconds <= 1 else 's'} left"
    return f"about {round(seconds / 60)} minutes left"


@page(SEE_RUNS, unsafe=STEER_RUNS)
@require_POST
def run_cancel(request: Any, number: int) -> HttpResponse:
    return _steer(request, number, cancel_run, "cancelled")


@page(SEE_RUNS, unsafe=STEER_RUNS)
@require_POST
def run_retry(request: Any, number: int) -> HttpResponse:
    return _steer(request, number, retry_run, "is in line again")


def _steer(request: Any, number: int, service: Any, done: str) -> HttpResponse:
    run = run_numbered(request.actor, number)
    with refusals_said(request):
        service(run=run, by=request.actor)
        messages.success(request, f"{run} {done}")
    return redirect("run", organisation=request.organisation.slug, number=number)
