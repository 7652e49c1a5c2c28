"""Where my pay goes: the account in force, another one asked for, confirmed, stopped."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.errors import NotFound, Refused
from core.templatetags.web import day
from core.web.pages import page
from finance.services.suppliers import masked
from hr.models import AccountChange
from hr.permissions import CHANGE_OWN_ACCOUNT
from hr.selectors.accounts import accounts_in_force, cooling_days, cooling_words, own_changes
from hr.services.accounts import stop_account
from payroll.forms_accounts import AccountForm
from payroll.rules import PRL55
from payroll.selectors.accounts import PayAhead, first_pay, pay_ahead
from payroll.services.accounts import change_own_account, checked_account
from payroll.views.deductions import state_tag

SHOWN = 10


@page(CHANGE_OWN_ACCOUNT, bank=True)
def my_account(request: Any) -> HttpResponse:
    """A form, then the page to confirm what was typed; only that changes anything."""
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if request.POST.get("confirmed"):
            given = {"new": form.account, "by": request.actor, "at": timezone.now()}
            if _done(form, change_own_account, **given):
                messages.success(request, "Asked for. You are told by e-mail too.")
                return redirect("my_account", organisation=request.organisation.slug)
        elif _done(form, checked_account, new=form.account):
            return render(request, "payroll/account_confirm.html", {"form": form, **_typed(form)})
    status = 422 if form.errors else 200
    return render(request, "payroll/account.html", {"form": form, **_shown(request)}, status=status)


def _done(form: AccountForm, service: Callable[..., Any], **given: Any) -> Any:
    """What the service returns; what it refuses stands on the form, which then may ask more."""
    try:
        with transaction.atomic():
            return service(**given)
    except Refused as refusal:
        form.add_error(None, refusal.message)
        if refusal.rule is PRL55:
            form.ask_whether_sure()
        return None


def _typed(form: AccountForm) -> dict[str, Any]:
    new = form.account
    code = new.sort_code
    facts = [
        ("Name on the account", new.account_name),
        ("Sort code", f"{code[:2]}-{code[2:4]}-{code[4:]}"),
        ("Account number", new.account_number),
        ("Building society roll number", new.reference),
    ]
    return {"facts": [{"key": key, "value": value} for key, value in facts if value]}


def _shown(request: Any) -> dict[str, Any]:
    here, person, today = request.actor.organisation_id, request.actor.person_id, request.today
    changes = list(own_changes(here, person)[:SHOWN])
    waiting = next((one for one in changes if one.state == AccountChange.State.WAITING), None)
    ahead = pay_ahead(here, person, today)
    return {
        "accounts": [
            {"key": f"Employee number {one.number}", "value": f"{masked(one.ending)}, {one.name}"}
            for one in accounts_in_force(here, person, today)
        ],
        "waiting": waiting,
        "waiting_ending": masked(waiting.account_ending) if waiting else "",
        "first": first_pay(ahead, waiting.from_on) if waiting else None,
        "made": [_made(one) for one in ahead if one.ending],
        "cooling": cooling_words(cooling_days(here, today)),
        "columns": [{"label": label} for label in ("Asked", "Account", "State", "Why")],
        "rows": [_row(one) for one in changes],
    }


def _made(one: PayAhead) -> str:
    return (
        f"The bank file of the pay of {day(one.pays_on)} is made: that pay goes to"
        f" {masked(one.ending)}."
    )


def _row(one: AccountChange) -> dict[str, Any]:
    cells = [day(timezone.localdate(one.asked_at)), masked(one.account_ending), state_tag(one),
             one.reason]  # fmt: skip
    return {"id": one.pk, "cells": cells}


@page(CHANGE_OWN_ACCOUNT)
@require_POST
def my_account_stop(request: Any) -> HttpResponse:
    """At once, without another proof of who is there: stopping must never be hard."""
    rows = own_changes(request.actor.organisation_id, request.actor.person_id)
    waiting = rows.filter(state=AccountChange.State.WAITING).select_related("employment").first()
    if waiting is None:
        raise NotFound("No change of your account waits.")
    stop_account(change=waiting, reason="", by=request.actor, at=timezone.now())
    messages.success(request, "Stopped. Your pay goes on to the account that it went to before.")
    return redirect("my_account", organisation=request.organisation.slug)
