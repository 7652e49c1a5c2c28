"""Months of figures: which are signed, and each with what stands out and what changed since."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from core.actors import may
from core.errors import NotFound
from core.money import formatted
from core.templatetags.web import day
from core.web.pages import page
from core.web.refusals import refusals_on
from sla.forms import ReasonForm, RemarkForm, SignForm
from sla.models import Correction, Indicator, SignedMonth
from sla.permissions import REMARK_ON_FIGURES, SEE_MEASURES, SIGN_FIGURES
from sla.readings import Reading, read, state_words
from sla.registry import MEASURES, Kind, MeasureUnit
from sla.selectors import (
    Said,
    Signature,
    Values,
    as_known_now,
    corrections_of,
    current_indicators,
    live_values,
    measure_values,
    month_of,
    notes_of,
    remarks_of,
    shown,
    signed_months,
    targets_of,
)
from sla.services import explain_corrections, remark, sign_month
from sla.services.months import STATEMENT

PROVISIONAL = "Provisional"
COLUMNS = [
    {"key": "month", "label": "Month"},
    {"key": "state", "label": "State"},
    {"key": "by", "label": "Signed by"},
    {"key": "remarks", "label": "Remarks", "numeric": True},
    {"key": "corrections", "label": "Corrected since", "numeric": True},
]
CORRECTED = [
    {"key": "what", "label": "Counted"},
    {"key": "signed", "label": "Signed", "numeric": True},
    {"key": "now", "label": "As known now", "numeric": True},
    {"key": "found", "label": "Found"},
    {"key": "why", "label": "Reason"},
]
CHANGED = [
    {"key": "name", "label": "Measure"},
    {"key": "signed", "label": "Signed", "numeric": True},
    {"key": "now", "label": "As known now", "numeric": True},
]


@page(SEE_MEASURES)
def months(request: Any) -> HttpResponse:
    """Every month with figures, newest first, and whether somebody answers for it."""
    here = request.organisation
    values = live_values(here.id, request.today)
    signed, said = signed_months(here.id), remarks_of(here.id)
    corrected = corrections_of(here.id)
    rows = [
        {
            "url": f"{month:%Y-%m}/",
            "cells": [
                f"{month:%B %Y}",
                _tag(signed.get(month), month, request.today),
                signed[month].signed_by_name if month in signed else "",
                str(sum(each.month == month for each in said)),
                str(sum(row.month == month for row in corrected)),
            ],
        }
        for month in reversed(values.months)
    ]
    context = {"rows": rows, "columns": COLUMNS}
    return render(request, "sla/months.html", context)


def _tag(signed: SignedMonth | None, month: date, today: date) -> str:
    if signed is not None:
        return format_html('<strong class="govuk-tag govuk-tag--green">{}</strong>', "Signed")
    words = "Running" if month >= today.replace(day=1) else PROVISIONAL
    return format_html('<strong class="govuk-tag govuk-tag--grey">{}</strong>', words)


@page(SEE_MEASURES, unsafe=SIGN_FIGURES)
def month(request: Any, month: str) -> HttpResponse:
    """What stands out in a month and what was said of it; the signature, or the form for it."""
    here, first = request.organisation, month_of(month)
    live = [row for row in current_indicators(request.today) if row.live]
    values = measure_values([here.id], live)
    if first not in values.months:
        raise NotFound("There are no figures of this month.")
    form = SignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, SLA07="job_title"):
            sign_month(month=first, job_title=form.cleaned_data["job_title"], by=request.actor)
            messages.success(request, f"Signed. The figures of {first:%B %Y} are frozen.")
            return redirect("signed_month", organisation=here.slug, month=month)
    notes = notes_of(here.id, first)
    context = {
        **_signature(request, first, form, notes.signed),
        **_standing_out(here, live, values, first, notes.remarks),
        **_corrected(here, live, values, first),
        "month": first,
        "may_remark": may(request.actor, REMARK_ON_FIGURES),
        "remark_form": RemarkForm(choices=_choices(live)),
    }
    return render(request, "sla/month.html", context, status=422 if form.errors else 200)


def _signature(
    request: Any, first: date, form: SignForm, signed: Signature | None
) -> dict[str, Any]:
    """Who has signed what, or the form for whoever may."""
    open_now = signed is None and first < request.today.replace(day=1)
    asked = open_now or bool(form.errors)  # what was refused is shown with its words
    return {
        "signed": signed,
        "state": state_words(signed),
        "statement": signed.statement if signed else STATEMENT,
        "form": form if asked and may(request.actor, SIGN_FIGURES) else None,
    }


def _choices(live: list[Indicator]) -> list[tuple[str, str]]:
    return [(row.code, row.name) for row in live]


def _standing_out(
    here: Any,
    live: list[Indicator],
    values: Values,
    first: date,
    said: dict[str, list[Said]],
) -> dict[str, Any]:
    """What is to be looked at, each with what was said of it; then all other remarks."""
    targets = targets_of([here.id])
    judged = [row for row in live if row.kind != Kind.KAI]
    readings = [read(values, here.id, row, first, targets) for row in judged]
    out = [each for each in readings if each.measured and each.needs_attention]
    names = {row.code: row.name for row in live}
    codes = {each.indicator.code for each in out}
    return {
        "standing_out": [_point(each, said.get(each.indicator.code, [])) for each in out],
        "silent": sum(each.indicator.code not in said for each in out),
        "remarks": [
            {"name": names.get(code, code), "remarks": found}
            for code, found in said.items()
            if code not in codes
        ],
    }


def _point(reading: Reading, said: list[Any]) -> dict[str, Any]:
    rated = f"{reading.rated}; " if reading.lines is not None else ""
    return {
        "code": reading.indicator.code,
        "name": reading.indicator.name,
        "value": reading.both,
        "says": f"{rated}{reading.says}",
        "remarks": said,
    }


def _corrected(here: Any, live: list[Indicator], values: Values, first: date) -> dict[str, Any]:
    """Base measures that are known to be others by now, and the indicators this changes."""
    found = corrections_of(here.id, first)
    now = as_known_now(values, found)
    changed = []
    for row in live:
        before, after = values.figure(here.id, row, first), now.figure(here.id, row, first)
        if before.value != after.value:
            cells = [row.name, shown(before.value, row), shown(after.value, row)]
            changed.append({"cells": cells})
    return {
        "corrected_columns": CORRECTED,
        "corrected": [{"cells": _correction(row)} for row in found],
        "changed_columns": CHANGED,
        "changed": changed,
        "unexplained": {row.measure: _label(row.measure) for row in found if not row.reason},
    }


def _correction(row: Correction) -> list[str]:
    part = f", {row.part}" if row.part else ""
    why = f"{row.reason} ({row.reason_by_name})" if row.reason else "No reason given yet"
    return [
        f"{_label(row.measure)}{part}",
        _counted(row.signed_value, row.measure),
        _counted(row.value, row.measure),
        day(row.found_at),
        why,
    ]


def _label(key: str) -> str:
    return MEASURES[key].label if key in MEASURES else key


def _counted(value: int | None, key: str) -> str:
    if value is None:
        return "Nothing"
    if key in MEASURES and MEASURES[key].unit == MeasureUnit.PENCE:
        return formatted(value)
    return f"{value:,}"


@page(SEE_MEASURES, unsafe=REMARK_ON_FIGURES)
@require_POST
def month_remark(request: Any, month: str) -> HttpResponse:
    """Says something of one figure of the month."""
    live = [row for row in current_indicators(request.today) if row.live]
    form = RemarkForm(request.POST, choices=_choices(live))
    if form.is_valid():
        given = form.cleaned_data
        code, text = given["indicator"], given["text"]
        remark(indicator_code=code, month=month_of(month), text=text, by=request.actor)
        messages.success(request, "Said. It stands beside the figure and in the board pack.")
    else:
        messages.error(request, "Choose a measure and write one or two sentences.")
    return redirect("signed_month", organisation=request.organisation.slug, month=month)


@page(SEE_MEASURES, unsafe=REMARK_ON_FIGURES)
@require_POST
def month_reason(request: Any, month: str) -> HttpResponse:
    """Gives the reason why figures of a signed month changed."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        explain_corrections(
            measure=given["measure"],
            month=month_of(month),
            reason=given["reason"],
            by=request.actor,
        )
        messages.success(request, "The reason stands beside the correction.")
    else:
        messages.error(request, "Write the reason in one or two sentences.")
    return redirect("signed_month", organisation=request.organisation.slug, month=month)
