"""Documents of invoices: kept as they came, once, and told by their first bytes what they are."""

import hashlib
from pathlib import PurePath

from django.utils import timezone

from core.actors import Actor, require
from core.errors import Clash
from events.services import record
from finance.models import Invoice, InvoiceDocument
from finance.permissions import ENTER_INVOICES
from finance.rules import INV16, INV17, INV18

Kind = InvoiceDocument.Kind
MOST_BYTES = 10 * 2**20
BEGINNINGS = {
    b"%PDF-": Kind.PDF,
    b"\x89PNG\r\n\x1a\n": Kind.PNG,
    b"\xff\xd8\xff": Kind.JPEG,
}


def keep_document(*, name: str, data: bytes, by: Actor) -> tuple[InvoiceDocument, bool]:
    """The document waits for its invoice; the same bytes are kept once. True if it is new.

    INV16 for another kind of file whatever its name says, INV17 for one too large.
    """
    require(by, ENTER_INVOICES)
    INV17.check(len(data) <= MOST_BYTES, name)
    kind = next((kind for start, kind in BEGINNINGS.items() if data.startswith(start)), None)
    if kind is None:
        raise INV16.refuse(name)
    return InvoiceDocument.objects.get_or_create(
        organisation_id=by.organisation_id,
        sha256=hashlib.sha256(data).hexdigest(),
        defaults={
            "name": PurePath(name).name[:200],
            "kind": kind,
            "content": data,
            "made_by_id": by.person_id,
            "made_by_name": by.name,
            "made_at": timezone.now(),
        },
    )


def attach_document(*, document: InvoiceDocument, invoice: Invoice, by: Actor) -> None:
    """The document is that of an invoice, for good. Event finance.invoice.document_attached.

    INV18 if it belongs to one already.
    """
    require(by, ENTER_INVOICES, unit_path=invoice.unit_path)
    INV18.check(document.invoice_id is None)
    waiting = InvoiceDocument.objects.filter(
        organisation_id=by.organisation_id, pk=document.pk, invoice_id=None
    )
    if waiting.update(invoice_id=invoice.pk) != 1:
        raise Clash()
    record(
        "finance.invoice.document_attached",
        invoice,
        by=by,
        thread=invoice.thread,
        name=document.name,
    )
