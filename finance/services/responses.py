"""Invoice responses: written when an electronic invoice moves, handed to an access point once.

What a supplier is told follows from the state of the invoice. Words that were written for
colleagues are never told: only those of a dispute are, which are meant for the supplier.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import uuid4

from django.utils import timezone

from core.actors import Actor, require
from core.errors import NotFound
from core.outside import heard
from events.services import record, record_about, record_many
from finance.einvoices.facts import EInvoice, Finding
from finance.einvoices.responses import (
    Addressed,
    Clarification,
    addressed,
    as_xml,
    comes_after,
)
from finance.models import Invoice, InvoiceResponse, SourceFile
from finance.permissions import HAND_OVER_RESPONSES
from finance.rules_einvoices import EIN06

State, Status = Invoice.State, InvoiceResponse.Status
Reason, Action = InvoiceResponse.Reason, InvoiceResponse.Action
TOLD_BY_STATE = {
    State.RECEIVED: Status.IN_PROCESS,
    State.SUBMITTED: Status.IN_PROCESS,
    State.DISPUTED: Status.UNDER_QUERY,
    State.REVERSED: Status.REJECTED,
    State.APPROVED: Status.ACCEPTED,
    State.POSTED: Status.ACCEPTED,
    State.PAID: Status.PAID,
}
# Holds that the supplier can answer. Others are settled in the house, and are not told.
ASKED_BY_HOLD = {
    "no_order": Clarification(Reason.REFERENCES, Action.INFORMATION, "No purchase order is named."),
    "not_received": Clarification(
        Reason.DELIVERY, Action.INFORMATION, "The goods or services have not been received."
    ),
    "price": Clarification(
        Reason.PRICES, Action.INFORMATION, "The price or the quantity differs from the order."
    ),
    "vat": Clarification(Reason.LEGAL, Action.INFORMATION, "The VAT is being checked."),
}
DISPUTED = "The invoice is not accepted as it is."
REJECTED = "The invoice is not processed any further."
NOTHING = Clarification()
MOST_WORDS = 500
BATCH = 1_000


def answer_receipt(
    *, file: SourceFile, facts: EInvoice, broken: Sequence[Finding], by: Actor
) -> InvoiceResponse | None:
    """Acknowledges a document that was kept, or rejects one by the first rule that it breaks.

    None where it names no electronic address of both parties: nobody can be answered. Event
    finance.einvoice.answered.
    """
    to = addressed(facts)
    if to is None:
        return None
    status, because = Status.ACKNOWLEDGED, NOTHING
    if broken:
        words = f"{broken[0].code}: {broken[0].message}"
        status = Status.REJECTED
        because = Clarification(Reason.LEGAL, Action.NEW_INVOICE, words[:MOST_WORDS])
    made = _made(file.pk, to, status, because, by, timezone.now())
    made.save(force_insert=True)
    record("finance.einvoice.answered", file, by=by, status=status.label)
    return made


def answer_suppliers(*, invoices: Iterable[Invoice], by: Actor, words: str = "") -> int:
    """Writes what the states of these invoices tell their suppliers anew; returns how many.

    Two queries and one insert for any number. Others than electronic invoices, those whose sender
    cannot be answered, and what was told before or comes too late for the order are left out.
    `words` tell the supplier what is wrong with a disputed one. Call it in the transaction that
    moved them, which holds their rows. Event finance.einvoice.answered for each.
    """
    came = {row.source_file_id: row for row in invoices if row.origin == Invoice.Origin.EINVOICE}
    told = _told_before(by.organisation_id, came)
    now, made = timezone.now(), []
    moved: dict[str, list[Invoice]] = defaultdict(list)
    for file_id, before in told.items():
        status, because = _what_to_tell(came[file_id], words)
        if status and comes_after(status, [one.status for one in before]):
            made.append(_made(file_id, _addressed_as(before[0]), status, because, by, now))
            moved[status.label].append(came[file_id])
    InvoiceResponse.objects.bulk_create(made, batch_size=BATCH)
    for label, rows in moved.items():
        subjects = [(row.pk, row.thread) for row in rows]
        record_many("finance.einvoice.answered", "finance.invoice", subjects, by=by, status=label)
    return len(made)


def _told_before(
    organisation_id: int, came: Mapping[int | None, Invoice]
) -> dict[int, list[InvoiceResponse]]:
    """What was told of each document, the earliest first; nothing of those never answered."""
    told: dict[int, list[InvoiceResponse]] = defaultdict(list)
    if came:
        rows = InvoiceResponse.objects.filter(
            organisation_id=organisation_id, source_file_id__in=list(came)
        )
        for row in rows.defer("content").order_by("id"):
            told[row.source_file_id].append(row)
    return told


def _what_to_tell(row: Invoice, words: str) -> tuple[InvoiceResponse.Status | None, Clarification]:
    if row.state == State.HELD:
        asked = ASKED_BY_HOLD.get(row.hold_cause)
        return (Status.UNDER_QUERY, asked) if asked else (None, NOTHING)
    status = TOLD_BY_STATE[State(row.state)]
    if status == Status.UNDER_QUERY:
        said = (words or DISPUTED)[:MOST_WORDS]
        return status, Clarification(Reason.OTHER, Action.INFORMATION, said)
    if status == Status.REJECTED:
        return status, Clarification(Reason.OTHER, Action.NONE, REJECTED)
    return status, NOTHING


def _addressed_as(row: InvoiceResponse) -> Addressed:
    return Addressed(
        document_number=row.document_number,
        document_on=row.document_on,
        document_type=row.document_type,
        seller=row.seller,
        seller_name=row.seller_name,
        buyer=row.buyer,
        buyer_name=row.buyer_name,
    )


def _made(
    file_id: int,
    to: Addressed,
    status: InvoiceResponse.Status,
    because: Clarification,
    by: Actor,
    at: datetime,
) -> InvoiceResponse:
    """The message with its bytes, dated in local time."""
    key, here = uuid4(), timezone.localtime(at)
    return InvoiceResponse(
        organisation_id=by.organisation_id,
        source_file_id=file_id,
        message_id=key,
        status=status,
        **asdict(because),
        effective_on=here.date(),
        **asdict(to),
        content=as_xml(
            key=str(key), at=here, status=status, effective_on=here.date(), to=to, because=because
        ),
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=at,
    )


def hand_over(*, numbers: Sequence[int], by: Actor) -> int:
    """The access point has these messages; returns how many it did not have before.

    NotFound if one is not of this organisation, EIN06 for those of a rehearsal. Event
    finance.einvoice.handed_over.
    """
    require(by, HAND_OVER_RESPONSES)
    wanted = set(numbers)
    here = InvoiceResponse.objects.filter(organisation_id=by.organisation_id, pk__in=wanted)
    rows = list(here.order_by("id").select_for_update().values_list("made_at", "handed_at"))
    if len(rows) != len(wanted):
        raise NotFound("There is no such invoice response.")
    since = heard([by.organisation_id]).get(by.organisation_id)
    EIN06.check(since is not None and all(made_at >= since for made_at, _ in rows))
    now = timezone.now()
    done = here.filter(handed_at=None).update(handed_at=now, handed_by_name=by.name)
    if done:
        about = ("tenants.organisation", by.organisation_id)
        record_about("finance.einvoice.handed_over", *about, by=by, count=done)
    return int(done)
