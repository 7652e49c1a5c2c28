"""One's own pension: how one stands, the letters, opting out and asking to join."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.errors import NotFound
from core.templatetags.web import day, pounds, short_day
from core.web.pages import page
from core.web.refusals import refusals_said
from hr.selectors.people import employments_of
from payroll.calculator.automatic_enrolment import EVENT_WORDS, Event
from payroll.models import PensionLetter, PensionStatus
from payroll.models.enrolment import JOINING
from payroll.models.groups import SCHEMES
from payroll.paying.enrolment import Standing
from payroll.permissions import OWN_PENSION, SEE_OWN_PAY
from payroll.selectors.enrolment import (
    Contribution,
    last_contributions,
    one_letter,
    own_letters,
    standings,
    statuses_of,
)
from payroll.services.enrolment import MAY_OPT_OUT, ask_to_join, opt_out
from payroll.services.looking import look_at_pension
from payroll.views.enrolment import RECORD, columns, letter_context, letter_document, record_row

HEADS = ("Letter", "About", "Given")


@page(SEE_OWN_PAY)
@require_GET
def my_pension(request: Any) -> HttpResponse:
    here, person = request.actor.organisation_id, request.actor.person_id
    mine = employments_of(here, person)
    for one in mine:
        look_at_pension(employment=one, by=request.actor)
    keys = [one.pk for one in mine]
    letters, paid = own_letters(here, person), last_contributions(here, keys)
    context = {
        "jobs": [
            {"number": one.number, "said": _said(known, paid.get(one.pk)),
             "may_leave": known.event in MAY_OPT_OUT,
             "may_join": known.event not in JOINING and known.category > 0}
            for one, known in zip(mine, standings(here, keys), strict=True)
        ],
        "letter_columns": columns(HEADS),
        "letters": [_letter_row(request.organisation.slug, one) for one in letters],
        "columns": columns(RECORD),
        "rows": [record_row(one) for one in statuses_of(here, keys)],
    }  # fmt: skip
    return render(request, "payroll/my_pension.html", context)


def _said(known: Standing, paid: Contribution | None) -> str:
    if not known.event and paid:
        return (
            f"You are a member: {dict(SCHEMES)[paid.scheme]}. With your pay of"
            f" {day(paid.pays_on)} you paid {pounds(paid.member)} and your employer"
            f" {pounds(paid.employer)}."
        )
    if not known.event:
        return "You were not enrolled automatically. Any other scheme stands on your payslips."
    scheme = f": {dict(SCHEMES)[known.scheme]}" if known.event in JOINING else ""
    return f"{EVENT_WORDS[Event(known.event)]} from {day(known.from_on)}{scheme}."


def _letter_row(slug: str, one: PensionLetter) -> dict[str, Any]:
    given = short_day(one.given_on) if one.given_on else ""
    return {"id": one.pk, "url": reverse("my_pension_letter", args=[slug, one.pk]),
            "cells": [one.get_kind_display(), short_day(one.status.from_on), given]}  # fmt: skip


def _own(request: Any, letter: int) -> PensionLetter:
    rows = own_letters(request.actor.organisation_id, request.actor.person_id)
    found = one_letter(rows, letter)
    look_at_pension(employment=found.status.employment, by=request.actor)
    return found


@page(SEE_OWN_PAY)
@require_GET
def my_pension_letter(request: Any, letter: int) -> HttpResponse:
    back = {"label": "My pension", "url": reverse("my_pension", args=[request.organisation.slug])}
    context = letter_context(request, _own(request, letter), back)
    return render(request, "payroll/pension_letter.html", context)


@page(SEE_OWN_PAY)
@require_GET
def my_pension_letter_pdf(request: Any, letter: int) -> HttpResponse:
    return letter_document(request, _own(request, letter))


@page(OWN_PENSION)
@require_POST
def my_opting_out(request: Any, number: int) -> HttpResponse:
    return _acted(request, number, opt_out, "You have opted out. What you paid comes back with"
                  " your next pay.")  # fmt: skip


@page(OWN_PENSION)
@require_POST
def my_joining(request: Any, number: int) -> HttpResponse:
    return _acted(request, number, ask_to_join, "You join with the next pay period.")


def _acted(
    request: Any, number: int, act: Callable[..., PensionStatus], words: str
) -> HttpResponse:
    actor = request.actor
    mine = {one.number: one for one in employments_of(actor.organisation_id, actor.person_id)}
    if number not in mine:
        raise NotFound("There is no such employment of yours.")
    with refusals_said(request):
        act(employment=mine[number], by=actor, at=timezone.now())
        messages.success(request, words)
    return redirect("my_pension", request.organisation.slug)
