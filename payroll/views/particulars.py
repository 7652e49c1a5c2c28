"""How people are paid: everybody with their pay group, and changing it for one of them."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.errors import NotFound
from core.unreadable import Unreadable
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from events.verbs import counted
from hr.models import Employment
from hr.selectors.jobs import employments_numbered
from payroll.forms_particulars import ParticularsFileForm, ParticularsForm, initial_of
from payroll.joined import COLUMNS, NewParticulars, Wrong, read
from payroll.models.groups import SCHEMES
from payroll.permissions import KEEP_PARTICULARS
from payroll.rules import PRL69
from payroll.selectors.members import groups_here, member_of, people_of
from payroll.services.joining import load_particulars, wrong_particulars
from payroll.services.looking import look_at_particulars
from payroll.services.particulars import change_particulars
from payroll.views.deductions import form_page

PER_PAGE, MOST_SHOWN = 50, 200
HEADS = ("Name", "Number", "Pay group", "National Insurance letter", "Pension scheme")
NOT_YET = "None yet: joins with the first run"


@page(KEEP_PARTICULARS)
@require_GET
def pay_members(request: Any) -> HttpResponse:
    here, given = request.actor.organisation_id, request.GET
    groups = list(groups_here(here))
    chosen = {str(one.pk): one.pk for one in groups} | {"0": 0}
    rows = people_of(here, text=given.get("q", ""), group=chosen.get(given.get("group", "")))
    found = part_of(request, Paginator(rows, PER_PAGE))
    context = {
        "page": found,
        "columns": [{"label": one} for one in HEADS],
        "rows": [_row(request.organisation.slug, one) for one in found.object_list],
        "groups": groups,
        "filtered": bool(given.get("q") or given.get("group")),
    }
    return render(request, "payroll/members.html", context)


def _row(slug: str, one: Any) -> dict[str, Any]:
    scheme = dict(SCHEMES).get(one.scheme, "")
    cells = [one.name, one.number, one.group_name or NOT_YET, one.letter or "", scheme]
    return {"id": one.pk, "url": reverse("pay_particulars", args=[slug, one.number]),
            "cells": cells}  # fmt: skip


@page(KEEP_PARTICULARS)
def pay_particulars(request: Any, number: int) -> HttpResponse:
    """Each look is recorded: a P45 says what somebody earned elsewhere."""
    whose = _employment(request, number)
    look_at_particulars(employment=whose, by=request.actor)
    given: dict[str, Any] = {"organisation_id": whose.organisation_id, "today": request.today}
    initial = initial_of(member_of(whose), request.today)
    form = ParticularsForm(request.POST or None, initial=initial, **given)
    back = reverse("pay_members", args=[request.organisation.slug])
    if request.method == "POST" and form.is_valid():
        about = {"reason": form.cleaned_data["reason"], "by": request.actor, "at": timezone.now()}
        with refusals_on(form):
            change_particulars(employment=whose, to=form.particulars, **about)
            messages.success(request, "Changed. The next calculation takes it.")
            return redirect(back)
    return form_page(request, form, f"How {whose.name} is paid", back)


@page(KEEP_PARTICULARS)
def pay_particulars_file(request: Any) -> HttpResponse:
    """Many at once: what is wrong with a file is said by row, and then nothing of it is taken."""
    form = ParticularsFileForm(request.POST or None, request.FILES or None)
    wrong: list[Wrong] = []
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, "file"):
            rows, wrong = _read(form.cleaned_data["file"].read())
            about = {"by": request.actor, "at": timezone.now()}
            wrong = sorted(wrong + wrong_particulars(rows=rows, **about), key=lambda one: one.row)
            if not wrong and "check" in request.POST:
                messages.success(
                    request, f"{counted(len(rows), 'row')} can be loaded. Send it again."
                )
            elif not wrong:
                done = load_particulars(rows=rows, reason=form.cleaned_data["reason"], **about)
                messages.success(request, f"People: {done.people:,}, changed: {done.changed:,}.")
                return redirect("pay_members", request.organisation.slug)
    context = {"form": form, "wrong": wrong[:MOST_SHOWN], "count": len(wrong)}
    status = 422 if form.errors or wrong else 200
    return render(request, "payroll/particulars_file.html", context, status=status)


def _read(data: bytes) -> tuple[list[NewParticulars], list[Wrong]]:
    try:
        return read(data)
    except Unreadable as error:
        raise PRL69.refuse(str(error)) from error


@page(KEEP_PARTICULARS)
@require_GET
def pay_particulars_template(request: Any) -> HttpResponse:
    """The headings of the file, and nothing else: a note above them would be a row."""
    answer = HttpResponse(",".join(COLUMNS) + "\r\n", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="particulars.csv"'
    return answer


def _employment(request: Any, number: int) -> Employment:
    found = employments_numbered(request.actor.organisation_id, {number})
    if not found:
        raise NotFound("Nobody here has this number.")
    return found[0]
