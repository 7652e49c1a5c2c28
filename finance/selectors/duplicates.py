"""Invoices that may be the same as another one, each with its grade and why."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import BooleanField, Count, Q
from django.db.models.expressions import RawSQL

from finance.duplicates import NEAR_DAYS, Facts, is_usual, likeness
from finance.models import Invoice, Supplier

# A number like «1» is on hundreds of invoices; the oldest few hundred say enough.
MOST = 200


@dataclass(frozen=True)
class Match:
    """An invoice that is like the one asked about."""

    invoice_id: int
    number: int
    grade: str
    reason: str
    supplier_name: str
    supplier_ref: str
    invoice_on: date
    gross_pence: int
    state: str

    @property
    def label(self) -> str:
        return f"INV-{self.number}"


def matches(
    *, organisation_id: int, supplier: Supplier, facts: Facts, but: int | None = None
) -> list[Match]:
    """Likely duplicates, surest first. Reversed invoices no longer count."""
    near = timedelta(days=NEAR_DAYS)
    rows = (
        Invoice.objects.filter(organisation_id=organisation_id)
        .filter(
            Q(ref_norm=facts.reference) & ~Q(ref_norm="")
            | Q(_of_same_party(organisation_id, supplier))
            & Q(
                gross_pence=facts.gross_pence,
                invoice_on__range=(facts.invoice_on - near, facts.invoice_on + near),
            )
        )
        .exclude(state=Invoice.State.REVERSED)
        .select_related("supplier")
        .order_by("id")
    )
    if but is not None:
        rows = rows.exclude(pk=but)
    like = list(rows[:MOST])
    usual = any(row.invoice_on == facts.invoice_on for row in like) and _usual(
        organisation_id, supplier, facts, but
    )
    found = _graded(like, facts, supplier, usual)
    return sorted(found, key=lambda match: (match.grade, match.invoice_id))


def _usual(organisation_id: int, supplier: Supplier, facts: Facts, but: int | None) -> bool:
    rows = (
        Invoice.objects.filter(organisation_id=organisation_id, gross_pence=facts.gross_pence)
        .filter(_of_same_party(organisation_id, supplier))
        .exclude(state=Invoice.State.REVERSED)
        .exclude(pk=but or 0)
    )
    days = Counter({facts.invoice_on: 1})
    for on, number in rows.values_list("invoice_on").annotate(number=Count("id")):
        days[on] += number
    return is_usual(days)


def matches_of(invoice: Invoice) -> list[Match]:
    """Likely duplicates of an invoice that is there."""
    facts = Facts(invoice.supplier_id, invoice.ref_norm, invoice.gross_pence, invoice.invoice_on)
    return matches(
        organisation_id=invoice.organisation_id,
        supplier=invoice.supplier,
        facts=facts,
        but=invoice.pk,
    )


# An array is made once and lets the index of suppliers serve; a subquery under OR would not.
_OF_SAME_PARTY = """
finance_invoice.supplier_id = ANY(ARRAY(
  SELECT s.id FROM finance_supplier s
   WHERE s.organisation_id = %s AND (s.name_norm = %s OR (s.vat_number = %s AND %s <> ''))))
"""


def _of_same_party(organisation_id: int, supplier: Supplier) -> RawSQL:
    """Invoices of the suppliers that are one party with this one by VAT number or name."""
    values = [organisation_id, supplier.name_norm, supplier.vat_number, supplier.vat_number]
    return RawSQL(_OF_SAME_PARTY, values, BooleanField())  # noqa: S611


def _same_party(one: Supplier, other: Supplier) -> bool:
    by_vat = bool(one.vat_number) and one.vat_number == other.vat_number
    return by_vat or one.name_norm == other.name_norm


def _graded(
    rows: Iterable[Invoice], facts: Facts, supplier: Supplier, usual: bool
) -> Iterable[Match]:
    for row in rows:
        group = frozenset({row.supplier_id} if _same_party(supplier, row.supplier) else ())
        old = Facts(row.supplier_id, row.ref_norm, row.gross_pence, row.invoice_on)
        like = likeness(facts, old, group, usual)
        if like:
            yield Match(
                row.pk,
                row.number,
                like.grade,
                like.reason,
                row.supplier.name,
                row.supplier_ref,
                row.invoice_on,
                row.gross_pence,
                row.state,
            )
