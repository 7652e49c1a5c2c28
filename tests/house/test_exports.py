"""Every table of every page has its files, as CSV and as XLSX: what, whose, by whom and when.

The pages are those of `planted`, each asked by a role that may open it. A new page with a table
fails here until its table has files, or stands below with the reason why it needs none.
"""

import csv
import html
import io
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urljoin, urlsplit

import openpyxl
import pytest
from django.urls import resolve
from django.utils import timezone

from core.web.exports import NO_AMOUNTS, XLSX
from tests.house.planted import PATTERNS
from tests.house.test_lists import MOST_QUERIES
from tests.house.test_routes import address, leaks, signed_in
from tests.house.walls import askers

# Pages with more tables than files, each with its reason.
FEWER = {
    "organisation_home": "beginnings of lists that have pages and files of their own",
    "run": "control totals and parts of one run: its own kind has the list with the file",
    "pay_run": "control totals of one run; they stand in its PDF",
    "file": "counts of one file; what was held has a file of its own",
    "supplier_statement": "the summary is of the lines, which have a file",
    "aged_creditors": "one file holds both tables",
    "invoice": "lines of one document",
    "einvoice": "lines of one document, which can be downloaded as it came",
    "duplicate": "two documents beside each other",
    "payslip": "a document, with its PDF",
    "credit_note": "a form: what it may be set against",
    "supplier_statement_columns": "a form: the first rows of a file",
    "provider": "a form: domains and their buttons",
}
# Files whose form others prescribe, or that are a document of their own; not the file of a list.
NOT_OF_LISTS = {
    "file_held": "rows as they came in, to be mended and sent again",
    "pay_claim_template": "empty, to be filled in",
    "parallel_template": "empty, to be filled in",
    "pay_particulars_template": "empty, to be filled in",
    "reconciliation_csv": "a sheet that names who prepared and signed it",
    "indicator_csv": "one line a figure, for other programs",
    "transparency_file": "as it was published",
    "spend_file": "as the law wants it published",
    "remittance_csv": "the advice as the supplier gets it",
    "payments_notice_csv": "as it was signed",
}
AMOUNT = re.compile(r"-?\d+\.\d\d")
LINK = re.compile(r'href="([^"]*\bformat=(?:xlsx|csv)\b[^"]*|[^"]*(?:/export/|\.csv)(?:\?[^"]*)?)"')


@dataclass(frozen=True)
class File:
    """What a file says: the facts about it, its heading and its rows."""

    facts: dict[str, str]
    head: list[Any]
    rows: list[list[Any]]


@pytest.fixture(scope="module")
def pages(planted: Any, django_db_blocker: Any) -> dict[str, tuple[int, dict[str, Any]]]:
    """For each page its number of tables and the answers at the addresses of its files."""
    world, east, _north = planted
    found: dict[str, tuple[int, dict[str, Any]]] = {}
    with django_db_blocker.unblock():
        for who, entries in askers(world).items():
            client = signed_in(world, who)
            for entry in entries:
                where = address(entry, "eastmere", east)
                answer = client.get(where)
                if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
                    continue
                body = answer.content.decode()
                files = {urljoin(where, html.unescape(link)) for link in LINK.findall(body)}
                answers = {link: client.get(link) for link in sorted(files)}
                found[str(entry.name)] = (body.count("<table"), answers)
    return found


Pages = dict[str, tuple[int, dict[str, Any]]]


def of_lists(pages: Pages) -> dict[str, Any]:
    every = {link: answer for _, answers in pages.values() for link, answer in answers.items()}
    return {link: answer for link, answer in every.items() if view(link) not in NOT_OF_LISTS}


def view(link: str) -> str:
    return str(resolve(urlsplit(link).path).url_name)


