"""One person: the record as of a day, private details, and what can be asked for."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.actors import may
from core.errors import NotFound
from core.templatetags.web import day, pounds
from core.web.days import day_asked, read_day
from core.web.pages import page
from core.web.refusals import refusals_on
from events.selectors import timeline
from hr.forms import ChangeForm, LeaverForm, PrivateForm, StarterForm, TransferForm
from hr.keys import hours, percent
from hr.models import Employment, Gender, HeldAllowance, Placement
from hr.permissions import (
    CHANGE_PRIVATE,
    RECORD_ABSENCES,
    REQUEST_CHANGES,
    SEE_OWN,
    SEE_PRIVATE,
    SEE_STAFF,
)
from hr.selectors.allowances import allowances_of
from hr.selectors.codes import leaving_reasons
from hr.selectors.people import (
    employment_for,
    employments_of,
    job_of,
    placements_of,
    waiting_for_staff,
)
from hr.selectors.posts import points_ever
from hr.selectors.terms import yearly
from hr.services.private import Details, change_private, look_at_private
from hr.services.requests import (
    request_change,
    request_leaver,
    request_starter,
    request_transfer,
)
from hr.views.choosing import choose_post, post_asked
from hr.views.lists import days, heads
from tenants.selectors import all_organisations


@page(SEE_STAFF)
@require_GET
def person(request: Any, number: int) -> HttpResponse:
    found = employment_for(request.actor, number, request.today)
    return render(request, "hr/person.html", _record(request, found))


@page(SEE_OWN)
@require_GET
def my_record(request: Any) -> HttpResponse:
    found = employments_of(request.actor.organisation_id, request.actor.person_id)
    if not found:
        return render(request, "hr/no_record.html")
    return render(request, "hr/person.html", {**_record(request, found[0]), "own": True})


@page(SEE_PRIVATE)
@require_POST
def private(request: Any, number: int) -> HttpResponse:
    """Shows them once: asked for by a button, for every look is an event."""
    found = employment_for(request.actor, number, request.today)
    return render(request, "hr/private.html", _private(request, found))


@page(SEE_OWN)
@require_POST
def my_private(request: Any) -> HttpResponse:
    found = employments_of(request.actor.organisation_id, request.actor.person_id)
    if not found:
        raise NotFound("You have no record here.")
    return render(request, "hr/private.html", {**_private(request, found[0]), "own": True})


def _private(request: Any, found: Employment) -> dict[str, Any]:
    details = look_at_private(
        employment=found,
        on=request.today,
        by=request.actor,
        at=timezone.now(),
        reason=request.POST.get("reason", ""),
    )
    facts = _known(details) if details else []
    return {"employment": found, "facts": [{"key": k, "value": v} for k, v in facts if v],
            "may_change": may(request.actor, CHANGE_PRIVATE)}  # fmt: skip


def _known(details: Details) -> list[tuple[str, str]]:
    code = details.sort_code
    return [
        ("National Insurance number", details.ni_number),
        ("Names for HMRC", f"{details.given_names} {details.family_name}".strip()),
        ("Date of birth", day(details.born_on)),
        ("Gender", Gender(details.gender).label if details.gender else ""),
        ("Home address", ", ".join(filter(None, [*details.lines, details.postcode]))),
        ("Passport number", details.passport),
        ("Starter declaration", details.starter),
        ("Tax code", details.tax_code + (" week 1" if details.non_cumulative else "")),
        ("Sort code", "-".join(filter(None, (code[:2], code[2:4], code[4:])))),
        ("Account number", details.account_number),
        ("Name of the account", details.account_name),
        ("Building society roll number", details.reference),
    ]


def _record(request: Any, found: Employment) -> dict[str, Any]:
    on, known = day_asked(request), _moment(request)
    history = placements_of(found, known, on=on)
    names = _names(history)
    now = [one for one in history if one.from_on <= on and (one.to_on is None or one.to_on > on)]
    return {
        "employment": found,
        "on": on,
        "known": request.GET.get("known", ""),
        "facts": _facts(found) + [fact for one in now for fact in _job_facts(one, names)],
        "columns": heads("In force", "Job", "Post", "Unit", "Grade and point", "Hours", "Known"),
        "rows": [_placement_row(one, names) for one in history],
        **_allowances(found, known),
        "waiting": waiting_for_staff(found),
        "entries": timeline(found),
        "jobs": list(dict.fromkeys(one.assignment.number for one in history)),
        "may_ask": may(request.actor, REQUEST_CHANGES),
        "may_record": may(request.actor, RECORD_ABSENCES),
        "may_see_private": may(request.actor, SEE_PRIVATE),
        "may_change_private": may(request.actor, CHANGE_PRIVATE),
    }


def _names(history: list[Placement]) -> dict[int, str]:
    """The other organisations that bear a part of the cost; most people cost only their own."""
    if not any(share.other_id for one in history for share in one.shares.all()):
        return {}
    return {row.id: row.short_name for row in all_organisations()}


def _moment(request: Any) -> datetime | None:
    """The end of the day of which it is asked what was known; None for now."""
    found = read_day(request.GET.get("known", ""))
    if found is None:
        return None
    return timezone.make_aware(datetime.combine(found + timedelta(days=1), time()))


def _facts(found: Employment) -> list[dict[str, Any]]:
    facts = [
        ("Number", str(found.number)),
        ("Employed", days(found.from_on, found.to_on)),
        ("Left because", found.leaving_reason),
    ]
    return [{"key": key, "value": value} for key, value in facts if value]


def _job_facts(one: Placement, names: dict[int, str]) -> list[dict[str, Any]]:
    position = one.position
    full, basis = one.full_pence, one.basis  # type: ignore[attr-defined]
    pay = pounds(yearly(full, one.weekly_minutes, basis)) if full and basis else "Not set up"
    shares = [
        f"{percent(share.ten_thousandths)}% {share.unit or names[share.other_id or 0]}"
        for share in one.shares.all()
    ]
    title = f"{position.title}, {position.unit.name}"
    job = f"Job {one.assignment.number}"
    away = f"{names[one.host_id]}, {days(one.from_on, one.to_on)}" if one.host_id else ""
    return [
        {"key": job, "value": title},
        *([{"key": f"{job} seconded to", "value": away}] if away else []),
        {"key": "Pay of a year", "value": pay},
        {"key": "Cost borne by", "value": "; ".join(shares)},
    ]


def _placement_row(one: Placement, names: dict[int, str]) -> dict[str, Any]:
    title = one.position.title
    cells = [
        days(one.from_on, one.to_on),
        one.assignment.number,
        f"{title}, seconded to {names[one.host_id]}" if one.host_id else title,
        one.position.unit.name,
        f"{one.position.scale.name} {one.pay_point.grade}, {one.pay_point.point}",
        hours(one.weekly_minutes),
        day(one.recorded_at),
    ]
    return {"id": one.pk, "cells": cells}


def _allowances(found: Employment, known: datetime | None) -> dict[str, Any]:
    rows = allowances_of(found, known)
    return {
        "allowance_columns": heads("In force", "Job", "Allowance", "Known"),
        "allowances": [_allowance_row(one) for one in rows],
        "allowed": sorted({one.assignment.number for one in rows}),
    }


def _allowance_row(one: HeldAllowance) -> dict[str, Any]:
    name = one.name  # type: ignore[attr-defined]
    cells = [days(one.from_on, one.to_on), one.assignment.number, name, day(one.recorded_at)]
    return {"id": one.pk, "cells": cells}


@page(REQUEST_CHANGES)
def starter(request: Any) -> HttpResponse:
    if (post := post_asked(request)) is None:
        return choose_post(request, "Which post does the starter come to?", None)
    form = StarterForm(request.POST or None, initial={"post": post},
                       organisation_id=request.actor.organisation_id)  # fmt: skip
    if request.method == "POST" and form.is_valid():
        facts = {key: form.cleaned_data[key] for key in ("name", "email", "from_on", "reason")}
        facts |= {"position": form.position, "pay_point": form.pay_point}
        facts["weekly_minutes"] = form.cleaned_data["hours"]
        with refusals_on(form):
            request_starter(**facts, by=request.actor)
            return sent(request, "staff", request.organisation.slug)
    return form_page(request, form, "A starter", None)


@page(REQUEST_CHANGES)
def change(request: Any, number: int, job: int) -> HttpResponse:
    found, last = job_asked_about(request, number, job)
    form = ChangeForm(request.POST or None, points=list(points_ever(last.position)))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        facts = {"from_on": given["from_on"], "reason": given["reason"]}
        facts |= {"pay_point": form.points.get(given["point"]), "weekly_minutes": given["hours"]}
        with refusals_on(form):
            request_change(assignment=last.assignment, **facts, by=request.actor)
            return sent(request, "staff_person", request.organisation.slug, number)
    return form_page(request, form, f"A change for {found.name}", found)


@page(REQUEST_CHANGES)
def transfer(request: Any, number: int, job: int) -> HttpResponse:
    found, last = job_asked_about(request, number, job)
    if (post := post_asked(request)) is None:
        return choose_post(request, f"Which post does {found.name} move to?", found)
    form = TransferForm(request.POST or None, initial={"post": post},
                        organisation_id=request.actor.organisation_id)  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        facts = {"from_on": given["from_on"], "reason": given["reason"]}
        facts |= {"position": form.position, "pay_point": form.pay_point}
        facts |= {"weekly_minutes": given["hours"], "assignment": last.assignment}
        with refusals_on(form):
            request_transfer(**facts, by=request.actor)
            return sent(request, "staff_person", request.organisation.slug, number)
    return form_page(request, form, f"A transfer of {found.name}", found)


@page(REQUEST_CHANGES)
def leaver(request: Any, number: int, job: int) -> HttpResponse:
    found, last = job_asked_about(request, number, job)
    reasons = leaving_reasons(request.actor.organisation_id, request.today)
    form = LeaverForm(request.POST or None, reasons=reasons)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            request_leaver(assignment=last.assignment, **form.cleaned_data, by=request.actor)
            return sent(request, "staff_person", request.organisation.slug, number)
    return form_page(request, form, f"{found.name} leaves", found)


def job_asked_about(request: Any, number: int, job: int) -> tuple[Employment, Placement]:
    last = job_of(request.actor, number, job, request.today)
    return last.assignment.employment, last


def sent(request: Any, *there: Any) -> HttpResponse:
    messages.success(request, "Sent. Nothing changes before a second person agrees.")
    return redirect(*there)


def form_page(request: Any, form: Any, heading: str, found: Employment | None) -> HttpResponse:
    context = {"form": form, "heading": heading, "button": "Send for approval",
               "employment": found}  # fmt: skip
    return render(request, "hr/form.html", context, status=422 if form.errors else 200)


@page(CHANGE_PRIVATE)
def private_change(request: Any, number: int) -> HttpResponse:
    found = employment_for(request.actor, number, request.today)
    form = PrivateForm(request.POST or None, initial={"from_on": request.today})
    if request.method == "POST" and form.is_valid():
        given = {key: form.cleaned_data[key] for key in ("from_on", "remove")}
        given["by"] = request.actor
        with refusals_on(form):
            change_private(employment=found, details=form.details, at=timezone.now(), **given)
            messages.success(request, "The private details are changed.")
            return redirect("staff_person", request.organisation.slug, number)
    context = {"form": form, "heading": f"Private details of {found.name}", "button": "Save",
               "employment": found}  # fmt: skip
    return render(request, "hr/form.html", context, status=422 if form.errors else 200)
