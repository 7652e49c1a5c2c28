"""Suppliers: the list, one of them, their bank details and payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from core.db.together import together
from core.errors import NotFound
from core.templatetags.web import day
from finance.keys import name_key
from finance.models import Supplier, SupplierBank, SupplierHold, SupplierRequest
from finance.selectors.cooling import cooling_days_there
from finance.selectors.supplier_holds import holds_on


def supplier_list(
    organisations: Sequence[int], *, text: str = "", status: str = ""
) -> QuerySet[Supplier]:
    """Suppliers by name; `text` is the beginning of a name or a whole code."""
    rows = Supplier.objects.filter(organisation_id__in=list(organisations))
    if status:
        rows = rows.filter(status=status)
    if text.strip():
        rows = rows.filter(Q(name_norm__begins=name_key(text)) | Q(code=text.strip()))
    return rows.order_by("name_norm", "id")


def supplier_by_code(organisation_id: int, code: str) -> Supplier:
    """NotFound for a code that nobody has here."""
    found = Supplier.objects.filter(organisation_id=organisation_id, code=code).first()
    if found is None:
        raise NotFound("There is no such supplier.")
    return found


def supplier_with_standing(organisation_id: int, code: str, today: date) -> Supplier:
    """With `asked_number` and `asked_state` of its request, and the `cooling_days` of today.

    NotFound for a code that nobody has here.
    """
    asked = SupplierRequest.objects.filter(
        organisation_id=organisation_id, supplier_id=OuterRef("pk")
    )
    rows = Supplier.objects.filter(organisation_id=organisation_id, code=code)
    found = rows.annotate(
        asked_number=Subquery(asked.values("number")[:1]),
        asked_state=Subquery(asked.values("state")[:1]),
        cooling_days=cooling_days_there(today),
    ).first()
    if found is None:
        raise NotFound("There is no such supplier.")
    return found


def banks_of(supplier: Supplier) -> QuerySet[SupplierBank]:
    """All bank details ever proposed, newest first."""
    return SupplierBank.objects.filter(
        organisation_id=supplier.organisation_id, supplier_id=supplier.pk
    ).order_by("-id")


def hold_and_banks(supplier: Supplier) -> tuple[SupplierHold | None, list[SupplierBank]]:
    """The hold in force on a supplier, and `banks_of` it, in one query."""
    holds, banks = together([holds_on(supplier), banks_of(supplier)])
    return next(iter(holds), None), sorted(banks, key=lambda bank: -bank.pk)


def bank_by_id(organisation_id: int, bank_id: int) -> SupplierBank:
    """With its supplier. NotFound unless they are of a supplier of the organisation."""
    rows = SupplierBank.objects.filter(organisation_id=organisation_id, pk=bank_id)
    found = rows.select_related("supplier").first()
    if found is None:
        raise NotFound("There are no such bank details.")
    return found


def call_words(bank: SupplierBank) -> str:
    """What came of the call-back, in a line."""
    if not bank.called_outcome:
        return "Nobody was called yet"
    source = bank.get_called_source_display().lower()
    return (
        f"{bank.get_called_outcome_display()}: {bank.called_person} on {bank.called_number}"
        f" (from {source}), {day(timezone.localdate(bank.called_at))},"
        f" called by {bank.called_by_name}"
    )


@dataclass(frozen=True)
class Movement:
    """An invoice or a payment of a supplier; a payment reduces what is owed."""

    kind: str
    number: int
    page_number: int
    reference: str
    on: date
    state: str
    amount_pence: int


_MOVEMENTS = """
(SELECT 'invoice', i.number, i.number, i.supplier_ref, i.invoice_on, i.state, i.gross_pence
   FROM finance_invoice i WHERE i.organisation_id = %s AND i.supplier_id = %s
  ORDER BY i.id DESC LIMIT %s)
UNION ALL
(SELECT 'payment', p.number, r.number, p.account_ending, p.paid_on, p.state, -p.amount_pence
   FROM finance_payment p
   JOIN finance_paymentrun r ON r.organisation_id = p.organisation_id AND r.id = p.payment_run_id
  WHERE p.organisation_id = %s AND p.supplier_id = %s AND p.state = 'released'
  ORDER BY p.id DESC LIMIT %s)
"""


def movements_of(supplier: Supplier, limit: int = 20) -> list[Movement]:
    """The newest invoices and the newest released payments, in one query, each newest first."""
    here = [supplier.organisation_id, supplier.pk, limit]
    with connection.cursor() as cursor:
        cursor.execute(_MOVEMENTS, here + here)
        return [Movement(*row) for row in cursor.fetchall()]
