"""An allowance of a job: asking that it is given, and that it ends; what the terms say of one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from core.web.pages import page
from core.web.refusals import refusals_on
from hr.forms import AllowanceEndForm, AllowanceForm
from hr.forms_allowances import AllowanceTermsForm
from hr.permissions import KEEP_TERMS, REQUEST_CHANGES
from hr.selectors.allowances import allowances_of, names_of, yearly_allowances
from hr.selectors.terms import scales_of
from hr.services.allowances import record_allowance, request_allowance, request_allowance_end
from hr.views.lists import asked
from hr.views.person import form_page, job_asked_about, sent


@page(REQUEST_CHANGES)
def allowance(request: Any, number: int, job: int) -> HttpResponse:
    found, last = job_asked_about(request, number, job)
    rows = yearly_allowances(found.organisation_id, request.today)
    form = AllowanceForm(request.POST or None, allowances={one.code: one.name for one in rows})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        facts = {"code": given.pop("allowance"), "assignment": last.assignment, **given}
        with refusals_on(form):
            request_allowance(**facts, by=request.actor)
            return sent(request, "staff_person", request.organisation.slug, number)
    return form_page(request, form, f"An allowance for {found.name}", found)


@page(REQUEST_CHANGES)
def allowance_end(request: Any, number: int, job: int) -> HttpResponse:
    found, last = job_asked_about(request, number, job)
    names = names_of([one for one in allowances_of(found) if one.assignment.number == job])
    form = AllowanceEndForm(request.POST or None, allowances=names)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        facts = {"code": given.pop("allowance"), "assignment": last.assignment, **given}
        with refusals_on(form):
            request_allowance_end(**facts, by=request.actor)
            return sent(request, "staff_person", request.organisation.slug, number)
    return form_page(request, form, f"End an allowance of {found.name}", found)


@page(KEEP_TERMS)
def allowance_terms_new(request: Any) -> HttpResponse:
    scales = scales_of(request.actor.organisation_id)
    form = AllowanceTermsForm(
        request.POST or None, scales=scales, initial={"from_on": request.today}
    )
    if request.method == "POST" and form.is_valid():
        new, from_on = form.asked
        with refusals_on(form):
            record_allowance(new=new, from_on=from_on, today=request.today, by=request.actor)
            messages.success(request, f"{new.name} is recorded.")
            return redirect("terms", request.organisation.slug)
    heading = "What the terms say of an allowance"
    return asked(request, form, heading, "Record it", "terms")
