"""Somebody was faster: the page says what they did, and keeps what was typed."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from core.errors import Clash
from events.selectors import timeline
from finance.models import Invoice


def version_of(request: Any) -> int:
    """The version the form was made from. Clash if it says none, as if it were an old one."""
    given = request.POST.get("version", "")
    if not (given.isdecimal() and len(given) < 10):
        raise Clash()
    return int(given)


def clash(request: Any, row: Invoice, typed: Sequence[str] = ()) -> HttpResponse:
    """What happened to the invoice since the form was opened (`seen` is its newest event then)."""
    row.refresh_from_db()
    given = request.POST.get("seen", "")
    seen = int(given) if given.isdecimal() and len(given) < 19 else None
    entries = timeline(row, limit=20)
    context = {
        "invoice": row,
        "entries": entries[:1] if seen is None else [one for one in entries if one.id > seen],
        "typed": typed,
        "back": request.get_full_path(),
    }
    return render(request, "finance/invoices/clash.html", context, status=409)
