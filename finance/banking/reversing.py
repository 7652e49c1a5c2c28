"""Payments that did not reach their payee, taken back set by set."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

STAGE = """
CREATE TEMP TABLE going_back ON COMMIT DROP AS
SELECT y.id, y.number, y.amount_pence AS pence, y.discount_pence, y.payment_run_id, s.name,
       y.liability_id,
       w.kind, w.code, w.reason,
       EXISTS (SELECT FROM finance_matcheditem m WHERE m.organisation_id = %(organisation)s
                 AND m.payment_id = y.id AND m.live) AS seen
FROM unnest(%(ids)s::bigint[], %(kinds)s::text[], %(codes)s::text[], %(reasons)s::text[])
  AS w (id, kind, code, reason)
JOIN finance_payment y ON y.organisation_id = %(organisation)s AND y.id = w.id
JOIN finance_paymentrun r ON r.organisation_id = %(organisation)s AND r.id = y.payment_run_id
JOIN finance_supplier s ON s.organisation_id = %(organisation)s AND s.id = y.supplier_id
WHERE y.state = 'released' AND r.bank_account_id IS NOT NULL
"""
# Money that a statement shows as gone comes back as an entry, whatever the report calls it.
SEEN = "UPDATE going_back SET kind = 'returned' WHERE seen"
JOURNALS = """
INSERT INTO new_journal (journal_key, posting_date, narrative, subject_key, subject_id)
SELECT id, %(on)s, left('PMT-' || number || ' did not reach ' || name || ': ' || reason, 200),
       'finance.payment_return', id FROM going_back
"""
LINES = """
INSERT INTO new_line (journal_key, coding_id, amount_pence, description)
SELECT id, %(transit)s, pence, 'PMT-' || number FROM going_back
UNION ALL SELECT id, %(payables)s, -pence - discount_pence, 'PMT-' || number FROM going_back
 WHERE liability_id IS NULL
UNION ALL SELECT g.id, p.coding_id, -p.amount_pence, 'PMT-' || g.number FROM going_back g
  JOIN finance_liabilitypart p ON p.organisation_id = %(organisation)s
   AND p.liability_id = g.liability_id
"""
RETURNS = """
INSERT INTO finance_paymentreturn (organisation_id, payment_id, bank_report_id, kind, amount_pence,
  reason_code, reason, returned_on, made_by_id, made_by_name, made_at, period, batch_id, journal_id)
SELECT %(organisation)s, g.id, %(report)s, g.kind, g.pence, left(g.code, 10), left(g.reason, 200),
       %(on)s, %(person)s, %(name)s, %(at)s, p.period, p.batch_id, p.journal_id
FROM going_back g JOIN posted_journal p ON p.journal_key = g.id
"""
REOPEN = """
WITH back AS (
  UPDATE finance_payment y SET state = 'returned' FROM going_back g
  WHERE y.organisation_id = %(organisation)s AND y.id = g.id AND y.state = 'released'
  RETURNING y.id
), freed AS (
  UPDATE finance_allocation a SET live = false FROM back
  WHERE a.organisation_id = %(organisation)s AND a.payment_id = back.id AND a.live
  RETURNING a.invoice_id, a.amount_pence + a.discount_pence AS pence
), owed AS (
  SELECT invoice_id, sum(pence)::bigint AS pence FROM freed GROUP BY invoice_id
), opened AS (
  UPDATE finance_invoice i SET allocated_pence = i.allocated_pence - owed.pence, paid_on = NULL,
         state = CASE WHEN i.state = 'paid' THEN 'posted' ELSE i.state END, version = version + 1
  FROM owed WHERE i.organisation_id = %(organisation)s AND i.id = owed.invoice_id
    AND i.state <> 'reversed'
  RETURNING i.id
)
SELECT (SELECT count(*) FROM back), (SELECT count(*) FROM owed) - (SELECT count(*) FROM opened)
"""
# Of a rejected payment no statement will tell, so its run waits for it no more.
CLEARED = """
UPDATE finance_paymentrun r SET cleared = r.cleared + c.n
FROM (SELECT payment_run_id, count(*)::int AS n FROM going_back WHERE kind = 'rejected'
       GROUP BY payment_run_id) c
WHERE r.organisation_id = %(organisation)s AND r.id = c.payment_run_id
"""
Going = Sequence[tuple[int, str, str, str]]  # payment, kind, code, reason


def stage(organisation_id: int, going: Going) -> int:
    """Gathers those of the payments that can still come back; returns how many."""
    columns = [list(column) for column in zip(*going, strict=True)]
    values: dict[str, Any] = dict(zip(("ids", "kinds", "codes", "reasons"), columns, strict=True))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.going_back")
        cursor.execute(STAGE, values | {"organisation": organisation_id})
        count = int(cursor.rowcount)
        cursor.execute(SEEN)
        return count


def stage_journals(values: dict[str, Any]) -> None:
    """A journal for each: payments in transit and discounts against payables or what was owed."""
    with connection.cursor() as cursor:
        cursor.execute(JOURNALS, values)
        cursor.execute(LINES, values)


def any_discount() -> bool:
    """After `stage`: did any of them take a discount?"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM going_back WHERE discount_pence > 0)")
        return bool(cursor.fetchone()[0])


def write(values: dict[str, Any]) -> tuple[int, int]:
    """After the posting; (payments taken back, invoices that could not be opened again)."""
    with connection.cursor() as cursor:
        cursor.execute(RETURNS, values)
        cursor.execute(CLEARED, values)
        cursor.execute(REOPEN, values)
        done, left = cursor.fetchone()
        return int(done), int(left)
