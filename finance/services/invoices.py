"""Entering, holding, disputing, submitting and reversing supplier invoices, one at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from approvals.services import request_approval
from core.actors import Actor, require
from core.errors import Clash, NotFound
from core.states import move
from core.templatetags.web import pounds
from events.services import record
from finance.duplicates import Facts
from finance.keys import reference_key
from finance.models import Invoice, InvoiceLine, Supplier
from finance.permissions import ENTER_INVOICES, REVERSE_INVOICES
from finance.rules import (
    INV01,
    INV02,
    INV03,
    INV04,
    INV05,
    INV06,
    INV07,
    INV08,
    INV09,
    INV10,
    INV11,
    INV12,
    INV13,
    INV15,
    INV21,
)
from finance.selectors.coding import Coded
from finance.selectors.duplicates import Match, matches
from finance.selectors.holds import DISPUTE, FREED, stopped
from finance.services.credits import undo_matches_of
from finance.services.invoice_posting import category, post_invoices, reverse_posting
from finance.services.ledger import coding_ids
from finance.services.recurring import hold_against_schedules
from finance.services.responses import answer_suppliers
from finance.vat import purchase_codes
from tenants.services import next_number

State = Invoice.State
# The state after a hold or a dispute follows from the journal: posted with one, received without.
MOVES = {
    "hold": ((State.RECEIVED, State.POSTED), State.HELD),
    "release": ((State.HELD,), State.RECEIVED),
    "release_posted": ((State.HELD,), State.POSTED),
    "dispute": ((State.RECEIVED, State.HELD, State.POSTED), State.DISPUTED),
    "resolve": ((State.DISPUTED,), State.RECEIVED),
    "resolve_posted": ((State.DISPUTED,), State.POSTED),
    "submit": ((State.RECEIVED,), State.SUBMITTED),
    "approve": ((State.SUBMITTED,), State.APPROVED),
    "return": ((State.SUBMITTED,), State.RECEIVED),
    "reject": ((State.SUBMITTED,), State.DISPUTED),
    "undo_approved": ((State.POSTED,), State.SUBMITTED),
    "undo_returned": ((State.RECEIVED,), State.SUBMITTED),
    "undo_rejected": ((State.DISPUTED,), State.SUBMITTED),
    "reverse": ((State.RECEIVED, State.HELD, State.DISPUTED, State.POSTED), State.REVERSED),
}
STOPPED = (State.HELD, State.DISPUTED)
RECODE = {state: ((state,), state) for state in (State.RECEIVED, State.HELD)}
HOLD_CAUSES = {
    "duplicate": "Possible duplicate",
    "no_order": "No purchase order",
    "not_received": "Goods or services not received",
    "price": "Price or quantity differs",
    "coding": "Coding to be settled",
    "vat": "VAT to be checked",
    "bank": "Bank details being checked",
    "recurring": "Differs from its schedule",
    "other": "Other",
}


@dataclass(frozen=True)
class LineEntry:
    """A line as it is keyed. Without `vat_pence` the VAT is worked out from its code."""

    description: str
    account_code: str
    unit_id: int | None
    vat_code: str
    net_pence: int
    vat_pence: int | None = None
    coding_reason: str = ""

    @property
    def vat(self) -> int:
        if self.vat_pence is not None:
            return self.vat_pence
        return purchase_codes()[self.vat_code].vat_pence(self.net_pence)


@dataclass(frozen=True)
class InvoiceEntry:
    """An invoice as it is keyed or came in. Without `due_on` it is due by the supplier's terms."""

    supplier_id: int
    supplier_ref: str
    invoice_on: date
    received_on: date | None
    lines: Sequence[LineEntry]
    due_on: date | None = None
    description: str = ""
    order_ref: str = ""
    unit_path: str = ""
    origin: Invoice.Origin = Invoice.Origin.KEYED
    source_file_id: int | None = None
    # The total written on it, where somebody has read it there.
    stated_pence: int | None = None

    @property
    def net_pence(self) -> int:
        return sum(line.net_pence for line in self.lines)

    @property
    def vat_pence(self) -> int:
        return sum(line.vat for line in self.lines)


