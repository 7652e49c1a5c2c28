"""Documents of invoices; their bytes are read only to be shown."""

from django.db.models import QuerySet

from core.actors import Actor, may
from core.errors import NotFound
from finance.models import Invoice, InvoiceDocument
from finance.permissions import ENTER_INVOICES
from finance.selectors.invoices import seen


def waiting_documents(organisation_id: int) -> QuerySet[InvoiceDocument]:
    """Those whose invoice is not entered yet, the oldest first."""
    rows = InvoiceDocument.objects.filter(organisation_id=organisation_id, invoice_id=None)
    return rows.filter(aside_at=None).defer("content").order_by("id")


def documents_aside(organisation_id: int) -> QuerySet[InvoiceDocument]:
    """Those that somebody set aside, the newest first."""
    rows = InvoiceDocument.objects.filter(organisation_id=organisation_id, invoice_id=None)
    return rows.exclude(aside_at=None).defer("content").order_by("-aside_at", "-id")


def document_of(invoice: Invoice) -> InvoiceDocument | None:
    """What the invoice was entered from, without its bytes."""
    rows = InvoiceDocument.objects.filter(
        organisation_id=invoice.organisation_id, invoice_id=invoice.pk
    )
    return rows.defer("content").first()


def document_by_id(actor: Actor, number: int) -> InvoiceDocument:
    """A document here. NotFound also when its invoice, or what waits, is not for this actor."""
    rows = InvoiceDocument.objects.filter(organisation_id=actor.organisation_id, pk=number)
    found = rows.select_related("invoice").defer("content").first()
    if found is None or (found.invoice is None and not may(actor, ENTER_INVOICES)):
        raise NotFound("There is no such document.")
    if found.invoice is not None:
        seen(actor, found.invoice)
    return found
