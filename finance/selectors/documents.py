"""Documents of invoices; their bytes are read only to be shown."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.actors import Actor, may, paths_where
from core.errors import NotFound
from finance.formats.pdf_parts import normal_words
from finance.keys import joined_keys
from finance.models import DocumentWord, Invoice, InvoiceDocument, Supplier
from finance.permissions import ENTER_INVOICES
from finance.selectors.invoices import seen

MOST_ASKED = 8
# Whose it is stands at the beginning, or at the foot of a page of few words.
MOST_READ, MOST_LIKELY = 600, 5


def waiting_documents(organisation_id: int) -> QuerySet[InvoiceDocument]:
    """Those whose invoice is not entered yet, the oldest first."""
    rows = InvoiceDocument.objects.filter(organisation_id=organisation_id, invoice_id=None)
    return rows.filter(aside_at=None).defer("content_sealed").order_by("id")


def documents_aside(organisation_id: int) -> QuerySet[InvoiceDocument]:
    """Those that somebody set aside, the newest first."""
    rows = InvoiceDocument.objects.filter(organisation_id=organisation_id, invoice_id=None)
    return rows.exclude(aside_at=None).defer("content_sealed").order_by("-aside_at", "-id")


def documents_with(actor: Actor, text: str) -> QuerySet[InvoiceDocument]:
    """Documents on which all these words stand, the newest first; the last may be begun only.

    Those of invoices that the actor does not see are left out. None without words.
    """
    words = normal_words(text)[:MOST_ASKED]
    rows = InvoiceDocument.objects.filter(organisation_id=actor.organisation_id)
    if not words:
        return rows.none()
    for number, word in enumerate(words, 1):
        asked = {"word__begins" if number == len(words) else "word": word}
        there = DocumentWord.objects.filter(
            organisation_id=actor.organisation_id, document_id=OuterRef("pk"), **asked
        )
        rows = rows.filter(Exists(there))
    if paths := paths_where(actor, ENTER_INVOICES).get(actor.organisation_id, ()):
        mine = Q(invoice=None)
        for path in paths:
            mine |= Q(invoice__unit_path__begins=path)
        rows = rows.filter(mine)
    return rows.select_related("invoice").defer("content_sealed").order_by("-id")


def document_of(invoice: Invoice) -> InvoiceDocument | None:
    """What the invoice was entered from, without its bytes."""
    rows = InvoiceDocument.objects.filter(
        organisation_id=invoice.organisation_id, invoice_id=invoice.pk
    )
    return rows.defer("content_sealed").first()


def document_by_id(actor: Actor, number: int) -> InvoiceDocument:
    """A document here. NotFound also when its invoice, or what waits, is not for this actor."""
    rows = InvoiceDocument.objects.filter(organisation_id=actor.organisation_id, pk=number)
    found = rows.select_related("invoice").defer("content_sealed").first()
    if found is None or (found.invoice is None and not may(actor, ENTER_INVOICES)):
        raise NotFound("There is no such document.")
    if found.invoice is not None:
        seen(actor, found.invoice)
    return found


@dataclass(frozen=True)
class Likely:
    """A supplier whose document it may be, and in words how that is known."""

    supplier: Supplier
    reason: str


def likely_suppliers(document: InvoiceDocument) -> list[Likely]:
    """Those whose VAT number, company number or name stands on it, the surest first."""
    here = {"organisation_id": document.organisation_id}
    rows = DocumentWord.objects.filter(document_id=document.pk, **here).order_by("id")
    keys = joined_keys(list(rows.values_list("word", flat=True)[:MOST_READ]))
    ways = (
        ("VAT number", "vat_number", keys | {f"GB{key}" for key in keys if key.isdigit()}),
        ("company number", "company_number", keys),
        ("name", "name_norm", keys),
    )
    alike = Q()
    for _, column, values in ways:
        alike |= Q(**{f"{column}__in": values})
    active = Supplier.objects.filter(alike, status=Supplier.Status.ACTIVE, **here) if keys else []
    found: dict[int, Likely] = {}
    suppliers = sorted(active, key=lambda one: one.pk)
    for said, column, values in ways:
        for one in suppliers:
            if getattr(one, column) in values:
                found.setdefault(one.pk, Likely(one, f"Its {said} stands on the document."))
    return list(found.values())[:MOST_LIKELY]