def enter_invoice(
    *, entry: InvoiceEntry, by: Actor, as_of: date, confirmed_reason: str = ""
) -> Invoice:
    """A keyed invoice becomes received, with its likely duplicates graded.

    Refused: INV01 to INV06, INV12; INV07 when the supplier sent this number before, unless a
    reason is given. One that a schedule expects is coded by it, or held if it differs. Event
    finance.invoice.entered.
    """
    require(by, ENTER_INVOICES)
    supplier = Supplier.objects.filter(
        organisation_id=by.organisation_id, pk=entry.supplier_id
    ).first()
    if supplier is None:
        raise NotFound("There is no such supplier.")
    _check(entry, supplier, as_of)
    found = matches(organisation_id=by.organisation_id, supplier=supplier, facts=_facts(entry))
    worst = found[0] if found else None
    if worst and worst.grade == "A":
        INV07.check(
            confirmed_reason.strip(), f"It is {worst.label} of {worst.invoice_on:%d/%m/%Y}."
        )
    invoice = _insert(entry, supplier, worst, by, as_of)
    _event(invoice, "entered", by, amount=pounds(invoice.gross_pence))
    if worst and worst.grade == "A":
        _event(
            invoice,
            "entered_despite_duplicate",
            by,
            duplicate_of=worst.label,
            comment=confirmed_reason.strip(),
        )
    if hold_against_schedules(invoice_ids=[invoice.pk], by=by, as_of=as_of):
        invoice.refresh_from_db()
    return invoice


def _facts(entry: InvoiceEntry) -> Facts:
    gross = entry.net_pence + entry.vat_pence
    return Facts(entry.supplier_id, reference_key(entry.supplier_ref), gross, entry.invoice_on)


def _check(entry: InvoiceEntry, supplier: Supplier, as_of: date) -> None:
    # One that waits or is held is not paid; when its invoices came has to be known all the same.
    unused = (Supplier.Status.ENDED, Supplier.Status.REFUSED)
    INV04.check(supplier.status not in unused)
    INV01.check(entry.received_on)
    INV02.check(entry.received_on and entry.received_on <= as_of)
    INV12.check(reference_key(entry.supplier_ref))
    INV03.check(entry.lines and all(line.net_pence or line.vat_pence for line in entry.lines))
    codes = purchase_codes()
    for number, line in enumerate(entry.lines, start=1):
        INV05.check(line.vat_code in codes, f"Line {number}: {line.vat_code}.")
        INV06.check(codes[line.vat_code].allows(line.net_pence, line.vat), f"Line {number}.")
    lines = entry.net_pence + entry.vat_pence
    stated = lines if entry.stated_pence is None else entry.stated_pence
    INV15.check(stated == lines, f"They are {pounds(lines)}; it says {pounds(stated)}.")


def _insert(
    entry: InvoiceEntry, supplier: Supplier, worst: Match | None, by: Actor, as_of: date
) -> Invoice:
    assert entry.received_on is not None
    invoice = Invoice.objects.create(
        organisation_id=by.organisation_id,
        number=next_number("invoice", by=by),
        supplier=supplier,
        supplier_ref=entry.supplier_ref.strip(),
        ref_norm=reference_key(entry.supplier_ref),
        origin=entry.origin,
        source_file_id=entry.source_file_id,
        invoice_on=entry.invoice_on,
        received_on=entry.received_on,
        due_on=entry.due_on or entry.received_on + timedelta(days=supplier.terms_days),
        net_pence=entry.net_pence,
        vat_pence=entry.vat_pence,
        gross_pence=entry.net_pence + entry.vat_pence,
        duplicate_grade=worst.grade if worst else "",
        duplicate_of=worst.invoice_id if worst else None,
        description=entry.description,
        order_ref=entry.order_ref.strip(),
        unit_path=entry.unit_path,
        touched=True,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=timezone.now(),
    )
    pairs = {(line.account_code, line.unit_id) for line in entry.lines if line.account_code}
    codings = coding_ids(pairs=sorted(pairs, key=str), by=by)
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            organisation_id=by.organisation_id,
            invoice=invoice,
            line_no=number,
            description=line.description,
            coding_id=codings.get((line.account_code, line.unit_id)),
            coding_reason=line.coding_reason,
            vat_code=line.vat_code,
            net_pence=line.net_pence,
            vat_pence=line.vat,
        )
        for number, line in enumerate(entry.lines, start=1)
    )
    return invoice


