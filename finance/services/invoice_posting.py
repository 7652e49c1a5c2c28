"""Approved invoices become journals: debit the coded lines and VAT, credit trade payables."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from core.actors import Actor
from core.errors import Clash
from events.services import record_about
from finance.models import Invoice
from finance.services.ledger import coding_ids, post_staged, reverse_journal, stage
from finance.services.periods import ensure_periods
from finance.vat import COST, purchase_codes

PAYABLES = "21000"
SERIES = "AP"

JOURNALS = """
INSERT INTO new_journal (journal_key, posting_date, narrative, subject_key, subject_id)
SELECT i.id, %s, left(s.name || ' ' || i.supplier_ref, 200), 'finance.invoice', i.id
  FROM finance_invoice i
  JOIN finance_supplier s ON s.organisation_id = i.organisation_id AND s.id = i.supplier_id
 WHERE i.organisation_id = %s AND i.id = ANY(%s) AND i.state = 'approved'
"""
# VAT that cannot be recovered is part of the cost of its line.
COSTS = """
INSERT INTO new_line (journal_key, coding_id, amount_pence, description)
SELECT l.invoice_id, l.coding_id,
       l.net_pence + CASE WHEN l.vat_code = ANY(%s) THEN l.vat_pence ELSE 0 END, l.description
  FROM finance_invoiceline l JOIN new_journal j ON j.journal_key = l.invoice_id
 WHERE l.organisation_id = %s
   AND l.net_pence + CASE WHEN l.vat_code = ANY(%s) THEN l.vat_pence ELSE 0 END <> 0
"""
VAT = """
INSERT INTO new_line (journal_key, coding_id, amount_pence, description)
SELECT l.invoice_id, v.coding_id, sum(l.vat_pence), 'VAT'
  FROM finance_invoiceline l JOIN new_journal j ON j.journal_key = l.invoice_id
  JOIN unnest(%s::text[], %s::bigint[]) AS v(vat_code, coding_id) ON v.vat_code = l.vat_code
 WHERE l.organisation_id = %s
 GROUP BY l.invoice_id, v.coding_id HAVING sum(l.vat_pence) <> 0
"""
CREDITORS = """
INSERT INTO new_line (journal_key, coding_id, amount_pence, description)
SELECT i.id, %s, -i.gross_pence, ''
  FROM finance_invoice i JOIN new_journal j ON j.journal_key = i.id
 WHERE i.organisation_id = %s AND i.gross_pence <> 0
"""
POSTED = """
UPDATE finance_invoice i
   SET state = 'posted', posted_on = %s, period = p.period, batch_id = p.batch_id,
       journal_id = p.journal_id, version = i.version + 1
  FROM posted_journal p
 WHERE i.organisation_id = %s AND i.id = p.journal_key AND i.state = 'approved'
RETURNING i.id, i.thread
"""


CATEGORY = """
SELECT a.code FROM finance_invoiceline l
  JOIN finance_coding c ON c.organisation_id = l.organisation_id AND c.id = l.coding_id
  JOIN finance_account a ON a.organisation_id = c.organisation_id AND a.id = c.account_id
 WHERE l.organisation_id = %s AND l.invoice_id = %s
 GROUP BY a.code ORDER BY abs(sum(l.net_pence)) DESC, a.code LIMIT 1
"""


def category(invoice: Invoice) -> str:
    """The account that most of a coded invoice is charged to: what is bought."""
    with connection.cursor() as cursor:
        cursor.execute(CATEGORY, [invoice.organisation_id, invoice.pk])
        return str(cursor.fetchone()[0])


def post_invoices(*, invoice_ids: Sequence[int], as_of: date, round_no: int = 0, by: Actor) -> int:
    """Posts approved invoices on the day `as_of`, all or none; returns how many.

    `round_no` tells a posting from one of the same invoices that was taken back before.
    Clash if one of them is not approved any more. Event finance.invoice.posted for each.
    """
    wanted = sorted(set(invoice_ids))
    organisation = by.organisation_id
    ensure_periods(days=[as_of], by=by)
    with connection.cursor() as cursor:
        stage(cursor)
        cursor.execute(JOURNALS, [as_of, organisation, wanted])
        if cursor.rowcount != len(wanted):
            raise Clash()
        _stage_lines(cursor, by)
        key = hashlib.sha256(repr((wanted, round_no)).encode()).hexdigest()[:32]
        post_staged(source="finance.invoice", key=key, series=SERIES, by=by)
        cursor.execute(POSTED, [as_of, organisation])
        moved = cursor.fetchall()
    if len(moved) != len(wanted):
        raise Clash()
    for invoice_id, thread in moved:
        record_about("finance.invoice.posted", "finance.invoice", invoice_id, by=by, thread=thread)
    return len(moved)


def _stage_lines(cursor: Any, by: Actor) -> None:
    organisation = by.organisation_id
    codes = purchase_codes().values()
    cost = [code.code for code in codes if code.account == COST]
    recovered = [code for code in codes if code.account not in ("", COST)]
    accounts = sorted({code.account for code in recovered} | {PAYABLES})
    codings = coding_ids(pairs=[(account, None) for account in accounts], by=by)
    cursor.execute(COSTS, [cost, organisation, cost])
    cursor.execute(
        VAT,
        [
            [code.code for code in recovered],
            [codings[code.account, None] for code in recovered],
            organisation,
        ],
    )
    cursor.execute(CREDITORS, [codings[PAYABLES, None], organisation])


def reverse_posting(*, invoice: Invoice, reason: str, as_of: date, by: Actor) -> None:
    """The journal of a posted invoice is undone by another one of that day."""
    assert invoice.period and invoice.batch_id and invoice.journal_id
    ensure_periods(days=[as_of], by=by)
    reverse_journal(
        period=invoice.period,
        batch_id=invoice.batch_id,
        journal_id=invoice.journal_id,
        reason=reason,
        on=as_of,
        by=by,
    )
