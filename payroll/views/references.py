"""Under which references this employer reports to HMRC and pays, from which day on."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from core.templatetags.web import day
from core.web.pages import page
from core.web.refusals import refusals_on
from payroll.forms_pay import ReferencesForm
from payroll.permissions import KEEP_PAY_GROUPS
from payroll.selectors.references import references_of
from payroll.services.references import record_references

PER_PAGE = 50
HEADS = ("From", "PAYE reference", "Accounts Office reference", "Address", "Small employer",
         "Recorded by")  # fmt: skip


@page(KEEP_PAY_GROUPS)
def pay_references(request: Any) -> HttpResponse:
    form = ReferencesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            record_references(**form.facts, by=request.actor, at=timezone.now())
            messages.success(request, "The references are recorded.")
            return redirect("pay_references", request.organisation.slug)
    rows = Paginator(references_of(request.actor.organisation_id), PER_PAGE)
    found = rows.get_page(request.GET.get("page"))
    cells = [
        [day(one.from_on), one.paye_reference, one.accounts_office, one.address,
         "Yes" if one.small_employer else "", one.recorded_by_name]
        for one in found.object_list
    ]  # fmt: skip
    context = {"form": form, "page": found, "columns": [{"label": one} for one in HEADS],
               "rows": [{"cells": one} for one in cells]}  # fmt: skip
    return render(request, "payroll/references.html", context, status=422 if form.errors else 200)
