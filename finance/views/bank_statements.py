"""Pages of a statement: its entries with what each could be, and the matches made of them."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from core.actors import may
from core.errors import Refusal
from core.money import formatted
from core.templatetags.web import day
from core.web.pages import PageRequest, page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from events.selectors import timeline
from finance.banking.passes import Suggestion, suggestions
from finance.forms_bank import CodeForm, UndoForm
from finance.matches import wanted_match
from finance.models import BankMatch, BankStatement, MatchedItem, StatementLine
from finance.permissions import MATCH_BANK, SEE_BANK
from finance.selectors import banking as selectors
from finance.services.matching import (
    KEPT_BY_THE_PRODUCT,
    NewMatch,
    accept_suggestions,
    make_matches,
    undo_match,
)
from finance.views.bank import PER_PAGE, tag
from finance.views.payment_runs import CountedPaginator

SHOWN = (("", "All"), ("open", "To match"))


def _said(line: StatementLine) -> str:
    """An entry in the bank's words, with its references behind them."""
    words = " ".join(filter(None, [line.party, line.text])) or "No words"
    if not line.refs:
        return words
    return format_html('{} <span class="app-quiet">{}</span>', words, line.refs)


COLUMNS = [
    {"label": "Entry"},
    {"label": "Day"},
    {"label": "The bank's words"},
    {"label": "Amount", "numeric": True},
    {"label": "In our books"},
]
ACCEPT = [{"name": "act", "value": "accept", "label": "Accept what is suggested"}]


@page(SEE_BANK)
def bank_statement(request: PageRequest, number: int) -> HttpResponse:
    """The entries; beside each what it is matched with, or what it could be and why."""
    statement = selectors.statement_by_number(request.organisation.id, number)
    only = "open" if request.GET.get("show") == "open" else ""
    lines = selectors.lines_of(statement, only)
    count = lines.count() if only else statement.entries
    shown = part_of(request, CountedPaginator(lines, PER_PAGE, count))
    possible, slug = suggestions(statement.bank_account), request.organisation.slug
    context = {
        "statement": statement,
        "facts": _statement_facts(statement),
        "columns": COLUMNS,
        "rows": [_line_row(slug, number, one, possible.get(one.pk)) for one in shown.object_list],
        "page": shown,
        "shown": only,
        "choices": SHOWN,
        "may_match": may(request.actor, MATCH_BANK),
        "actions": ACCEPT,
        "entries": timeline(statement),
    }
    return render(request, "finance/bank/statement.html", context)


def _statement_facts(statement: BankStatement) -> list[dict[str, str]]:
    facts = [
        ("Account", statement.bank_account.name),
        ("Days", f"{day(statement.from_on)} to {day(statement.to_on)}"),
        ("Opens with", formatted(statement.opening_pence)),
        ("Closes with", formatted(statement.closing_pence)),
        ("The bank's name for it", statement.reference),
        ("Sent by", f"{statement.made_by_name}, {day(statement.made_at)}"),
    ]
    return [{"key": key, "value": value} for key, value in facts]


def _line_row(
    slug: str, number: int, line: StatementLine, found: Suggestion | None
) -> dict[str, Any]:
    where = {"organisation": slug, "number": number, "line": line.line_no}
    done = line.matched_pence == line.amount_pence
    parts = [_match_link(slug, one.bank_match) for one in line.matched.all()]
    if not done:
        parts += _to_do(line, found)
    return {
        "id": line.pk,
        "label": f"entry {line.line_no}",
        "url": reverse("bank_line", kwargs=where),
        "tone": "good" if done else "warn",
        "cells": [
            f"{line.line_no}",
            day(line.booked_on),
            _said(line),
            formatted(line.amount_pence),
            format_html("<br>".join("{}" for _ in parts), *parts),
        ],
    }


def _to_do(line: StatementLine, found: Suggestion | None) -> list[str]:
    """What is left of an entry, and what it could be with the reason."""
    why = found.why if found else "Nothing fits: open it and choose."
    words = "Suggested" if found else "To match"
    parts: list[str] = [format_html("{} {}", tag("waiting" if found else "overdue", words), why)]
    if line.matched_pence:
        parts.insert(0, f"{formatted(line.amount_pence - line.matched_pence)} is left.")
    return parts


def _match_link(slug: str, match: BankMatch) -> str:
    url = reverse("bank_match", kwargs={"organisation": slug, "number": match.number})
    return format_html('<a class="govuk-link" href="{}">{}</a> {}', url, match, match.why)


@page(SEE_BANK, unsafe=MATCH_BANK)
def bank_accept(request: PageRequest, number: int) -> HttpResponse:
    """Matches the entries that were selected as they are suggested."""
    where = {"organisation": request.organisation.slug, "number": number}
    if request.method != "POST":
        return redirect("bank_statement", **where)
    statement = selectors.statement_by_number(request.organisation.id, number)
    account = statement.bank_account
    if request.POST.get("scope") == "all":
        here = selectors.lines_of(statement, "open").values_list("pk", flat=True)
        chosen = set(here) & set(suggestions(account))
    else:
        chosen = {int(one) for one in request.POST.getlist("lines") if one.isdigit()}
    open_ones = [line.pk for line in selectors.open_lines(account, chosen)]
    made = accept_suggestions(account=account, line_ids=open_ones, by=request.actor)
    if made:
        messages.success(request, f"Matched: {len(made):,}.")
    else:
        messages.info(request, "Select entries that are to be matched.")
    return redirect("bank_statement", **where)


