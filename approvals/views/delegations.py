"""Somebody decides for me for some days."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from approvals.forms import DelegationForm
from approvals.permissions import DECIDE, SEE_WAITING
from approvals.selectors.delegations import delegations_of, possible_delegates
from approvals.services.delegations import delegate, end_delegation
from core.actors import may
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on


@page(SEE_WAITING, unsafe=DECIDE)
def delegations(request: Any) -> HttpResponse:
    """The list, and the form for those who have something to pass on."""
    form = None
    if may(request.actor, DECIDE):
        people = possible_delegates(request.actor, request.today)
        given = request.POST if request.method == "POST" else None
        form = DelegationForm(given, people=people, today=request.today)
        if request.method == "POST" and form.is_valid():
            with refusals_on(form):
                made = delegate(**form.cleaned_data, by=request.actor, as_of=timezone.now())
                messages.success(request, f"{made.to_person_name} decides for you in these days")
                return redirect("delegations", organisation=request.organisation.slug)
    found = part_of(request, Paginator(delegations_of(request.actor), 25))
    context = {"form": form, "page": found, "today": request.today, "tab": "delegations"}
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "approvals/delegations.html", context, status=status)


@page(SEE_WAITING, unsafe=DECIDE)
@require_POST
def delegation_end(request: Any, id: int) -> HttpResponse:
    ended = end_delegation(delegation_id=id, by=request.actor, as_of=timezone.now())
    messages.success(request, f"{ended.to_person_name} no longer decides for you")
    return redirect("delegations", organisation=request.organisation.slug)
