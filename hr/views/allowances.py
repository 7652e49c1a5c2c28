"""An allowance of a job: asking that it is given, and that it ends."""

from typing import Any

from django.http import HttpResponse

from core.web.pages import page
from core.web.refusals import refusals_on
from hr.forms import AllowanceEndForm, AllowanceForm
from hr.permissions import REQUEST_CHANGES
from hr.selectors.allowances import allowances_of, names_of, yearly_allowances
from hr.services.allowances import request_allowance, request_allowance_end
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
    return form_page(request, form, f"{found.name} has an allowance no more", found)
