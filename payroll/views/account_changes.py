"""Changes of accounts for pay, as payroll looks after them: the list, one, and the cooling-off."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.actors import may
from core.templatetags.web import day, day_time
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from events.selectors import timeline
from finance.services.suppliers import masked
from hr.models import AccountChange
from hr.permissions import (
    KEEP_ACCOUNT_COOLING,
    SEE_ACCOUNT_CHANGES,
    SEE_ACCOUNT_COOLING,
    STOP_ACCOUNT_CHANGES,
)
from hr.selectors.accounts import (
    account_change as change_numbered,
)
from hr.selectors.accounts import (
    cooling_days,
    cooling_history,
    cooling_words,
)
from hr.services.accounts import set_account_cooling, stop_account
from payroll.forms_accounts import AccountCoolingForm, StopForm
from payroll.selectors.accounts import changes_to_look_at, marks_of
from payroll.services.looking import look_at_account_changes
from payroll.views.deductions import listed, state_tag

HEADS = ("Change", "Name", "Number", "Asked", "Goes to", "From", "To look at", "State")
State = AccountChange.State


@page(SEE_ACCOUNT_CHANGES)
@require_GET
def account_changes(request: Any) -> HttpResponse:
    """Masked, those with something to look at marked; each look is recorded."""
    look_at_account_changes(by=request.actor)
    state = request.GET.get("state", State.WAITING.value)
    state = state if state in State.values else ""
    slug, here, today = request.organisation.slug, request.actor.organisation_id, request.today
    rows = changes_to_look_at(here, today, state)
    context = listed(request, rows, HEADS, lambda one: _row(slug, one))
    context |= {"states": State.choices, "state": state}
    context["cooling"] = cooling_words(cooling_days(here, today))
    return render(request, "payroll/account_changes.html", context)


def _row(slug: str, one: Any) -> dict[str, Any]:
    cells = [
        str(one), one.employment.name, one.employment.number, day_time(one.asked_at),
        f"{masked(one.ending_now or '') or 'None'} to {masked(one.account_ending)}",
        day(one.from_on), ". ".join(marks_of(one)), state_tag(one),
    ]  # fmt: skip
    return {
        "id": one.pk,
        "url": reverse("pay_account_change", args=[slug, one.number]),
        "cells": cells,
    }


@page(SEE_ACCOUNT_CHANGES, unsafe=STOP_ACCOUNT_CHANGES)
def account_change(request: Any, number: int) -> HttpResponse:
    """One change with its facts; a POST stops it for a reason."""
    change = change_numbered(request.actor.organisation_id, number)
    form = StopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"change": change, "by": request.actor, "at": timezone.now(), **form.cleaned_data}
        with refusals_on(form):
            stop_account(**given)
            messages.success(request, f"{change} is stopped, and {change.employment.name} is told.")
            return redirect("pay_account_changes", organisation=request.organisation.slug)
    look_at_account_changes(by=request.actor)
    waits = change.state == State.WAITING and may(request.actor, STOP_ACCOUNT_CHANGES)
    context = {
        "change": change,
        "facts": _facts(change),
        "form": form if waits else None,
        "entries": timeline(change.employment),
    }
    status = 422 if form.errors else 200
    return render(request, "payroll/account_change.html", context, status=status)


def _facts(one: AccountChange) -> list[dict[str, Any]]:
    facts = [
        ("Who", f"{one.employment.name}, {one.employment.number}"),
        ("Asked", day_time(one.asked_at)),
        ("Goes to", f"{masked(one.account_ending)}, {one.account_name}"),
        ("Modulus check", "Fails; the person is sure" if one.unsure else ""),
        ("From", day(one.from_on)),
        ("State", state_tag(one)),
        ("Stopped by", one.stopped_by_name),
        ("Why", one.reason),
    ]
    return [{"key": key, "value": value} for key, value in facts if value]


@page(SEE_ACCOUNT_COOLING, unsafe=KEEP_ACCOUNT_COOLING)
def account_cooling(request: Any) -> HttpResponse:
    """The history; a POST sets the days from a later day on."""
    here, tomorrow = request.actor.organisation_id, request.today + timedelta(days=1)
    form = AccountCoolingForm(request.POST or None, initial={"from_on": tomorrow})
    if request.method == "POST" and form.is_valid():
        given = {"by": request.actor, "at": timezone.now(), **form.cleaned_data}
        with refusals_on(form):
            set_account_cooling(**given)
            messages.success(request, "The cooling-off is set.")
            return redirect("pay_account_cooling", organisation=request.organisation.slug)
    part = part_of(request, Paginator(cooling_history(here), 50))
    context = {
        "now": cooling_words(cooling_days(here, request.today)),
        "form": form if may(request.actor, KEEP_ACCOUNT_COOLING) else None,
        "columns": [{"label": label} for label in ("From", "Working days", "Why", "Set by")],
        "rows": [
            {"id": one.pk, "cells": [day(one.from_on), one.days, one.reason, one.made_by_name]}
            for one in part.object_list
        ],
        "page": part,
    }
    status = 422 if form.errors else 200
    return render(request, "payroll/account_cooling.html", context, status=status)
