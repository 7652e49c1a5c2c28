"""Lists as files: who made it and when, the filter, control totals, then the rows.

Text that a spreadsheet would take for a formula is made plain by an apostrophe before it.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone

from core.templatetags.web import asked_for

# Headings of numbers that are no amounts.
NO_AMOUNTS = re.compile(r"percent|rate|%", re.IGNORECASE)
RISKY = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def neutral(value: Any) -> Any:
    """The value as a cell: dates, numbers and harmless text stay as they are."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value


def _answer(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def sums(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> dict[str, Decimal]:
    """For each column of amounts (Decimal, to the penny) what it comes to."""
    found: dict[str, Decimal] = {}
    for row in rows:
        for label, cell in zip(columns, row, strict=True):
            if isinstance(cell, Decimal) and cell.as_tuple().exponent == -2:
                found[label] = found.get(label, Decimal(0)) + cell
    return {f"Sum of {label}": found[label] for label in found if not NO_AMOUNTS.search(label)}


def listed(
    request: Any,
    name: str,
    what: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    chosen: Mapping[str, str] | None = None,
    totals: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A list as the file that `?format=` asks for: what it is, whose, made by whom and when.

    `chosen` are the filters in words, else what stands in the address; `totals` is what the rows
    come to besides their number and the sum of each column that holds amounts.
    """
    facts: dict[str, Any] = {
        "List": f"{what}, {request.organisation.name}",
        **(chosen or {"Filter": "; ".join(asked_for(request)) or "none"}),
        "Made by": request.actor.name,
        "Made on": f"{timezone.localtime():%d/%m/%Y %H:%M}",
        "Rows": f"{len(rows):,}",
        **(totals or {}),
    }
    facts |= {key: value for key, value in sums(columns, rows).items() if key not in facts}
    make = xlsx_response if request.GET.get("format") == "xlsx" else csv_response
    return make(name, columns, rows, facts)


def csv_response(
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    facts: Mapping[str, Any],
) -> HttpResponse:
    """The rows as a CSV file to download."""
    return csv_download(name, csv_bytes(columns, rows, facts))


def csv_download(name: str, content: bytes) -> HttpResponse:
    """The file as a download under `name`, without its ending."""
    return _answer(content, "text/csv; charset=utf-8", f"{name}.csv")


def csv_bytes(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], facts: Mapping[str, Any]
) -> bytes:
    """A CSV file with ISO dates and amounts in pounds (Decimal) without signs or commas.

    The facts stand above the heading, one a line, with an empty line after them.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([neutral(key), neutral(value)] for key, value in facts.items())
    writer.writerows([[], list(columns)])
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    # The mark lets spreadsheets read names with accents.
    return out.getvalue().encode("utf-8-sig")


def xlsx_response(
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    facts: Mapping[str, Any],
) -> HttpResponse:
    """The same as a workbook: the rows on one sheet, the facts on another."""
    out = io.BytesIO()
    options = {"in_memory": True, "constant_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True})
        money = book.add_format({"num_format": "#,##0.00"})
        days = book.add_format({"num_format": "dd/mm/yyyy"})
        about = book.add_worksheet("About")
        for number, fact in enumerate(facts.items()):
            about.write_row(number, 0, [neutral(cell) for cell in fact])
        sheet = book.add_worksheet("Rows")
        sheet.write_row(0, 0, list(columns), bold)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                form = money if isinstance(cell, Decimal) else None
                form = days if isinstance(cell, date | datetime) else form
                sheet.write(number, column, neutral(cell), form)
    return _answer(out.getvalue(), XLSX, f"{name}.xlsx")
