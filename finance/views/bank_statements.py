"""Pages of a statement: its entries with what each could be, and the matches made of them."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from core.actors import may
from core.errors import Refusal
from core.money import formatted, to_pence
from core.templatetags.web import day
from core.web.pages import PageRequest, page
from events.selectors import timeline
from finance.banking.passes import Suggestion, suggestions
from finance.forms_bank import CodeForm, UndoForm
from finance.models import BankMatch, MatchedItem, StatementLine
from finance.permissions import MATCH_BANK, SEE_BANK
from finance.selectors import banking as selectors
from finance.services.matching import (
    KEPT_BY_THE_PRODUCT,
    Coded,
    NewMatch,
    accept_suggestions,
    make_matches,
    undo_match,
)
from finance.views.bank import PER_PAGE, tag

SHOWN = (("", "All"), ("open", "To match"))


def _said(line: StatementLine) -> str:
    """An entry in the bank's words, with its references behind them."""
    words = " ".join(filter(None, [line.party, line.text])) or "No words"
    if not line.refs:
        return words
    return format_html('{} <span class="app-quiet">{}</span>', words, line.refs)


@page(SEE_BANK)
def bank_statement(request: PageRequest, number: int) -> HttpResponse:
    """The entries; beside each what it is matched with, or what it could be and why."""
    statement = selectors.statement_by_number(request.organisation.id, number)
    slug = request.organisation.slug
    only = request.GET.get("show", "")
    found = Paginator(selectors.lines_of(statement, only), PER_PAGE)
    shown = found.get_page(request.GET.get("page"))
    possible = suggestions(statement.bank_account)
    rows = [_line_row(slug, number, line, possible.get(line.pk)) for line in shown.object_list]
    facts = [
        ("Account", statement.bank_account.name),
        ("Days", f"{day(statement.from_on)} to {day(statement.to_on)}"),
        ("Opens with", formatted(statement.opening_pence)),
        ("Closes with", formatted(statement.closing_pence)),
        ("The bank's name for it", statement.reference),
        ("Sent by", f"{statement.made_by_name}, {day(statement.made_at)}"),
    ]
    context = {
        "statement": statement,
        "facts": [{"key": key, "value": value} for key, value in facts],
        "columns": [
            {"label": "Entry"},
            {"label": "Day"},
            {"label": "The bank's words"},
            {"label": "Amount", "numeric": True},
            {"label": "In our books"},
        ],
        "rows": rows,
        "page": shown,
        "shown": only,
        "choices": SHOWN,
        "may_match": may(request.actor, MATCH_BANK),
        "actions": [{"name": "act", "value": "accept", "label": "Accept what is suggested"}],
        "entries": timeline(statement),
    }
    return render(request, "finance/bank/statement.html", context)


def _line_row(
    slug: str, number: int, line: StatementLine, found: Suggestion | None
) -> dict[str, Any]:
    where = {"organisation": slug, "number": number, "line": line.line_no}
    done = line.matched_pence == line.amount_pence
    parts = [_match_link(slug, one.bank_match) for one in line.matched.all()]
    if not done:
        if line.matched_pence:
            left = formatted(line.amount_pence - line.matched_pence)
            parts.append(format_html("{} is left.", left))
        why = found.why if found else "Nothing fits: open it and choose."
        words = "Suggested" if found else "To match"
        parts.append(format_html("{} {}", tag("waiting" if found else "overdue", words), why))
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
    account = statement.bank_account
    accounts = selectors.codable_accounts(request.organisation.id, without=KEPT_BY_THE_PRODUCT)
    form = CodeForm(request.POST or None, accounts=accounts)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            made = make_matches(
                account=account, wanted=[_wanted(request, row, form)], by=request.actor
            )
            messages.success(request, f"{made[0]} explains {formatted(made[0].amount_pence)}.")
            return redirect("bank_statement", request.organisation.slug, number)
        except Refusal as refused:
            problem = refused.message
    found = suggestions(account).get(row.pk)
    context = {
        "statement": statement,
        "line": row,
        "left": row.amount_pence - row.matched_pence,
        "said": _said(row),
        "matches": [one.bank_match for one in row.matched.all()],
        "suggestion": found,
        "others": others,
        "offers": _offers(row) if row.matched_pence != row.amount_pence else [],
        "form": form,
        "problem": problem,
        "chosen": request.POST.getlist("items"),
        "may_match": may(request.actor, MATCH_BANK),
    }
    status = 422 if problem or form.errors else 200
    return render(request, "finance/bank/line.html", context, status=status)


