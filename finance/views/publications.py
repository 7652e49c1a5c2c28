"""Publishing spending: the months, one with its preview and versions, and who is not named."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from core.actors import may
from core.errors import NotFound
from core.money import formatted
from core.templatetags.web import day
from core.web.exports import csv_download, listed
from core.web.pages import PageRequest, page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from finance.forms_reports import PublicationForm, RedactionForm, ThresholdForm
from finance.models import RedactionRule, SpendPublication
from finance.permissions import PROPOSE_PUBLICATION, SEE_REPORTS, SET_REDACTIONS
from finance.selectors import publications as selectors
from finance.services.publications import add_redaction, end_redaction, propose_publication

USUAL = Decimal(500)
PER_PAGE = 50


def _columns(*labels: str, numeric: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [{"label": label, "numeric": label in numeric} for label in labels]


MONTHS = _columns("Month", "State", "Rows", "Published", numeric=("Rows", "Published"))
TOTALS = _columns("What becomes of it", "Rows", "Amount", numeric=("Rows", "Amount"))
REDACTED = _columns("Paid on", "Payment", "Payee", "Category", "Amount", "Why not named",
                    numeric=("Amount",))  # fmt: skip
VERSIONS = _columns("Version", "State", "Above", "Proposed by", "Decided by", "What changed",
                    "SHA-256", "File")  # fmt: skip
RULES = _columns("Of what", "Code", "Legal reason", "From", "Until", "Set by", "Action")
RULES_FILE = (
    *("Of what", "Code", "Legal reason", "From", "Until", "Set by", "Set on", "Ended by"),
)


@page(SEE_REPORTS)
@require_GET
def spend_months(request: PageRequest) -> HttpResponse:
    """Every month in which anything was paid, with what was published of it."""
    here = request.organisation
    newest: dict[date, SpendPublication] = {}
    for each in selectors.publications(here.id):
        if each.state != SpendPublication.State.REFUSED:
            newest.setdefault(each.month, each)
    months = part_of(request, Paginator(selectors.months_paid(here.id), PER_PAGE))
    rows = [_month(month, newest.get(month), here.slug) for month in months]
    context = {"columns": MONTHS, "rows": rows, "page": months}
    return render(request, "finance/reports/spend_months.html", context)


def _month(month: date, newest: SpendPublication | None, slug: str) -> dict[str, Any]:
    where = {"organisation": slug, "period": month.year * 100 + month.month}
    cells = [f"{month:%B %Y}", "Not published", "", ""]
    if newest is not None:
        rows = newest.published_rows + newest.redacted_rows
        pence = newest.published_pence + newest.redacted_pence
        state = f"Version {newest.version}: {newest.get_state_display().lower()}"
        cells = [f"{month:%B %Y}", state, f"{rows:,}", formatted(pence)]
    return {"url": reverse("spend_month", kwargs=where), "cells": cells}


@page(SEE_REPORTS, unsafe=PROPOSE_PUBLICATION)
def spend_month(request: PageRequest, period: int) -> HttpResponse:
    """What would be published of a month and what not, and why; its versions; a POST puts it up."""
    here, month = request.organisation, selectors.month_of(period)
    versions = list(selectors.publications(here.id).filter(month=month))
    asked, limit = _limit(request)
    found = selectors.spending(here.id, month, int(limit * 100))
    if not versions and not found.rows:
        raise NotFound("Nothing was paid in this month.")
    again = any(each.state == SpendPublication.State.PUBLISHED for each in versions)
    form = PublicationForm(request.POST or None, again=again, initial={"threshold": limit})
    if request.method == "POST" and form.is_valid():
        pence, why = int(form.cleaned_data["threshold"] * 100), form.cleaned_data.get("reason", "")
        with refusals_on(form):
            propose_publication(month=month, threshold_pence=pence, reason=why, by=request.actor)
            messages.success(request, "Put up. It is published once a second person approves.")
            return redirect("spend_month", here.slug, period)
    context = {
        **_preview(found),
        **_versions(versions, here.slug),
        **{"month": month, "over": month < request.today.replace(day=1)},
        **{"asked": asked, "limit": limit, "form": form},
        "may_propose": may(request.actor, PROPOSE_PUBLICATION),
    }
    return render(request, "finance/reports/spend_month.html", context, status=_status(form))


def _limit(request: PageRequest) -> tuple[ThresholdForm, Decimal]:
    """The threshold that was asked for, or the usual one."""
    asked = ThresholdForm(request.GET if "threshold" in request.GET else {"threshold": USUAL})
    return asked, asked.cleaned_data["threshold"] if asked.is_valid() else USUAL


def _status(form: Any) -> int:
    return 422 if form.errors else 200


def _preview(found: selectors.Spending) -> dict[str, Any]:
    """The totals that come to what was paid, the reasons, and the rows that are not named."""
    totals = found.totals()
    named = [
        ("Published by name", totals["published"]),
        *((f"Payee not named: {reason}", total) for reason, total in found.by_reason().items()),
        ("Not above the threshold", totals["below"]),
    ]
    rows = [{"cells": [label, f"{t.rows:,}", formatted(t.pence)]} for label, t in named]
    together = ["Together, as paid", f"{found.rows:,}", formatted(found.paid_pence)]
    hidden = found.redacted[:PER_PAGE]
    return {
        "total_columns": TOTALS,
        "totals": [*rows, {"cells": together, "total": True}],
        "columns": REDACTED,
        "rows": [
            {"cells": [day(row.paid_on), f"PMT-{row.payment}", row.payee, row.category,
                       formatted(row.pence), row.legal_reason]}
            for row in hidden
        ],
        "more": len(found.redacted) - len(hidden),
        "anything": bool(found.published or found.redacted),
    }  # fmt: skip


def _versions(versions: list[SpendPublication], slug: str) -> dict[str, Any]:
    return {
        "version_columns": VERSIONS,
        "versions": [_version(each, slug) for each in versions],
        "waits": any(each.state == SpendPublication.State.PROPOSED for each in versions),
    }


def _version(each: SpendPublication, slug: str) -> dict[str, Any]:
    where = {"organisation": slug, "period": each.period, "version": each.version}
    file = ""
    if each.state == SpendPublication.State.PUBLISHED:
        file = format_html(
            '<a class="govuk-link" href="{}">CSV<span class="govuk-visually-hidden"> of version {}'
            "</span></a>",
            reverse("spend_file", kwargs=where),
            each.version,
        )
    decided = f"{each.ended_by_name}, {day(each.ended_at)}" if each.ended_at else ""
    cells = [
        *(str(each.version), each.get_state_display(), formatted(each.threshold_pence)),
        *(f"{each.made_by_name}, {day(each.made_at)}", decided, each.reason),
        *(each.sha256[:16], file),
    ]
    return {"cells": cells}


@page(SEE_REPORTS)
@require_GET
def spend_file(request: PageRequest, period: int, version: int) -> HttpResponse:
    """The bytes of an approved version."""
    month = selectors.month_of(period)
    row = selectors.published_file(request.organisation.id, month, version)
    return csv_download(f"spend-{period}-version-{version}", bytes(row.content))


@page(SEE_REPORTS, unsafe=SET_REDACTIONS)
def redactions(request: PageRequest) -> HttpResponse:
    """Who is not named, since when and why; a POST adds a rule. As a file too."""
    here, able = request.organisation, may(request.actor, SET_REDACTIONS)
    form = RedactionForm(request.POST or None, initial={"from_on": request.today})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            add_redaction(**form.cleaned_data, by=request.actor)
            messages.success(request, "Set. It holds for payments from that day on.")
            return redirect("redactions", here.slug)
    found = selectors.redaction_rules(here.id)
    if request.GET.get("format"):
        rows = [_rule_file(each) for each in found]
        return listed(request, "redactions", "Payees that are not named", RULES_FILE, rows)
    part = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "columns": RULES,
        "rows": [_rule(each, request, able) for each in part],
        "page": part,
        "form": form if able else None,
    }
    return render(request, "finance/reports/redactions.html", context, status=_status(form))


def _rule(each: RedactionRule, request: PageRequest, able: bool) -> dict[str, Any]:
    where = {"organisation": request.organisation.slug, "number": each.pk}
    action = ""
    if able and each.until_on is None:
        action = format_html(
            '<a class="govuk-link" href="{}">End it<span class="govuk-visually-hidden"> {}</span>'
            "</a>",
            reverse("redaction", kwargs=where),
            str(each),
        )
    cells = [
        *(each.get_kind_display(), each.value, each.legal_reason, day(each.from_on)),
        *(day(each.until_on) if each.until_on else "", each.made_by_name, action),
    ]
    return {"cells": cells}


def _rule_file(each: RedactionRule) -> list[Any]:
    return [
        *(each.get_kind_display(), each.value, each.legal_reason, each.from_on, each.until_on),
        *(each.made_by_name, each.made_at.date(), each.ended_by_name),
    ]


@page(SET_REDACTIONS)
def redaction(request: PageRequest, number: int) -> HttpResponse:
    """One rule, to be ended from today on."""
    row = selectors.redaction_rule(request.organisation.id, number)
    if request.method == "POST":
        end_redaction(number=number, until_on=request.today, by=request.actor)
        messages.success(request, "Ended. Payments from today on are published by name.")
        return redirect("redactions", request.organisation.slug)
    return render(request, "finance/reports/redaction.html", {"rule": row})
