"""Pages of the ledger: trial balance, enquiry and their files."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.money import formatted, pounds
from core.templatetags.web import day
from core.templatetags.web import pounds as shown
from core.web.exports import listed
from core.web.pages import PageRequest, page
from finance.forms_ledger import EnquiryForm, TrialBalanceForm
from finance.models import Period
from finance.permissions import SEE_LEDGER
from finance.places import places
from finance.selectors import ledger as selectors

PER_PAGE = 50
EXPORT_ROWS = 100_000


def _month(period: int) -> str:
    return f"{period // 100}-{period % 100:02}"


def _url(name: str, slug: str, **query: Any) -> str:
    given = urlencode({key: value for key, value in query.items() if value})
    address = reverse(name, kwargs={"organisation": slug})
    return f"{address}?{given}" if given else address


@page(SEE_LEDGER)
def trial_balance(request: PageRequest) -> HttpResponse:
    """Every account's balance as of a period; each opens the lines beneath it."""
    if request.organisation.is_centre and not request.GET.get("period"):
        return _books_of_partners(request)
    here = request.organisation
    periods = selectors.periods_in_use([here.id])
    form = TrialBalanceForm(request.GET or None, periods=periods)
    chosen = _chosen(form, periods)
    rows = selectors.trial_balance(here.id, chosen) if chosen else []
    if request.GET.get("format") and chosen:
        return _trial_balance_file(request, rows, chosen)
    context = {
        "form": form,
        "period": chosen,
        "columns": [
            {"label": "Account"},
            {"label": "Name"},
            {"label": "In the period", "numeric": True},
            {"label": "Debit", "numeric": True},
            {"label": "Credit", "numeric": True},
        ],
        "rows": [_account_row(here.slug, row, chosen) for row in rows if chosen] + _total_row(rows),
        "file_query": urlencode({"period": chosen.period}) if chosen else "",
    }
    return render(request, "finance/ledger/trial_balance.html", context)


def _chosen(form: TrialBalanceForm, periods: list[Period]) -> Period | None:
    """The period asked for, else the newest that is in use."""
    wanted = form.cleaned_data["period"] if form.is_bound and form.is_valid() else ""
    by_key = {str(row.period): row for row in periods}
    return by_key.get(wanted) or (periods[0] if periods else None)


def _account_row(slug: str, row: selectors.AccountBalance, period: Period) -> dict[str, Any]:
    result = row.kind in selectors.RESULT_KINDS
    since = selectors.year_begins_in(period) if result else ""
    url = _url("ledger_enquiry", slug, account=row.code, since=since, until=period.period)
    return {
        "url": url if row.code else "",
        "id": row.code,
        "cells": [
            row.code,
            row.name,
            shown(row.moved_pence) if row.moved_pence else "",
            shown(row.balance_pence) if row.balance_pence > 0 else "",
            shown(-row.balance_pence) if row.balance_pence < 0 else "",
        ],
    }


def _total_row(rows: list[selectors.AccountBalance]) -> list[dict[str, Any]]:
    if not rows:
        return []
    debit = sum(row.balance_pence for row in rows if row.balance_pence > 0)
    credit = -sum(row.balance_pence for row in rows if row.balance_pence < 0)
    moved = sum(row.moved_pence for row in rows)
    return [{"total": True, "cells": ["", "Total", shown(moved), shown(debit), shown(credit)]}]


def _trial_balance_file(
    request: PageRequest, rows: list[selectors.AccountBalance], period: Period
) -> HttpResponse:
    heads = ["Account", "Name", "Class", "In the period", "Balance (credit below zero)"]
    cells = [
        [row.code, row.name, row.kind, pounds(row.moved_pence), pounds(row.balance_pence)]
        for row in rows
    ]
    name = f"{request.organisation.slug}-trial-balance-{_month(period.period)}"
    chosen = {"Filter": f"As of the end of {period}"}
    totals = {"Sum of balances": formatted(sum(row.balance_pence for row in rows))}
    return listed(request, name, "Trial balance", heads, cells, chosen, totals)


def _books_of_partners(request: PageRequest) -> HttpResponse:
    """At the centre: the books of each partner, each opening its own trial balance."""
    here = places(request, SEE_LEDGER)
    totals = {row.organisation_id: row for row in selectors.totals_of_books(sorted(here))}
    rows = []
    for key, place in sorted(here.items(), key=lambda item: item[1].name):
        total = totals.get(key)
        newest = total.newest_period if total else 0
        cells = [place.name, _month(newest) if newest else "No entries"]
        cells += [f"{total.lines:,}" if total else "", shown(total.debit_pence) if total else ""]
        cells += [shown(total.credit_pence) if total else ""]
        url = _url("trial_balance", place.slug, period=newest)
        rows.append({"id": place.slug, "url": url, "cells": cells})
    columns = [
        {"label": "Partner"},
        {"label": "Newest period"},
        {"label": "Lines", "numeric": True},
        {"label": "Debits", "numeric": True},
        {"label": "Credits", "numeric": True},
    ]
    return render(request, "finance/ledger/books.html", {"rows": rows, "columns": columns})


