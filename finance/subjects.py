"""What other apps may point at: invoices, suppliers and their bank details."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone

from core.registry import Subject, register
from core.templatetags.web import day, pounds
from core.vault import COLUMNS
from core.web.navigation import Entry
from core.web.navigation import register as add_entry
from finance.models import BankAccount, Invoice, Supplier, SupplierBank
from finance.permissions import KEEP_COOLING, SEE_INVOICES, SEE_REPORTS, SEE_SUPPLIERS
from finance.selectors.cooling import cooling_days_there, cooling_words
from finance.selectors.documents import document_of
from finance.selectors.modulus import modulus_words
from finance.selectors.suppliers import call_words
from finance.services import invoices, suppliers

DUPLICATE_WARNINGS = {
    "A": "Entered although the supplier has sent this number before.",
    "B": "Another invoice of this supplier has the same amount and date.",
    "C": "Another supplier's invoice has the same amount and number.",
    "D": "Another invoice of this supplier has the same amount and nearly the same number.",
}


CHARGED_TO = """
SELECT coalesce(string_agg(DISTINCT coalesce(u.name || ', ', '') || a.name, '; '), 'Not coded yet')
  FROM finance_invoiceline x
  JOIN finance_coding c ON c.organisation_id = x.organisation_id AND c.id = x.coding_id
  JOIN finance_account a ON a.organisation_id = c.organisation_id AND a.id = c.account_id
  LEFT JOIN tenants_unit u ON u.organisation_id = c.organisation_id AND u.id = c.unit_id
 WHERE x.organisation_id = finance_invoice.organisation_id AND x.invoice_id = finance_invoice.id
