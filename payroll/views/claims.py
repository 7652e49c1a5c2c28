"""Claims of hours, expenses and one-off pay: one's own, those of others, files of them."""

import hashlib
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from core.actors import may
from core.templatetags.web import day, pounds, short_day, state_colour, thousands
from core.unreadable import Unreadable
from core.web.pages import page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from events.selectors import timeline
from hr.selectors.people import employments_of
from payroll.claimed import COLUMNS, read
from payroll.forms_claims import ClaimFileForm, ClaimForOtherForm, ElementForm, OwnClaimForm
from payroll.models import PayClaim, PayElement, PayItem
from payroll.permissions import CLAIM_OWN, KEEP_ELEMENTS, MAKE_CLAIMS, SEE_CLAIMS
from payroll.rules import PRL20, PRL24
from payroll.selectors.claims import (
    claims_for,
    claims_open_to,
    elements_of,
    items_of,
    one_claim,
    own_claims,
    quantity,
)
from payroll.services.claims import create_element, make_claim

PER_PAGE, MOST_SAID = 50, 20
HEADS = ("Claim", "Why", "Sent", "By", "Items", "Worth about", "State")
ITEM_HEADS = ("Name", "Number", "What", "Day", "How much", "Note", "Paid")


def _columns(*labels: str) -> list[dict[str, Any]]:
    return [{"label": one, "numeric": one in ("Items", "Worth about")} for one in labels]


def _list(request: Any, rows: QuerySet[PayClaim], name: str) -> dict[str, Any]:
    found = part_of(request, Paginator(rows, PER_PAGE))
    slug = request.organisation.slug
    shown = [
        {"id": one.pk, "url": reverse(name, args=[slug, one.number]), "cells": _cells(one)}
        for one in found.object_list
    ]
    return {"page": found, "columns": _columns(*HEADS), "rows": shown}


def _cells(one: PayClaim) -> list[Any]:
    tag = format_html(
        '<strong class="govuk-tag govuk-tag--{}">{}</strong>',
        state_colour(one.state), one.get_state_display(),
    )  # fmt: skip
    return [str(one), one.reason, short_day(one.made_at), one.made_by_name,
            thousands(one.items_count), pounds(one.total_pence), tag]  # fmt: skip


@page(SEE_CLAIMS)
@require_GET
def pay_claims(request: Any) -> HttpResponse:
    state = request.GET.get("state", "")
    rows = claims_for(request.actor, state if state in PayClaim.State.values else "")
    context = {
        **_list(request, rows, "pay_claim"),
        "states": PayClaim.State.choices,
        "state": state,
        "may_make": may(request.actor, MAKE_CLAIMS),
    }
    return render(request, "payroll/claims.html", context)


@page(SEE_CLAIMS)
@require_GET
def pay_claim(request: Any, number: int) -> HttpResponse:
    return _page(request, one_claim(claims_open_to(request.actor), number), own=False)


@page(CLAIM_OWN)
@require_GET
def my_claims(request: Any) -> HttpResponse:
    context = _list(request, own_claims(request.actor), "my_claim")
    return render(request, "payroll/claims.html", {**context, "own": True, "may_make": True})


@page(CLAIM_OWN)
@require_GET
def my_claim(request: Any, number: int) -> HttpResponse:
    return _page(request, one_claim(own_claims(request.actor), number), own=True)


def _page(request: Any, claim: PayClaim, *, own: bool) -> HttpResponse:
    found = part_of(request, Paginator(items_of(claim), PER_PAGE))
    facts = {
        "State": claim.get_state_display(), "Why": claim.reason,
        "Sent in": f"{day(claim.made_at)} by {claim.made_by_name}", "File": claim.name,
        "Worth about": pounds(claim.total_pence),
    }  # fmt: skip
    context = {
        "claim": claim,
        "own": own,
        "facts": [{"key": key, "value": value} for key, value in facts.items() if value],
        "page": found,
        "columns": _columns(*ITEM_HEADS),
        "rows": [{"id": one.pk, "cells": _item(one)} for one in found.object_list],
        "entries": timeline(claim),
    }
    return render(request, "payroll/claim.html", context)


