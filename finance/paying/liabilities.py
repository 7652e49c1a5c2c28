"""Who is paid what is owed besides invoices: the payees and their accounts as for suppliers."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from finance.paying.causes import CAUSES
from finance.paying.selection import (
    BANK_IS_NEW,
    BANKS,
    SUPPLIERS,
    Wanted,
    make_temporary,
)

# As `selection.INVOICES` has them, so that the same questions are asked of their payees.
OPEN = """
SELECT l.id, l.supplier_id, l.amount_pence AS gross_pence, '' AS duplicate_grade, 1 AS part,
       0::bigint AS discount_pence, l.amount_pence AS pay_pence, false AS early
FROM finance_liability l
WHERE l.organisation_id = %(organisation)s AND l.id = ANY (%(ids)s) AND NOT EXISTS (
  SELECT FROM finance_payment y WHERE y.organisation_id = %(organisation)s
     AND y.liability_id = l.id AND y.state IN ('proposed', 'released'))
"""
_PAYMENTS = """
INSERT INTO finance_payment (organisation_id, payment_run_id, number, supplier_id, liability_id,
  amount_pence, state, bank_id, account_ending, account_name, warnings, paid_on)
SELECT %(organisation)s, %(run)s, %(first)s - 1 + row_number() OVER (ORDER BY n.name_norm, l.id),
       n.supplier_id, l.id, l.pay_pence, 'proposed', n.bank_id, n.account_ending, n.account_name,
       to_jsonb(array_remove(ARRAY[
         CASE WHEN NOT EXISTS (
           SELECT FROM finance_payment e WHERE e.organisation_id = %(organisation)s
             AND e.supplier_id = n.supplier_id AND e.state = 'released')
           THEN 'first_payment' END,
         CASE WHEN n.agreed_at > %(new_since)s THEN 'bank_changed' END,
         CASE WHEN n.modulus = 'failed' THEN 'modulus' END], NULL)), %(pay_on)s
  FROM paying_invoice l JOIN paying_supplier n ON n.supplier_id = l.supplier_id
"""


def choose(wanted: Wanted, ids: Collection[int]) -> tuple[int, int]:
    """Gathers those of them that no payment settles; (how many, pence)."""
    with connection.cursor() as cursor:
        make_temporary(
            cursor,
            wanted.values() | {"ids": list(ids)},
            paying_invoice=OPEN,
            paying_who="SELECT DISTINCT supplier_id FROM paying_invoice",
            paying_bank=BANKS,
            paying_supplier=SUPPLIERS,
        )
        cursor.execute("SELECT count(*), coalesce(sum(pay_pence), 0)::bigint FROM paying_invoice")
        count, pence = cursor.fetchone()
        return int(count), int(pence)


def cannot_be_paid() -> list[str]:
    """After `choose`: each payee that cannot be paid, with why."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, cause FROM paying_supplier WHERE cause <> '' ORDER BY name")
        return [f"{name}: {CAUSES[cause][1]}" for name, cause in cursor.fetchall()]


def write_payments(wanted: Wanted, *, run_id: int, first_number: int, at: datetime) -> int:
    """After `choose`: a payment for each, with its warnings; returns how many."""
    values = {"run": run_id, "first": first_number, "new_since": at - BANK_IS_NEW}
    with connection.cursor() as cursor:
        cursor.execute(_PAYMENTS, wanted.values() | values)
        return int(cursor.rowcount)
