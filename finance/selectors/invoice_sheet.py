"""An invoice with everything beneath it, in one query: its lines and its journal, with codings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, JSONField, OuterRef
from django.db.models.expressions import RawSQL

from core.actors import Actor
from finance.models import Allocation, Invoice, InvoiceResponse
from finance.paying.discounts import OFFER
from finance.selectors.invoices import seen

_PARTS = """
(SELECT jsonb_agg(to_jsonb(p) ORDER BY p.line_no) FROM (
  SELECT {columns}, a.code || ' ' || a.name AS account, u.code || ' ' || u.name AS unit
    FROM {table} x
    LEFT JOIN finance_coding c ON c.organisation_id = x.organisation_id AND c.id = x.coding_id
    LEFT JOIN finance_account a ON a.organisation_id = c.organisation_id AND a.id = c.account_id
    LEFT JOIN tenants_unit u ON u.organisation_id = c.organisation_id AND u.id = c.unit_id
   WHERE x.organisation_id = finance_invoice.organisation_id AND {where}) p)
"""
_LINES = _PARTS.format(
    columns="x.line_no, x.description, x.coding_reason, x.vat_code, x.net_pence, x.vat_pence",
    table="finance_invoiceline",
    where="x.invoice_id = finance_invoice.id",
)
_JOURNAL = _PARTS.format(
    columns="x.line_no, x.description, x.amount_pence",
    table="finance_journalline",
    where=(
        "x.period = finance_invoice.period AND x.batch_id = finance_invoice.batch_id"
        " AND x.journal_id = finance_invoice.journal_id"
    ),
)

_MATCHES = """
(SELECT jsonb_agg(jsonb_build_object('number', o.number, 'supplier_ref', o.supplier_ref,
                  'amount_pence', m.amount_pence, 'reason', m.reason) ORDER BY m.id)
   FROM finance_creditmatch m
   JOIN finance_invoice o ON o.organisation_id = m.organisation_id
    AND o.id = CASE WHEN finance_invoice.gross_pence < 0 THEN m.invoice_id ELSE m.credit_id END
  WHERE m.organisation_id = finance_invoice.organisation_id AND m.undone_at IS NULL
    AND finance_invoice.id IN (m.credit_id, m.invoice_id))
"""
# What it was entered from, without its bytes.
_DOCUMENT = """
(SELECT jsonb_build_object('pk', d.id, 'name', d.name) FROM finance_invoicedocument d
  WHERE d.organisation_id = finance_invoice.organisation_id AND d.invoice_id = finance_invoice.id
  LIMIT 1)
"""
# What its supplier was told of it, where it came as an electronic invoice.
_RESPONSES = """
(SELECT jsonb_agg(jsonb_build_object('number', r.id, 'status', r.status, 'words', r.words,
                  'at', r.made_at, 'handed', r.handed_at IS NOT NULL) ORDER BY r.id)
   FROM finance_invoiceresponse r
  WHERE r.organisation_id = finance_invoice.organisation_id AND finance_invoice.origin = 'einvoice'
    AND r.source_file_id = finance_invoice.source_file_id)
"""
# What is let off for paying it early, and what was.
_DISCOUNT = f"""
(SELECT jsonb_build_object('percent', o.percent::text, 'pence', o.pence, 'last_on', o.last_on,
          'taken', (SELECT sum(a.discount_pence) FROM finance_allocation a
                     WHERE a.organisation_id = i.organisation_id AND a.invoice_id = i.id
                       AND a.live))
   FROM (SELECT finance_invoice.*) i, LATERAL ({OFFER}) o)
"""  # noqa: S608


@dataclass(frozen=True)
class Line:
    """A line as it is shown; `coding` is empty while there is none."""

    line_no: int
    description: str
    coding: str
    coding_reason: str
    vat_code: str
    net_pence: int
    vat_pence: int


@dataclass(frozen=True)
class Entry:
    """A line of the journal: one of `debit_pence` and `credit_pence`, both above zero."""

    coding: str
    description: str
    debit_pence: int | None
    credit_pence: int | None


@dataclass(frozen=True)
class Sheet:
    """The invoice, its lines and the journal beneath it; is it in a run not yet released?"""

    invoice: Invoice
    lines: list[Line]
    journal: list[Entry]
    in_open_payment: bool
    # What it credits, or what credits it: number, supplier_ref, amount_pence, reason.
    matches: list[dict[str, Any]]
    # Key and name of the document it was entered from.
    document: dict[str, Any] | None
    # Percent, pence and last day of the discount that is offered, and the pence taken of it.
    discount: dict[str, Any] | None
    # What its supplier was told: number, status in words, words, at, handed.
    responses: list[dict[str, Any]]


def invoice_sheet(actor: Actor, number: int) -> Sheet:
    """The invoice of that number here with all that hangs on it. NotFound as in `seen`."""
    here = actor.organisation_id
    rows = Invoice.objects.filter(organisation_id=here, number=number)
    proposed = Allocation.objects.filter(
        organisation_id=here, invoice_id=OuterRef("id"), live=True, part__gt=OuterRef("parts")
    )
    found: Any = seen(
        actor,
        rows.select_related("supplier")
        .annotate(
            sheet_lines=RawSQL(_LINES, [], JSONField()),  # noqa: S611
            sheet_journal=RawSQL(_JOURNAL, [], JSONField()),  # noqa: S611
            sheet_matches=RawSQL(_MATCHES, [], JSONField()),  # noqa: S611
            sheet_document=RawSQL(_DOCUMENT, [], JSONField()),  # noqa: S611
            sheet_discount=RawSQL(_DISCOUNT, [], JSONField()),  # noqa: S611
            sheet_responses=RawSQL(_RESPONSES, [], JSONField()),  # noqa: S611
            in_payment=Exists(proposed),
        )
        .first(),
    )
    lines = [_line(part) for part in found.sheet_lines or []]
    journal = [_entry(part) for part in found.sheet_journal or []]
    unreleased = found.in_payment and found.state == Invoice.State.POSTED
    matches, document = found.sheet_matches or [], found.sheet_document
    discount, told = found.sheet_discount, [_told(one) for one in found.sheet_responses or []]
    return Sheet(found, lines, journal, unreleased, matches, document, discount, told)


def _told(part: dict[str, Any]) -> dict[str, Any]:
    status, at = InvoiceResponse.Status(part["status"]).label, datetime.fromisoformat(part["at"])
    return {**part, "status": status, "at": at}


def _coding(part: dict[str, Any]) -> str:
    return ", ".join(filter(None, (part["account"], part["unit"])))


def _line(part: dict[str, Any]) -> Line:
    return Line(
        part["line_no"],
        part["description"],
        _coding(part),
        part["coding_reason"],
        part["vat_code"],
        part["net_pence"],
        part["vat_pence"],
    )


def _entry(part: dict[str, Any]) -> Entry:
    amount = part["amount_pence"]
    return Entry(
        _coding(part),
        part["description"],
        amount if amount > 0 else None,
        -amount if amount < 0 else None,
    )
