"""From forms to what services take: lines of an invoice, how an e-invoice is booked, a plan."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from core.money import to_pence
from finance.models import Supplier
from finance.selectors.coding import Coded
from finance.services.einvoices import Treatment
from finance.services.invoices import InvoiceEntry, LineEntry
from finance.services.recurring import Plan
from tenants.selectors import units


def used_lines(lines: Iterable[Any]) -> list[Any]:
    """The forms of lines that hold something."""
    return [line for line in lines if hasattr(line, "cleaned_data") and line.used]


def entry_of(
    supplier: Supplier, likely: Coded | None, form: Any, lines: Iterable[Any], by: str, today: date
) -> InvoiceEntry:
    """The invoice of a valid form and its lines, keyed by the person of that name."""
    given, used = form.cleaned_data, used_lines(lines)
    paths = {str(unit.pk): unit.path for unit in units(supplier.organisation_id, today)}
    units_used = [line.cleaned_data["unit"] for line in used if line.cleaned_data["unit"]]
    return InvoiceEntry(
        supplier_id=supplier.pk,
        supplier_ref=given["supplier_ref"],
        invoice_on=given["invoice_on"],
        received_on=given["received_on"],
        due_on=given["due_on"],
        description=given["description"],
        order_ref=given["order_ref"],
        lines=[_line(line, likely, by) for line in used],
        stated_pence=None if given["stated"] is None else to_pence(given["stated"]),
        unit_path=paths.get(units_used[0], "") if units_used else "",
    )


def _line(line: Any, likely: Coded | None, by: str) -> LineEntry:
    given = line.cleaned_data
    unit_id = int(given["unit"]) if given["unit"] else None
    return LineEntry(
        description=given["description"],
        account_code=given["account"],
        unit_id=unit_id,
        vat_code=given["vat_code"] or "OS",
        net_pence=line.pence("net") or 0,
        vat_pence=line.pence("vat"),
        coding_reason=_reason(likely, given["account"], unit_id, by),
    )


def _reason(likely: Coded | None, account: str, unit_id: int | None, by: str) -> str:
    if likely and (likely.account_code, likely.unit_id) == (account, unit_id):
        return likely.reason
    return f"Chosen by {by}"


def treatment_of(
    supplier: Supplier, likely: Coded | None, form: Any, by: str, today: date
) -> Treatment:
    """How the document of a valid form is booked, by the person of that name."""
    given = form.cleaned_data
    unit_id = int(given["unit"]) if given["unit"] else None
    paths = {unit.pk: unit.path for unit in units(supplier.organisation_id, today)}
    return Treatment(
        supplier=supplier,
        account_code=given["account"],
        unit_id=unit_id,
        unit_path=paths.get(unit_id, "") if unit_id else "",
        vat_codes=form.vat_codes,
        reason=_reason(likely, given["account"], unit_id, by),
        received_on=given["received_on"],
    )


def plan_of(given: dict[str, Any]) -> Plan:
    """The schedule of recurring invoices that a valid form describes."""
    same = ("description", "mark", "frequency", "first_on", "last_on", "grace_days")
    return Plan(
        expected_pence=to_pence(given["expected"]),
        tolerance_pence=to_pence(given["tolerance"]),
        account_code=given["account"],
        unit_id=int(given["unit"]) if given["unit"] else None,
        owner_id=given["owner"],
        **{name: given[name] for name in same},
    )
