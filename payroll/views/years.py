"""The tax year of an employment: the P60, the P45 or the figures so far. Every look is recorded."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.pdf import pdf, pdf_response
from core.web.pages import page
from hr.services.private import Details, look_at_private
from payroll.calculator.periods import year_label
from payroll.models import EmployerReference, Payslip
from payroll.permissions import SEE_OWN_PAY, SEE_PAYSLIPS
from payroll.selectors.certificates import employment_of, issued_to
from payroll.selectors.references import reference_on
from payroll.selectors.slips import head_of, payslips_of, payslips_of_number
from payroll.selectors.year_words import (
    BANDS,
    TEMPLATE,
    Facts,
    bands_of,
    facts_of,
    name_of,
    paper_of,
    totals_of,
)
from payroll.selectors.years import TaxYear, tax_year
from payroll.services.certificates import take_certificate
from payroll.services.looking import look_at_year


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
    return _document(request, _own(request, number), year, own=True)


@page(SEE_PAYSLIPS)
@require_GET
def person_tax_year(request: Any, number: int, year: int) -> HttpResponse:
    return _page(request, _theirs(request, number), year, own=False)


@page(SEE_PAYSLIPS)
@require_GET
def person_tax_year_pdf(request: Any, number: int, year: int) -> HttpResponse:
    return _document(request, _theirs(request, number), year, own=False)


def _looked_at(request: Any, rows: QuerySet[Payslip], year: int) -> tuple[TaxYear, Details]:
    """The year, and the private details that its certificate carries; both looks are recorded."""
    found = tax_year(rows, year, request.today)
    employment, label = found.last_slip.employment, year_label(found.starts_on)
    if not look_at_year(employment=employment, of=name_of(found), by=request.actor):
        return found, Details()
    private = look_at_private(
        employment=employment, on=found.last_slip.pays_on, by=request.actor, at=timezone.now(),
        reason=f"For the tax year {label}",
    )  # fmt: skip
    return found, private or Details()


def _page(request: Any, rows: QuerySet[Payslip], year: int, *, own: bool) -> HttpResponse:
    found, private = _looked_at(request, rows, year)
    reference = _reference(found)
    context = {
        "found": found,
        "reference": reference,
        "slip": found.last_slip,
        "year": year,
        "title": name_of(found),
        "issued": issued_to(found.last_slip.employment, year, heard=own),
        "facts": [{"key": k, "value": v} for k, v in _facts(request, found, private, reference)],
        "columns": [{"label": label, "numeric": n > 0} for n, label in enumerate(("Total", "£"))],
        "rows": [{"cells": row} for row in totals_of(found)],
        "band_columns": [{"label": label, "numeric": n > 0} for n, label in enumerate(BANDS)],
        "band_rows": [{"cells": row} for row in bands_of(found)],
        "own": own,
    }
    return render(request, "payroll/tax_year.html", context)


def _reference(found: TaxYear) -> EmployerReference | None:
    return reference_on(found.last_slip.organisation_id, found.last_slip.pays_on)


def _facts(
    request: Any, found: TaxYear, private: Details, reference: EmployerReference | None
) -> Facts:
    known = (private.ni_number, private.born_on, reference)
    return facts_of(found, request.organisation.name, *known)


def _document(request: Any, rows: QuerySet[Payslip], year: int, *, own: bool) -> HttpResponse:
    """The certificate as it was issued; before that, a tagged document of the same figures."""
    employment = employment_of(rows, year)
    issued = issued_to(employment, year, heard=own)
    if issued is not None:
        return pdf_response(str(issued), take_certificate(certificate=issued, by=request.actor))
    found, private = _looked_at(request, rows, year)
    slip = found.last_slip
    data = {
        **head_of(slip, f"{name_of(found)}: {slip.name}"),
        "from": request.organisation.name,
        **paper_of(found, _facts(request, found, private, _reference(found))),
    }
    document = pdf(TEMPLATE, data, at=slip.pay_run.committed_at or timezone.now())
    return pdf_response(f"{found.certificate.replace(' ', '-')}-{year}-{slip.number}", document)
