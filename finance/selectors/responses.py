"""Invoice responses that were written, and those that no access point has yet."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import QuerySet

from core.errors import NotFound
from core.outside import heard_since
from finance.models import Invoice, InvoiceResponse, SourceFile

WITHOUT = ("content", "source_file__content_sealed")
LISTS = {"all": "All", "waiting": "Not handed over yet", "handed": "Handed over"}


def responses(organisation_ids: Sequence[int], which: str = "all") -> QuerySet[InvoiceResponse]:
    """Of `LISTS`, the newest first, without their bytes."""
    rows = InvoiceResponse.objects.filter(organisation_id__in=organisation_ids)
    if which != "all":
        rows = rows.filter(handed_at__isnull=which == "waiting")
    return rows.defer(*WITHOUT).select_related("source_file").order_by("-id")


def responses_to_collect(organisation_id: int) -> QuerySet[InvoiceResponse]:
    """What an access point has to take, the earliest first; nothing that a rehearsal wrote."""
    rows = InvoiceResponse.objects.filter(organisation_id=organisation_id, handed_at=None)
    return rows.filter(made_at__gte=heard_since(organisation_id)).order_by("id")


def responses_of(file: SourceFile) -> list[InvoiceResponse]:
    """What the sender of a document was told, in order, without the bytes."""
    rows = InvoiceResponse.objects.filter(
        organisation_id=file.organisation_id, source_file_id=file.pk
    )
    return list(rows.defer("content").order_by("id"))


def told(row: InvoiceResponse) -> dict[str, Any]:
    """A message as pages about its document show it."""
    said = {"number": row.pk, "status": row.get_status_display(), "words": row.words}
    return {**said, "at": row.made_at, "handed": row.handed_at is not None}


def response_by_number(organisation_id: int, number: int) -> InvoiceResponse:
    """One message with its bytes. NotFound."""
    rows = InvoiceResponse.objects.filter(organisation_id=organisation_id, pk=number)
    found: InvoiceResponse | None = rows.first()
    if found is None:
        raise NotFound("There is no such invoice response.")
    return found


def einvoices_paid(organisation_id: int, ids: Collection[int]) -> QuerySet[Invoice]:
    """Which of these are paid off; a part of one is nothing to tell."""
    return Invoice.objects.filter(
        organisation_id=organisation_id, pk__in=ids, state=Invoice.State.PAID
    )