def recode_lines(*, invoice: Invoice, version: int, lines: Mapping[int, Coded], by: Actor) -> None:
    """Lines of an invoice that is not yet submitted get other codings, with the reasons.

    `lines` by line number. Event finance.invoice.recoded.
    """
    require(by, ENTER_INVOICES, unit_path=invoice.unit_path)
    INV08.check(not invoice.journal_id, "It is in the ledger: reverse it and enter it again.")
    pairs = {(coded.account_code, coded.unit_id) for coded in lines.values()}
    codings = coding_ids(pairs=sorted(pairs, key=str), by=by)
    _move(invoice, version, RECODE, invoice.state, by=by, touched=True)
    for number, coded in lines.items():
        InvoiceLine.objects.filter(
            organisation_id=by.organisation_id, invoice_id=invoice.pk, line_no=number
        ).update(coding_id=codings[coded.account_code, coded.unit_id], coding_reason=coded.reason)
    _event(invoice, "recoded", by, count=len(lines))


def hold(
    *, invoice: Invoice, version: int, cause: str, text: str = "", by: Actor, as_of: date
) -> None:
    """Nothing more is done with the invoice until it is released. Event finance.invoice.held.

    Refused while a live payment holds it (INV10) or in another state (INV08).
    """
    require(by, ENTER_INVOICES, unit_path=invoice.unit_path)
    INV09.check(cause in HOLD_CAUSES and (text.strip() or cause != "other"))
    _not_in_payment(invoice)
    _move(
        invoice,
        version,
        MOVES,
        "hold",
        by=by,
        hold_cause=cause,
        hold_text=text.strip(),
        held_on=as_of,
        touched=True,
        **stopped(cause=cause, owner=by, on=as_of),
    )
    _event(invoice, "held", by, cause=HOLD_CAUSES[cause], comment=text.strip())


def release_hold(
    *, invoice: Invoice, version: int, text: str = "", order_ref: str = "", by: Actor
) -> None:
    """A held invoice goes on where it stood, with the order where one was found.

    Event finance.invoice.released.
    """
    require(by, ENTER_INVOICES, unit_path=invoice.unit_path)
    verb = "release_posted" if invoice.journal_id else "release"
    found = {"order_ref": order_ref.strip()} if order_ref.strip() else {}
    _move(invoice, version, MOVES, verb, by=by, hold_cause="", hold_text="", **found)
    _event(invoice, "released", by, comment=text.strip())


def dispute(*, invoice: Invoice, version: int, text: str, by: Actor) -> None:
    """The supplier is told in a sentence what is wrong (INV09). Event finance.invoice.disputed."""
    require(by, ENTER_INVOICES, unit_path=invoice.unit_path)
    INV09.check(text.strip())
    _not_in_payment(invoice)
    _move(
        invoice,
        version,
        MOVES,
        "dispute",
        by=by,
        told=text.strip(),
        hold_cause="",
        hold_text=text.strip(),
        touched=True,
        **stopped(cause=DISPUTE, owner=by, on=timezone.localdate()),
    )
    _event(invoice, "disputed", by, comment=text.strip())


def resolve(*, invoice: Invoice, version: int, text: str = "", by: Actor) -> None:
    """A dispute is settled; the invoice goes on. Event finance.invoice.resolved."""
    require(by, ENTER_INVOICES, unit_path=invoice.unit_path)
    verb = "resolve_posted" if invoice.journal_id else "resolve"
    _move(invoice, version, MOVES, verb, by=by, hold_text="")
    _event(invoice, "resolved", by, comment=text.strip())


def submit_for_approval(
    *, invoice: Invoice, version: int, by: Actor, as_of: datetime | None = None
) -> None:
    """The invoice waits for whoever its approval route names. Event finance.invoice.submitted.

    INV11 while a line is without coding.
    """
    require(by, ENTER_INVOICES, unit_path=invoice.unit_path)
    uncoded = InvoiceLine.objects.filter(
        organisation_id=by.organisation_id, invoice_id=invoice.pk, coding_id__isnull=True
    )
    INV11.check(not uncoded.exists())
    _move(invoice, version, MOVES, "submit", by=by, hold_text="")
    _event(invoice, "submitted", by, at=as_of)
    request_approval(
        subject=invoice,
        amount_pence=invoice.gross_pence,
        unit_path=invoice.unit_path,
        summary=f"{invoice.supplier.name}, {invoice.supplier_ref}",
        thread=invoice.thread,
        spend_key=f"{invoice.supplier_id}:{category(invoice)}",
        by=by,
        as_of=as_of,
    )


def approve(row: Invoice, by: Actor) -> None:
    """Called by approvals: approved, and posted to the ledger in the same transaction.

    INV13 for the person who entered it, also when a colleague sent it for approval.
    """
    INV13.check(by.person_id is None or by.person_id != row.made_by_id)
    today = timezone.localdate()
    _move(row, row.version, MOVES, "approve", by=by, approved_on=today)
    _event(row, "approved", by)
    post_invoices(invoice_ids=[row.pk], as_of=today, round_no=row.version, by=by)


