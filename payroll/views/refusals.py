"""Letters that say why statutory pay is not paid: those due and given, and one's own."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.pdf import pdf_response
from core.templatetags.web import short_day
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_said
from payroll.calculator.refusals import REASONS
from payroll.forms_enrolment import GivenForm
from payroll.models import StatutoryLetter
from payroll.paying.refusals import Refusal
from payroll.permissions import KEEP_STATUTORY, SEE_OWN_PAY
from payroll.selectors.statutory import letters_given, own_statutory_letters, statutory_letter
from payroll.services.looking import look_at_refusals
from payroll.services.refusals import (
    give_statutory_letters,
    letters_due,
    take_statutory_letter,
)

PER_PAGE = 50
STATES = [("due", "Due"), ("given", "Given")]
DUE = ("Form", "Name", "Number", "Absence", "Why", "Not paid from", "Tell them by")
GIVEN = ("Letter", "Name", "Number", "Absence", "Why", "Not paid from", "Given")
OWN = ("Letter", "Why", "Not paid from", "Given")


@page(KEEP_STATUTORY)
@require_GET
def statutory_letters(request: Any) -> HttpResponse:
    look_at_refusals(by=request.actor)
    due = request.GET.get("state", "due") != "given"
    at, slug = timezone.now(), request.organisation.slug
    rows: Any = letters_given(request.actor.organisation_id)
    if due:
        rows = letters_due(by=request.actor, at=at)
    found = part_of(request, Paginator(rows, PER_PAGE))
    shown = found.object_list
    context = {
        "page": found, "columns": [{"label": one} for one in (DUE if due else GIVEN)],
        "rows": [_due(request, one) if due else _given(slug, one) for one in shown],
        "states": STATES, "state": "due" if due else "given", "form": GivenForm(),
        "actions": [{"name": "action", "value": "given", "label": "Make and record as given"}],
    }  # fmt: skip
    return render(request, "payroll/statutory_letters.html", context)


def _due(request: Any, one: Refusal) -> dict[str, Any]:
    cells = [one.form, one.name, one.employee, one.absence, dict(REASONS)[one.reason],
             short_day(one.from_on), short_day(one.due_on)]  # fmt: skip
    tone = "bad" if one.due_on < request.today else ""
    return {"id": one.key, "label": f"{one.form}, {one.name}", "cells": cells, "tone": tone}


def _given(slug: str, one: StatutoryLetter) -> dict[str, Any]:
    cells = [str(one), one.employment.name, one.employment.number, one.absence,
             one.get_reason_display(), short_day(one.from_on), short_day(one.given_on)]  # fmt: skip
    return {
        "id": one.pk,
        "cells": cells,
        "url": reverse("statutory_letter", args=[slug, one.number]),
    }


@page(KEEP_STATUTORY)
@require_POST
def statutory_letters_given(request: Any) -> HttpResponse:
    """Makes the selected letters, or all that are due, as given on a day."""
    form, given, at = GivenForm(request.POST), request.POST, timezone.now()
    chosen = given.getlist("letters")
    if given.get("scope") == "all":
        chosen = [one.key for one in letters_due(by=request.actor, at=at)]
    if not chosen or not form.is_valid():
        messages.error(request, "Select letters that are due, and enter the day.")
        return redirect("statutory_letters", request.organisation.slug)
    with refusals_said(request):
        facts = {"given_on": form.cleaned_data["given_on"], "by": request.actor, "at": at}
        count = give_statutory_letters(letters=chosen, **facts)
        messages.success(request, f"Made and recorded as given: {count:,}.")
    return redirect("statutory_letters", request.organisation.slug)


@page(KEEP_STATUTORY)
@require_GET
def statutory_letter_pdf(request: Any, number: int) -> HttpResponse:
    """A letter as it was given."""
    return _document(request, letters_given(request.actor.organisation_id), number)


def _document(request: Any, rows: Any, number: int) -> HttpResponse:
    found = statutory_letter(rows, number)
    return pdf_response(str(found), take_statutory_letter(letter=found, by=request.actor))


@page(SEE_OWN_PAY)
@require_GET
def my_statutory_letters(request: Any) -> HttpResponse:
    actor, slug = request.actor, request.organisation.slug
    rows = own_statutory_letters(actor.organisation_id, actor.person_id)
    context = {
        "columns": [{"label": one} for one in OWN],
        "rows": [_own(slug, one) for one in rows],
    }
    return render(request, "payroll/my_statutory_letters.html", context)


def _own(slug: str, one: StatutoryLetter) -> dict[str, Any]:
    cells = [str(one), one.get_reason_display(), short_day(one.from_on), short_day(one.given_on)]
    return {"id": one.pk, "cells": cells,
            "url": reverse("my_statutory_letter", args=[slug, one.number])}  # fmt: skip


@page(SEE_OWN_PAY)
@require_GET
def my_statutory_letter_pdf(request: Any, number: int) -> HttpResponse:
    actor = request.actor
    return _document(request, own_statutory_letters(actor.organisation_id, actor.person_id), number)
