"""The tax year of an employment: the P60, the P45 or the figures so far. Every look is recorded."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.pdf import pdf, pdf_response
from core.templatetags.web import day, pounds
from core.web.pages import page
from hr.services.private import Details, look_at_private
from payroll.calculator.periods import year_label
from payroll.models import EmployerReference, LineKind, Payslip
from payroll.permissions import SEE_OWN_PAY, SEE_PAYSLIPS
from payroll.selectors.references import reference_on
from payroll.selectors.slips import head_of, payslips_of, payslips_of_number
from payroll.selectors.years import Certificate, TaxYear, tax_year
from payroll.services.looking import look_at_year

MISSING = "Not recorded"
BANDS = (
    *("Letter", "At the lower limit", "From there to the primary threshold"),
    *("From there to the upper limit", "Employee", "Employee and employer"),
)
Facts = list[tuple[str, str]]


def _own(request: Any, number: int) -> QuerySet[Payslip]:
    actor = request.actor
    rows = payslips_of(actor.organisation_id, person_id=actor.person_id)
    return rows.filter(number=number)


def _theirs(request: Any, number: int) -> QuerySet[Payslip]:
    return payslips_of_number(request.actor.organisation_id, number)


@page(SEE_OWN_PAY)
@require_GET
def my_tax_year(request: Any, number: int, year: int) -> HttpResponse:
    return _page(request, _own(request, number), year, own=True)


@page(SEE_OWN_PAY)
@require_GET
def my_tax_year_pdf(request: Any, number: int, year: int) -> HttpResponse:
    return _document(request, _own(request, number), year)


@page(SEE_PAYSLIPS)
@require_GET
def person_tax_year(request: Any, number: int, year: int) -> HttpResponse:
    return _page(request, _theirs(request, number), year, own=False)


@page(SEE_PAYSLIPS)
@require_GET
def person_tax_year_pdf(request: Any, number: int, year: int) -> HttpResponse:
    return _document(request, _theirs(request, number), year)


def _looked_at(request: Any, rows: QuerySet[Payslip], year: int) -> tuple[TaxYear, Details]:
    """The year, and the private details that its certificate carries; both looks are recorded."""
    found = tax_year(rows, year, request.today)
    employment, label = found.last_slip.employment, year_label(found.starts_on)
    if not look_at_year(employment=employment, of=_name(found), by=request.actor):
        return found, Details()
    private = look_at_private(
        employment=employment, on=found.last_slip.pays_on, by=request.actor, at=timezone.now(),
        reason=f"For the tax year {label}",
    )  # fmt: skip
    return found, private or Details()


def _name(found: TaxYear) -> str:
    label = year_label(found.starts_on)
    if found.certificate is Certificate.SO_FAR:
        return f"Tax year {label} so far"
    return f"{found.certificate} for the tax year {label}"


def _page(request: Any, rows: QuerySet[Payslip], year: int, *, own: bool) -> HttpResponse:
    found, private = _looked_at(request, rows, year)
    reference = _reference(found)
    context = {
        "found": found,
        "reference": reference,
        "slip": found.last_slip,
        "year": year,
        "title": _name(found),
        "facts": [{"key": k, "value": v} for k, v in _facts(request, found, private, reference)],
        "columns": [{"label": label, "numeric": n > 0} for n, label in enumerate(("Total", "£"))],
        "rows": [{"cells": row} for row in _totals(found)],
        "band_columns": [{"label": label, "numeric": n > 0} for n, label in enumerate(BANDS)],
        "band_rows": [{"cells": row} for row in _bands(found)],
        "own": own,
    }
    return render(request, "payroll/tax_year.html", context)


def _reference(found: TaxYear) -> EmployerReference | None:
    return reference_on(found.last_slip.organisation_id, found.last_slip.pays_on)


def _facts(
    request: Any, found: TaxYear, private: Details, reference: EmployerReference | None
) -> Facts:
    slip, inputs = found.last_slip, found.inputs
    facts = [
        ("Employer", request.organisation.name),
        ("Employer's address", reference.address if reference else MISSING),
        ("PAYE reference", reference.paye_reference if reference else MISSING),
        ("Name", slip.name),
        ("Employee number", str(slip.number)),
        ("National Insurance number", private.ni_number or "None recorded"),
        ("Tax code", f"{inputs.code}{'' if inputs.cumulative else ' X'}"),
    ]
    if found.certificate is not Certificate.P45:
        return facts
    return [
        *facts,
        ("Date of birth", day(private.born_on) if private.born_on else "None recorded"),
        ("Last day of employment", day(found.last_day)),
        ("Last pay in", str(found.period).capitalize()),
        ("Student loan deductions to continue", "Yes" if inputs.loans else "No"),
    ]


def _totals(found: TaxYear) -> list[list[str]]:
    """Pay and tax of this employment, what was brought along, and both together.

    A P45 of a code that is not cumulative leaves the totals of the year out.
    """
    rows = [("Pay in this employment", found.pay), ("Tax deducted in this employment", found.tax)]
    if found.inputs.cumulative or found.certificate is not Certificate.P45:
        rows += [
            ("Pay brought forward to this payroll", found.brought_pay),
            ("Tax brought forward to this payroll", found.brought_tax),
            ("Total pay for the year", found.pay + found.brought_pay),
            ("Total tax for the year", found.tax + found.brought_tax),
        ]
    rows.append(("Pension contributions", found.pension))
    besides = sorted(found.loans.items()) + sorted(found.family.items())
    rows += [(str(LineKind(kind).label), pence) for kind, pence in besides]
    if found.later:
        rows.append(("Paid after leaving, not counted here", found.later))
    return [[name, pounds(pence)] for name, pence in rows]


def _bands(found: TaxYear) -> list[list[str]]:
    if found.certificate is Certificate.P45:
        return []
    return [
        [one.letter, *(pounds(pence) for pence in (
            one.at_lower, one.lower_to_primary, one.primary_to_upper, one.employee,
            one.employee + one.employer,
        ))]
        for one in found.contributions or []
    ]  # fmt: skip


def _document(request: Any, rows: QuerySet[Payslip], year: int) -> HttpResponse:
    """The same as a tagged document. A P45 has parts 1A, 2 and 3, each for another reader."""
    found, private = _looked_at(request, rows, year)
    here, slip = request.organisation, found.last_slip
    left = found.certificate is Certificate.P45
    data = {
        **head_of(slip, f"{_name(found)}: {slip.name}"),
        "from": here.name,
        "facts": _facts(request, found, private, _reference(found)),
        "totals": [{"cells": row} for row in _totals(found)],
        "heads": BANDS,
        "bands": [{"cells": row} for row in _bands(found)],
        "parts": PARTS if left else [""],
    }
    document = pdf("payroll/tax_year.typ", data, at=slip.pay_run.committed_at or timezone.now())
    return pdf_response(f"{found.certificate.replace(' ', '-')}-{year}-{slip.number}", document)


PARTS = [
    "Part 1A: for you to keep",
    "Part 2: for your new employer",
    "Part 3: for your new employer to complete",
]
