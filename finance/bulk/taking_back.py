"""The load of a file undone, set by set: journals reversed, payments and invoices closed."""

from datetime import date
from typing import Any

from django.db import connection

from core.actors import Actor
from finance.models import SourceFile
from finance.services import ledger
from runs.faults import fault_point

_LOCK = """
SELECT FROM finance_invoice WHERE organisation_id = %(org)s AND source_file_id = %(file)s
ORDER BY id FOR UPDATE
"""
_INVOICES = """
CREATE TEMP TABLE back_invoice ON COMMIT DROP AS
SELECT id, period, batch_id, journal_id FROM finance_invoice
WHERE organisation_id = %(org)s AND source_file_id = %(file)s AND state <> 'reversed'
"""
_PAYMENTS = """
CREATE TEMP TABLE back_payment ON COMMIT DROP AS
SELECT DISTINCT y.id, y.payment_run_id, y.amount_pence, y.paid_on, y.batch_id, y.journal_id
FROM back_invoice b
JOIN finance_allocation a ON a.organisation_id = %(org)s AND a.invoice_id = b.id AND a.live
JOIN finance_payment y ON y.organisation_id = %(org)s AND y.id = a.payment_id
"""
# The period of a payment's journal is that of the day on which it was paid.
_JOURNALS = """
CREATE TEMP TABLE back_journal ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY j.period, j.batch_id, j.id) AS key, j.period, j.batch_id,
  j.id AS journal_id, j.series || '-' || j.year || '-' || j.document_no AS reference,
  j.subject_key, j.subject_id
FROM finance_journal j JOIN (
  SELECT period, batch_id, journal_id FROM back_invoice WHERE journal_id IS NOT NULL
  UNION ALL
  SELECT (extract(year FROM paid_on) * 100 + extract(month FROM paid_on))::int, batch_id,
    journal_id FROM back_payment) b
  ON j.period = b.period AND j.batch_id = b.batch_id AND j.id = b.journal_id
WHERE j.organisation_id = %(org)s
"""
_NEW_JOURNALS = """
INSERT INTO new_journal (journal_key, posting_date, narrative, subject_key, subject_id)
SELECT key, %(as_of)s, 'Reversal of ' || reference || ': ' || %(reason)s, subject_key, subject_id
FROM back_journal
"""
_NEW_LINES = """
INSERT INTO new_line (journal_key, coding_id, amount_pence, description)
SELECT b.key, l.coding_id, -l.amount_pence, l.description
FROM finance_journalline l JOIN back_journal b USING (period, batch_id, journal_id)
WHERE l.organisation_id = %(org)s
ORDER BY b.key, l.line_no
"""
_REVERSALS = """
INSERT INTO finance_reversal (organisation_id, period, batch_id, journal_id, by_period,
  by_batch_id, by_journal_id, reason)
SELECT %(org)s, b.period, b.batch_id, b.journal_id, p.period, p.batch_id, p.journal_id, %(reason)s
FROM back_journal b JOIN posted_journal p ON p.journal_key = b.key
"""
_SETTLED = (
    """
UPDATE finance_paymentrun r SET payments = r.payments - b.payments,
  total_pence = r.total_pence - b.pence, version = r.version + 1
FROM (SELECT payment_run_id, count(*) AS payments, sum(amount_pence)::bigint AS pence
      FROM back_payment GROUP BY 1) b
WHERE r.organisation_id = %(org)s AND r.id = b.payment_run_id
""",
    """
UPDATE finance_allocation a SET live = false FROM back_payment b
WHERE a.organisation_id = %(org)s AND a.payment_id = b.id AND a.live
""",
    """
UPDATE finance_payment y SET state = 'reversed' FROM back_payment b
WHERE y.organisation_id = %(org)s AND y.id = b.id
""",
    """
WITH undone AS (
  UPDATE finance_creditmatch m SET undone_at = now(), undone_by_name = %(name)s,
    undone_reason = %(reason)s
  WHERE m.organisation_id = %(org)s AND m.undone_at IS NULL
    AND (m.credit_id IN (SELECT id FROM back_invoice)
         OR m.invoice_id IN (SELECT id FROM back_invoice))
  RETURNING m.credit_id, m.invoice_id, m.amount_pence),
freed AS (
  SELECT id, sum(pence)::bigint AS pence FROM (
    SELECT credit_id AS id, -amount_pence AS pence FROM undone
    UNION ALL SELECT invoice_id, amount_pence FROM undone) s GROUP BY id)
UPDATE finance_invoice i SET matched_pence = i.matched_pence - f.pence, version = i.version + 1
FROM freed f WHERE i.organisation_id = %(org)s AND i.id = f.id
""",
    """
UPDATE finance_invoice i SET state = 'reversed', allocated_pence = 0, paid_on = NULL,
  hold_cause = '', hold_text = %(reason)s, stopped_at = NULL, answer_on = NULL, owner_id = NULL,
  owner_name = '', touched = true, version = i.version + 1
FROM back_invoice b WHERE i.organisation_id = %(org)s AND i.id = b.id
""",
)


def lock_invoices(file: SourceFile) -> None:
    """Whoever pays or changes one of them was before, and is seen now, or waits for the end."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"org": file.organisation_id, "file": file.pk})


def undo(*, file: SourceFile, as_of: date, reason: str, by: Actor) -> dict[str, int]:
    """Reverses every journal of the load on the day `as_of`; returns what was undone."""
    values: dict[str, Any] = {"org": by.organisation_id, "file": file.pk}
    values |= {"as_of": as_of, "reason": reason, "name": by.name}
    figures = {}
    with connection.cursor() as cursor:
        for name, statement in (
            ("invoices", _INVOICES),
            ("payments", _PAYMENTS),
            ("journals", _JOURNALS),
        ):
            cursor.execute(statement, values)
            figures[name] = cursor.rowcount
        cursor.execute("ANALYZE back_invoice; ANALYZE back_payment; ANALYZE back_journal")
        if figures["journals"]:
            _reverse(cursor, file, values, by)
        for statement in _SETTLED:
            cursor.execute(statement, values)
    fault_point("finance.taken_back")
    return figures


def _reverse(cursor: Any, file: SourceFile, values: dict[str, Any], by: Actor) -> None:
    ledger.ensure_periods(days=[values["as_of"]], by=by)
    ledger.stage(cursor)
    cursor.execute(_NEW_JOURNALS, values)
    cursor.execute(_NEW_LINES, values)
    ledger.post_staged(source="finance.file.taken_back", key=str(file.number), series="RV", by=by)
    cursor.execute(_REVERSALS, values)
    fault_point("finance.journals_reversed")
