"""Schedules of recurring invoices: the list, what has not come, proposing, agreeing, ending."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.actors import may
from core.templatetags.web import day, pounds
from core.web.pages import page
from core.web.refusals import refusals_on
from events.verbs import counted
from finance.entries import plan_of
from finance.forms_workbench import EndForm, ScheduleForm
from finance.models import RecurringInvoice
from finance.permissions import AGREE_SCHEDULES, ENTER_INVOICES, SEE_INVOICES
from finance.places import places
from finance.selectors import recurring as selectors
from finance.selectors.coding import account_choices, unit_choices
from finance.selectors.holds import people_on_invoices
from finance.selectors.recurring import Day
from finance.selectors.suppliers import supplier_by_code
from finance.services.recurring import decide_schedule, end_schedule, propose_schedule
from finance.views.clashes import version_of

State = RecurringInvoice.State
COLUMNS = [
    *({"label": label} for label in ("Schedule", "Supplier", "For", "How often", "State", "Until")),
    {"label": "Expected", "numeric": True},
]
MISSED_COLUMNS = [
    *({"label": label} for label in ("Schedule", "Supplier", "For", "Expected on", "Owner")),
    {"label": "Expected", "numeric": True},
]


@page(SEE_INVOICES)
def schedules(request: Any) -> HttpResponse:
    """What has not come by its day, and every schedule."""
    here = places(request, SEE_INVOICES)
    missed = selectors.not_arrived(sorted(here), request.today)
    context = {
        "missed": [_missed(one, here) for one in missed],
        "missed_columns": MISSED_COLUMNS,
        "rows": [_row(row, here) for row in selectors.schedules(sorted(here))],
        "columns": COLUMNS,
    }
    return render(request, "finance/recurring/list.html", context)


def _url(row: RecurringInvoice, here: dict[int, Any]) -> str:
    where = {"organisation": here[row.organisation_id].slug, "number": row.number}
    return reverse("schedule", kwargs=where)


def _row(row: RecurringInvoice, here: dict[int, Any]) -> dict[str, Any]:
    return {
        "id": row.pk,
        "url": _url(row, here),
        "tone": "warn" if row.state == State.PROPOSED else "",
        "cells": [
            *(str(row), row.supplier.name, row.description, row.get_frequency_display()),
            *(row.get_state_display(), day(row.last_on), pounds(row.expected_pence)),
        ],
    }


def _missed(one: Day, here: dict[int, Any]) -> dict[str, Any]:
    row = one.schedule
    return {
        "id": f"{row.pk}-{one.expected_on}",
        "url": _url(row, here),
        "tone": "bad",
        "cells": [
            *(str(row), row.supplier.name, row.description, day(one.expected_on)),
            *(row.owner_name, pounds(row.expected_pence)),
        ],
    }


@page(ENTER_INVOICES)
def schedule_new(request: Any, code: str) -> HttpResponse:
    """A schedule of one supplier, which waits for a second person."""
    here = request.actor.organisation_id
    supplier = supplier_by_code(here, code)
    form = ScheduleForm(
        request.POST or None,
        accounts=account_choices(here),
        units=unit_choices(here, request.today),
        people=people_on_invoices(here, request.today),
        initial={"owner": request.actor.person_id},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            given = {"plan": plan_of(form.cleaned_data), "by": request.actor}
            row = propose_schedule(supplier=supplier, **given, as_of=request.today)
            messages.success(request, f"{row} waits for a second person.")
            return redirect("schedule", request.organisation.slug, row.number)
    context = {"form": form, "supplier": supplier}
    status = 422 if form.errors else 200
    return render(request, "finance/recurring/new.html", context, status=status)


@page(SEE_INVOICES, unsafe=SEE_INVOICES)
def schedule(request: Any, number: int) -> HttpResponse:
    """One schedule, every day of it and what came; agreeing to it, ending it."""
    row = selectors.schedule_by_number(request.actor, number)
    form = EndForm(request.POST if request.POST.get("action") == "end" else None)
    if request.method == "POST" and _act(request, row, form):
        return redirect("schedule", request.organisation.slug, number)
    actor, slug = request.actor, request.organisation.slug
    active = row.state == State.ACTIVE
    context = {
        "schedule": row,
        "facts": _facts(row),
        "days": [_day(slug, one) for one in selectors.days_of(row, request.today)],
        "columns": DAY_COLUMNS,
        "form": form,
        "may_decide": row.state == State.PROPOSED and may(actor, AGREE_SCHEDULES),
        "may_end": active and not row.ended_reason and may(actor, ENTER_INVOICES),
    }
    status = 422 if form.errors else 200
    return render(request, "finance/recurring/schedule.html", context, status=status)


def _act(request: Any, row: RecurringInvoice, form: EndForm) -> bool:
    action, version = request.POST.get("action", ""), version_of(request)
    given: dict[str, Any] = {"schedule": row, "version": version, "by": request.actor}
    if action in ("agree", "refuse"):
        with transaction.atomic():
            decide_schedule(**given, agree=action == "agree")
        messages.success(request, f"{row} is {'in use' if action == 'agree' else 'refused'}.")
        return True
    if action != "end":
        return True
    if form.is_valid():
        with refusals_on(form):
            end_schedule(**given, **form.cleaned_data)
            messages.success(request, f"{row} ends on {day(row.last_on)}.")
    return not form.errors


DAY_COLUMNS = [
    *({"label": label} for label in ("Expected on", "What came", "How it fits")),
    {"label": "Amount", "numeric": True},
]


def _day(slug: str, one: Day) -> dict[str, Any]:
    if one.arrival is None:
        said = "Has not come" if one.missed else "Not yet"
        cells = [day(one.expected_on), said, "", ""]
        return {"id": str(one.expected_on), "tone": "bad" if one.missed else "", "cells": cells}
    invoice = one.arrival.invoice
    where = {"organisation": slug, "number": invoice.number}
    said = f"{invoice}, {invoice.supplier_ref} of {day(invoice.invoice_on)}"
    return {
        "id": str(one.expected_on),
        "url": reverse("invoice", kwargs=where),
        "tone": "good" if one.arrival.fits else "warn",
        "cells": [day(one.expected_on), said, one.arrival.words, pounds(invoice.gross_pence)],
    }


def _facts(row: RecurringInvoice) -> list[dict[str, Any]]:
    unit = f", {row.coding.unit}" if row.coding.unit else ""
    until = f" to {day(row.last_on)}" if row.last_on else ""
    facts = [
        ("Expected", f"{pounds(row.expected_pence)}, {pounds(row.tolerance_pence)} more or less"),
        ("How often", f"{row.get_frequency_display()} from {day(row.first_on)}{until}"),
        ("Missed after", counted(row.grace_days, "day")),
        ("Words on it", row.mark or "Any invoice of this supplier"),
        ("Coded to", f"{row.coding.account}{unit}"),
        ("Who is asked", row.owner_name),
        ("Proposed by", f"{row.made_by_name}, {day(row.made_at)}"),
        ("Decided by", row.decided_by_name),
        ("Ended because", row.ended_reason),
    ]
    return [{"key": key, "value": value} for key, value in facts if value]
