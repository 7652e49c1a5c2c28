"""Reports that open down to the invoices beneath them: aged creditors, prompt payment."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core.charts import (
    Bar,
    CategoryBars,
    PeriodBars,
    draw_categories,
    draw_periods,
    for_every_width,
)
from core.templatetags.web import day, pounds, thousands
from core.web.days import day_asked
from core.web.exports import listed
from core.web.pages import page
from finance.permissions import SEE_REPORTS
from finance.places import places
from finance.selectors import creditors
from finance.selectors.creditors import (
    BUCKETS,
    DISPUTED,
    Aged,
    AgedSupplier,
    Prompt,
    months_back,
    year_until,
)

TARGET_PERCENT = 95


@page(SEE_REPORTS)
def aged_creditors(request: Any) -> HttpResponse:
    """What is owed by how late it is; every amount opens its invoices."""
    here = places(request, SEE_REPORTS)
    on = request.today
    if request.GET.get("format") and "of" not in request.GET:
        return _aged_file(request, creditors.aged_creditors(sorted(here), on, None)[1], here, on)
    buckets, largest = creditors.aged_creditors(sorted(here), on)
    context = {
        "on": on,
        "total_pence": sum(bucket.open_pence for bucket in buckets),
        "number": sum(bucket.number for bucket in buckets),
        "bucket_columns": _bucket_columns(),
        "buckets": [_bucket_row(request, bucket) for bucket in buckets],
        "supplier_columns": _supplier_columns(request.organisation.is_centre),
        "suppliers": [_supplier_row(request, row, here) for row in largest],
        "chart": _aged_chart(buckets),
    }
    return render(request, "finance/reports/aged_creditors.html", context)


def _bucket_columns() -> list[dict[str, Any]]:
    return [
        {"key": "bucket", "label": "How late"},
        {"key": "number", "label": "Invoices", "numeric": True},
        {"key": "open", "label": "Open", "numeric": True},
    ]


def _drill(slug: str, key: str, since: date | None, until: date | None, code: str = "") -> str:
    """The list of invoices behind a figure."""
    given = {"state": "disputed" if key == DISPUTED else "owed", "supplier": code}
    if since:
        given["since"] = since.strftime("%d/%m/%Y")
    if until:
        given["until"] = until.strftime("%d/%m/%Y")
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{reverse('invoices', kwargs={'organisation': slug})}?{query}"


def _bucket_row(request: Any, bucket: Aged) -> dict[str, Any]:
    slug = request.organisation.slug
    return {
        "id": bucket.key,
        "url": _drill(slug, bucket.key, bucket.due_from, bucket.due_to),
        "cells": [bucket.label, thousands(bucket.number), pounds(bucket.open_pence)],
    }


def _supplier_columns(several: bool) -> list[dict[str, Any]]:
    heads: list[dict[str, Any]] = [{"key": "supplier", "label": "Supplier"}]
    if several:
        heads.append({"key": "partner", "label": "Partner"})
    labels = [label for _, label, *_ in BUCKETS] + ["Disputed", "Total"]
    return heads + [{"key": label, "label": label, "numeric": True} for label in labels]


def _amounts(row: AgedSupplier) -> list[int]:
    keys = [key for key, *_ in BUCKETS] + [DISPUTED]
    return [*(row.pence.get(key, 0) for key in keys), row.total_pence]


def _supplier_row(request: Any, row: AgedSupplier, here: dict[int, Any]) -> dict[str, Any]:
    place = here[row.organisation_id]
    several = request.organisation.is_centre
    return {
        "id": f"{row.organisation_id}-{row.code}",
        "url": _drill(place.slug, "", None, None, row.code),
        "cells": [
            row.name,
            *([place.short_name] if several else []),
            *(pounds(amount) if amount else "" for amount in _amounts(row)),
        ],
    }


def _aged_chart(buckets: list[Aged]) -> Any:
    late = sum(b.open_pence for b in buckets if b.key not in ("not_due", DISPUTED))
    total = sum(bucket.open_pence for bucket in buckets)
    title = "Nothing is overdue" if not late else f"{pounds(late)} is overdue"
    sentence = f"Of {pounds(total)} owed, {pounds(late)} is past its due date and undisputed."
    bars = tuple(Bar(b.label, b.open_pence, pounds(b.open_pence)) for b in buckets)
    return for_every_width(draw_categories, CategoryBars(title, sentence, bars, "How late", "Open"))


def _aged_file(
    request: Any, rows: list[AgedSupplier], here: dict[int, Any], on: date
) -> HttpResponse:
    labels = [label for _, label, *_ in BUCKETS]
    columns = ["Organisation", "Supplier code", "Supplier", *labels, "Disputed", "Total"]
    cells = [
        [
            here[row.organisation_id].short_name,
            row.code,
            row.name,
            *(Decimal(amount).scaleb(-2) for amount in _amounts(row)),
        ]
        for row in rows
    ]
    chosen = {"As at": day(on)}
    return listed(request, "aged-creditors", "Aged creditors", columns, cells, chosen)


PROMPT_COLUMNS = (
    "Month paid",
    "Invoices",
    "Value",
    "Code, by number",
    "Code, by value",
    "30 days, by number",
    "30 days, by value",
    "5 days, by number",
    "Mean days",
    "No receipt date",
)


@page(SEE_REPORTS)
def prompt_payment(request: Any) -> HttpResponse:
    """How promptly invoices were paid, by month, with the rule that each figure follows."""
    here = places(request, SEE_REPORTS)
    since, last = year_until(day_asked(request))
    rows = creditors.prompt_payment(sorted(here), since, last)
    total = _total(rows, last)
    if request.GET.get("format") and "of" not in request.GET:
        return _prompt_file(request, rows, total)
    context = {
        "total": total,
        "columns": [
            {"key": label, "label": label, "numeric": number > 0}
            for number, label in enumerate(PROMPT_COLUMNS)
        ],
        "rows": [_prompt_row(request, row) for row in rows]
        + [{"id": "total", "total": True, "cells": ["All", *_figures(total)]}],
        "charts": [_prompt_chart(rows)] if rows else [],
        "since": since,
        "known": total.number > 0,
        "meets": total.in_target * 100 >= TARGET_PERCENT * total.number,
    }
    return render(request, "finance/reports/prompt_payment.html", context)


def _total(rows: list[Prompt], month: date) -> Prompt:
    names = [name for name in Prompt.__dataclass_fields__ if name != "month"]
    return Prompt(month, *(sum(getattr(row, name) for row in rows) for name in names))


def _figures(row: Prompt) -> list[str]:
    return [
        thousands(row.number),
        pounds(row.pence),
        row.by_number,
        row.by_value,
        row.within_30,
        row.within_30_value,
        row.within_5,
        row.mean_days,
        thousands(row.without_receipt),
    ]


def _prompt_row(request: Any, row: Prompt) -> dict[str, Any]:
    last = months_back(row.month, -1) - timedelta(days=1)
    given = {
        "state": "paid",
        "dates": "paid",
        "since": row.month.strftime("%d/%m/%Y"),
        "until": last.strftime("%d/%m/%Y"),
    }
    url = reverse("invoices", kwargs={"organisation": request.organisation.slug})
    return {
        "id": row.month.isoformat(),
        "url": f"{url}?{urlencode(given)}",
        "cells": [f"{row.month:%B %Y}", *_figures(row)],
    }


def _prompt_chart(rows: list[Prompt]) -> Any:
    known = [row for row in rows if row.number]
    below = sum(row.in_target * 100 < TARGET_PERCENT * row.number for row in known)
    title = (
        f"Every month reached {TARGET_PERCENT}% by number"
        if not below
        else f"Below {TARGET_PERCENT}% by number in {below} of {len(known)} months"
    )
    sentence = "Invoices paid by their due date or within 30 days of receipt, percent by number."
    bars = tuple(
        Bar(f"{row.month:%b %y}", 100 * row.in_target / row.number, row.by_number) for row in known
    )
    return for_every_width(
        draw_periods, PeriodBars(title, sentence, bars, "Paid in time", unit="%")
    )


def _prompt_file(request: Any, rows: list[Prompt], total: Prompt) -> HttpResponse:
    cells = [
        [row.month, row.number, Decimal(row.pence).scaleb(-2), *_figures(row)[2:]] for row in rows
    ]
    totals = {
        "Invoices": thousands(total.number),
        "Value": pounds(total.pence),
        "Without a receipt date, not counted": thousands(total.without_receipt),
    }
    name, what = "prompt-payment", "Prompt payment by month of payment"
    return listed(request, name, what, PROMPT_COLUMNS, cells, totals=totals)
