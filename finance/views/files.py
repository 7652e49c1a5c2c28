"""Files in: the list, sending one, confirming its columns, and what became of every row."""

import csv
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods

from core.actors import may, places_where
from core.errors import Refusal
from core.templatetags.web import day, day_time, pounds, state_colour, thousands
from core.web.forms import Form
from core.web.incoming import IncomingField
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from events.selectors import timeline
from finance.einvoices import NotAnEInvoice
from finance.formats.pdf_parts import is_pdf
from finance.formats.untrusted import looks_like_xml
from finance.forms_ledger import ReasonForm
from finance.incoming import SPEND
from finance.models import SourceFile
from finance.permissions import LOAD_FILES, REVERSE_INVOICES, SEE_FILES
from finance.reading import Unreadable
from finance.rules_files import FIL03
from finance.selectors import files as found
from finance.selectors.loads import may_be_taken_back
from finance.services.einvoices import receive_einvoice
from finance.services.files import choose_columns, load_file, receive_file
from finance.services.taking_back import take_back_load
from runs.models import Run
from runs.selectors import run_by_id

PAGE = 50
State = SourceFile.State


class UploadForm(Form):
    """A file and what it holds."""

    file = IncomingField(
        label="File",
        intake=SPEND,
        help_text="CSV, Excel workbook (.xlsx) or electronic invoice (UBL or CII .xml), to 40 MB.",
    )
    purpose = forms.ChoiceField(
        label="What it holds",
        widget=forms.RadioSelect,
        initial="published",
        choices=[
            ("published", "Payments already made and published"),
            ("invoices", "Supplier invoices to be checked, approved and paid"),
        ],
    )


@require_GET
@page(SEE_FILES)
def files(request: Any) -> HttpResponse:
    places_seen = sorted(places_where(request.actor, SEE_FILES))
    shown = part_of(request, Paginator(found.source_files(places_seen), PAGE))
    places = {m.organisation_id: m for m in request.standing.memberships}
    many = request.organisation.is_centre
    columns = [
        {"key": "file", "label": "File"},
        *([{"key": "partner", "label": "Partner"}] if many else []),
        {"key": "purpose", "label": "Holds"},
        {"key": "state", "label": "State"},
        {"key": "rows", "label": "Rows", "numeric": True},
        {"key": "held", "label": "Held", "numeric": True},
        {"key": "total", "label": "Total", "numeric": True},
        {"key": "sent", "label": "Sent"},
    ]
    rows = [_row(file, places[file.organisation_id], many) for file in shown.object_list]
    context = {
        "page": shown,
        "columns": columns,
        "rows": rows,
        "may_load": not many and may(request.actor, LOAD_FILES),
    }
    return render(request, "finance/files/list.html", context)


def _row(file: SourceFile, place: Any, many: bool) -> dict[str, Any]:
    tag = format_html(
        '<strong class="govuk-tag govuk-tag--{}">{}</strong>',
        state_colour(file.state),
        file.state_in_words,
    )
    # Entries of bank files, and rows of a table whose columns are not known yet, are not counted.
    counts = [thousands(file.rows_total), thousands(file.rows_held), pounds(file.total_pence)]
    cells = [
        file.name,
        *([place.short_name] if many else []),
        file.get_purpose_display(),
        tag,
        *(counts if file.rows_total else ("", "", "")),
        format_html("{}, {}", day_time(file.made_at), file.made_by_name),
    ]
    return {"url": f"/{place.slug}/files/{file.number}/", "id": file.pk, "cells": cells}


@require_http_methods(["GET", "POST"])
@page(LOAD_FILES)
def file_upload(request: Any) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    reasons: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            return _after_upload(request, *_receive(request, form))
        except Unreadable as error:
            form.add_error("file", error.message)
            reasons = [str(reason) for reason in error.reasons]
        except NotAnEInvoice as error:
            form.add_error("file", str(error))
    status = 422 if form.errors else 200
    context = {"form": form, "reasons": reasons}
    return render(request, "finance/files/upload.html", context, status=status)


def _receive(request: Any, form: UploadForm) -> tuple[SourceFile, bool]:
    """(file, whether it came before); XML and PDF are electronic invoices whatever was ticked."""
    sent = form.cleaned_data["file"]
    data = sent.read()
    if looks_like_xml(data) or is_pdf(data):
        return receive_einvoice(name=sent.name, data=data, by=request.actor)
    purpose = form.cleaned_data["purpose"]
    received = receive_file(name=sent.name, data=data, purpose=purpose, by=request.actor)
    return received.file, received.before


def _after_upload(request: Any, file: SourceFile, before: bool) -> HttpResponse:
    if before:
        done = (
            "Its columns wait to be confirmed"
            if file.state == State.UPLOADED
            else "Nothing was done"
        )
        messages.info(
            request,
            f"This file came in before as {file.name}, sent by {file.made_by_name} on"
            f" {day(file.made_at.date())}. {done}.",
        )
    return redirect(_page_of(file), organisation=request.organisation.slug, number=file.number)


def _page_of(file: SourceFile) -> str:
    if file.purpose == "einvoice":
        return "einvoice"
    if file.purpose in ("statement", "report"):
        return "bank_file"
    return "file_preview" if file.state == State.UPLOADED else "file"


@require_http_methods(["GET", "POST"])
@page(SEE_FILES, unsafe=LOAD_FILES)
def file_preview(request: Any, number: int) -> HttpResponse:
    file = found.source_file(
        organisation_id=request.organisation.id, number=number, with_content=True
    )
    here = {"organisation": request.organisation.slug, "number": number}
    if _page_of(file) != "file_preview":
        return redirect("file", **here)
    problem = _choose(request, file) if request.method == "POST" else ""
    if request.method == "POST" and not problem:
        return redirect("file" if request.POST.get("act") == "load" else "file_preview", **here)
    return _preview(request, file, problem)


