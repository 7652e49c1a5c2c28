"""Closing a period: what must be settled, what speaks against it, and what is waived."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html

from core.actors import may
from core.money import formatted
from core.web.pages import PageRequest, page
from events.selectors import timeline
from finance.permissions import CLOSE_PERIODS, POST_JOURNALS, SEE_LEDGER
from finance.selectors.closing import Standing, standings
from finance.selectors.periods import period_here
from finance.services.closing import agree_waiver, ask_waiver

COLUMNS = [
    {"label": "What must be so"},
    {"label": "State"},
    {"label": "Found", "numeric": True},
    {"label": "Amount", "numeric": True},
]


@page(SEE_LEDGER)
def period_close(request: PageRequest, period: int) -> HttpResponse:
    """Every assertion of the period with the rows behind it; a POST asks for a waiver or agrees."""
    month = period_here(request.actor.organisation_id, period)
    if request.method == "POST":
        _waive(request, period)
        return redirect("period_close", request.organisation.slug, period)
    found = standings(request.actor.organisation_id, period)
    open_ones = [each for each in found if each.stands_in_the_way]
    context = {
        "month": month,
        "columns": COLUMNS,
        "rows": [_row(request, period, each) for each in found],
        "open": [_open(request, period, each) for each in open_ones],
        "waived": [each for each in found if not each.holds and each.waived],
        "entries": timeline(month),
    }
    return render(request, "finance/ledger/close.html", context)


def _waive(request: PageRequest, period: int) -> None:
    assertion = request.POST.get("assertion", "")
    if request.POST.get("act") == "agree":
        agree_waiver(period=period, assertion=assertion, by=request.actor)
        messages.success(request, "Agreed. It no longer stands in the way.")
    else:
        reason = request.POST.get("reason", "")
        ask_waiver(period=period, assertion=assertion, reason=reason, by=request.actor)
        messages.success(request, "Asked. A second person, who closes periods, has to agree.")


def _row(request: PageRequest, period: int, each: Standing) -> dict[str, Any]:
    colour, words = "red", "Stands in the way"
    if each.holds:
        colour, words = "green", "Holds"
    elif each.waived:
        colour, words = "yellow", "Waived"
    says = format_html(
        '<a class="govuk-link" href="{}">{}</a>',
        each.assertion.link(request.organisation.slug, period),
        each.assertion.says,
    )
    tag = format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, words)
    found = "" if each.holds else f"{each.found:,}"
    pence = formatted(each.pence) if each.pence else ""
    return {"id": each.assertion.key, "cells": [says, tag, found, pence]}


def _open(request: PageRequest, period: int, each: Standing) -> dict[str, Any]:
    """What to do about it, and what this person may do to have it waived."""
    asked = each.waiver if each.waiver and each.waiver.agreed_at is None else None
    mine = asked is not None and asked.asked_by_id == request.actor.person_id
    return {
        "key": each.assertion.key,
        "says": each.assertion.says,
        "remedy": each.assertion.remedy,
        "url": each.assertion.link(request.organisation.slug, period),
        "asked": asked,
        "grown": each.waiver is not None and asked is None,
        "may_agree": asked is not None and not mine and may(request.actor, CLOSE_PERIODS),
        "may_ask": asked is None and may(request.actor, POST_JOURNALS),
    }
