"""Who is paid: posted invoices that are due, less credits, per supplier, and who is left out.

Amounts are pence. Every statement carries the organisation itself; row security stands behind it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from finance.formats.bacs18 import MAX_CREDIT_PENCE
from finance.paying.discounts import OFFER, WORTH, kept_percent

BANK_IS_NEW = timedelta(days=30)
LARGEST = 5
ROUND_PENCE = 100_000  # whole thousands of pounds
SHOWN_PER_CAUSE = 20
# Control characters, and spaces and marks that nobody sees but copying from a web page brings: one
# such name would make the writers refuse the file of the whole run.
UNPRINTABLE = r"[[:cntrl:]\u00A0\u00AD\u1680\u2000-\u200F\u2028-\u202F\u205F-\u206F\u3000\uFEFF]"

# A credit has no due date to wait for: every open one counts against what is due. Nor has an
# invoice of a supplier who is paid first. What another proposal holds has a live allocation; it
# counts as allocated only when that run is released.
# Of an invoice of which a part is withheld the rest is paid; a discount is for paying all of it.
# A discount that is worth it and still in time brings an invoice in before it is due.
INVOICES = f"""
SELECT i.id, i.supplier_id, i.gross_pence, i.duplicate_grade, i.parts + 1 AS part,
       coalesce(d.pence, 0) AS discount_pence,
       i.gross_pence - i.allocated_pence - i.withheld_pence - coalesce(d.pence, 0) AS pay_pence,
       i.gross_pence > 0 AND i.due_on > %(due_to)s AND d.pence IS NULL AS early
FROM finance_invoice i LEFT JOIN LATERAL (
  SELECT o.pence FROM ({OFFER}) o WHERE {WORTH}) d
  ON i.allocated_pence = 0 AND i.withheld_pence = 0
WHERE i.organisation_id = %(organisation)s AND i.state = 'posted'
  AND i.allocated_pence + i.withheld_pence <> i.gross_pence
  AND (i.gross_pence < 0 OR (i.gross_pence > 0 AND (i.due_on <= %(due_to)s OR d.pence > 0
       OR i.supplier_id IN (SELECT f.id FROM finance_supplier f
                            WHERE f.organisation_id = %(organisation)s AND f.paid_first))))
  AND NOT EXISTS (SELECT FROM finance_allocation a
                  WHERE a.organisation_id = %(organisation)s AND a.invoice_id = i.id AND a.live
                    AND a.part > i.parts)
"""  # noqa: S608
# The bank details in use on the day of payment; the newest if two overlap. Who needs them is
# listed in `paying_who`.
BANKS = """
SELECT DISTINCT ON (supplier_id) supplier_id, id AS bank_id, account_ending, account_name,
       made_by_id, paid_from, modulus,
       coalesce(agreed_at, made_at) AS agreed_at
FROM finance_supplierbank
WHERE organisation_id = %(organisation)s AND state = 'active' AND valid @> %(pay_on)s::date
  AND supplier_id IN (SELECT supplier_id FROM paying_who)
ORDER BY supplier_id, lower(valid) DESC, id DESC
"""
SUPPLIERS = """
SELECT s.id AS supplier_id, s.code, s.name, s.name_norm, p.invoices, p.due_pence, p.credit_pence,
       p.due_pence + p.credit_pence AS net_pence, p.duplicate, p.just_under, p.early,
       p.discount_pence,
       b.bank_id, b.account_ending, b.account_name, b.agreed_at, b.modulus,
       coalesce(h.reason, '') AS why,
       CASE WHEN s.status = 'held' THEN 'supplier_held'
            WHEN s.status = 'proposed' THEN 'supplier_proposed'
            WHEN s.status <> 'active' THEN 'supplier_ended'
            WHEN p.due_pence + p.credit_pence <= 0 THEN 'credits'
            WHEN b.supplier_id IS NULL THEN 'no_bank'
            WHEN b.paid_from > %(pay_on)s THEN 'cooling_off'
            WHEN b.account_name !~ '^[A-Za-z0-9][ -~]*$' AND (
                   normalize(b.account_name, NFKD) !~ '[A-Za-z0-9]'
                   OR b.account_name ~ %(unprintable)s) THEN 'account_name'
            WHEN p.due_pence + p.credit_pence > %(most)s THEN 'too_large'
            ELSE '' END AS cause
