"""Requests for new suppliers, as approvals and timelines know them."""

from django.urls import reverse

from core.registry import Subject, register
from finance.models import SupplierRequest
from finance.numbers import read_vat_number
from finance.registers import LABELS
from finance.selectors.onboarding import told_by_registers
from finance.services import onboarding

NOT_LOOKED_UP = "Its {} is checked by its form and check digits alone: {} has not answered."


def _facts(row: SupplierRequest) -> list[tuple[str, str]]:
    supplier = row.supplier
    return [
        ("VAT number", supplier.vat_number or row.get_no_vat_display()),
        ("Company number", supplier.company_number or row.get_no_company_display()),
        ("Address", ", ".join(filter(None, (row.address, supplier.town, supplier.postcode)))),
        ("Contact", ", ".join(filter(None, (row.contact_name, row.contact_phone, supplier.email)))),
        ("Category", row.get_category_display()),
        ("Wanted for", f"{row.wanted_for} (asked for by {row.asked_by})"),
        ("Entered by", row.made_by_name),
    ]


def _warnings(row: SupplierRequest) -> list[str]:
    found = [f"{one}. It is another because: {row.despite}" for one in row.alike]
    number = row.supplier.vat_number
    unchecked = read_vat_number(number).unchecked if number else ""
    return [*found, *([f"VAT number: {unchecked}"] if unchecked else []), *_looked_up(row)]


def _looked_up(row: SupplierRequest) -> list[str]:
    """What registers said of each number, or that they did not."""
    found, supplier = told_by_registers(row), row.supplier
    told = []
    for key, name, number in (
        ("vat", "VAT number", supplier.vat_number),
        ("company", "company number", supplier.company_number),
    ):
        if key in found:
            told.append(f"{LABELS[key]}, {found[key]}")
        elif number:
            told.append(NOT_LOOKED_UP.format(name, LABELS[key]))
    return told


SUPPLIER_REQUEST = register(
    Subject(
        key="finance.supplier_request",
        model=SupplierRequest,
        label="New supplier",
        link=lambda slug, row: reverse(
            "supplier_request", kwargs={"organisation": slug, "number": row.number}
        ),
        summary=lambda row: f"New supplier {row.supplier.name}",
        name=lambda row: row.supplier.name,
        card=_facts,
        warnings=_warnings,
        reading=lambda rows: rows.select_related("supplier"),
        on_approved=onboarding.agree_supplier,
        on_returned=onboarding.refuse_supplier,
        on_rejected=onboarding.refuse_supplier,
    )
)
