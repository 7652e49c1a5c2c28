"""Payments on their way: what the ledger has in transit, and what no statement shows yet."""

ACCOUNT = "16100"
# One row: pence of the ledger, pence of payments and returns.
IN_TRANSIT = f"""
SELECT l.pence AS ledger, p.pence AS items FROM
 (SELECT coalesce(sum(b.debit_pence - b.credit_pence), 0)::bigint AS pence
  FROM finance_balance b JOIN finance_coding c ON c.organisation_id = %(organisation)s
   AND c.id = b.coding_id JOIN finance_account a ON a.organisation_id = %(organisation)s
   AND a.id = c.account_id WHERE b.organisation_id = %(organisation)s AND a.code = '{ACCOUNT}') l,
 (SELECT (coalesce((SELECT -sum(y.amount_pence) FROM finance_payment y
    JOIN finance_paymentrun r ON r.organisation_id = %(organisation)s
     AND r.id = y.payment_run_id WHERE y.organisation_id = %(organisation)s
     AND r.bank_account_id IS NOT NULL AND y.state IN ('released', 'returned')
     AND y.id NOT IN (SELECT payment_id FROM finance_matcheditem WHERE payment_id IS NOT NULL
      AND organisation_id = %(organisation)s AND live)), 0)
   + coalesce((SELECT sum(t.amount_pence) FROM finance_paymentreturn t
    WHERE t.organisation_id = %(organisation)s AND t.id NOT IN (SELECT payment_return_id
     FROM finance_matcheditem WHERE payment_return_id IS NOT NULL
      AND organisation_id = %(organisation)s AND live)), 0))::bigint AS pence) p
"""  # noqa: S608