FROM (
  SELECT supplier_id, count(*) AS invoices,
         coalesce(sum(pay_pence) FILTER (WHERE gross_pence > 0), 0)::bigint AS due_pence,
         sum(discount_pence)::bigint AS discount_pence,
         coalesce(sum(gross_pence) FILTER (WHERE gross_pence < 0), 0)::bigint AS credit_pence,
         bool_or(duplicate_grade <> '') AS duplicate, bool_or(early) AS early,
         bool_or(EXISTS (SELECT FROM unnest(%(limits)s::bigint[]) AS l(pence)
                         WHERE gross_pence > l.pence - l.pence / 20 AND gross_pence <= l.pence))
           AS just_under
  FROM paying_invoice GROUP BY supplier_id
) p
JOIN finance_supplier s ON s.organisation_id = %(organisation)s AND s.id = p.supplier_id
LEFT JOIN paying_bank b ON b.supplier_id = s.id
LEFT JOIN finance_supplierhold h ON h.organisation_id = %(organisation)s AND h.supplier_id = s.id
  AND h.released_at IS NULL
WHERE p.due_pence > 0
"""
PREVIEW = f"""
WITH paying_invoice AS MATERIALIZED ({INVOICES}),
paying_who AS (SELECT DISTINCT supplier_id FROM paying_invoice),
paying_bank AS MATERIALIZED ({BANKS}), chosen AS ({SUPPLIERS}), ranked AS (
  SELECT cause, code, name, why, invoices, net_pence, due_pence, credit_pence,
         count(*) OVER (PARTITION BY cause) AS suppliers,
         (sum(net_pence) OVER (PARTITION BY cause))::bigint AS total_pence,
         row_number() OVER (PARTITION BY cause ORDER BY net_pence DESC, supplier_id) AS place
  FROM chosen
)
SELECT cause, code, name, why, invoices, net_pence, due_pence, credit_pence, suppliers,
       total_pence
FROM (
  SELECT * FROM ranked WHERE place <= {SHOWN_PER_CAUSE}
  UNION ALL
  SELECT 'invoice_' || state, '', '', '', count(*), sum(gross_pence)::bigint, 0, 0,
         count(DISTINCT supplier_id), sum(gross_pence)::bigint, 1
  FROM finance_invoice
  WHERE organisation_id = %(organisation)s AND state IN ('held', 'disputed')
    AND due_on <= %(due_to)s
  GROUP BY state
) AS answer ORDER BY cause, place
"""  # noqa: S608


# The identities are taken here, so that allocations need not look the new payments up again.
PAYMENTS = """
SELECT nextval('finance_payment_id_seq') AS id, n.number, n.supplier_id,
       n.net_pence, n.discount_pence, n.bank_id, n.account_ending, n.account_name,
       to_jsonb(array_remove(ARRAY[
         CASE WHEN NOT EXISTS (
           SELECT FROM finance_payment e WHERE e.organisation_id = %(organisation)s
             AND e.supplier_id = n.supplier_id AND e.state = 'released')
           THEN 'first_payment' END,
         CASE WHEN n.agreed_at > %(new_since)s THEN 'bank_changed' END,
         CASE WHEN n.duplicate THEN 'duplicate' END,
         CASE WHEN n.discount_pence > 0 THEN 'discount' END,
         CASE WHEN n.early THEN 'early' END,
         CASE WHEN n.just_under THEN 'just_under' END,
         CASE WHEN n.modulus = 'failed' THEN 'modulus' END,
         CASE WHEN n.place <= %(largest)s THEN 'large' END,
         CASE WHEN n.net_pence %% %(round)s = 0 THEN 'round_sum' END], NULL)) AS warnings
FROM (SELECT *, rank() OVER (ORDER BY net_pence DESC) AS place,
             %(first)s - 1 + row_number() OVER (ORDER BY name_norm, supplier_id) AS number
      FROM paying_supplier WHERE cause = '' ORDER BY number) n
