"""Invoices and suppliers for the tests of this folder."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from approvals.services import set_routes
from core.actors import Actor, system_actor
from core.scope import scope
from finance.models import Invoice, Supplier, SupplierHold, SupplierRequest
from finance.services.invoices import InvoiceEntry, LineEntry, enter_invoice
from finance.services.ledger import install_chart
from finance.services.onboarding import NewSupplier, ask_supplier
from finance.services.supplier_holds import hold_supplier
from finance.services.suppliers import create_supplier
from tenants.roles import Role
from tests.world import TODAY, World

EVERY = (0, None)


def prepare(world: World, slug: str = "eastmere") -> None:
    """The chart of accounts, and routes that send every amount to the finance manager."""
    by = system_actor(world.id(slug))
    with scope(acting=world.id(slug)):
        install_chart(by=by)
        for key in ("finance.invoice", "finance.supplier_bank", "finance.supplier_request"):
            set_routes(subject_key=key, bands=[(*EVERY, Role.FINANCE_MANAGER)], by=by)


def supplier(
    world: World, name: str = "Harrow Paper", slug: str = "eastmere", **facts: Any
) -> Supplier:
    by = world.actor(f"finance_officer@{slug}")
    with scope(acting=by.organisation_id):
        return create_supplier(name=name, by=by, **facts)


def ask(by: Actor, name: str = "Kestrel Ltd", **facts: Any) -> SupplierRequest:
    """A request for a supplier without any numbers; in an open scope."""
    given = {
        "address": "1 High Street",
        "contact_name": "Jo Kestrel",
        "category": "goods",
        "asked_by": "Parks",
        "wanted_for": "Benches",
        "no_vat": "" if "vat_number" in facts else "unregistered",
        "no_company": "" if "company_number" in facts else "sole",
        **facts,
    }
    return ask_supplier(wanted=NewSupplier(name=name, **given), by=by, at=timezone.now())


def held(by: Actor, of: Supplier, reason: str = "Receivers called", **more: Any) -> SupplierHold:
    """A hold on a supplier by who acts, who sees to it; in an open scope."""
    now = timezone.now()
    given = {"owner_id": by.person_id, "review_on": now.date() + timedelta(days=14), **more}
    return hold_supplier(supplier=of, reason=reason, by=by, at=now, **given)


def entry(of: Supplier, ref: str = "INV-1", net: int = 10_000, **changes: Any) -> InvoiceEntry:
    lines = changes.pop("lines", None) or [
        LineEntry("Paper", "54300", None, "SR-IN", net, coding_reason="Chosen")
    ]
    given = {"invoice_on": TODAY - timedelta(days=3), "received_on": TODAY, **changes}
    return InvoiceEntry(supplier_id=of.pk, supplier_ref=ref, lines=lines, **given)


def invoice(
    world: World, of: Supplier, ref: str = "INV-1", slug: str = "eastmere", **changes: Any
) -> Invoice:
    by = world.actor(f"finance_officer@{slug}")
    reason = changes.pop("confirmed_reason", "")
    with scope(acting=by.organisation_id):
        return enter_invoice(
            entry=entry(of, ref, **changes), by=by, as_of=TODAY, confirmed_reason=reason
        )


def again(row: Invoice) -> Invoice:
    """The row as it is now; in an open scope."""
    return Invoice.objects.get(organisation_id=row.organisation_id, pk=row.pk)


def day(text: str) -> date:
    return date.fromisoformat(text)