TITLES = {
    "runs": "Payment runs",
    "payments": "Single payments",
    "returns": "Payments that came back",
    "ledger": "Entries that the ledger has already",
}


def _offers(row: StatementLine) -> list[dict[str, Any]]:
    found = selectors.offers(row.bank_account, row)
    return [{"title": TITLES[kind], "rows": rows} for kind, rows in found.items() if rows]


def _wanted(request: PageRequest, row: StatementLine, form: CodeForm) -> NewMatch:
    """What was ticked and coded; an amount left empty is all that the ticked things leave."""
    also = {int(one) for one in request.POST.getlist("also") if one.isdigit()}
    lines = selectors.open_lines(row.bank_account, {row.pk} | also)
    kinds: dict[str, list[tuple[int, ...]]] = {}
    pence = 0
    offered = {
        one.value: one.pence
        for rows in selectors.offers(row.bank_account, row).values()
        for one in rows
    }
    for value in request.POST.getlist("items"):
        kind, *parts = value.split("-")
        if all(part.isdigit() for part in parts):
            kinds.setdefault(kind, []).append(tuple(int(part) for part in parts))
            pence += offered.get(value, 0)
    coded: tuple[Coded, ...] = ()
    code, amount = form.cleaned_data["account"], form.cleaned_data["amount"]
    if code:
        rest = sum(line.amount_pence - line.matched_pence for line in lines) - pence
        coded = (Coded(code, rest if amount is None else to_pence(amount)),)
    return NewMatch(
        line_ids=tuple(line.pk for line in lines),
        way=BankMatch.Way.PERSON,
        why=form.cleaned_data["why"] or f"Chosen by {request.actor.name}",
        runs=tuple(one[0] for one in kinds.get("run", ())),
        payments=tuple(one[0] for one in kinds.get("payment", ())),
        returns=tuple(one[0] for one in kinds.get("return", ())),
        ledger=tuple(one for one in kinds.get("ledger", ()) if len(one) == 4),
        coded=coded,
    )


@page(SEE_BANK, unsafe=MATCH_BANK)
def bank_match(request: PageRequest, number: int) -> HttpResponse:
    """One match: why, its entries, what they are in the books; and undoing it with a reason."""
    match = selectors.match_by_number(request.organisation.id, number)
    slug = request.organisation.slug
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        undo_match(match=match, reason=form.cleaned_data["reason"], by=request.actor)
        messages.success(request, f"{match} is undone; its entries wait to be matched.")
        return redirect("bank_match", slug, number)
    shown = Paginator(selectors.items_matched(match), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "match": match,
        "facts": _match_facts(slug, match),
        "lines": [_entry_row(slug, one) for one in selectors.lines_matched(match)[:PER_PAGE]],
        "line_columns": [{"label": "Entry"}, {"label": "Day"}, {"label": "The bank's words"},
                         {"label": "Amount", "numeric": True}],
        "items": [_item_row(slug, one) for one in shown.object_list],
        "item_columns": [{"label": "In our books"}, {"label": "Kind"},
                         {"label": "Amount", "numeric": True}],
        "page": shown,
        "form": form,
        "may_undo": match.undone_on is None and may(request.actor, MATCH_BANK),
        "entries": timeline(match),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "finance/bank/match.html", context, status=status)


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
