"""Payslips: one's own, and those of a person for who runs the pay. Every look is recorded."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.actors import may
from core.errors import NotFound
from core.pdf import pdf, pdf_response
from core.templatetags.web import day, pounds
from core.web.pages import page
from core.web.paging import part_of
from payroll.calculator.periods import period_of, year_label
from payroll.models import Payslip
from payroll.paying.inputs import JOB, MINUTES, POINT, TITLE, Inputs, basic_of
from payroll.permissions import KEEP_PARTICULARS, SEE_OWN_PAY, SEE_PAYSLIPS
from payroll.selectors.questions import questions_about
from payroll.selectors.returns import payment_words, with_payments
from payroll.selectors.slips import (
    Explained,
    explained,
    head_of,
    one_of,
    payslips_of,
    payslips_of_number,
    sentences,
)
from payroll.selectors.years import years_of
from payroll.services.looking import look_at_history, look_at_payslip

PER_PAGE = 24
COLUMNS = [
    {"label": label, "numeric": n > 1}
    for n, label in enumerate(("Pay day", "Group", "Gross pay", "Deductions", "Net pay"))
]


def _own(request: Any) -> QuerySet[Payslip]:
    actor = request.actor
    return payslips_of(actor.organisation_id, person_id=actor.person_id)


def _theirs(request: Any, number: int) -> QuerySet[Payslip]:
    return payslips_of_number(request.actor.organisation_id, number)


def _list(request: Any, rows: QuerySet[Payslip], **links: Any) -> dict[str, Any]:
    found = part_of(request, Paginator(rows, PER_PAGE))
    return {"page": found, "columns": COLUMNS, "years": _years(rows),
            "rows": [_row(request, one, **links) for one in found.object_list]}  # fmt: skip


def _years(rows: QuerySet[Payslip]) -> list[dict[str, Any]]:
    """The tax years of each employment; its number is said where there are several."""
    found = years_of(rows)
    several = len({number for number, _ in found}) > 1
    return [
        {"number": number, "year": year, "label": year_label(date(year, 4, 6)),
         "several": several}
        for number, year in found
    ]  # fmt: skip


def _row(request: Any, one: Payslip, *, name: str, **args: Any) -> dict[str, Any]:
    args |= {"organisation": request.organisation.slug, "run": one.pay_run.number}
    cells = [
        day(one.pays_on), one.pay_run.period.pay_group.name, pounds(one.gross_pence),
        pounds(one.gross_pence + one.expenses_pence - one.net_pence), pounds(one.net_pence),
    ]  # fmt: skip
    return {"id": one.pk, "url": reverse(name, kwargs=args), "cells": cells}


@page(SEE_OWN_PAY)
@require_GET
def my_payslips(request: Any) -> HttpResponse:
    context = _list(request, _own(request), name="my_payslip")
    return render(request, "payroll/payslips.html", {**context, "own": True})


@page(SEE_OWN_PAY)
@require_GET
def my_payslip(request: Any, run: int) -> HttpResponse:
    return _page(request, one_of(with_payments(_own(request)), run), own=True)


@page(SEE_OWN_PAY)
@require_GET
def my_payslip_pdf(request: Any, run: int) -> HttpResponse:
    return _document(request, one_of(_own(request), run))


@page(SEE_PAYSLIPS)
@require_GET
def pay_history(request: Any, number: int) -> HttpResponse:
    context = _list(request, _theirs(request, number), name="payslip", number=number)
    if not context["rows"]:
        raise NotFound("Nobody with that number was paid here.")
    newest = context["page"].object_list[0]
    look_at_history(employment=newest.employment, by=request.actor)
    context |= {"newest": newest, "may_particulars": may(request.actor, KEEP_PARTICULARS)}
    return render(request, "payroll/payslips.html", context)


@page(SEE_PAYSLIPS)
@require_GET
def payslip(request: Any, number: int, run: int) -> HttpResponse:
    return _page(request, one_of(with_payments(_theirs(request, number)), run), own=False)


@page(SEE_PAYSLIPS)
@require_GET
def payslip_pdf(request: Any, number: int, run: int) -> HttpResponse:
    return _document(request, one_of(_theirs(request, number), run))


def _page(request: Any, one: Payslip, *, own: bool) -> HttpResponse:
    look_at_payslip(payslip=one, by=request.actor)
    found = explained(one)
    context = {
        "payslip": one,
        "found": found,
        "facts": [{"key": key, "value": value} for key, value in _facts(request, found)],
        "said": sentences(found),
        "paid": payment_words(one),
        "to_date": _to_date(one),
        "brought": one.taxable_to_date_pence > one.gross_to_date_pence,
        "questions": questions_about(one),
        "own": own,
    }
    return render(request, "payroll/payslip.html", context)


def _facts(request: Any, found: Explained) -> list[tuple[str, str]]:
    """What a payslip says besides amounts. Jobs as they stood at the end of the period."""
    one, shared, inputs = found.payslip, found.shared, found.inputs
    jobs = {piece[JOB]: piece for piece in basic_of(inputs.pieces)}
    held = "; ".join(f"{piece[TITLE]}, {piece[POINT]}" for piece in jobs.values())
    minutes = sum(piece[MINUTES] for piece in jobs.values())
    month = str(period_of(shared.day, shared.frequency)).capitalize()
    return [
        *_after_leaving(inputs),
        ("Employer", request.organisation.name),
        ("Name", one.name),
        ("Employee number", str(one.number)),
        ("Job", held or "None in this period"),
        ("Hours a week", f"{(Decimal(minutes) / 60).normalize():f}"),
        ("Pay day", day(one.pays_on)),
        ("Pays for", f"{day(shared.first)} to {day(shared.last)}"),
        ("Tax period", f"{month} of {year_label(shared.day)}"),
        ("Tax code", f"{inputs.code}{'' if inputs.cumulative else ' X'}"),
        ("National Insurance letter", inputs.letter),
        ("Paid by", "Bacs, to your bank account"),
    ]  # fmt: skip


def _after_leaving(inputs: Inputs) -> list[tuple[str, str]]:
    if not inputs.left:
        return []
    last = day(date.fromisoformat(inputs.left))
    return [
        (
            "What this is",
            f"Pay for the time before you left on {last}. Tax is taken without an allowance, as"
            " the law has it for pay after leaving; National Insurance and student loans count a"
            " week. HMRC gives back tax that was too much.",
        )
    ]


def _to_date(one: Payslip) -> list[tuple[str, int, int]]:
    return [
        ("Gross pay", one.gross_pence, one.gross_to_date_pence),
        ("Taxable pay", one.taxable_pence, one.taxable_to_date_pence),
        ("Income tax", one.tax_pence, one.tax_to_date_pence),
        ("National Insurance", one.nic_pence, one.nic_to_date_pence),
        ("Pension contributions", one.pension_pence, one.pension_to_date_pence),
    ]


def _document(request: Any, one: Payslip) -> HttpResponse:
    """The payslip as a tagged document, made as of its commit: it stays the same."""
    look_at_payslip(payslip=one, by=request.actor)
    found = explained(one)
    lines = [{"cells": [line.name, pounds(line.amount)]} for line in found.lines if line.amount]
    net = {"cells": ["Net pay", pounds(one.net_pence)], "total": True}
    here = request.organisation
    data = {
        **head_of(one, f"Payslip of {one.name} for {day(one.pays_on)}"),
        "from": here.name,
        "facts": _facts(request, found),
        "lines": [*lines, net],
        "to_date": [
            {"cells": [name, pounds(now), pounds(year)]} for name, now, year in _to_date(one)
        ],
        "said": sentences(found),
    }
    at = one.pay_run.committed_at or timezone.now()
    document = pdf("payroll/payslip.typ", data, at=at)
    return pdf_response(f"payslip-{one.pays_on}-{one.number}", document)