"""


@dataclass(frozen=True)
class Wanted:
    """What is asked for; `limits` are the approval limits that an invoice may lie just under,
    `most_pence` is what one payment can carry.
    """

    organisation_id: int
    due_to: date
    pay_on: date
    limits: Collection[int] = ()
    most_pence: int = MAX_CREDIT_PENCE

    def values(self) -> dict[str, Any]:
        return {
            "organisation": self.organisation_id,
            "due_to": self.due_to,
            "pay_on": self.pay_on,
            "limits": list(self.limits),
            "most": self.most_pence,
            "unprintable": UNPRINTABLE,
            "kept": kept_percent(self.pay_on),
        }


@dataclass(frozen=True)
class Found:
    """A supplier with something due. An empty cause means: is paid; `why` is a hold's."""

    cause: str
    code: str
    name: str
    why: str
    invoices: int
    net_pence: int
    due_pence: int
    credit_pence: int
    suppliers: int
    total_pence: int


def preview(wanted: Wanted) -> list[Found]:
    """Per cause the largest suppliers, each row with the count and total of its whole cause."""
    with connection.cursor() as cursor:
        cursor.execute(PREVIEW, wanted.values())
        return [Found(*row) for row in cursor.fetchall()]


def make_temporary(cursor: Any, values: dict[str, Any], **tables: str) -> None:
    """TEMP tables from queries, each analysed by what it is joined on.

    Without statistics of rows that were just written the planner loops over them, which took 80
    seconds instead of 0.1 for 20,000 payments.
    """
    for name, query in tables.items():
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
        cursor.execute(f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {query}", values)
        key = "payment_id" if name == "paying_part" else "supplier_id"
        cursor.execute(f"ANALYZE {name} ({key})")


def choose(wanted: Wanted) -> tuple[int, int]:
    """Locks what is due into TEMP tables; returns the payments that follow and their total.

    An invoice that someone else holds at this moment is skipped and waits for the next run.
    """
    with connection.cursor() as cursor:
        make_temporary(
            cursor,
            wanted.values(),
            paying_invoice=f"{INVOICES} FOR UPDATE OF i SKIP LOCKED",
            paying_who="SELECT DISTINCT supplier_id FROM paying_invoice",
            paying_bank=BANKS,
            paying_supplier=SUPPLIERS,
        )
        cursor.execute(
            "SELECT count(*), coalesce(sum(net_pence), 0)::bigint FROM paying_supplier"
            " WHERE cause = ''"
        )
        count, total = cursor.fetchone()
        return int(count), int(total)


def left_out() -> list[tuple[str, int, int]]:
    """After `choose`: (cause, suppliers, pence due to them) of those who are not paid."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cause, count(*), sum(due_pence)::bigint FROM paying_supplier"
            " WHERE cause <> '' GROUP BY cause ORDER BY cause"
        )
        return list(cursor.fetchall())


def write_payments(wanted: Wanted, *, run_id: int, first_number: int, at: datetime) -> int:
    """A payment per chosen supplier, numbered by name, with its warnings; returns how many."""
    values = {
        **wanted.values(),
        "run": run_id,
        "first": first_number,
        "new_since": at - BANK_IS_NEW,
        "largest": LARGEST,
        "round": ROUND_PENCE,
    }
    with connection.cursor() as cursor:
        make_temporary(cursor, values, paying_payment=PAYMENTS)
        cursor.execute(
            """
            INSERT INTO finance_payment (id, organisation_id, payment_run_id, number, supplier_id,
              amount_pence, discount_pence, state, bank_id, account_ending, account_name, warnings,
              paid_on)
            SELECT id, %(organisation)s, %(run)s, number, supplier_id, net_pence, discount_pence,
                   'proposed', bank_id, account_ending, account_name, warnings, %(pay_on)s
            FROM paying_payment ORDER BY number
            """,
            values,
        )
        return int(cursor.rowcount)


def write_allocations(organisation_id: int) -> int:
    """Ties each chosen invoice to its payment, as nobody else then can; returns the pence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH tied AS ("
            " INSERT INTO finance_allocation"
            " (organisation_id, payment_id, invoice_id, amount_pence, discount_pence, part, live)"
            " SELECT %s, y.id, i.id, i.pay_pence, i.discount_pence, i.part, true"
            " FROM paying_payment y JOIN paying_invoice i ON i.supplier_id = y.supplier_id"
            " RETURNING amount_pence"
            ") SELECT coalesce(sum(amount_pence), 0)::bigint FROM tied",
            [organisation_id],
        )
        return int(cursor.fetchone()[0])
