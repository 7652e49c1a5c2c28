"""Pages of bank accounts: the list, one account, files of the bank and their columns."""

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
from core.templatetags.web import day, state_colour
from core.unreadable import column_letter
from core.web.pages import PageRequest, page
from core.web.paging import part_of
from finance.banking.sheet import Link, links
from finance.formats.statements import NotAStatement
from finance.forms_bank import BankFileForm
from finance.models import BankStatement, SourceFile
from finance.permissions import LOAD_STATEMENTS, SEE_BANK
from finance.places import places
from finance.reading.bank_csv import BANK_ROLES, layout_of, rows_of
from finance.selectors import banking as selectors
from finance.selectors.files import source_file
from finance.services.statements import Taken, choose_bank_columns, receive_bank_file

PER_PAGE = 50
SHOWN_CELLS, REPORTS = 3, 10


def tag(state: str, words: str) -> str:
    """A state as a coloured word."""
    return format_html(
        '<strong class="govuk-tag govuk-tag--{}">{}</strong>', state_colour(state), words
    )


@page(SEE_BANK)
def bank(request: PageRequest) -> HttpResponse:
    """Every account with its last statement and what waits in it; the newest reports."""
    here = places(request, SEE_BANK)
    centre = request.organisation.is_centre
    labels = ["Account", *(["Partner"] if centre else []), "Number", "Last statement"]
    columns: list[dict[str, Any]] = [{"label": label} for label in labels]
    columns += [{"label": "Balance", "numeric": True}, {"label": "To match", "numeric": True}]
    columns += [{"label": "Signed to"}]
    found = Paginator(selectors.account_rows(sorted(here)), PER_PAGE)
    shown = part_of(request, found)
    rows = [_account_row(row, here[row.organisation_id], centre) for row in shown.object_list]
    reports = selectors.report_list(sorted(here))[:REPORTS]
    context = {
        "columns": columns,
        "rows": rows,
        "page": shown,
        "reports": [(here[row.organisation_id].slug, row) for row in reports],
        "may_load": not centre and may(request.actor, LOAD_STATEMENTS),
    }
    return render(request, "finance/bank/accounts.html", context)


def _account_row(row: selectors.AccountRow, place: Any, centre: bool) -> dict[str, Any]:
    last = f"BST-{row.statement_no}, to {day(row.to_on)}" if row.to_on else "None yet"
    if row.broken:
        last = format_html("{} {}", last, tag("overdue", "A statement is missing"))
    waits = f"{row.unmatched:,} of {formatted(row.unmatched_pence)}" if row.unmatched else "0"
    return {
        "id": row.id,
        "url": reverse("bank_account", kwargs={"organisation": place.slug, "account": row.id}),
        "tone": "warn" if row.unmatched or row.broken else "",
        "cells": [
            row.name,
            *([place.name] if centre else []),
            f"ending {row.account_ending}",
            last,
            "" if row.closing_pence is None else formatted(row.closing_pence),
            waits,
            day(row.signed_to) if row.signed_to else "",
        ],
    }


STATEMENT_COLUMNS = [
    {"label": "Statement"},
    {"label": "Days"},
    {"label": "Entries", "numeric": True},
    {"label": "Opens with", "numeric": True},
    {"label": "Closes with", "numeric": True},
    {"label": "Follows on"},
]
MONTH_COLUMNS = [{"label": one} for one in ("Month", "State", "Prepared by", "Signed by")]


@page(SEE_BANK)
def bank_account(request: PageRequest, account: int) -> HttpResponse:
    """One account: its statements with gaps between them, and its reconciliations."""
    slug, here = request.organisation.slug, request.organisation.id
    found = selectors.bank_account(here, account)
    shown = part_of(request, Paginator(selectors.statements_of(found), PER_PAGE))
    broken = {link.number: link for link in links(found)}
    context = {
        "account": found,
        "ending": f"ending {found.account_ending}",
        "rows": [_statement_row(slug, row, broken.get(row.number)) for row in shown.object_list],
        "columns": STATEMENT_COLUMNS,
        "page": shown,
        "months": _month_rows(slug, found, shown.object_list),
        "month_columns": MONTH_COLUMNS,
        "may_load": may(request.actor, LOAD_STATEMENTS),
    }
    return render(request, "finance/bank/account.html", context)