@page(SEE_LEDGER)
def ledger_enquiry(request: PageRequest) -> HttpResponse:
    """Lines of the ledger, newest first, with the balance that runs through them."""
    here = places(request, SEE_LEDGER)
    periods = selectors.periods_in_use(sorted(here))
    form = EnquiryForm(request.GET or None, periods=periods)
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    entries = selectors.Entries(_wanted(given, sorted(here)))
    if request.GET.get("format"):
        return _enquiry_file(request, entries, given)
    shown_page: Page = Paginator(entries, PER_PAGE).get_page(  # type: ignore[arg-type]
        request.GET.get("page")
    )
    context = {
        "form": form,
        "chips": _chips(given),
        "columns": _enquiry_columns(request.organisation.is_centre, entries.runs),
        "rows": [_entry_row(request, row, here, entries.runs) for row in shown_page.object_list],
        "page": shown_page,
        "entries": entries,
        "file_query": urlencode({key: value for key, value in given.items() if value}),
    }
    return render(request, "finance/ledger/enquiry.html", context)


def _wanted(given: dict[str, Any], organisation_ids: list[int]) -> selectors.EntryFilter:
    return selectors.EntryFilter(
        organisation_ids=organisation_ids,
        since=int(given.get("since") or 0),
        until=int(given.get("until") or 999_912),
        account=given.get("account", ""),
        unit=given.get("unit", ""),
        text=given.get("text", ""),
        batch=given.get("batch"),
    )


def _chips(given: dict[str, Any]) -> list[dict[str, Any]]:
    labels = {"account": "Account", "unit": "Unit", "since": "From", "until": "To"}
    labels |= {"text": "Words", "batch": "Batch"}
    return [
        {
            "label": f"{labels[key]}: {_month(int(value)) if key in ('since', 'until') else value}",
            "key": key,
            "value": str(value),
        }
        for key, value in given.items()
        if value
    ]


def _enquiry_columns(centre: bool, runs: bool) -> list[dict[str, Any]]:
    return [
        {"label": "Journal"},
        *([{"label": "Partner"}] if centre else []),
        {"label": "Date"},
        {"label": "Account"},
        {"label": "Unit"},
        {"label": "Text"},
        {"label": "Debit", "numeric": True},
        {"label": "Credit", "numeric": True},
        *([{"label": "Balance", "numeric": True}] if runs else []),
    ]


def journal_url(slug: str, period: int, batch_id: int, journal_id: int) -> str:
    """The page of a journal."""
    where = {"period": period, "batch": batch_id, "journal": journal_id}
    return reverse("journal", kwargs={"organisation": slug, **where})


def _entry_row(
    request: PageRequest, row: selectors.Entry, here: dict[int, Any], runs: bool
) -> dict[str, Any]:
    place = here[row.organisation_id]
    return {
        "id": f"{row.batch_id}-{row.journal_id}-{row.line_no}",
        "url": journal_url(place.slug, row.period, row.batch_id, row.journal_id),
        "cells": [
            row.reference,
            *([place.short_name] if request.organisation.is_centre else []),
            day(row.posting_date),
            f"{row.account} {row.account_name}",
            row.unit,
            row.text,
            shown(row.amount_pence) if row.amount_pence >= 0 else "",
            shown(-row.amount_pence) if row.amount_pence < 0 else "",
            *([shown(row.running_pence)] if runs else []),
        ],
    }


FILE_HEADS = ["Organisation", "Journal", "Date", "Period", "Account", "Account name", "Unit"]
FILE_HEADS += ["Text", "Amount (credit below zero)"]


def _enquiry_file(
    request: PageRequest, entries: selectors.Entries, given: dict[str, Any]
) -> HttpResponse:
    rows = entries[:EXPORT_ROWS]
    names = {key: place.short_name for key, place in places(request, SEE_LEDGER).items()}
    cells = [
        [
            names[row.organisation_id],
            row.reference,
            row.posting_date,
            row.period,
            row.account,
            row.account_name,
            row.unit,
            row.text,
            pounds(row.amount_pence),
        ]
        for row in rows
    ]
    asked = "; ".join(chip["label"] for chip in _chips(given)) or "none"
    total = formatted(sum(row.amount_pence for row in rows))
    totals = {"Of": f"{entries.count:,}", "Sum of amounts": total}
    name, chosen = f"{request.organisation.slug}-ledger", {"Filter": asked}
    return listed(request, name, "Lines of the ledger", FILE_HEADS, cells, chosen, totals)