def _choose(request: Any, file: SourceFile) -> str:
    """Keeps the columns chosen and loads the file if told to, or answers what was refused."""
    try:
        with transaction.atomic():
            choose_columns(file=file, columns=_chosen(request, file), by=request.actor)
            if request.POST.get("act") == "load":
                load_file(file=file, by=request.actor)
    except (Unreadable, Refusal) as refused:
        return refused.message
    return ""


def _preview(request: Any, file: SourceFile, problem: str) -> HttpResponse:
    shown = found.preview(file)
    columns = shown.columns
    if problem:  # what was refused is shown as it was chosen, to be mended and not chosen again
        columns = tuple(
            replace(column, role=request.POST.get(f"column_{column.index}", column.role))
            for column in columns
        )
    context = {
        "file": file,
        "preview": shown,
        "columns": columns,
        "roles": found.role_choices(),
        "problem": problem or shown.problem,
        "may_load": may(request.actor, LOAD_FILES),
    }
    status = 422 if problem else 200
    return render(request, "finance/files/preview.html", context, status=status)


def _chosen(request: Any, file: SourceFile) -> dict[str, int]:
    """Role to column from the select boxes `column_0`, `column_1` …; a later one wins its role."""
    chosen: dict[str, int] = {}
    twice: list[str] = []
    for index in range(len(file.headers)):
        role = request.POST.get(f"column_{index}", "")
        if role in chosen:
            twice.append(role)
        if role:
            chosen[role] = index
    if twice:
        raise FIL03.refuse(", ".join(dict(found.role_choices())[role] for role in twice) + ".")
    return chosen


@require_GET
@page(SEE_FILES)
def file(request: Any, number: int) -> HttpResponse:
    shown = found.source_file(organisation_id=request.organisation.id, number=number)
    if _page_of(shown) != "file":
        slug = request.organisation.slug
        return redirect(_page_of(shown), organisation=slug, number=number)
    run = run_by_id(shown.organisation_id, shown.run_id)
    loading = shown.state == State.READING and run is not None and run.state in Run.OPEN
    cause = request.GET.get("cause", "")
    held = found.held(shown, cause)
    pages = Paginator(held.rows, PAGE)
    pages.count = held.counted  # known already, so that nothing is counted twice
    context = {
        "file": shown,
        "run": run,
        "progress": _progress(request, shown, run) if loading and run else None,
        "causes": held.causes,
        "held": part_of(request, pages),
        "cause": cause,
        "may_take_back": may(request.actor, REVERSE_INVOICES) and may_be_taken_back(shown, run),
        "outcome": found.outcome(run.results if run else {}),
        "timeline": [] if cause else timeline(shown),
    }
    return render(request, "finance/files/file.html", context)


def _progress(request: Any, file: SourceFile, run: Run) -> dict[str, Any]:
    """For components/_progress.html."""
    place = {"organisation": request.organisation.slug, "number": file.number}
    return {
        "title": f"Loading {file.name}",
        "stage": run.get_state_display(),
        "done": run.rows_done + run.rows_underway,
        "total": max(run.rows_total, 1),
        "finished": False,
        "url": reverse("file_progress", kwargs=place),
    }


@require_GET
@page(SEE_FILES, polled=True)
def file_progress(request: Any, number: int) -> HttpResponse:
    """How far the load is; once it has ended the whole page is asked for again."""
    shown = found.source_file(organisation_id=request.organisation.id, number=number)
    run = run_by_id(shown.organisation_id, shown.run_id)
    if not request.htmx:
        return redirect("file", organisation=request.organisation.slug, number=number)
    if run is None or run.state not in Run.OPEN:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {"progress": _progress(request, shown, run)}
    return render(request, "components/_progress.html", context)


@require_http_methods(["GET", "POST"])
@page(REVERSE_INVOICES)
def file_taking_back(request: Any, number: int) -> HttpResponse:
    """Asks why, then has a run undo the load, or sets a load aside of which nothing was done."""
    shown = found.source_file(organisation_id=request.organisation.id, number=number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        with refusals_on(form):
            run = take_back_load(file=shown, reason=reason, by=request.actor, as_of=request.today)
            done = "is set aside" if run.pk == shown.run_id else f"is being taken back by {run}"
            messages.success(request, f"{shown.name} {done}.")
            return redirect("file", organisation=request.organisation.slug, number=number)
    status = 422 if form.errors else 200
    context = {"file": shown, "form": form}
    return render(request, "finance/files/taking_back.html", context, status=status)


@require_GET
@page(SEE_FILES)
def file_held(request: Any, number: int) -> HttpResponse:
    """The held rows as they came, with what to do: mend them there and send the file again."""
    shown = found.source_file(organisation_id=request.organisation.id, number=number)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="held-{shown.number}.csv"'
    writer = csv.writer(response)
    writer.writerow(["Row", "Cause", "What to do", *map(_neutral, shown.headers)])
    for row in found.held_rows(shown):
        cells = [_neutral(cell) for cell in row.cells]
        writer.writerow([row.row_no, row.cause, row.cause_text, *cells])
    return response


def _neutral(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is made text; plain amounts stay."""
    risky = cell[:1] in "=+@\t\r" or (cell[:1] == "-" and not cell[1:].replace(".", "").isdigit())
    return f"'{cell}" if cell and risky else cell
