"""The statements that bring a chunk from its temporary tables into the organisation's own.

Every row is inserted once, already in its last state: an invoice of a published payment arrives as
posted and paid, with its journal.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from core.actors import Actor
from finance.models import SourceFile
from finance.selectors.holds import stopped
from tenants.services import next_number

_INVOICES = """
INSERT INTO finance_invoice (organisation_id, id, number, supplier_id, supplier_ref, ref_norm,
  origin, invoice_on, received_on, due_on, net_pence, vat_pence, gross_pence, allocated_pence,
  state, hold_cause, hold_text, held_on, stopped_at, answer_on, owner_id, owner_name,
  duplicate_grade, duplicate_of, description, unit_path, source_file_id, touched, thread,
  version, made_by_id, made_by_name, made_at, approved_on, posted_on, paid_on, period, batch_id,
  journal_id)
SELECT %(org)s, l.id, %(first)s + l.inv, l.supplier_id, l.reference, l.reference_key,
  %(origin)s, l.invoice_on, l.received_on, l.due_on, l.net, l.vat, l.gross,
  CASE WHEN l.pay IS NOT NULL THEN l.gross ELSE 0 END,
  {state}, false, gen_random_uuid(), 1, %(made_by_id)s, %(made_by_name)s, %(at)s, {dates}
FROM load_invoice l LEFT JOIN load_posting p ON p.key = l.inv
ORDER BY l.inv
"""
_PUBLISHED_STATE = """
  CASE WHEN l.settled THEN 'paid' ELSE 'posted' END, '', '', NULL::date, NULL::timestamptz,
  NULL::date, NULL::bigint, '', l.grade, l.duplicate_of, l.description, l.unit_path, %(file)s"""
_PUBLISHED_DATES = """
  l.dated_on, l.dated_on, CASE WHEN l.settled THEN l.dated_on END, p.period, p.batch_id,
  p.journal_id"""
_RECEIVED_STATE = """
  CASE WHEN l.hold <> '' OR l.grade = 'A' THEN 'held' ELSE 'received' END,
  CASE WHEN l.grade = 'A' THEN 'duplicate' ELSE l.hold END,
  CASE WHEN l.grade = 'A' THEN %(duplicate_text)s WHEN l.hold <> '' THEN %(vat_text)s ELSE '' END,
  CASE WHEN l.hold <> '' OR l.grade = 'A' THEN %(at)s::date END,
  CASE WHEN l.hold <> '' OR l.grade = 'A' THEN %(at)s END,
  CASE WHEN l.grade = 'A' THEN %(duplicate_by)s::date WHEN l.hold <> '' THEN %(vat_by)s::date END,
  CASE WHEN l.hold <> '' OR l.grade = 'A' THEN %(made_by_id)s::bigint END,
  CASE WHEN l.hold <> '' OR l.grade = 'A' THEN %(made_by_name)s ELSE '' END,
  l.grade, l.duplicate_of, l.description, l.unit_path, %(file)s"""
_RECEIVED_DATES = """
  NULL::date, NULL::date, NULL::date, NULL::int, NULL::bigint, NULL::bigint"""
DUPLICATE_TEXT = (
    "The supplier has already sent an invoice with this number. Compare the two, then release or "
    "reverse this one."
)
VAT_TEXT = "The VAT fits no rate of the net amount. Check it against the invoice, then release it."
_LINES = """
INSERT INTO finance_invoiceline (organisation_id, id, invoice_id, line_no, description, coding_id,
  coding_reason, vat_code, net_pence, vat_pence)
SELECT %(org)s, l.id, i.id, l.line_no, l.description, l.coding_id, l.coding_reason, l.vat_code,
  l.net, l.vat
FROM load_line l JOIN load_invoice i USING (inv) ORDER BY l.line
"""
_ROWS = """
INSERT INTO finance_sourcerow (organisation_id, source_file_id, row_no, cells, kind, cause,
  cause_text, amount_pence, invoice_line_id)
SELECT %(org)s, %(file)s, r.row_no, r.cells, r.kind, r.cause, r.cause_text, r.amount_pence, l.id
FROM load_row r LEFT JOIN load_line l USING (line) ORDER BY r.row_no
"""
_OLD_RUNS = """
UPDATE finance_paymentrun r SET payments = r.payments + d.payments, version = r.version + 1,
  total_pence = r.total_pence + d.total