def read(answer: Any) -> File:
    """The file of a list, whichever of the two it is."""
    if answer["Content-Type"] == XLSX:
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        facts = {str(key): str(value) for key, value in book["About"].values}
        head, *rows = [list(row) for row in book["Rows"].values]
        return File(facts, head, rows)
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    gap = lines.index([])
    return File(dict(lines[:gap]), lines[gap + 1], lines[gap + 2 :])


def test_every_table_of_every_page_has_its_files(pages: Pages) -> None:
    fewer = set()
    for name, (tables, answers) in pages.items():
        sheets = sum(1 for answer in answers.values() if answer["Content-Type"] == XLSX)
        texts = sum(1 for answer in answers.values() if "text/csv" in answer["Content-Type"])
        if tables > min(sheets, texts):
            fewer.add(name)
    assert fewer == set(FEWER)


def test_every_file_comes_at_the_price_of_a_page_and_holds_its_own_words(pages: Pages) -> None:
    files = of_lists(pages)
    assert len(files) > 100
    for link, answer in files.items():
        assert answer.status_code == 200, link
        assert answer["Content-Disposition"].startswith("attachment"), link
        assert leaks(answer, "northdale") == [], link
        assert int(answer["X-Queries"]) <= MOST_QUERIES, (link, answer["X-Queries"])


def test_both_files_of_a_list_say_the_same(pages: Pages) -> None:
    """And are about the rows that the page shows: they hold words of the organisation."""
    files = of_lists(pages)
    told = set()
    for link, answer in files.items():
        if "format=xlsx" not in link:
            continue
        sheet = read(answer)
        other = link.replace("format=xlsx", "format=csv")
        if other in files:
            text = read(files[other])
            assert text.head == sheet.head, link
            assert _plain(text.rows) == _plain(sheet.rows), link
        if any(PATTERNS["eastmere"].search(str(cell)) for row in sheet.rows for cell in row):
            told.add(link)
    assert len(told) > 40


def _plain(rows: list[list[Any]]) -> list[list[Any]]:
    """Cells as both files can hold them: days as text, numbers by their worth."""
    return [[_worth(cell) for cell in row] for row in rows]


def _worth(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    try:
        return Decimal(str(cell)).normalize()
    except InvalidOperation:
        return cell or ""


def test_every_file_says_what_it_is_whose_and_who_made_it_when(pages: Pages) -> None:
    for link, answer in of_lists(pages).items():
        facts = read(answer).facts
        assert facts["List"], link
        assert "ZQEAST eastmere" in facts["List"], (link, facts)
        assert facts["Made by"].startswith("ZQEAST"), (link, facts)
        assert facts["Made on"].startswith(f"{timezone.localdate():%d/%m/%Y}"), (link, facts)
        assert int(facts["Rows"].replace(",", "")) == len(read(answer).rows), (link, facts)


def test_every_file_says_its_filter_and_what_its_amounts_come_to(pages: Pages) -> None:
    summed = 0
    for link, answer in of_lists(pages).items():
        if "format=csv" not in link:
            continue
        file = read(answer)
        known = {"List", "Made by", "Made on", "Rows"}
        said = {key for key in file.facts if key not in known and not key.startswith("Sum of ")}
        assert said, (link, file.facts)
        told = {_pounds(fact) for fact in file.facts.values()}
        for place, head in enumerate(file.head):
            cells = [str(row[place]) for row in file.rows]
            amounts = [Decimal(cell) for cell in cells if AMOUNT.fullmatch(cell)]
            if amounts and not NO_AMOUNTS.search(head):
                # A row of totals, where a table ends with one, says the same once more.
                assert {sum(amounts), sum(amounts) / 2} & told, (link, head)
                summed += 1
    assert summed > 20


def _pounds(fact: str) -> Decimal | None:
    try:
        return Decimal(fact.replace("£", "").replace(",", "").replace("\N{MINUS SIGN}", "-"))
    except InvalidOperation:
        return None


def test_exceptions_are_still_there(pages: Pages) -> None:
    every = {view(link) for _, answers in pages.values() for link in answers}
    assert set(NOT_OF_LISTS) <= every
