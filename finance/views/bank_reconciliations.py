"""The sheet of an account at the end of a month: shown, prepared, signed, unsigned, as a file."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from core.actors import may
from core.errors import NotFound
from core.money import formatted, pounds
from core.pdf import pdf, pdf_response
from core.templatetags.web import day, day_time
from core.web.exports import csv_response
from core.web.pages import PageRequest, page
from events.selectors import timeline
from finance.banking.months import last_day, obstacle
from finance.banking.sheet import Sheet, sheet_of
from finance.forms_bank import UndoForm
from finance.models import BankAccount, BankReconciliation
from finance.permissions import MATCH_BANK, SEE_BANK, SIGN_RECONCILIATIONS
from finance.selectors import banking as selectors
from finance.services.reconciliations import (
    prepare_reconciliation,
    sign_reconciliation,
    unsign_reconciliation,
)
from finance.views.bank import tag
from tenants.selectors import brand_colour

LISTS = (
    ("unmatched", "On the statement and not in the ledger"),
    ("unticked", "In the ledger and not on the statement"),
    ("transit", "Payments on their way to the bank"),
    ("coming_back", "Returned payments whose money is to come"),
)
HEAD = ("List", "Day", "Number", "Words", "Amount")


SUM_COLUMNS = [{"label": "Figure"}, {"label": "Amount", "numeric": True}]
COLUMNS = [{"label": "Number"}, {"label": "Day"}, {"label": "Words"},
           {"label": "Amount", "numeric": True}]  # fmt: skip
LAST_SUM = "Balance of the statement"


@dataclass(frozen=True)
class Standing:
    """A month of an account: what was prepared or signed, and unless signed, how it is now."""

    account: BankAccount
    row: BankReconciliation | None
    sheet: Sheet | None

    @property
    def signed(self) -> bool:
        return self.row is not None and self.row.state == BankReconciliation.State.SIGNED

    @property
    def kept(self) -> dict[str, Any]:
        """The lists: of a signed one those that were signed."""
        if self.signed and self.row is not None:
            return dict(self.row.sheet)
        return self.sheet.kept() if self.sheet else {}

    @property
    def changed(self) -> bool:
        """Has something moved since it was prepared, so that it cannot be signed as it is?"""
        return self.row is not None and self.sheet is not None and self.kept != self.row.sheet


def _standing(request: PageRequest, account: int, period: int) -> Standing:
    """NotFound for another organisation's account, and for a period that there cannot be."""
    on, here = last_day(period), request.organisation.id
    row = selectors.reconciliation_of(here, account, period)
    found = row.bank_account if row else selectors.bank_account(here, account)
    signed = row is not None and row.state == BankReconciliation.State.SIGNED
    return Standing(found, row, None if signed else sheet_of(found, on))


def _sums(row: BankReconciliation | None, sheet: Sheet | None) -> list[tuple[str, int]]:
    if sheet is not None:
        figures = (sheet.ledger_pence, sheet.unmatched.pence, sheet.unticked.pence)
        statement = sheet.statement_pence
    elif row is not None:
        figures = (row.ledger_pence, row.unmatched_pence, row.unticked_pence)
        statement = row.statement_pence
    else:
        return []
    return [
        ("Balance of the ledger", figures[0]),
        ("And on the statement only", figures[1]),
        ("Less in the ledger only", -figures[2]),
        *([("And not brought forward", sheet.brought_pence)] if sheet and sheet.brought_pence
          else []),
        (LAST_SUM, statement),
    ]  # fmt: skip


@page(SEE_BANK)
def reconciliation(request: PageRequest, account: int, period: int) -> HttpResponse:
    """The sheet, fit to print; what stands in its way, or who may do what with it."""
    it = _standing(request, account, period)
    row, found = it.row, it.account
    in_the_way = "" if it.signed else obstacle(found, period, it.sheet, today=request.today)
    context = {
        "account": found,
        "ending": f"ending {found.account_ending}",
        "period": period,
        "ends_on": last_day(period),
        "row": row,
        "tag": tag(row.state, row.get_state_display()) if row else "",
        "changed": it.changed,
        "obstacle": in_the_way,
        "sum_columns": SUM_COLUMNS,
        "sums": [_sum_row(*one) for one in _sums(row, it.sheet)],
        "columns": COLUMNS,
        "lists": _lists(it.kept),
        "may_prepare": not (it.signed or in_the_way) and may(request.actor, MATCH_BANK),
        "may_sign": may(request.actor, SIGN_RECONCILIATIONS),
        "form": UndoForm(),
        "entries": timeline(row) if row else [],
    }
    return render(request, "finance/bank/reconciliation.html", context)