"""


def _page(name: str, slug: str, **what: str | int) -> str:
    return reverse(name, kwargs={"organisation": slug, **what})


def _with_coding(rows: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """The supplier, and the cost centres and accounts that the invoice would be charged to."""
    return rows.select_related("supplier").annotate(
        charged_to=RawSQL(CHARGED_TO, [], TextField())  # noqa: S611
    )


def _invoice_facts(row: Invoice) -> list[tuple[str, str]]:
    facts = [
        ("For", row.description),
        ("Charged to", row.charged_to),  # type: ignore[attr-defined]
        ("VAT", f"{pounds(row.vat_pence)} of {pounds(row.gross_pence)}"),
        ("Received", day(row.received_on)),
        ("Due", day(row.due_on)),
    ]
    return [(label, value) for label, value in facts if value]


def _invoice_papers(slug: str, row: Invoice) -> list[tuple[str, str]]:
    """The document it was entered from, and its journal."""
    found = []
    paper = document_of(row)
    if paper is not None:
        found.append((f"Document: {paper.name}", _page("document", slug, number=paper.pk)))
    if row.period and row.batch_id and row.journal_id:
        where = {"period": row.period, "batch": row.batch_id, "journal": row.journal_id}
        found.append(("Journal", _page("journal", slug, **where)))
    return found


def _invoice_warnings(row: Invoice) -> list[str]:
    found = [DUPLICATE_WARNINGS[row.duplicate_grade]] if row.duplicate_grade else []
    if row.supplier.status != Supplier.Status.ACTIVE:
        found.append(f"The supplier is {row.supplier.get_status_display().lower()}.")
    return found


def _bank_facts(row: SupplierBank) -> list[tuple[str, str]]:
    return [
        ("Supplier", f"{row.supplier.name} ({row.supplier.code})"),
        ("Account", f"{row.account_name}, {suppliers.masked(row.account_ending)}"),
        ("From", day(row.valid.lower)),
        ("Modulus check", modulus_words(row)),
        ("Cooling-off", cooling_words(row.cooling_days)),  # type: ignore[attr-defined]
        ("Call-back", call_words(row)),
        ("Proposed by", row.made_by_name),
    ]


def _bank_warnings(row: SupplierBank) -> list[str]:
    found = ["Call the supplier on a number you knew before, never on one from the request."]
    if row.called_outcome == SupplierBank.Call.CONFIRMED:
        found = ["Check that the number that was called is one you knew before."]
    elif row.called_outcome == SupplierBank.Call.DENIED:
        found = ["The supplier says they did not ask for this: refuse it, and tell your manager."]
    if row.modulus == SupplierBank.Modulus.FAILED:
        found.append("The account fails the modulus check: it may be no account of this sort code.")
    if row.supplier.status == Supplier.Status.PROPOSED:
        found.append("The supplier itself waits for a second person too.")
    if row.shared:  # type: ignore[attr-defined]
        found.append("Another supplier or a member of staff is paid to the same account.")
    return found


def _with_sharing(rows: QuerySet[SupplierBank]) -> QuerySet[SupplierBank]:
    """The supplier, and whether another holder has the same account, told by its index alone."""
    others = SupplierBank.objects.filter(
        organisation_id=OuterRef("organisation_id"), account_index=OuterRef("account_index")
    )
    own = Q(supplier_id=OuterRef("supplier_id"))
    shared: Any = Exists(others.exclude(own).exclude(state=SupplierBank.State.REFUSED))
    for column in COLUMNS:
        if column.index and column.model not in (SupplierBank, BankAccount):
            held = column.model.objects.filter(
                organisation_id=OuterRef("organisation_id"),
                **{column.index: OuterRef("account_index")},
            )
            shared = shared | Exists(held)
    return rows.select_related("supplier").annotate(
        shared=shared, cooling_days=cooling_days_there(timezone.localdate())
    )


INVOICE = register(
    Subject(
        key="finance.invoice",
        model=Invoice,
        label="Invoice",
        link=lambda slug, row: _page("invoice", slug, number=row.number),
        summary=lambda row: f"{row.supplier.name}, {row.supplier_ref}",
        card=_invoice_facts,
        warnings=_invoice_warnings,
        papers=_invoice_papers,
        reading=_with_coding,
        on_approved=invoices.approve,
        on_returned=invoices.take_back,
        on_rejected=invoices.reject,
        on_undone=invoices.take_back_decision,
    )
)
SUPPLIER = register(
    Subject(
        key="finance.supplier",
        model=Supplier,
        label="Supplier",
        link=lambda slug, row: _page("supplier", slug, code=row.code),
        summary=lambda row: row.name,
    )
)
SUPPLIER_BANK = register(
    Subject(
        key="finance.supplier_bank",
        model=SupplierBank,
        label="New bank details",
        bank=True,
        link=lambda slug, row: _page("supplier", slug, code=row.supplier.code),
        summary=lambda row: f"New bank details of {row.supplier.name}",
        name=lambda row: f"of {row.supplier.name}",
        card=_bank_facts,
        warnings=_bank_warnings,
        reading=_with_sharing,
        on_approved=suppliers.agree_bank,
        on_returned=suppliers.refuse_bank,
        on_rejected=suppliers.refuse_bank,
    )
)

add_entry(Entry("Invoices", "invoices", SEE_INVOICES, 30, group="Payables"))
add_entry(Entry("Exceptions", "exceptions", SEE_INVOICES, 31, group="Payables"))
add_entry(Entry("Possible duplicates", "duplicates", SEE_REPORTS, 32, group="Payables"))
add_entry(Entry("Credit notes", "credit_notes", SEE_INVOICES, 33, group="Payables"))
add_entry(Entry("Recurring invoices", "schedules", SEE_INVOICES, 34, group="Payables"))
add_entry(Entry("Suppliers", "suppliers", SEE_SUPPLIERS, 35, group="Payables"))
add_entry(Entry("Cooling-off", "cooling_off", KEEP_COOLING, 97, group="Control"))
add_entry(Entry("Held suppliers", "supplier_holds", SEE_SUPPLIERS, 37, group="Payables"))
add_entry(Entry("Supplier statements", "supplier_statements", SEE_SUPPLIERS, 36, group="Payables"))
add_entry(Entry("Aged creditors", "aged_creditors", SEE_REPORTS, 60, group="Reports"))
add_entry(Entry("Prompt payment", "prompt_payment", SEE_REPORTS, 61, group="Reports"))
add_entry(Entry("Early payment discounts", "discounts", SEE_REPORTS, 62, group="Reports"))
add_entry(Entry("Late payment interest", "late_interest", SEE_REPORTS, 62, group="Reports"))
