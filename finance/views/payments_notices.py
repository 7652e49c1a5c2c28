"""Payments compliance notices: the half-years, one with its figures and versions, as files."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from core.actors import may
from core.pdf import pdf_response
from core.templatetags.web import day, day_time
from core.web.exports import csv_download
from core.web.pages import PageRequest, page
from core.web.refusals import refusals_on
from finance.forms_reports import NoticeForm
from finance.models import PaymentsNotice
from finance.paying.compliance import (
    SCOPE,
    Figures,
    HalfYear,
    as_csv,
    as_pdf,
    half_years,
    of_notice,
    statement_of,
)
from finance.permissions import SEE_REPORTS, SIGN_NOTICES
from finance.selectors import payments_notices as selectors
from finance.services.payments_notices import sign_notice
from tenants.selectors import brand_colour

COLUMNS = [{"label": label} for label in ("Half-year", "Publish by", "State", "Signed by")]
VERSIONS = [{"label": label} for label in ("Version", "Signed by", "Signed", "Reason", "Files")]


@page(SEE_REPORTS)
def payments_notices(request: PageRequest) -> HttpResponse:
    """Every half-year that has begun, newest first, with what was signed of it."""
    here = request.organisation
    newest = selectors.newest_notices(here.id)
    rows = [_row(each, newest.get(each.first_on), request) for each in half_years(request.today)]
    context = {"columns": COLUMNS, "rows": rows}
    return render(request, "finance/reports/payments_notices.html", context)


def _row(period: HalfYear, notice: PaymentsNotice | None, request: PageRequest) -> dict[str, Any]:
    where = {"organisation": request.organisation.slug, "period": period.period}
    cells = [str(period), day(period.publish_by), _state(period, notice, request)]
    cells.append(f"{notice.signed_by_name}, {notice.job_title}" if notice else "")
    return {"id": period.period, "url": reverse("payments_notice", kwargs=where), "cells": cells}


def _state(period: HalfYear, notice: PaymentsNotice | None, request: PageRequest) -> str:
    colour, words = "green", f"Signed, version {notice.version}" if notice else ""
    if notice is None:
        over = period.last_on < request.today
        late = period.publish_by < request.today
        colour = "red" if late else "yellow" if over else "grey"
        # Without payments there is no notice, so an unsigned one is not always overdue.
        words = "Not signed" if late else "To be signed" if over else "Running"
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, words)


@page(SEE_REPORTS, unsafe=SIGN_NOTICES)
def payments_notice(request: PageRequest, period: int) -> HttpResponse:
    """The figures of a half-year, as signed and as known now; its versions; the form to sign."""
    here, of = request.organisation, selectors.half_year(period, request.today)
    signed = list(selectors.notices(here.id).filter(first_on=of.first_on))
    now = selectors.figures_of(here.id, of)
    form = NoticeForm(request.POST or None, again=bool(signed), initial={"seen": now.digest})
    if request.method == "POST" and form.is_valid():
        given = {key: value for key, value in form.cleaned_data.items() if key != "agreed"}
        with refusals_on(form, PCN02="job_title"):
            row = sign_notice(period=of, **given, by=request.actor)
            messages.success(request, f"Signed. Version {row.version} is frozen.")
            return redirect("payments_notice", here.slug, period)
        form.show_again(seen=now.digest)
    context = {
        **_figures(signed, now),
        **_standing(request, of, signed),
        "statement": statement_of(here.name),
        "scope": SCOPE,
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "finance/reports/payments_notice.html", context, status=status)


def _standing(
    request: PageRequest, period: HalfYear, signed: list[PaymentsNotice]
) -> dict[str, Any]:
    over = period.last_on < request.today
    return {
        "period": period,
        "state": _state(period, signed[0] if signed else None, request),
        "over": over,
        "version_columns": VERSIONS,
        "versions": [_version(notice, request.organisation.slug) for notice in signed],
        "may_sign": over and may(request.actor, SIGN_NOTICES),
    }


def _figures(signed: list[PaymentsNotice], now: Figures) -> dict[str, Any]:
    """The table of figures: those that were signed last beside those known now."""
    sets = {f"Signed, version {notice.version}": of_notice(notice) for notice in signed[:1]}
    sets["As known now"] = now
    said = [dict(figures.lines()) for figures in sets.values()]
    return {
        "columns": [{"label": "Figure"}, *({"label": one, "numeric": True} for one in sets)],
        "rows": [
            {"id": place, "cells": [label, *(lines[label] for lines in said)]}
            for place, label in enumerate(said[0])
        ],
        "changed": len(set(sets.values())) > 1,
    }


def _version(notice: PaymentsNotice, slug: str) -> dict[str, Any]:
    where = {"organisation": slug, "period": notice.period, "version": notice.version}
    files = format_html(
        '<a class="govuk-link" href="{}">PDF<span class="govuk-visually-hidden"> of version {}'
        '</span></a> <a class="govuk-link" href="{}">CSV<span class="govuk-visually-hidden"> of'
        " version {}</span></a>",
        reverse("payments_notice_pdf", kwargs=where),
        notice.version,
        reverse("payments_notice_csv", kwargs=where),
        notice.version,
    )
    by = f"{notice.signed_by_name}, {notice.job_title}"
    cells = [str(notice.version), by, day_time(notice.signed_at), notice.reason, files]
    return {"id": notice.version, "cells": cells}


def _signed(request: PageRequest, period: int, version: int) -> PaymentsNotice:
    of = selectors.half_year(period, request.today)
    return selectors.notice_of(request.organisation.id, of, version)


@page(SEE_REPORTS)
def payments_notice_pdf(request: PageRequest, period: int, version: int) -> HttpResponse:
    """A signed version as a document to publish."""
    notice, here = _signed(request, period, version), request.organisation
    paper = as_pdf(notice, payer=here.name, colour=brand_colour(here.id), at=timezone.now())
    return pdf_response(f"payments-notice-{period}-{version}", paper)


@page(SEE_REPORTS)
def payments_notice_csv(request: PageRequest, period: int, version: int) -> HttpResponse:
    """A signed version as rows."""
    content = as_csv(_signed(request, period, version), payer=request.organisation.name)
    return csv_download(f"payments-notice-{period}-{version}", content)