FROM (SELECT dated_on, count(*) AS payments, sum(amount)::bigint AS total FROM load_payment
      GROUP BY dated_on) d
WHERE r.organisation_id = %(org)s AND r.method = 'published' AND r.pay_on = d.dated_on
RETURNING r.pay_on
"""
_NEW_RUNS = """
INSERT INTO finance_paymentrun (organisation_id, number, method, due_to, pay_on, state, payments,
  total_pence, made_by_name, made_at, released_by_name, released_at, version)
SELECT %(org)s, %(first)s + row_number() OVER (ORDER BY dated_on) - 1, 'published', dated_on,
  dated_on, 'released', count(*), sum(amount)::bigint, %(system)s, %(at)s, %(system)s, %(at)s, 1
FROM load_payment WHERE dated_on <> ALL(%(old)s::date[]) GROUP BY dated_on
"""
_PAYMENTS = """
INSERT INTO finance_payment (organisation_id, id, payment_run_id, number, supplier_id,
  amount_pence, state, account_ending, account_name, warnings, paid_on,
  batch_id, journal_id)
SELECT %(org)s, l.id, r.id, %(first)s + l.pay, l.supplier_id, l.amount, 'released', '', '',
  '[]', l.dated_on, p.batch_id, p.journal_id
FROM load_payment l
JOIN finance_paymentrun r ON r.organisation_id = %(org)s AND r.method = 'published'
  AND r.pay_on = l.dated_on
LEFT JOIN load_posting p ON p.key = l.pay ORDER BY l.pay
"""
_ALLOCATIONS = """
INSERT INTO finance_allocation (organisation_id, payment_id, invoice_id, amount_pence, live)
SELECT %(org)s, p.id, i.id, i.gross, true
FROM load_invoice i JOIN load_payment p USING (pay) WHERE i.gross <> 0 ORDER BY i.inv
"""


@dataclass(frozen=True)
class Writer:
    """Who writes what for which file; `cursor` lies in the chunk's transaction."""

    cursor: Any
    file: SourceFile
    by: Actor
    at: datetime

    def _run(self, sql: str, **values: Any) -> int:
        facts = {
            "org": self.by.organisation_id,
            "file": self.file.pk,
            "at": self.at,
            "made_by_id": self.file.made_by_id,
            "made_by_name": self.file.made_by_name,
            "system": "Commonwell",
            "duplicate_text": DUPLICATE_TEXT,
            "vat_text": VAT_TEXT,
        }
        self.cursor.execute(sql, {**facts, **values})
        return int(self.cursor.rowcount)

    def invoices(self, count: int, *, published: bool) -> None:
        """Invoices numbered without a gap; an exact duplicate of a received one is held.

        Who loaded the file is on what it holds, as who holds one by hand is on it.
        """
        if published:
            sql = _INVOICES.format(state=_PUBLISHED_STATE, dates=_PUBLISHED_DATES)
        else:
            sql = _INVOICES.format(state=_RECEIVED_STATE, dates=_RECEIVED_DATES)
        first = next_number("invoice", by=self.by, count=count)
        days = {} if published else self._answers()
        self._run(sql, first=first, origin="published" if published else "file", **days)

    def _answers(self) -> dict[str, date]:
        """By when an answer is wanted to what is held today, by its cause."""
        on, here = timezone.localdate(self.at), self.by.organisation_id
        return {
            f"{cause}_by": stopped(cause=cause, owner=None, on=on, at=here)["answer_on"]
            for cause in ("duplicate", "vat")
        }

    def lines(self) -> None:
        self._run(_LINES)

    def rows(self) -> None:
        self._run(_ROWS)

    def payments(self, count: int) -> None:
        """One released run a day, its payments, and what each settles."""
        self._run(_OLD_RUNS)
        old = [row[0] for row in self.cursor.fetchall()]
        self.cursor.execute(
            "SELECT count(DISTINCT dated_on) FROM load_payment WHERE dated_on <> ALL(%s::date[])",
            [old],
        )
        days = self.cursor.fetchone()[0]
        if days:
            self._run(_NEW_RUNS, first=next_number("payment_run", by=self.by, count=days), old=old)
        self._run(_PAYMENTS, first=next_number("payment", by=self.by, count=count))
        self._run(_ALLOCATIONS)
