"""Pages of one journal and of the periods."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from core.actors import may
from core.errors import NotFound
from core.registry import SUBJECTS, find
from core.templatetags.web import day, day_time, state_colour
from core.templatetags.web import pounds as shown
from core.web.pages import PageRequest, may_open, page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from events.selectors import timeline
from finance.forms_ledger import ReasonForm
from finance.models import Batch, Journal, Period
from finance.permissions import CLOSE_PERIODS, POST_JOURNALS, SEE_LEDGER
from finance.places import places
from finance.selectors import ledger as selectors
from finance.selectors.journals import may_reverse
from finance.selectors.periods import PeriodRow, periods_of_year
from finance.services.ledger import reverse_journal
from finance.services.periods import close_period, reopen_period, soft_close_period
from finance.views.ledger import journal_url

# The years of five partners; of nine they would be above the 100 KB of a page.
PERIODS_PER_PAGE = 60
LINE_COLUMNS = [
    {"label": "Account"},
    {"label": "Unit"},
    {"label": "Text"},
    {"label": "Debit", "numeric": True},
    {"label": "Credit", "numeric": True},
]


def _journal(request: PageRequest, period: int, batch: int, number: int) -> Journal:
    return selectors.journal_at(sorted(places(request, SEE_LEDGER)), period, batch, number)


@page(SEE_LEDGER)
def journal(request: PageRequest, period: int, batch: int, journal: int) -> HttpResponse:
    """One journal: its lines, what caused it, who posted it, its seal and its reversal."""
    row = _journal(request, period, batch, journal)
    posting = selectors.posting_of(row)
    context = {
        "journal": row,
        "facts": _facts(request, row, posting),
        "columns": LINE_COLUMNS,
        "rows": [_line_row(line) for line in selectors.entries_of_journal(row)],
        "entries": timeline(Batch(organisation_id=row.organisation_id, pk=batch)),
        "may_reverse": not posting.by_period and may_reverse(request.actor, row),
        "form": ReasonForm(),
    }
    return render(request, "finance/ledger/journal.html", context)


def _facts(request: PageRequest, row: Journal, posting: selectors.Posting) -> list[dict[str, Any]]:
    place = places(request, SEE_LEDGER)[row.organisation_id]
    facts = [
        {"key": "Organisation", "value": place.name},
        {"key": "Date", "value": day(row.posting_date)},
        {"key": "Text", "value": row.narrative},
        {"key": "Caused by", "value": _subject(request, place.slug, row)},
        {"key": "Posted", "value": f"by {posting.made_by_name}, {day_time(posting.made_at)}"},
        {"key": "Total", "value": shown(row.total_debit_pence)},
    ]
    if posting.seal_number:
        sealed = f"Link {posting.seal_number:,} of the chain, {posting.seal_hash[:16]}"
        facts.append({"key": "Seal", "value": sealed})
    if posting.by_period and posting.by_batch_id and posting.by_journal_id:
        url = journal_url(place.slug, posting.by_period, posting.by_batch_id, posting.by_journal_id)
        link = format_html('<a class="govuk-link" href="{}">{}</a>', url, posting.reason)
        facts.append({"key": "Reversed", "value": link})
    return facts


def _subject(request: PageRequest, slug: str, row: Journal) -> str:
    """The thing that the journal is about, as a link to its page for who may open it."""
    subject = SUBJECTS.get(row.subject_key)
    found = find(row.subject_key, row.organisation_id, row.subject_id)
    if subject is None or found is None:
        return "Posted by hand"
    url, words = subject.link(slug, found), subject.summary(found)
    if not may_open(request.actor, url):
        return words
    return format_html('<a class="govuk-link" href="{}">{}</a>', url, words)


def _line_row(line: selectors.Entry) -> dict[str, Any]:
    return {
        "cells": [
            f"{line.account} {line.account_name}",
            line.unit,
            line.text,
            shown(line.amount_pence) if line.amount_pence >= 0 else "",
            shown(-line.amount_pence) if line.amount_pence < 0 else "",
        ]
    }


@page(SEE_LEDGER, unsafe=POST_JOURNALS)
def journal_reversal(request: PageRequest, period: int, batch: int, journal: int) -> HttpResponse:
    """Posts the opposite of a journal that was posted by hand, today."""
    row = _journal(request, period, batch, journal)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not may_reverse(request.actor, row):
            raise NotFound()
        with refusals_on(form):
            new = reverse_journal(
                period=period,
                batch_id=batch,
                journal_id=journal,
                on=request.today,
                reason=form.cleaned_data["reason"],
                by=request.actor,
            )
            messages.success(request, f"{row.reference} is reversed.")
            slug = request.organisation.slug
            return redirect(journal_url(slug, new.period, new.batch_id, new.journal_id))
    context, status = {"journal": row, "form": form}, 422 if form.errors else 200
    return render(request, "finance/ledger/reversal.html", context, status=status)


ACTS = {
    "soft": ("open", "Soft close"),
    "close": ("soft", "Close"),
}
BACK = ("soft", "closed")


@page(SEE_LEDGER, unsafe=CLOSE_PERIODS)
def periods(request: PageRequest) -> HttpResponse:
    """The periods of a financial year, and their closing."""
    if request.method == "POST":
        return _move_period(request)
    here = places(request, SEE_LEDGER)
    used = selectors.periods_in_use(sorted(here))
    years = sorted({row.year for row in used}, reverse=True)
    year = _year(request, years)
    rows = periods_of_year(sorted(here), year) if years else []
    shown_here = part_of(request, Paginator(rows, PERIODS_PER_PAGE))
    context = {
        "years": years,
        "year": year,
        "columns": _period_columns(request.organisation.is_centre),
        "rows": [_period_row(request, row, here) for row in shown_here],
        "page": shown_here,
        "acts": _acts(request, rows),
        "form": ReasonForm(),
    }
    return render(request, "finance/ledger/periods.html", context)


def _year(request: PageRequest, years: list[int]) -> int:
    wanted = request.GET.get("year", "")
    if wanted.isdigit() and int(wanted) in years:
        return int(wanted)
    return years[0] if years else request.today.year


def _period_columns(centre: bool) -> list[dict[str, Any]]:
    return [
        {"label": "Period"},
        *([{"label": "Partner"}] if centre else []),
        {"label": "State"},
        {"label": "Lines", "numeric": True},
        {"label": "Debits", "numeric": True},
        {"label": "Last moved"},
    ]


def _period_row(request: PageRequest, row: PeriodRow, here: dict[int, Any]) -> dict[str, Any]:
    period = row.period
    place = here[period.organisation_id]
    moved = f"{period.moved_by_name}, {day_time(period.moved_at)}" if period.moved_at else ""
    address = reverse("ledger_enquiry", kwargs={"organisation": place.slug})
    return {
        "id": f"{place.slug}-{period.period}",
        "url": f"{address}?since={period.period}&until={period.period}" if row.lines else "",
        "cells": [
            f"{period.number} {period}",
            *([place.short_name] if request.organisation.is_centre else []),
            format_html(
                '<strong class="govuk-tag govuk-tag--{}">{}</strong>',
                state_colour(period.status),
                period.get_status_display(),
            ),
            f"{row.lines:,}",
            shown(row.debit_pence),
            moved,
        ],
    }


def _acts(request: PageRequest, rows: list[PeriodRow]) -> dict[str, Any]:
    """What this person may do next: close the earliest that can be, reopen the latest closed."""
    if not may(request.actor, CLOSE_PERIODS):
        return {}
    own = [r.period for r in rows if r.period.organisation_id == request.actor.organisation_id]
    acts: dict[str, Any] = {}
    for act, (state, label) in ACTS.items():
        first = next((period for period in own if period.status == state), None)
        if first:
            acts[act] = {"label": label, "period": first}
    last = next((period for period in reversed(own) if period.status in BACK), None)
    if last and last.moved_by_id != request.actor.person_id:
        acts["reopen"] = {"label": "Reopen", "period": last}
    return acts


def _move_period(request: PageRequest) -> HttpResponse:
    given = request.POST.get("period", "")
    known = (
        Period.objects.filter(organisation_id=request.actor.organisation_id, period=int(given or 0))
        if given.isdigit()
        else Period.objects.none()
    )
    if not known.exists():
        raise NotFound()
    act, period = request.POST.get("act"), int(given)
    if act == "soft":
        moved = soft_close_period(period=period, by=request.actor)
    elif act == "close":
        moved = close_period(period=period, by=request.actor)
    elif act == "reopen":
        reason = request.POST.get("reason", "")
        moved = reopen_period(period=period, reason=reason, by=request.actor)
    else:
        raise NotFound()
    messages.success(request, f"{moved} is now {moved.get_status_display().lower()}.")
    address = reverse("periods", kwargs={"organisation": request.organisation.slug})
    return redirect(f"{address}?year={moved.year}")
