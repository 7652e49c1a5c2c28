"""Early-payment discounts: what is offered on an invoice, and what taking it means in the ledger.

A supplier's terms hold for invoices dated on or after their first day. The discount is so much of
the invoice with VAT, less what credit notes take back of it, half a penny up. It lowers the price:
VAT is due on what is paid (VATA 1994, schedule 6, paragraph 4; Revenue and Customs Brief 49/2014),
so its share of VAT is taken back from where the VAT of the invoice went.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from finance.late_payment import OVER_REFERENCE, rates

# Of an invoice `i`: the percent, its last day and the pence; nothing where there is no offer.
OFFER = """
SELECT t.percent, i.invoice_on + t.days AS last_on,
       round((i.gross_pence - i.matched_pence) * t.percent / 100)::bigint AS pence
  FROM (SELECT percent, days FROM finance_discountterms
         WHERE organisation_id = i.organisation_id AND supplier_id = i.supplier_id
           AND from_on <= i.invoice_on ORDER BY from_on DESC LIMIT 1) t
 WHERE i.gross_pence > 0 AND t.percent > 0
   AND round((i.gross_pence - i.matched_pence) * t.percent / 100) > 0
"""
# Paid so early, money earns at least what it earns where it is kept. Half-years are counted in days
# of 365 to a year; what is due anyway costs nothing to pay.
WORTH = """
o.last_on >= %(pay_on)s
  AND o.percent * 36500 >= %(kept)s * (100 - o.percent) * (i.due_on - %(pay_on)s::date)
"""
_TAKEN = {
    "run": """
      SELECT 1 AS journal_key, a.id, a.invoice_id, a.discount_pence
        FROM finance_payment y JOIN finance_allocation a
          ON a.organisation_id = y.organisation_id AND a.payment_id = y.id AND a.live
       WHERE y.organisation_id = %(organisation)s AND y.payment_run_id = %(run)s
         AND y.state = 'proposed' AND a.discount_pence > 0""",
    "return": """
      SELECT g.id AS journal_key, a.id, a.invoice_id, a.discount_pence
        FROM going_back g JOIN finance_allocation a
          ON a.organisation_id = %(organisation)s AND a.payment_id = g.id AND a.live
       WHERE a.discount_pence > 0""",
}
_LINES = """
WITH taken AS MATERIALIZED ({taken}), vat AS (
  SELECT t.journal_key, t.id, v.coding_id,
         round(t.discount_pence * sum(l.vat_pence) / i.gross_pence)::bigint AS pence
    FROM taken t
    JOIN finance_invoice i ON i.organisation_id = %(organisation)s AND i.id = t.invoice_id
    JOIN finance_invoiceline l ON l.organisation_id = %(organisation)s AND l.invoice_id = i.id
    JOIN unnest(%(vat_codes)s::text[], %(vat_codings)s::bigint[]) AS v(code, coding_id)
      ON v.code = l.vat_code
   GROUP BY t.journal_key, t.id, v.coding_id, t.discount_pence, i.gross_pence
)
INSERT INTO new_line (journal_key, coding_id, amount_pence, description)
SELECT journal_key, coding_id, (%(sign)s * sum(pence))::bigint, 'Early payment discount'
  FROM (SELECT journal_key, coding_id, pence FROM vat
        UNION ALL
        SELECT t.journal_key, %(discounts)s, t.discount_pence
               - coalesce((SELECT sum(pence) FROM vat WHERE vat.id = t.id), 0) FROM taken t) p
 GROUP BY journal_key, coding_id HAVING sum(pence) <> 0
"""


def kept_percent(on: date) -> Decimal:
    """What money that is kept earns in a year: the Bank of England's rate as last known by then."""
    known = [rate for rate in rates() if rate.from_on <= on] or [rates()[0]]
    return Decimal(known[-1].basis_points) / 100 - OVER_REFERENCE


def stage_taken(which: str, values: dict[str, Any]) -> None:
    """Lines of the ledger's staging for the discounts of a `run`, or of payments that `return`.

    `values` has their `sign`: below zero where they are taken, above where they are given back.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LINES.format(taken=_TAKEN[which]), values)
