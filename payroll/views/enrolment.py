"""Automatic enrolment for payroll: letters and whether they were given, settings, requests."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.pdf import pdf, pdf_response
from core.templatetags.web import day, pounds, short_day
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on, refusals_said
from events.verbs import counted
from payroll.forms_enrolment import EnrolmentForm, GivenForm, RequestForm
from payroll.models import EnrolmentSetting, PensionLetter, PensionStatus
from payroll.permissions import KEEP_ENROLMENT
from payroll.selectors.enrolment import letters_here, one_letter, settings_of, statuses_of
from payroll.selectors.letters import words_of
from payroll.services.enrolment import give_letters, record_request, set_enrolment
from payroll.services.looking import look_at_enrolment, look_at_pension
from payroll.views.deductions import entered, form_page, listed
from tenants.selectors import letterhead

PER_PAGE = 50
STATES = [("due", "Due"), ("given", "Given")]
HEADS = ("Letter", "Name", "Number", "What became of them", "From", "Due", "Given")
RECORD = ("What", "From", "Until", "Category", "Period", "Earnings", "By")
SETTINGS = ("From", "Duties from", "Scheme", "Member %", "Employer %", "Postponed by", "Re-enrols",
            "Recorded by")  # fmt: skip


@page(KEEP_ENROLMENT)
@require_GET
def enrolment(request: Any) -> HttpResponse:
    look_at_enrolment(by=request.actor)
    state = request.GET.get("state", "due")
    state = state if state in dict(STATES) else ""
    found = part_of(
        request, Paginator(letters_here(request.actor.organisation_id, state), PER_PAGE)
    )
    context = {
        "page": found, "columns": columns(HEADS), "states": STATES, "state": state,
        "rows": [_row(request, one) for one in found.object_list], "form": GivenForm(),
        "actions": [{"name": "action", "value": "given", "label": "Record as given"}],
        "waiting": any(one.given_on is None for one in found.object_list),
    }  # fmt: skip
    return render(request, "payroll/enrolment.html", context)


def columns(heads: tuple[str, ...]) -> list[dict[str, Any]]:
    """As the table wants them."""
    return [{"label": one, "numeric": one == "Earnings"} for one in heads]


def _row(request: Any, one: PensionLetter) -> dict[str, Any]:
    status, late = one.status, one.given_on is None and one.due_on < request.today
    whose = status.employment
    cells = [one.get_kind_display(), whose.name, whose.number, status.get_event_display(),
             short_day(status.from_on), short_day(one.due_on),
             short_day(one.given_on) if one.given_on else "Late" if late else ""]  # fmt: skip
    return {
        "id": one.pk, "cells": cells, "label": f"{one.get_kind_display()}, {whose.name}",
        "url": reverse("pension_letter", args=[request.organisation.slug, one.pk]),
        "tone": "bad" if late else "good" if one.given_on else "",
    }  # fmt: skip


@page(KEEP_ENROLMENT)
@require_POST
def enrolment_given(request: Any) -> HttpResponse:
    """Records the selected letters, or all that are due, as given on a day."""
    form, given = GivenForm(request.POST), request.POST
    rows = letters_here(request.actor.organisation_id, "due")
    if given.get("scope") != "all":
        asked = [int(key) for key in given.getlist("letters") if key.isdigit() and len(key) < 19]
        rows = rows.filter(pk__in=asked)
    chosen = list(rows.values_list("pk", flat=True))
    if not chosen or not form.is_valid():
        messages.error(request, "Select letters that are due, and enter the day.")
        return redirect("enrolment", request.organisation.slug)
    with refusals_said(request):
        count = give_letters(letters=chosen, given_on=form.cleaned_data["given_on"],
                             by=request.actor, at=timezone.now())  # fmt: skip
        messages.success(request, f"Recorded as given: {count:,}.")
    return redirect("enrolment", request.organisation.slug)


@page(KEEP_ENROLMENT)
def enrolment_settings(request: Any) -> HttpResponse:
    form = EnrolmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            set_enrolment(setting=form.setting, by=request.actor, at=timezone.now())
            messages.success(request, "Recorded. The next calculation goes by it.")
            return redirect("enrolment_settings", request.organisation.slug)
    rows = settings_of(request.actor.organisation_id)
    context = {"form": form, **listed(request, rows, SETTINGS, _setting)}
    status = 422 if form.errors else 200
    return render(request, "payroll/enrolment_settings.html", context, status=status)


def _setting(one: EnrolmentSetting) -> dict[str, Any]:
    months = one.postponement_months
    cells = [day(one.from_on), day(one.duties_from), one.get_scheme_display(),
             one.member_rate_percent, one.employer_rate_percent,
             counted(months, "month") if months else "Nothing",
             day(one.re_enrol_on) if one.re_enrol_on else "", one.recorded_by_name]  # fmt: skip
    return {"id": one.pk, "cells": cells}


@page(KEEP_ENROLMENT)
def enrolment_request(request: Any) -> HttpResponse:
    """What somebody asked for otherwise than by their own page."""
    form = RequestForm(request.POST or None)
    made = entered(
        request,
        form,
        lambda employment: record_request(
            employment=employment,
            what=form.cleaned_data["what"],
            by=request.actor,
            at=timezone.now(),
        ),
    )
    back = reverse("enrolment", args=[request.organisation.slug])
    if made:
        whose = made.employment.name
        messages.success(request, f"{whose}: {made.get_event_display()}, {day(made.from_on)}.")
        return redirect(back)
    return form_page(request, form, "Record what somebody asks for", back)


def _letter(request: Any, letter: int) -> PensionLetter:
    found = one_letter(letters_here(request.actor.organisation_id), letter)
    look_at_pension(employment=found.status.employment, by=request.actor)
    return found


@page(KEEP_ENROLMENT)
@require_GET
def pension_letter(request: Any, letter: int) -> HttpResponse:
    found = _letter(request, letter)
    back = {
        "label": "Automatic enrolment",
        "url": reverse("enrolment", args=[request.organisation.slug]),
    }
    context = {**letter_context(request, found, back), "theirs": True}
    return render(request, "payroll/pension_letter.html", context)


@page(KEEP_ENROLMENT)
@require_GET
def pension_letter_pdf(request: Any, letter: int) -> HttpResponse:
    return letter_document(request, _letter(request, letter))


def letter_context(request: Any, letter: PensionLetter, back: dict[str, str]) -> dict[str, Any]:
    """A letter with what is on record of the employment, as its pages show it."""
    status = letter.status
    rows = statuses_of(status.organisation_id, [status.employment_id])
    return {
        "letter": letter, "employment": status.employment, "back": back,
        "words": words_of(letter, request.organisation.name), "columns": columns(RECORD),
        "rows": [record_row(one) for one in rows],
    }  # fmt: skip


def record_row(one: PensionStatus) -> dict[str, Any]:
    """A line of the record of an employment."""
    period = (
        f"{short_day(one.period_from)} to {short_day(one.period_to)}" if one.period_from else ""
    )
    cells = [
        one.get_event_display(), short_day(one.from_on),
        short_day(one.until_on) if one.until_on else "", one.get_category_display(), period,
        pounds(one.earnings_pence) if one.earnings_pence is not None else "",
        one.recorded_by_name,
    ]  # fmt: skip
    return {"id": one.pk, "cells": cells}


def letter_document(request: Any, letter: PensionLetter) -> HttpResponse:
    """The letter as a tagged document, made as of its record."""
    status = letter.status
    whose, name = status.employment, f"{letter.get_kind_display()}: {status.employment.name}"
    colour, since = letterhead(letter.organisation_id)
    heard = since is not None and status.recorded_at >= since
    data = {
        "title": name if heard else f"Rehearsal, not to be used: {name}",
        "from": request.organisation.name, "colour": colour,
        "facts": [("Name", whose.name), ("Employee number", str(whose.number)),
                  ("Date", day(letter.given_on or timezone.localdate(status.recorded_at)))],
        "words": words_of(letter, request.organisation.name),
    }  # fmt: skip
    document = pdf("payroll/pension_letter.typ", data, at=status.recorded_at)
    return pdf_response(f"pension-letter-{whose.number}-{letter.pk}", document)