def _item(one: PayItem) -> list[Any]:
    someone = one.employment
    paid = f"In {one.pay_run}" if one.pay_run else "Not yet" if one.live else "No"
    return [someone.name, f"{someone.number}-{one.job}", one.element.name, day(one.worked_on),
            quantity(one.minutes, one.amount_pence, one.sessions), one.note, paid]  # fmt: skip


@page(MAKE_CLAIMS)
def pay_claim_new(request: Any) -> HttpResponse:
    elements = elements_of(request.actor.organisation_id)
    form = ClaimForOtherForm(request.POST or None, elements=elements)
    return _asked(request, form, "Enter hours or expenses", ("pay_claims", "pay_claim"))


@page(CLAIM_OWN)
def my_claim_new(request: Any) -> HttpResponse:
    here = request.actor.organisation_id
    employments = employments_of(here, request.actor.person_id)
    if not employments:
        return render(request, "hr/no_record.html")
    form = OwnClaimForm(
        request.POST or None, elements=elements_of(here), employments=employments,
        initial={"employee": employments[0].number},
    )  # fmt: skip
    return _asked(request, form, "Claim hours or expenses", ("my_claims", "my_claim"))


def _asked(request: Any, form: Any, heading: str, names: tuple[str, str]) -> HttpResponse:
    """The form of one item; sent in, it leads to the claim."""
    back, there = names
    slug = request.organisation.slug
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            reason = form.cleaned_data["reason"]
            claim = make_claim(items=[form.item], reason=reason, by=request.actor)
            messages.success(request, f"{claim} is sent in and waits for approval.")
            return redirect(there, slug, claim.number)
    context = {
        "form": form,
        "heading": heading,
        "button": "Send in",
        "back": reverse(back, args=[slug]),
    }
    return render(request, "hr/form.html", context, status=422 if form.errors else 200)


@page(MAKE_CLAIMS)
def pay_claim_file(request: Any) -> HttpResponse:
    form = ClaimFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        with refusals_on(form, "file"):
            claim = _load(request, sent.name, sent.read(), form.cleaned_data["reason"])
            messages.success(request, f"{claim} is sent in and waits for approval.")
            return redirect("pay_claim", request.organisation.slug, claim.number)
    status = 422 if form.errors else 200
    return render(request, "payroll/claim_file.html", {"form": form}, status=status)


def _load(request: Any, name: str, data: bytes, reason: str) -> PayClaim:
    try:
        items, wrong = read(data)
    except Unreadable as error:
        raise PRL24.refuse(str(error)) from error
    PRL20.check(not wrong, " ".join(f"Row {row}, {text}." for row, text in wrong[:MOST_SAID]))
    digest = hashlib.sha256(data).hexdigest()
    return make_claim(items=items, reason=reason, name=name, sha256=digest, by=request.actor)


@page(MAKE_CLAIMS)
@require_GET
def pay_claim_template(request: Any) -> HttpResponse:
    """The headings of a file of claims, and nothing else: a note above them would be a row."""
    answer = HttpResponse(",".join(COLUMNS) + "\r\n", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="claims.csv"'
    return answer


@page(SEE_CLAIMS, unsafe=KEEP_ELEMENTS)
def pay_elements(request: Any) -> HttpResponse:
    form = ElementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = create_element(**form.cleaned_data, by=request.actor)
            messages.success(request, f"{made.name} can be claimed from now on.")
            return redirect("pay_elements", request.organisation.slug)
    context = {
        "form": form if may(request.actor, KEEP_ELEMENTS) else None,
        "columns": _columns("Name", "Short name", "Claimed as", "Taxed", "Pensionable"),
        "rows": [
            {"id": one.pk, "cells": _element(one)}
            for one in elements_of(request.actor.organisation_id)
        ],
    }
    return render(request, "payroll/elements.html", context, status=422 if form.errors else 200)


def _element(one: PayElement) -> list[str]:
    basis = str(one.get_basis_display())
    hours = f"{one.percent}% of the hourly rate" if one.percent else basis
    return [one.name, one.code, hours, "Yes" if one.taxed else "No: paid back",
            "Yes" if one.pensionable else "No"]  # fmt: skip
