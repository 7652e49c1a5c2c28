"""Who bears the cost of a job, who works elsewhere for a time, and a second post."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.actors import may
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from hr.forms import CostSplitForm, JointPostForm, SecondmentForm
from hr.keys import percent
from hr.models import Placement
from hr.permissions import REQUEST_CHANGES, SEE_STAFF
from hr.selectors.bearing import others, written
from hr.selectors.seconded import SecondedIn, seconded_in, seconded_out
from hr.services.requests import request_cost_split, request_joint_post, request_secondment
from hr.views.choosing import choose_post, post_asked
from hr.views.lists import PER_PAGE, days, heads
from hr.views.person import form_page, job_asked_about, sent
from tenants.selectors import all_organisations


@page(REQUEST_CHANGES)
def cost_split(request: Any, number: int, job: int) -> HttpResponse:
    found, last = job_asked_about(request, number, job)
    form = CostSplitForm(request.POST or None, initial={"cost_centres": _borne(last)})
    if request.method == "POST" and form.is_valid():
        facts = {**form.cleaned_data, "assignment": last.assignment}
        with refusals_on(form):
            request_cost_split(**facts, by=request.actor)
            return sent(request, "staff_person", request.organisation.slug, number)
    return form_page(request, form, f"Who bears the cost of {found.name}", found)


def _borne(last: Placement) -> str:
    shares = list(last.shares.all())
    slugs = {one.id: one.slug for one in all_organisations()}
    return written(
        [(s.unit.code if s.unit else slugs[s.other_id or 0], s.ten_thousandths) for s in shares]
    )


@page(REQUEST_CHANGES)
def secondment(request: Any, number: int, job: int) -> HttpResponse:
    found, last = job_asked_about(request, number, job)
    hosts = others(request.actor.organisation_id)
    form = SecondmentForm(request.POST or None, hosts=hosts, initial={"percent": 100})
    if request.method == "POST" and form.is_valid():
        facts = {**form.facts, "assignment": last.assignment}
        with refusals_on(form):
            request_secondment(**facts, by=request.actor)
            return sent(request, "staff_person", request.organisation.slug, number)
    return form_page(request, form, f"A secondment of {found.name}", found)


@page(REQUEST_CHANGES)
def joint_post(request: Any, number: int, job: int) -> HttpResponse:
    found, last = job_asked_about(request, number, job)
    if (post := post_asked(request)) is None:
        return choose_post(request, f"Which other post for {found.name}?", found)
    form = JointPostForm(request.POST or None, initial={"post": post},
                         organisation_id=request.actor.organisation_id)  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        facts = {name: given[name] for name in ("cost_centres", "from_on", "reason")}
        facts |= {"position": form.position, "pay_point": form.pay_point}
        facts |= {"weekly_minutes": given["hours"], "assignment": last.assignment}
        with refusals_on(form):
            request_joint_post(**facts, by=request.actor)
            return sent(request, "staff_person", request.organisation.slug, number)
    return form_page(request, form, f"Another post for {found.name}", found)


@page(SEE_STAFF)
@require_GET
def out(request: Any) -> HttpResponse:
    pages = part_of(request, Paginator(seconded_out(request.actor, request.today), PER_PAGE))
    names = {one.id: one.short_name for one in all_organisations()}
    slug = request.organisation.slug
    context = {
        "page": pages,
        "columns": heads("Name", "Number", "Post", "Unit", "Works for", "Days", "It bears"),
        "rows": [_out_row(slug, one, names) for one in pages.object_list],
        "whole": may(request.actor, SEE_STAFF, unit_path=""),
    }
    return render(request, "hr/seconded_out.html", context)


def _out_row(slug: str, one: Any, names: dict[int, str]) -> dict[str, Any]:
    someone = one.assignment.employment
    cells = [
        someone.name, f"{someone.number}-{one.assignment.number}", one.position.title,
        one.position.unit.name, names[one.host_id], days(one.from_on, one.to_on),
        f"{percent(one.borne)}%",
    ]  # fmt: skip
    url = reverse("staff_person", kwargs={"organisation": slug, "number": someone.number})
    return {"id": one.pk, "url": url, "cells": cells}


@page(SEE_STAFF)
@require_GET
def to_us(request: Any) -> HttpResponse:
    pages = part_of(request, Paginator(seconded_in(request.actor, request.today), PER_PAGE))
    context = {
        "page": pages,
        "columns": heads("Name", "Employer", "Post there", "Days", "We bear"),
        "rows": [_in_row(n, one) for n, one in enumerate(pages.object_list)],
    }
    return render(request, "hr/seconded_in.html", context)


def _in_row(number: int, one: SecondedIn) -> dict[str, Any]:
    when = days(one.from_on, one.to_on)
    return {"id": number, "cells": [one.name, one.employer, one.title, when,
                                    f"{percent(one.borne)}%"]}  # fmt: skip
