"""Who is away: the list, one absence with its history, recording, and pay while away."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.actors import may
from core.errors import NotFound
from core.templatetags.web import day
from core.web.days import read_day
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from hr.forms_absences import (
    COLUMNS,
    AbsenceFileForm,
    AbsenceForm,
    AbsenceTermsForm,
    WithdrawForm,
    WorkedDayForm,
    initial_of,
    read_absences,
)
from hr.keys import days_of
from hr.models import MAY_WORK, Absence, AbsenceKind
from hr.permissions import (
    KEEP_TERMS,
    RECORD_ABSENCES,
    SEE_ABSENCES,
    SEE_OWN,
    SEE_TERMS,
    SEE_WHY_AWAY,
)
from hr.selectors.absences import (
    absence_of,
    absence_terms,
    absences_of,
    employment_recorded,
    employments_recorded,
    own_absences,
    versions_of,
    worked_days,
)
from hr.services.absences import (
    correct_absence,
    look_at_reason,
    record_absence_terms,
    record_absences,
    record_worked_day,
    withdraw_absence,
)
from hr.views.lists import days, heads

PER_PAGE = 50
HEADS = ("Name", "Employee", "Absence", "Kind", "Away", "Working days", "Evidence", "Recorded")


def _listed(request: Any, rows: Any, url: str = "") -> dict[str, Any]:
    pages = part_of(request, Paginator(rows, PER_PAGE))
    shown = [
        {"id": one.pk, "cells": _cells(one),
         **({"url": reverse(url, args=[request.organisation.slug, one.number])} if url else {})}
        for one in pages.object_list
    ]  # fmt: skip
    return {"page": pages, "columns": heads(*HEADS), "rows": shown}


def _cells(one: Absence) -> list[Any]:
    return [
        one.employment.name, one.employment.number, one.number, one.get_kind_display(),
        days(one.from_on, one.to_on), days_of(one.qualifying), one.get_evidence_display(),
        f"{day(one.recorded_at)}, {one.recorded_by_name}",
    ]  # fmt: skip


@page(SEE_ABSENCES)
@require_GET
def absences(request: Any) -> HttpResponse:
    on, number = read_day(request.GET.get("on", "")), request.GET.get("employee", "")
    whose = int(number) if number.isdecimal() and len(number) < 10 else 0
    rows = absences_of(request.actor, on=on, employee=whose)
    context = {
        **_listed(request, rows, "absence"),
        "on": on,
        "filtered": bool(on or whose),
        "may_record": may(request.actor, RECORD_ABSENCES),
    }
    return render(request, "hr/absences.html", context)


@page(SEE_OWN)
@require_GET
def my_absences(request: Any) -> HttpResponse:
    rows = own_absences(request.actor.organisation_id, request.actor.person_id)
    return render(request, "hr/my_absences.html", _listed(request, rows))


@page(SEE_ABSENCES)
@require_GET
def absence(request: Any, number: int) -> HttpResponse:
    found = absence_of(request.actor, number)
    known = ("Kind", "Away", "Working days", "Evidence", "Recorded", "By", "Until")
    context = {
        "absence": found,
        "facts": [{"key": key, "value": value} for key, value in _facts(found) if value],
        "columns": heads(*known),
        "rows": [{"id": one.pk, "cells": _version(one)} for one in versions_of(found)],
        "may_record": may(request.actor, RECORD_ABSENCES),
        "may_see_why": may(request.actor, SEE_WHY_AWAY),
    }
    return render(request, "hr/absence.html", context)


def _facts(one: Absence) -> Sequence[tuple[str, Any]]:
    return (
        ("Who", f"{one.employment.name}, {one.employment.number}"),
        ("Kind", one.get_kind_display()),
        ("Away", days(one.from_on, one.to_on)),
        ("Working days", days_of(one.qualifying)),
        ("Evidence", one.get_evidence_display()),
        ("The day that it is about", day(one.event_on) if one.event_on else ""),
        ("Notice", day(one.notice_on) if one.notice_on else ""),
        ("For an adoption", "Yes" if one.adopting else ""),
        ("Weeks of pay used before", one.weeks_used or ""),
        ("Worked meanwhile on", _worked(one)),
    )


def _worked(one: Absence) -> str:
    """Days of work, and how many of them keep the pay of their week."""
    if not (found := worked_days(one)):
        return ""
    most = MAY_WORK.get(AbsenceKind(one.kind), 0)
    return f"{', '.join(map(day, found))} ({len(found)} of {most} that keep the pay of the week)"


def _version(one: Absence) -> list[Any]:
    until = day(one.superseded_at) if one.superseded_at else "Holds now"
    return [one.get_kind_display(), days(one.from_on, one.to_on), days_of(one.qualifying),
            one.get_evidence_display(), day(one.recorded_at), one.recorded_by_name,
            until]  # fmt: skip


@page(SEE_WHY_AWAY)
@require_POST
def absence_reason(request: Any, number: int) -> HttpResponse:
    """Shown once, asked for with a reason: every look is an event."""
    return _reason(request, absence_of(request.actor, number), request.POST.get("reason", ""))


@page(SEE_OWN)
@require_POST
def my_absence_reason(request: Any, number: int) -> HttpResponse:
    """Why oneself was away, as it is recorded."""
    rows = own_absences(request.actor.organisation_id, request.actor.person_id)
    found = rows.filter(number=number).first()
    if found is None:
        raise NotFound("There is no such absence of yours.")
    return _reason(request, found, "")


def _reason(request: Any, found: Absence, why: str) -> HttpResponse:
    text = look_at_reason(absence=found, reason=why, by=request.actor, at=timezone.now())
    own = found.employment.person_id == request.actor.person_id
    context = {"absence": found, "own": own, "text": text}
    return render(request, "hr/absence_reason.html", context)


@page(RECORD_ABSENCES)
def absence_new(request: Any, number: int) -> HttpResponse:
    found = employment_recorded(request.actor, number, request.today)
    form = AbsenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        new = [(found, form.absence)]
        with refusals_on(form):
            (made,) = record_absences(absences=new, by=request.actor, at=timezone.now())
            return _recorded(request, "absence", request.organisation.slug, made.number)
    return _form(request, form, f"An absence of {found.name}")


@page(RECORD_ABSENCES)
def absence_change(request: Any, number: int) -> HttpResponse:
    found = absence_of(request.actor, number, RECORD_ABSENCES)
    form = AbsenceForm(request.POST or None, initial=initial_of(found))
    if request.method == "POST" and form.is_valid():
        given = {"by": request.actor, "at": timezone.now()}
        with refusals_on(form):
            correct_absence(absence=found, to=form.absence, **given)
            return _recorded(request, "absence", request.organisation.slug, number)
    return _form(request, form, f"Correct absence {number} of {found.employment.name}")


@page(RECORD_ABSENCES)
def absence_withdraw(request: Any, number: int) -> HttpResponse:
    found = absence_of(request.actor, number, RECORD_ABSENCES)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "by": request.actor, "at": timezone.now()}
        with refusals_on(form):
            withdraw_absence(absence=found, **given)
            return _recorded(request, "absences", request.organisation.slug)
    return _form(request, form, f"Withdraw absence {number} of {found.employment.name}")


@page(RECORD_ABSENCES)
def absence_worked(request: Any, number: int) -> HttpResponse:
    """A day on which somebody worked in their family leave."""
    found = absence_of(request.actor, number, RECORD_ABSENCES)
    form = WorkedDayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "by": request.actor, "at": timezone.now()}
        with refusals_on(form):
            record_worked_day(absence=found, **given)
            return _recorded(request, "absence", request.organisation.slug, number)
    return _form(request, form, f"A day worked in absence {number} of {found.employment.name}")


def _recorded(request: Any, *there: Any) -> HttpResponse:
    messages.success(request, "Recorded. The next pay that is calculated takes it.")
    return redirect(*there)


def _form(request: Any, form: Any, heading: str) -> HttpResponse:
    back = reverse("absences", args=[request.organisation.slug])
    context = {"form": form, "heading": heading, "button": "Save", "back": back}
    return render(request, "hr/form.html", context, status=422 if form.errors else 200)


@page(RECORD_ABSENCES)
def absence_file(request: Any) -> HttpResponse:
    form = AbsenceFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, "file"):
            _load(request, form.cleaned_data["file"].read())
            return _recorded(request, "absences", request.organisation.slug)
    return render(
        request, "hr/absence_file.html", {"form": form}, status=422 if form.errors else 200
    )


def _load(request: Any, data: bytes) -> None:
    found = read_absences(data, lambda n: employments_recorded(request.actor, n, request.today))
    record_absences(absences=found, by=request.actor, at=timezone.now())


@page(RECORD_ABSENCES)
@require_GET
def absence_template(request: Any) -> HttpResponse:
    """The headings of a file of absences, and nothing else: a note above them would be a row."""
    answer = HttpResponse(",".join(COLUMNS) + "\r\n", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="absences.csv"'
    return answer


@page(SEE_TERMS, unsafe=KEEP_TERMS)
def pay_while_away(request: Any) -> HttpResponse:
    form = AbsenceTermsForm(request.POST or None, initial={"from_on": request.today})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            record_absence_terms(**form.cleaned_data, by=request.actor, at=timezone.now())
            return _recorded(request, "pay_while_away", request.organisation.slug)
    found = absence_terms(request.actor.organisation_id)
    words = {True: "Basic pay goes on", False: "Statutory pay only"}
    context = {
        "form": form if may(request.actor, KEEP_TERMS) else None,
        "columns": heads("From", "Sickness", "Family leave", "Recorded", "By"),
        "rows": [
            {"id": one.pk, "cells": [day(one.from_on), words[one.sick_full],
             words[one.family_full], day(one.recorded_at), one.recorded_by_name]}
            for one in found
        ],
    }  # fmt: skip
    return render(request, "hr/pay_while_away.html", context, status=422 if form.errors else 200)