@page(SEE_BANK, unsafe=MATCH_BANK)
def bank_line(request: PageRequest, number: int, line: int) -> HttpResponse:
    """One entry, with everything that is open on its account to choose from."""
    statement = selectors.statement_by_number(request.organisation.id, number)
    row, others = selectors.line_and_others(statement, line)
    accounts = selectors.codable_accounts(request.organisation.id, without=KEPT_BY_THE_PRODUCT)
    form = CodeForm(request.POST or None, accounts=accounts)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():  # what is refused leaves nothing behind
                wanted = [_wanted(request, row, form)]
                (made,) = make_matches(account=row.bank_account, wanted=wanted, by=request.actor)
            messages.success(request, f"{made} explains {formatted(made.amount_pence)}.")
            return redirect("bank_statement", request.organisation.slug, number)
        except Refusal as refused:
            problem = refused.message
    context = _line_context(row) | {
        "others": others,
        "form": form,
        "problem": problem,
        "chosen": request.POST.getlist("items"),
        "may_match": may(request.actor, MATCH_BANK),
    }
    status = 422 if problem or form.errors else 200
    return render(request, "finance/bank/line.html", context, status=status)


def _wanted(request: PageRequest, row: StatementLine, form: CodeForm) -> NewMatch:
    also = {int(one) for one in request.POST.getlist("also") if one.isdigit()}
    return wanted_match(row, also, request.POST.getlist("items"), form, request.actor.name)


def _line_context(row: StatementLine) -> dict[str, Any]:
    left = row.amount_pence - row.matched_pence
    return {
        "statement": row.statement,
        "line": row,
        "left": left,
        "said": _said(row),
        "matches": selectors.matches_of(row) if row.matched_pence else [],
        "suggestion": suggestions(row.bank_account).get(row.pk) if left else None,
        "offers": _offers(row) if left else [],
    }


TITLES = {
    "runs": "Payment runs",
    "payments": "Single payments",
    "returns": "Payments that came back",
    "ledger": "Entries that the ledger has already",
}


def _offers(row: StatementLine) -> list[dict[str, Any]]:
    found = selectors.offers(row.bank_account, row)
    return [{"title": TITLES[kind], "rows": rows} for kind, rows in found.items() if rows]


LINE_COLUMNS = COLUMNS[:4]
ITEM_COLUMNS = [{"label": "In our books"}, {"label": "Kind"},
                {"label": "Amount", "numeric": True}]  # fmt: skip


@page(SEE_BANK, unsafe=MATCH_BANK)
def bank_match(request: PageRequest, number: int) -> HttpResponse:
    """One match: why, its entries, what they are in the books; and undoing it with a reason."""
    match = selectors.match_by_number(request.organisation.id, number)
    slug = request.organisation.slug
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            undo_match(match=match, reason=form.cleaned_data["reason"], by=request.actor)
            messages.success(request, f"{match} is undone; its entries wait to be matched.")
            return redirect("bank_match", slug, number)
    shown = part_of(request, Paginator(selectors.items_matched(match), PER_PAGE))
    context = {
        "match": match,
        "facts": _match_facts(slug, match),
        "lines": [_entry_row(slug, one) for one in selectors.lines_matched(match)[:PER_PAGE]],
        "line_columns": LINE_COLUMNS,
        "items": [_item_row(slug, one) for one in shown.object_list],
        "item_columns": ITEM_COLUMNS,
        "page": shown,
        "form": form,
        "may_undo": (form.errors or match.undone_on is None) and may(request.actor, MATCH_BANK),
        "entries": timeline(match),
    }
    return render(request, "finance/bank/match.html", context, status=422 if form.errors else 200)


def _match_facts(slug: str, match: BankMatch) -> list[dict[str, Any]]:
    how = "By itself, as it was certain" if match.automatic else match.made_by_name
    facts: list[tuple[str, Any]] = [
        ("Why", match.why),
        ("Amount", formatted(match.amount_pence)),
        ("On", day(match.matched_on)),
        ("Matched", f"{how}, {day(match.made_at)}"),
    ]
    if match.undone_on:
        facts.append(("Undone", f"{match.undone_by_name}: {match.undone_reason}"))
    if match.batch_id:
        where = {"organisation": slug, "period": match.period, "batch": match.batch_id,
                 "journal": match.journal_id}  # fmt: skip
        url = reverse("journal", kwargs=where)
        facts.append(
            ("Ledger", format_html('<a class="govuk-link" href="{}">Its journal</a>', url))
        )
    return [{"key": key, "value": value} for key, value in facts]


def _entry_row(slug: str, one: Any) -> dict[str, Any]:
    line = one.line
    where = {"organisation": slug, "number": line.statement.number, "line": line.line_no}
    return {
        "id": line.pk,
        "url": reverse("bank_line", kwargs=where),
        "cells": [
            f"{line.statement} {line.line_no}",
            day(line.booked_on),
            _said(line),
            formatted(one.amount_pence),
        ],
    }


def _item_row(slug: str, item: MatchedItem) -> dict[str, Any]:
    url, words = "", f"Journal {item.batch_id}-{item.journal_id}"
    back = item.payment_return.payment if item.payment_return else None
    payment = item.payment or back
    if payment is not None:
        url = reverse("payment", kwargs={"organisation": slug, "number": payment.number})
        words = f"{payment} to {payment.supplier.name}"
    elif item.coding is not None:
        words = str(item.coding.account)
    elif item.batch_id:
        where = {"organisation": slug, "period": item.period, "batch": item.batch_id,
                 "journal": item.journal_id}  # fmt: skip
        url = reverse("journal", kwargs=where)
    cells = [words, item.get_kind_display(), formatted(item.amount_pence)]
    return {"id": item.pk, "url": url, "cells": cells}
