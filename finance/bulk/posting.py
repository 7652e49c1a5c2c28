"""Invoices and payments of a chunk in the ledger: staged set by set, posted exactly once."""

from typing import Any

from core.actors import Actor
from finance.services import ledger

EXPENSE_SERIES, PAYMENT_SERIES = "PINV", "PPAY"
PAYABLES, BANK = "21000", "16000"

_INVOICE_JOURNALS = """
INSERT INTO new_journal (journal_key, posting_date, narrative, subject_key, subject_id)
SELECT inv, dated_on, left(concat_ws(' ', reference, description), 200), 'finance.invoice', id
FROM load_invoice
"""
_INVOICE_LINES = """
INSERT INTO new_line (journal_key, coding_id, amount_pence, description)
SELECT inv, coding_id, net + vat, description FROM load_line
UNION ALL SELECT inv, %s, -gross, reference FROM load_invoice WHERE gross <> 0
"""
_PAYMENT_JOURNALS = """
INSERT INTO new_journal (journal_key, posting_date, narrative, subject_key, subject_id)
SELECT pay, dated_on, 'Published payment', 'finance.payment', id FROM load_payment
"""
_PAYMENT_LINES = """
INSERT INTO new_line (journal_key, coding_id, amount_pence, description)
SELECT pay, %s, amount, '' FROM load_payment
UNION ALL SELECT pay, %s, -amount, '' FROM load_payment
"""


def control_codings(by: Actor) -> tuple[int, int]:
    """The codings of trade payables and of the bank."""
    ids = ledger.coding_ids(pairs=[(PAYABLES, None), (BANK, None)], by=by)
    return ids[(PAYABLES, None)], ids[(BANK, None)]


def post_invoices(cursor: Any, *, key: str, payables: int, by: Actor) -> None:
    """Dr what each line is coded to, Cr trade payables; `load_posting` says where each lies."""
    ledger.stage(cursor)
    cursor.execute(_INVOICE_JOURNALS)
    cursor.execute(_INVOICE_LINES, [payables])
    _post(cursor, source="finance.file.invoices", key=key, series=EXPENSE_SERIES, by=by)


def post_payments(cursor: Any, *, key: str, payables: int, bank: int, by: Actor) -> None:
    """Dr trade payables, Cr bank, on the day that was published."""
    ledger.stage(cursor)
    cursor.execute(_PAYMENT_JOURNALS)
    cursor.execute(_PAYMENT_LINES, [payables, bank])
    _post(cursor, source="finance.file.payments", key=key, series=PAYMENT_SERIES, by=by)


def _post(cursor: Any, *, source: str, key: str, series: str, by: Actor) -> None:
    ledger.post_staged(source=source, key=key, series=series, by=by)
    cursor.execute("TRUNCATE load_posting")
    cursor.execute(
        "INSERT INTO load_posting SELECT journal_key, period, batch_id, journal_id"
        " FROM posted_journal"
    )
    cursor.execute("ANALYZE load_posting")
