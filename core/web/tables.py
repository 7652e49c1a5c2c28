"""Every table of a page as a file: what the reader sees, all pages of it, with typed cells.

A page is asked for the file of one of its tables by `?format=xlsx&of=<caption>`. The table hands
in what it would have drawn, and the answer is made of that instead of the page. So a table has its
file at once, the one and the other hold the same, and whoever may see the page may have the file.
"""

import calendar
import html
import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.html import strip_tags

from core.templatetags.tables import Table, name_of
from core.web.exports import listed, sums

MONEY = re.compile(r"(\N{MINUS SIGN}?)£([\d,]+\.\d\d)")
NUMBER = re.compile(r"(\N{MINUS SIGN}?)((?:0|[1-9][\d,]*)(?:\.\d+)?)")
DAY = re.compile(r"(\d{1,2}) ([A-Z][a-z]+) (\d{4})")
MONTHS = {
    name: number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
}


def file_of(request: Any, table: Table) -> HttpResponse:
    """The table as the file that `?format=` asks for; sums of money are its control totals.

    Columns without a heading hold buttons, and stay on the page.
    """
    kept = [number for number, (label, _) in enumerate(table.heads) if label]
    heads = [table.heads[number] for number in kept]
    labels = [label for label, _ in heads]
    texts = [[plain(row[number]) for number in kept] for row in table.rows]
    rows = [
        [value_of(text, numeric) for text, (_, numeric) in zip(row, heads, strict=True)]
        for row in texts
    ]
    facts = {"Filter": "; ".join(table.filters) or "none"}
    if table.cut:
        facts["Complete"] = "no: narrow it by filters"
    summed = [row for row, total in zip(rows, table.totals, strict=True) if not total]
    name = name_of(table.caption)
    return listed(request, name, table.caption, labels, rows, facts, sums(labels, summed))


def plain(cell: Any) -> str:
    """A cell without its markup, on one line."""
    return " ".join(html.unescape(strip_tags("" if cell is None else str(cell))).split())


def value_of(text: str, numeric: bool = False) -> Any:
    """What a text says: pounds as Decimal, days as dates, numbers of numeric columns as such.

    The inverse of the filters that wrote it; whatever they did not write stays a text.
    """
    amount = MONEY.fullmatch(text)
    found = amount or (NUMBER.fullmatch(text) if numeric else None)
    if found:
        digits = found[2].replace(",", "")
        number = Decimal(digits) if amount or "." in digits else int(digits)
        return -number if found[1] else number
    return _day(text)


def _day(text: str) -> date | str:
    found = DAY.fullmatch(text)
    if not found or found[2] not in MONTHS:
        return text
    try:
        return date(int(found[3]), MONTHS[found[2]], int(found[1]))
    except ValueError:
        return text