def _sum_row(label: str, pence: int) -> dict[str, Any]:
    return {"cells": [label, formatted(pence)], "total": label == LAST_SUM}


def _lists(kept: dict[str, Any]) -> list[dict[str, Any]]:
    lists = []
    for name, title in LISTS:
        items = kept.get(name) or {"count": 0, "pence": 0, "rows": []}
        rows: list[dict[str, Any]] = [
            {"id": place, "cells": [one["name"], one["on"], one["text"], formatted(one["pence"])]}
            for place, one in enumerate(items["rows"])
        ]
        if rows:
            rows.append({"cells": [f"{items['count']:,} in all", "", "",
                                   formatted(items["pence"])], "total": True})  # fmt: skip
        lists.append({"title": title, "rows": rows})
    return lists


def _title(it: Standing, period: int) -> str:
    return f"Bank reconciliation of {it.account.name} to {day(last_day(period))}"


def _facts(it: Standing, maker: str) -> dict[str, str]:
    row = it.row
    return {
        "Made": f"{day_time(timezone.now())} by {maker}",
        "State": row.get_state_display() if row else "Not prepared",
        "Prepared by": row.prepared_by_name if row else "",
        "Signed by": row.signed_by_name if row else "",
    }


@page(SEE_BANK)
def reconciliation_csv(request: PageRequest, account: int, period: int) -> HttpResponse:
    """The sheet as a file: its sums above, one row for each thing that is on one side only."""
    it = _standing(request, account, period)
    facts = {
        "Sheet": _title(it, period),
        **_facts(it, request.actor.name),
        **{label: f"{pounds(pence)}" for label, pence in _sums(it.row, it.sheet)},
    }
    rows = [
        (title, one["on"], one["name"], one["text"], pounds(one["pence"]))
        for name, title in LISTS
        for one in (it.kept.get(name) or {"rows": []})["rows"]
    ]
    return csv_response(f"reconciliation-{account}-{period}", HEAD, rows, facts)


@page(SEE_BANK)
def reconciliation_pdf(request: PageRequest, account: int, period: int) -> HttpResponse:
    """The sheet as a document to keep: who prepared and signed it, its sums, its lists."""
    it, here = _standing(request, account, period), request.organisation
    data = {
        "title": _title(it, period),
        "from": here.name,
        "colour": brand_colour(here.id),
        "facts": [pair for pair in _facts(it, request.actor.name).items() if pair[1]],
        "sums": [_sum_row(*one) for one in _sums(it.row, it.sheet)],
        "lists": _lists(it.kept),
    }
    document = pdf("finance/bank/reconciliation.typ", data, at=timezone.now())
    return pdf_response(f"reconciliation-{account}-{period}", document)


def _back(request: PageRequest, account: int, period: int) -> HttpResponse:
    return redirect("reconciliation", request.organisation.slug, account, period)


@page(SEE_BANK, unsafe=MATCH_BANK)
def reconciliation_prepare(request: PageRequest, account: int, period: int) -> HttpResponse:
    """Keeps the figures as they stand, for a second person."""
    found = selectors.bank_account(request.organisation.id, account)
    if request.method == "POST":
        prepare_reconciliation(account=found, period=period, by=request.actor)
        messages.success(request, "Prepared. It waits for a second person to sign it.")
    return _back(request, account, period)


@page(SEE_BANK, unsafe=SIGN_RECONCILIATIONS)
def reconciliation_sign(request: PageRequest, account: int, period: int) -> HttpResponse:
    """Signs what was prepared, or takes the signature back with a reason."""
    here = request.organisation.id
    row = selectors.reconciliation_of(here, selectors.bank_account(here, account).pk, period)
    if request.method != "POST":
        return _back(request, account, period)
    if row is None:
        raise NotFound("Nothing was prepared for this month.")
    if request.POST.get("act") == "unsign":
        reason = request.POST.get("reason", "")
        unsign_reconciliation(reconciliation=row, reason=reason, by=request.actor)
        messages.success(request, "The signature is taken back.")
    else:
        sign_reconciliation(reconciliation=row, by=request.actor)
        messages.success(request, "Signed. The sheet is frozen.")
    return _back(request, account, period)
