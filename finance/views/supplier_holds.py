"""Held suppliers: the list, holding one, one hold with its review and release."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from core.actors import may
from core.templatetags.web import day
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from events.selectors import timeline
from finance.forms_holds import HoldReleaseForm, HoldReviewForm, SupplierHoldForm
from finance.models import SupplierHold
from finance.permissions import HOLD_SUPPLIERS, RELEASE_SUPPLIERS, SEE_SUPPLIERS
from finance.places import places
from finance.selectors.supplier_holds import SHOWN, hold_by_number, hold_list
from finance.selectors.suppliers import supplier_by_code
from finance.services.supplier_holds import hold_supplier, release_supplier, review_hold

PER_PAGE = 50
HELD_NOTE = "Payment runs leave it out and say why. Its invoices are still entered."
LABELS = ("Supplier", "Why", "Who sees to it", "Review", "Held by", "State")


@page(SEE_SUPPLIERS)
def supplier_holds(request: Any) -> HttpResponse:
    here, several = places(request, SEE_SUPPLIERS), request.organisation.is_centre
    shown = request.GET.get("shown", "held")
    shown = shown if shown in SHOWN else "held"
    found = hold_list(sorted(here), shown, request.today)
    part = part_of(request, Paginator(found, PER_PAGE))
    labels = (*LABELS[:1], *(("Partner",) if several else ()), *LABELS[1:])
    context = {
        "shown": shown,
        "choices": SHOWN.items(),
        "page": part,
        "columns": [{"key": one.lower(), "label": one} for one in labels],
        "rows": [_row(hold, here, several, request.today) for hold in part.object_list],
    }
    return render(request, "finance/suppliers/holds.html", context)


def _row(hold: SupplierHold, here: dict[int, Any], several: bool, today: Any) -> dict[str, Any]:
    place = here[hold.organisation_id]
    cells = [
        hold.supplier.name,
        *([place.short_name] if several else []),
        hold.reason,
        hold.owner_name,
        day(hold.review_on),
        f"{hold.made_by_name}, {day(timezone.localdate(hold.made_at))}",
        _state(hold, today),
    ]
    url = reverse("supplier_hold", kwargs={"organisation": place.slug, "number": hold.number})
    return {"id": hold.pk, "url": url, "cells": cells}


def _state(hold: SupplierHold, today: Any) -> str:
    colour, words = "orange", "In force"
    if hold.released_at is not None:
        colour, words = "green", f"Released by {hold.released_by_name}"
    elif hold.review_on <= today:
        colour, words = "red", "Review is due"
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, words)


@page(HOLD_SUPPLIERS)
def supplier_hold_new(request: Any, code: str) -> HttpResponse:
    """Holds all payments to a supplier."""
    row = supplier_by_code(request.actor.organisation_id, code)
    form = SupplierHoldForm(request.POST or None, **_about(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            hold = hold_supplier(
                supplier=row, by=request.actor, at=timezone.now(), **form.cleaned_data
            )
            messages.success(request, "Nothing is paid to it until somebody else releases it.")
            return redirect("supplier_hold", request.organisation.slug, hold.number)
    context = {"form": form, "supplier": row, "button": "Hold all payments", "note": HELD_NOTE,
               "heading": f"Hold all payments to {row.name}"}  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "finance/suppliers/form.html", context, status=status)


def _about(request: Any) -> dict[str, Any]:
    return {
        "organisation_id": request.actor.organisation_id,
        "today": request.today,
        "initial": {"owner_id": request.actor.person_id},
    }


@page(SEE_SUPPLIERS)
def supplier_hold(request: Any, number: int) -> HttpResponse:
    """One hold; who may reviews or releases it on pages of their own."""
    hold = hold_by_number(request.actor.organisation_id, number)
    in_force, own = hold.released_at is None, hold.made_by_id == request.actor.person_id
    facts = [
        ("State", _state(hold, request.today)),
        ("Why", hold.reason),
        ("Held by", f"{hold.made_by_name}, {day(timezone.localdate(hold.made_at))}"),
        ("Who sees to it", hold.owner_name),
        ("Review on", day(hold.review_on)),
        ("Why it was released", hold.release_reason),
    ]
    context = {
        "hold": hold,
        "facts": [{"key": key, "value": value} for key, value in facts if value],
        "may_review": in_force and may(request.actor, HOLD_SUPPLIERS),
        "may_release": in_force and may(request.actor, RELEASE_SUPPLIERS) and not own,
        "own": in_force and own,
        "entries": timeline(hold.supplier),
    }
    return render(request, "finance/suppliers/hold.html", context)


@page(HOLD_SUPPLIERS)
def supplier_hold_review(request: Any, number: int) -> HttpResponse:
    """It was looked at and stays in force until another day."""
    hold = hold_by_number(request.actor.organisation_id, number)
    about = _about(request)
    about["initial"] = {"owner_id": hold.owner_id, "version": hold.version}
    form = HoldReviewForm(request.POST or None, **about)
    what = f"Review the hold on {hold.supplier.name}"

    def act(given: dict[str, Any]) -> None:
        note = given.pop("reason")
        review_hold(hold=hold, note=note, by=request.actor, at=timezone.now(), **given)

    return _acted(request, hold, form, act, {"heading": what, "button": "It stays in force"})


@page(RELEASE_SUPPLIERS)
def supplier_hold_release(request: Any, number: int) -> HttpResponse:
    """It is paid again: said by somebody else than who held it."""
    hold = hold_by_number(request.actor.organisation_id, number)
    form = HoldReleaseForm(request.POST or None, initial={"version": hold.version})
    what = f"Release the hold on {hold.supplier.name}"

    def act(given: dict[str, Any]) -> None:
        release_supplier(hold=hold, by=request.actor, at=timezone.now(), **given)

    return _acted(request, hold, form, act, {"heading": what, "button": "Release"})


def _acted(
    request: Any,
    hold: SupplierHold,
    form: Any,
    act: Callable[[dict[str, Any]], None],
    words: dict[str, str],
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            act(dict(form.cleaned_data))
            messages.success(request, "Done.")
            return redirect("supplier_hold", request.organisation.slug, hold.number)
    context = {"form": form, "supplier": hold.supplier, **words}
    status = 422 if form.errors else 200
    return render(request, "finance/suppliers/form.html", context, status=status)
