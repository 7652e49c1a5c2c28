"""Documents of invoices: kept as they came, once, and told by their first bytes what they are."""

import hashlib
from pathlib import PurePath
from typing import Any

from django.utils import timezone

from core.actors import Actor, require
from core.errors import Clash
from core.incoming import Unfit, check_name
from events.services import record, record_about
from finance.formats.pdf_parts import words_in
from finance.incoming import DOCUMENTS
from finance.models import DocumentWord, Invoice, InvoiceDocument
from finance.permissions import ENTER_INVOICES
from finance.rules import INV09, INV16, INV17, INV18, INV19, INV22

Kind = InvoiceDocument.Kind
BEGINNINGS = {
    b"%PDF-": Kind.PDF,
    b"\x89PNG\r\n\x1a\n": Kind.PNG,
    b"\xff\xd8\xff": Kind.JPEG,
}


def keep_document(*, name: str, data: bytes, by: Actor) -> tuple[InvoiceDocument, bool]:
    """The document waits for its invoice; the same bytes are kept once. True if it is new.

    By the words of a PDF it is found again. INV16 for another kind of file whatever its name says,
    INV17 for one too large, INV22 for one whose name says another kind.
    """
    require(by, ENTER_INVOICES)
    INV17.check(len(data) <= DOCUMENTS.most_bytes, name)
    kind = next((kind for start, kind in BEGINNINGS.items() if data.startswith(start)), None)
    if kind is None:
        raise INV16.refuse(name)
    try:
        check_name(name, data)
    except Unfit as error:
        raise INV22.refuse(str(error)) from error
    row, new = InvoiceDocument.objects.get_or_create(
        organisation_id=by.organisation_id,
        sha256=hashlib.sha256(data).hexdigest(),
        defaults={
            "name": PurePath(name).name[:200],
            "kind": kind,
            "made_by_id": by.person_id,
            "made_by_name": by.name,
            "made_at": timezone.now(),
            **InvoiceDocument.sealed_content(by.organisation_id, data),
        },
    )
    if new and kind == Kind.PDF:
        DocumentWord.objects.bulk_create(
            DocumentWord(organisation_id=by.organisation_id, document=row, word=word)
            for word in words_in(data)
        )
    return row, new


def set_aside(*, document: InvoiceDocument, reason: str, by: Actor) -> None:
    """What is no invoice of ours waits no more; it is kept. Event finance.document.set_aside.

    INV09 without a reason, INV18 once an invoice was entered from it.
    """
    require(by, ENTER_INVOICES)
    INV09.check(reason.strip())
    INV18.check(document.invoice_id is None)
    said = {"aside_by_name": by.name, "aside_reason": reason.strip()[:300]}
    _change(document, by, aside_at=None, to={"aside_at": timezone.now(), **said})
    _record("set_aside", document, by, comment=reason.strip())


def bring_back(*, document: InvoiceDocument, by: Actor) -> None:
    """It waits for its invoice again. Event finance.document.brought_back."""
    require(by, ENTER_INVOICES)
    was = document.aside_at
    INV19.check(was is not None)
    to = {"aside_at": None, "aside_by_name": "", "aside_reason": ""}
    _change(document, by, aside_at=was, to=to)
    _record("brought_back", document, by)


def _change(document: InvoiceDocument, by: Actor, *, aside_at: Any, to: dict[str, Any]) -> None:
    rows = InvoiceDocument.objects.filter(
        organisation_id=by.organisation_id, pk=document.pk, invoice_id=None, aside_at=aside_at
    )
    if rows.update(**to) != 1:
        raise Clash()


def _record(outcome: str, document: InvoiceDocument, by: Actor, **said: Any) -> None:
    about = ("tenants.organisation", by.organisation_id)
    record_about(f"finance.document.{outcome}", *about, by=by, name=document.name, **said)


def attach_document(*, document: InvoiceDocument, invoice: Invoice, by: Actor) -> None:
    """The document is that of an invoice, for good. Event finance.invoice.document_attached.

    INV18 if it belongs to one already.
    """
    require(by, ENTER_INVOICES, unit_path=invoice.unit_path)
    INV18.check(document.invoice_id is None)
    waiting = InvoiceDocument.objects.filter(
        organisation_id=by.organisation_id, pk=document.pk, invoice_id=None, aside_at=None
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
