"""How the bank of each account wants Faster Payments as a file."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from core.money import formatted
from core.templatetags.web import day
from core.web.pages import PageRequest, page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from finance.formats.bank_csv_out import CELLS
from finance.forms_payments import BankProfileForm
from finance.models import BankProfile
from finance.permissions import KEEP_BANK_ACCOUNTS
from finance.selectors import bank_profiles as selectors
from finance.services.bank_profiles import set_bank_profile
from finance.views.payment_runs import PER_PAGE

COLUMNS = [
    *({"label": label} for label in ("Account", "Profile", "From", "Columns")),
    {"label": "Up to", "numeric": True},
    {"label": "Set by"},
]


@page(KEEP_BANK_ACCOUNTS, bank=True)
def bank_profiles(request: PageRequest) -> HttpResponse:
    """The profiles of all accounts, and the form for another one from a day on."""
    here = request.organisation
    initial = {"from_on": request.today}
    form = BankProfileForm(request.POST or None, organisation_id=here.id, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            row = set_bank_profile(**form.facts, by=request.actor)
            messages.success(request, f"Set: {row} from {day(row.from_on)}.")
            return redirect("bank_profiles", here.slug)
    found = Paginator(selectors.bank_profiles(here.id), PER_PAGE)
    shown = part_of(request, found)
    context = {
        "columns": COLUMNS,
        "rows": [_row(profile) for profile in shown.object_list],
        "page": shown,
        "form": form,
        "cells": sorted(CELLS),
    }
    status = 422 if form.errors else 200
    return render(request, "finance/payments/bank_profiles.html", context, status=status)


def _row(row: BankProfile) -> dict[str, Any]:
    layout = "; ".join(line.strip() for line in row.layout.splitlines() if line.strip())
    cells = [row.bank_account.name, row.name, day(row.from_on), layout]
    return {"id": row.pk, "cells": [*cells, formatted(row.limit_pence), row.made_by_name]}
