"""The exceptions queue: what is held or disputed, by cause, each with its remedy at hand."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from core.actors import may, paths_where
from core.templatetags.web import day, pounds, thousands
from core.web.exports import listed
from core.web.pages import page
from core.working_time import Calendar, working_days_between
from events.verbs import counted
from finance.permissions import ENTER_INVOICES, SEE_INVOICES
from finance.places import places
from finance.selectors import exceptions as selectors
from finance.selectors.exceptions import DISPUTED, PER_PAGE, WHOSE, Group, Stopped, Wanted
from finance.services.invoices import HOLD_CAUSES
from finance.services.invoices_bulk import take_invoices
from finance.views.payment_runs import CountedPaginator
from tenants.selectors import working_calendars

EXPORT_ROWS = 50_000
TAKE = [{"name": "act", "value": "take", "label": "I see to these"}]


def cause_in_words(cause: str) -> str:
    if cause == DISPUTED:
        return "Disputed with the supplier"
    return HOLD_CAUSES.get(cause, cause.replace("_", " ").capitalize())


def asked(request: Any, *, here: Any = None) -> Wanted:
    """What the address narrows the queue to, in the organisations of `here` or in this one."""
    whose = request.GET.get("whose", "")
    return Wanted(
        organisations=tuple(sorted(here)) if here else (request.actor.organisation_id,),
        today=request.today,
        person_id=request.actor.person_id,
        cause=request.GET.get("cause", "")[:40],
        whose=whose if whose in WHOSE else "",
        within=tuple(paths_where(request.actor, SEE_INVOICES).items()),
    )


def narrowing(wanted: Wanted) -> str:
    """The part of an address that leads back to the same queue."""
    given = {"cause": wanted.cause, "whose": wanted.whose}
    query = urlencode({name: value for name, value in given.items() if value})
    return f"?{query}" if query else ""


def waited(calendar: Calendar, since: datetime, today: Any) -> str:
    """How long something has stood, in the working time of its organisation."""
    days = working_days_between(calendar, timezone.localtime(since).date(), today)
    return "Today" if days < 1 else counted(days, "working day")


def answer(calendar: Calendar, row: Any, today: Any) -> str:
    """The day by which an answer is wanted, and how far away it is."""
    if row.answer_on is None:
        return "No day set"
    left = working_days_between(calendar, today, row.answer_on)
    if row.answer_on >= today:
        said = "today" if row.answer_on == today else f"{counted(left, 'working day')} left"
        return f"{day(row.answer_on)}, {said}"
    return format_html(
        '{} <strong class="govuk-tag govuk-tag--red">{} late</strong>',
        day(row.answer_on),
        counted(-left, "working day"),
    )


@page(SEE_INVOICES, unsafe=ENTER_INVOICES)
def exceptions(request: Any) -> HttpResponse:
    """All that stopped, by cause; the queue beneath it, in the order in which it is worked off."""
    here = places(request, SEE_INVOICES)
    wanted = asked(request, here=here)
    if request.method == "POST":
        return _take(request)
    groups = selectors.groups(wanted)
    whole = not (wanted.cause or wanted.whose)
    count = sum(one.number for one in groups) if whole else selectors.queue_length(wanted)
    shown = CountedPaginator([], PER_PAGE, count).get_page(request.GET.get("page"))
    rows = selectors.queue(wanted, offset=(shown.number - 1) * PER_PAGE)
    several = request.organisation.is_centre
    context = {
        "groups": groups,
        "group_rows": _group_rows(request, groups, wanted),
        "group_columns": GROUP_COLUMNS,
        "columns": _columns(several),
        "rows": _rows(request, rows, here, wanted),
        "page": shown,
        "wanted": wanted,
        "choices": WHOSE.items(),
        "cause": cause_in_words(wanted.cause) if wanted.cause else "",
        "actions": TAKE if may(request.actor, ENTER_INVOICES) and not several else [],
    }
    return render(request, "finance/exceptions/queue.html", context)


def _take(request: Any) -> HttpResponse:
    ids = [int(one) for one in request.POST.getlist("invoices") if one.isdecimal()]
    if not ids:
        messages.error(request, "Select at least one invoice.")
    else:
        taken = take_invoices(invoice_ids=ids, by=request.actor)
        messages.success(request, f"{thousands(taken)} more of them are yours now.")
    return redirect(request.get_full_path())


GROUP_COLUMNS = [
    {"label": "Cause"},
    {"label": "Invoices", "numeric": True},
    {"label": "Value", "numeric": True},
    {"label": "Oldest since"},
    {"label": "Late", "numeric": True},
    {"label": "Nobody's", "numeric": True},
]


def _group_rows(request: Any, groups: list[Group], wanted: Wanted) -> list[dict[str, Any]]:
    return [
        {
            "id": one.cause,
            "url": f"{request.path}?{urlencode({'cause': one.cause})}",
            "open": one.cause == wanted.cause,
            "tone": "bad" if one.late else "",
            "cells": [
                cause_in_words(one.cause),
                thousands(one.number),
                pounds(one.pence),
                day(one.oldest_at),
                thousands(one.late),
                thousands(one.nobodys),
            ],
        }
        for one in groups
    ]


def _columns(several: bool) -> list[dict[str, Any]]:
    labels = ["Invoice", *(["Partner"] if several else []), "Supplier", "Cause", "Stands for"]
    labels += ["Answer wanted by", "Who is on it"]
    return [*({"label": label} for label in labels), {"label": "Amount", "numeric": True}]


def _rows(
    request: Any, rows: list[Stopped], here: dict[int, Any], wanted: Wanted
) -> list[dict[str, Any]]:
    calendars = working_calendars(wanted.organisations)
    on_it = selectors.others_on(
        wanted.organisations, [row.id for row in rows], request.actor.person_id
    )
    return [_row(request, row, here, (calendars, on_it, wanted)) for row in rows]


def _row(request: Any, row: Stopped, here: dict[int, Any], given: Any) -> dict[str, Any]:
    calendars, on_it, wanted = given
    place, calendar = here[row.organisation_id], calendars[row.organisation_id]
    where = {"organisation": place.slug, "number": row.number}
    several = request.organisation.is_centre
    return {
        "id": row.id,
        "label": f"INV-{row.number}",
        "url": reverse("exception", kwargs=where) + narrowing(wanted),
        "tone": "bad" if row.answer_on and row.answer_on < request.today else "",
        "cells": [
            f"INV-{row.number}",
            *([place.short_name] if several else []),
            row.supplier_name,
            format_html("{}<br><span class=\"app-quiet\">{}</span>", cause_in_words(row.cause),
                        row.text) if row.text else cause_in_words(row.cause),
            waited(calendar, row.stopped_at, request.today),
            answer(calendar, row, request.today),
            _owner(row, on_it.get(row.id, "")),
            pounds(row.gross_pence),
        ],
    }  # fmt: skip


def _owner(row: Stopped, on_it: str) -> str:
    owner = row.owner_name or "Nobody yet"
    return format_html("{} {}", owner, on_this(on_it)) if on_it else owner


def on_this(names: str) -> str:
    """That others have it open just now."""
    verb = "are" if "," in names else "is"
    return format_html(
        '<strong class="govuk-tag govuk-tag--purple">{} {} on this</strong>', names, verb
    )


EXPORT_COLUMNS = (
    *("Organisation", "Invoice", "Supplier", "Their number", "Cause", "More about it"),
    *("Since", "Answer wanted by", "Who is on it", "Due", "Gross"),
)


@page(SEE_INVOICES)
def export(request: Any) -> HttpResponse:
    """The queue as narrowed, as CSV or, with format=xlsx, as a workbook."""
    here = places(request, SEE_INVOICES)
    wanted = asked(request, here=here)
    found = selectors.queue(wanted, limit=EXPORT_ROWS)
    what = "Invoices that are held or disputed"
    chosen = {
        "Cause": cause_in_words(wanted.cause) if wanted.cause else "All",
        "Whose": WHOSE[wanted.whose],
    }
    rows = [_export_row(row, here) for row in found]
    totals = {"Total gross": pounds(sum(row.gross_pence for row in found))}
    return listed(request, "exceptions", what, EXPORT_COLUMNS, rows, chosen, totals)


def _export_row(row: Stopped, here: dict[int, Any]) -> list[Any]:
    return [
        here[row.organisation_id].short_name,
        f"INV-{row.number}",
        row.supplier_name,
        row.supplier_ref,
        cause_in_words(row.cause),
        row.text,
        timezone.localtime(row.stopped_at).date(),
        row.answer_on,
        row.owner_name,
        row.due_on,
        Decimal(row.gross_pence).scaleb(-2),
    ]