def _statement_row(slug: str, row: BankStatement, link: Link | None) -> dict[str, Any]:
    where = {"organisation": slug, "number": row.number}
    follows: str = "Yes"
    if link is not None:
        off = formatted(abs(link.difference_pence))
        words = "Overlaps" if link.problem == "overlap" else "Gap"
        follows = tag("overdue", f"{words}: {off} since BST-{link.before}")
    return {
        "id": row.number,
        "url": reverse("bank_statement", kwargs=where),
        "tone": "bad" if link else "",
        "cells": [
            str(row),
            f"{day(row.from_on)} to {day(row.to_on)}",
            f"{row.entries:,}",
            formatted(row.opening_pence),
            formatted(row.closing_pence),
            follows,
        ],
    }


def _month_rows(slug: str, account: Any, statements: Any) -> list[dict[str, Any]]:
    """The months of the statements shown, each with the reconciliation that stands for it."""
    known = {row.period: row for row in selectors.reconciliations_of(account)[:120]}
    ends = {row.to_on.year * 100 + row.to_on.month for row in statements}
    rows = []
    for period in sorted(ends | set(known), reverse=True):
        row = known.get(period)
        where = {"organisation": slug, "account": account.pk, "period": period}
        rows.append(
            {
                "id": period,
                "url": reverse("reconciliation", kwargs=where),
                "cells": [
                    f"{period // 100}-{period % 100:02d}",
                    tag(row.state, row.get_state_display()) if row else "Not prepared",
                    row.prepared_by_name if row else "",
                    row.signed_by_name if row else "",
                ],
            }
        )
    return rows


@page(LOAD_STATEMENTS)
def bank_upload(request: PageRequest) -> HttpResponse:
    """Takes a file of the bank in; what it is shows from its bytes."""
    form = BankFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            with transaction.atomic():  # what is refused leaves nothing behind
                taken = receive_bank_file(name=sent.name, data=sent.read(), by=request.actor)
            return _after(request, taken)
        except (NotAStatement, Refusal) as error:
            form.add_error("file", str(error))
    status = 422 if form.errors else 200
    return render(request, "finance/bank/upload.html", {"form": form}, status=status)


def _after(request: PageRequest, taken: Taken) -> HttpResponse:
    where = {"organisation": request.organisation.slug}
    if taken.before:
        made = f"{taken.file.made_by_name} on {day(taken.file.made_at.date())}"
        messages.info(request, f"This came in before, sent by {made}. Nothing was done.")
    if len(taken.statements) == 1:
        return redirect("bank_statement", **where, number=taken.statements[0].number)
    return redirect("bank_file", **where, number=taken.file.number)


@page(SEE_BANK, unsafe=LOAD_STATEMENTS)
def bank_file(request: PageRequest, number: int) -> HttpResponse:
    """What came in with a file; of a table that is unclear, a choice for each column."""
    file = source_file(organisation_id=request.organisation.id, number=number, with_content=True)
    if file.purpose not in ("statement", "report"):
        return redirect("file", organisation=request.organisation.slug, number=number)
    problem = ""
    if request.method == "POST":
        try:
            with transaction.atomic():
                loaded = choose_bank_columns(file=file, columns=_chosen(request), by=request.actor)
            return _after(request, Taken(file, before=not loaded, statements=loaded))
        except (NotAStatement, Refusal) as error:
            problem = str(error)
    statements, reports = selectors.out_of_file(file)
    waits = file.state == SourceFile.State.UPLOADED
    context = {
        "file": file,
        "statements": statements,
        "reports": reports,
        "problem": problem,
        "choices": _choices(request, file) if waits else [],
        "roles": [("", "Not used"), *BANK_ROLES.items()],
        "may_load": may(request.actor, LOAD_STATEMENTS),
    }
    return render(request, "finance/bank/file.html", context, status=422 if problem else 200)


def _chosen(request: PageRequest) -> dict[str, int]:
    """Role to column from the boxes `column_0`, `column_1` …; the first of two keeps its role."""
    chosen: dict[str, int] = {}
    for name, role in request.POST.items():
        place = name.removeprefix("column_")
        if name.startswith("column_") and place.isdigit() and role in BANK_ROLES:
            chosen.setdefault(str(role), int(place))
    return chosen


def _choices(request: PageRequest, file: SourceFile) -> list[dict[str, Any]]:
    rows = rows_of(file.content)
    layout = layout_of(rows)
    guess = _chosen(request) or file.mapping
    roles = {int(place): role for role, place in guess.items()}
    below = rows[layout.header_row + 1 :][:SHOWN_CELLS]
    return [
        {
            "index": index,
            "letter": column_letter(index),
            "header": header,
            "cells": [row[index][:40] for row in below if index < len(row)],
            "role": roles.get(index, ""),
        }
        for index, header in enumerate(layout.headers)
    ]
