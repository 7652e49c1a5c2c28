"""Electronic invoices: kept as they came, refused by name of the rule, or entered as invoices."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.actors import Actor, require
from core.errors import InvariantBroken
from core.money import to_pence
from core.states import move
from events.services import record
from finance.einvoices import BookedLine, VatKey, booked_lines, read_einvoice, vat_key, xml_of
from finance.models import Invoice, SourceFile, Supplier
from finance.permissions import ENTER_INVOICES, LOAD_FILES
from finance.rules_einvoices import EIN01, EIN02, EIN03, EIN04
from finance.selectors.einvoices import Document, findings
from finance.services.files import file_with, keep_file
from finance.services.invoices import InvoiceEntry, LineEntry, enter_invoice
from finance.services.responses import answer_receipt, answer_suppliers

State = SourceFile.State
MOVES = {"enter": ((State.UPLOADED,), State.LOADED)}
CURRENCY = "GBP"


@dataclass(frozen=True)
class Treatment:
    """How a person books a document: one account and unit, and a VAT code for each part of it.

    `vat_codes` by (category, rate) of the VAT breakdown.
    """

    supplier: Supplier
    account_code: str
    unit_id: int | None
    unit_path: str
    vat_codes: Mapping[VatKey, str]
    reason: str
    received_on: date


def receive_einvoice(*, name: str, data: bytes, by: Actor) -> tuple[SourceFile, bool]:
    """Keeps the document as it came, alone or within a PDF; (file, whether it came before).

    `NotAnEInvoice` when it cannot be read: nothing is kept. One that breaks a fatal rule is kept
    as refused. Events finance.einvoice.received and, for a broken one, finance.einvoice.refused.
    The sender is answered either way (`answer_receipt`).
    """
    require(by, LOAD_FILES)
    digest = hashlib.sha256(data).hexdigest()
    known = file_with(digest=digest, by=by)
    if known is not None:
        return known, True
    xml = xml_of(data)
    facts = read_einvoice(xml)
    broken = [found for found in findings(xml, facts) if found.severity == "fatal"]
    file = keep_file(
        name=name,
        data=data,
        digest=digest,
        by=by,
        purpose="einvoice",
        state=State.REFUSED if broken else State.UPLOADED,
        rows_total=len(facts.lines),
        total_pence=0 if broken else facts.sign * to_pence(facts.totals.payable),
    )
    amount = f"{facts.currency} {facts.totals.payable}"
    record(
        "finance.einvoice.received",
        file,
        by=by,
        number=facts.number,
        seller=facts.seller.name,
        amount=amount,
    )
    if broken:
        reason = f"{broken[0].code}: {broken[0].message}"[:400]
        record("finance.einvoice.refused", file, by=by, reason=reason)
    answer_receipt(file=file, facts=facts, broken=broken, by=by)
    return file, False


def enter_einvoice(
    *, found: Document, treatment: Treatment, by: Actor, as_of: date, confirmed_reason: str = ""
) -> Invoice:
    """The document becomes an invoice of its own lines, VAT to the penny as it asks.

    EIN01 unless it waits, EIN02 to EIN04 for what cannot be booked as it is, and everything that
    `enter_invoice` refuses. Event finance.einvoice.entered, beside that of the invoice.
    """
    require(by, ENTER_INVOICES)
    file, facts = found.file, found.facts
    EIN01.check(file.state == State.UPLOADED and not found.broken)
    EIN02.check(facts.currency == CURRENCY, f"This one is in {facts.currency}.")
    EIN04.check(not facts.totals.prepaid)
    booked = booked_lines(facts)
    pence = sum(line.net_pence + line.vat_pence for line in booked)
    if pence != facts.sign * to_pence(facts.totals.payable):
        raise InvariantBroken(f"The lines of {file} are not what it asks to be paid.")
    # A line of nought is said on the document and books nothing.
    lines = [_entry(line, treatment) for line in booked if line.net_pence or line.vat_pence]
    entry = InvoiceEntry(
        supplier_id=treatment.supplier.pk,
        supplier_ref=facts.number,
        invoice_on=facts.issued_on,
        received_on=treatment.received_on,
        description=(facts.note or facts.lines[0].name)[:200],
        lines=lines,
        order_ref=facts.order_reference[:60],
        unit_path=treatment.unit_path,
        origin=Invoice.Origin.EINVOICE,
        source_file_id=file.pk,
    )
    invoice = enter_invoice(entry=entry, by=by, as_of=as_of, confirmed_reason=confirmed_reason)
    move(
        SourceFile.objects.filter(organisation_id=by.organisation_id, pk=file.pk),
        MOVES,
        "enter",
        expected=1,
        rows_loaded=file.rows_total,
        loaded_pence=invoice.gross_pence,
    )
    record("finance.einvoice.entered", file, by=by, thread=invoice.thread, invoice=str(invoice))
    answer_suppliers(invoices=[invoice], by=by)
    return invoice


def _entry(line: BookedLine, treatment: Treatment) -> LineEntry:
    code = treatment.vat_codes.get(vat_key(line.category, line.rate), "")
    if line.category == "O":
        code = code or "OS"
    EIN03.check(code, f"{line.description}: VAT category {line.category}.")
    return LineEntry(
        description=line.description,
        account_code=treatment.account_code,
        unit_id=treatment.unit_id,
        vat_code=code,
        net_pence=line.net_pence,
        vat_pence=line.vat_pence,
        coding_reason=treatment.reason,
    )