def take_back(row: Invoice, by: Actor, comment: str) -> None:
    """Called by approvals: returned to the officer with the approver's sentence."""
    _move(row, row.version, MOVES, "return", by=by, hold_text=comment, touched=True)
    _event(row, "returned", by, comment=comment)


def reject(row: Invoice, by: Actor, comment: str) -> None:
    """Called by approvals: not to be paid as it is, so it is disputed with the supplier."""
    clock = stopped(cause=DISPUTE, owner=None, on=timezone.localdate(), at=by.organisation_id)
    _move(row, row.version, MOVES, "reject", by=by, hold_text=comment, touched=True, **clock)
    _event(row, "rejected", by, comment=comment)


def take_back_decision(row: Invoice, by: Actor, outcome: str) -> None:
    """Called by approvals: it waits again as before the decision of that outcome.

    An approved one leaves the ledger by a reversing journal; INV10 once it is in a payment. Event
    finance.invoice.decision_undone.
    """
    changes: dict[str, Any] = {"hold_text": ""}
    if outcome == "approved":
        _not_in_payment(row)
        today = timezone.localdate()
        reverse_posting(invoice=row, reason="Approval taken back", as_of=today, by=by)
        changes |= dict.fromkeys(
            ("approved_on", "posted_on", "period", "batch_id", "journal_id"), None
        )
    _move(row, row.version, MOVES, f"undo_{outcome}", by=by, **changes)
    _event(row, "decision_undone", by)


def reverse_invoice(*, invoice: Invoice, version: int, reason: str, by: Actor, as_of: date) -> None:
    """The invoice no longer counts; a posted one by a reversing journal. For good.

    INV09 without a reason, INV10 in a payment, INV08 once paid, INV21 once paid in part.
    Event finance.invoice.reversed.
    """
    require(by, REVERSE_INVOICES, unit_path=invoice.unit_path)
    INV09.check(reason.strip())
    _not_in_payment(invoice)
    if invoice.version != version:
        raise Clash()
    INV21.check(invoice.state == State.PAID or not invoice.allocated_pence)
    undo_matches_of(invoice=invoice, reason=f"{invoice} is reversed", by=by)
    invoice.refresh_from_db(fields=["version"])
    _move(
        invoice,
        invoice.version,
        MOVES,
        "reverse",
        by=by,
        hold_cause="",
        hold_text=reason.strip(),
        withheld_pence=0,
        withheld_text="",
        touched=True,
    )
    if invoice.journal_id:
        reverse_posting(invoice=invoice, reason=reason.strip(), as_of=as_of, by=by)
    _event(invoice, "reversed", by, comment=reason.strip())


def _not_in_payment(invoice: Invoice) -> None:
    """Paid invoices keep their allocation too, but their state says so better (INV08).

    Nor do parts that were paid before count. The row is locked first: a proposal skips it until
    this is done, or was done before and is seen.
    """
    here = {"organisation_id": invoice.organisation_id}
    now = Invoice.objects.select_for_update().get(**here, pk=invoice.pk)
    live = invoice.allocations.filter(**here, live=True, part__gt=now.parts)
    INV10.check(invoice.state == State.PAID or not live.exists())


def _move(
    invoice: Invoice,
    version: int,
    moves: Any,
    verb: str,
    *,
    by: Actor,
    told: str = "",
    **changes: Any,
) -> None:
    """Along `verb` if nobody was faster (Clash); the row in hand is brought up to date.

    The sender of an electronic invoice is answered, with the words `told` if it is disputed.
    """
    INV08.check(verb in moves and invoice.state in moves[verb][0], f"It is {_state(invoice)}.")
    rows = Invoice.objects.filter(
        organisation_id=invoice.organisation_id, pk=invoice.pk, version=version
    )
    freed = {} if moves[verb][1] in STOPPED else FREED
    move(rows, moves, verb, expected=1, version=F("version") + 1, **freed, **changes)
    invoice.refresh_from_db()
    answer_suppliers(invoices=[invoice], by=by, words=told)


def _state(invoice: Invoice) -> str:
    return str(invoice.get_state_display()).lower()


def _event(invoice: Invoice, outcome: str, by: Actor, **data: Any) -> None:
    given = {key: value for key, value in data.items() if value != ""}
    record(f"finance.invoice.{outcome}", invoice, by=by, thread=invoice.thread, **given)
