"""Set-based changes of a run's payments: out, back, settled; and what no longer stands."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from finance.models import Payment, PaymentRun
from finance.paying.selection import BANKS, make_temporary

NOW = """
SELECT y.id, y.number, y.supplier_id, y.liability_id, y.amount_pence, y.discount_pence, y.state,
       y.bank_id, s.name, s.status
FROM finance_payment y
JOIN finance_supplier s ON s.organisation_id = %(organisation)s AND s.id = y.supplier_id
WHERE y.organisation_id = %(organisation)s AND y.payment_run_id = %(run)s
"""
# The invoices are read once for all questions about them: do they stand, who entered them, and
# is anybody to be answered.
PARTS = """
SELECT a.payment_id, a.invoice_id, a.amount_pence, a.discount_pence, a.part, a.live, i.made_by_id,
       i.origin = 'einvoice' AS electronic,
       i.state <> 'posted' OR i.parts <> a.part - 1
       OR i.gross_pence - i.allocated_pence - i.withheld_pence <> a.amount_pence + a.discount_pence
       OR (NOT a.live AND EXISTS (
             SELECT FROM finance_allocation o WHERE o.organisation_id = %(organisation)s
               AND o.invoice_id = a.invoice_id AND o.part = a.part AND o.live)) AS unfit
FROM finance_allocation a JOIN paying_now y ON y.id = a.payment_id
JOIN finance_invoice i ON i.organisation_id = %(organisation)s AND i.id = a.invoice_id
WHERE a.organisation_id = %(organisation)s
UNION ALL
SELECT y.id, NULL, l.amount_pence, 0, 1, y.state <> 'removed', l.made_by_id, false, EXISTS (
         SELECT FROM finance_payment o WHERE o.organisation_id = %(organisation)s
            AND o.liability_id = y.liability_id AND o.id <> y.id
            AND o.state IN ('proposed', 'released'))
FROM paying_now y
JOIN finance_liability l ON l.organisation_id = %(organisation)s AND l.id = y.liability_id
"""
CHANGED = """
SELECT y.number,
       CASE WHEN y.status <> 'active' THEN 'its supplier is no longer active'
            WHEN b.supplier_id IS NULL THEN 'its supplier has no bank details in use'
            WHEN b.bank_id IS DISTINCT FROM y.bank_id
            THEN 'the bank details of its supplier changed'
            WHEN y.liability_id IS NOT NULL THEN 'another payment settles what it was for'
            ELSE 'an invoice in it is no longer posted and open' END
FROM paying_now y
LEFT JOIN paying_bank b ON b.supplier_id = y.supplier_id
LEFT JOIN (
  SELECT DISTINCT payment_id FROM paying_part WHERE unfit
) unfit ON unfit.payment_id = y.id
WHERE y.state = %(state)s AND (%(numbers)s::bigint[] IS NULL OR y.number = ANY (%(numbers)s))
  AND (y.status <> 'active' OR b.supplier_id IS NULL OR unfit.payment_id IS NOT NULL
       OR b.bank_id IS DISTINCT FROM y.bank_id)
ORDER BY y.number LIMIT 20
"""
GATHERED = """
SELECT count(*), coalesce(sum(y.amount_pence), 0)::bigint,
       count(*) FILTER (WHERE y.amount_pence IS DISTINCT FROM a.pence
                           OR y.discount_pence IS DISTINCT FROM a.discount)
FROM paying_now y LEFT JOIN (
  SELECT payment_id, sum(amount_pence)::bigint AS pence,
         sum(discount_pence)::bigint AS discount FROM paying_part
  WHERE live GROUP BY payment_id
) a ON a.payment_id = y.id
WHERE y.state = 'proposed'
"""
TOUCHED = """
SELECT EXISTS (
  SELECT FROM paying_now y JOIN paying_part a ON a.payment_id = y.id
  WHERE y.state = 'proposed' AND a.made_by_id = %(person)s
) OR EXISTS (
  SELECT FROM paying_now y JOIN paying_bank b ON b.supplier_id = y.supplier_id
  WHERE y.state = 'proposed' AND b.made_by_id = %(person)s
)
"""


@dataclass(frozen=True)
class Control:
    """Payments of the run as its rows have them, and how many differ from their allocations."""

    payments: int
    total_pence: int
    wrong: int


def _values(run: PaymentRun, **more: Any) -> dict[str, Any]:
    return {
        "organisation": run.organisation_id,
        "run": run.pk,
        "pay_on": run.pay_on,
        **more,
    }


def gather(run: PaymentRun) -> None:
    """The run's payments, what they settle and the bank details in use, in TEMP tables."""
    with connection.cursor() as cursor:
        make_temporary(
            cursor,
            _values(run),
            paying_now=NOW,
            paying_who="SELECT DISTINCT supplier_id FROM paying_now",
            paying_part=PARTS,
            paying_bank=BANKS,
        )


def changed_payments(
    run: PaymentRun, *, state: str, numbers: Collection[int] | None = None
) -> list[str]:
    """After `gather`: what differs from the proposal, a sentence per payment, at most 20."""
    with connection.cursor() as cursor:
        chosen = None if numbers is None else list(numbers)
        cursor.execute(CHANGED, _values(run, state=state, numbers=chosen))
        return [f"PMT-{number}: {why}." for number, why in cursor.fetchall()]


def gathered() -> Control:
    """After `gather`: the run added up again from its rows."""
    with connection.cursor() as cursor:
        cursor.execute(GATHERED)
        return Control(*map(int, cursor.fetchone()))


def touched_by(run: PaymentRun, person_id: int) -> bool:
    """After `gather`: whether the person entered an invoice or bank details that the run pays."""
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, _values(run, person=person_id))
        return bool(cursor.fetchone()[0])


def electronic() -> list[int]:
    """After `gather`: the electronic invoices that the run pays, whose senders are answered."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT invoice_id FROM paying_part WHERE live AND electronic")
        return [row[0] for row in cursor.fetchall()]


def free(run: PaymentRun, numbers: Sequence[int] | None = None) -> int:
    """Takes proposed payments out (all without `numbers`) and reopens their invoices."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH gone AS (
              UPDATE finance_payment SET state = 'removed'
              WHERE organisation_id = %(organisation)s AND payment_run_id = %(run)s
                AND state = 'proposed'
                AND (%(numbers)s::bigint[] IS NULL OR number = ANY (%(numbers)s))
              RETURNING id
            ), ended AS (
              UPDATE finance_allocation a SET live = false FROM gone
              WHERE a.organisation_id = %(organisation)s AND a.payment_id = gone.id AND a.live
            )
            SELECT count(*) FROM gone
            """,
            _values(run, numbers=None if numbers is None else list(numbers)),
        )
        return int(cursor.fetchone()[0])


def bring_back(run: PaymentRun, numbers: Sequence[int]) -> int:
    """Puts removed payments back with the very invoices they had; returns how many.

    The caller has checked that they still stand; the unique live allocation guards a race.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH back AS (
              UPDATE finance_payment SET state = 'proposed'
              WHERE organisation_id = %(organisation)s AND payment_run_id = %(run)s
                AND state = 'removed' AND number = ANY (%(numbers)s)
              RETURNING id
            ), alive AS (
              UPDATE finance_allocation a SET live = true FROM back
              WHERE a.organisation_id = %(organisation)s AND a.payment_id = back.id
            )
            SELECT count(*) FROM back
            """,
            _values(run, numbers=list(numbers)),
        )
        return int(cursor.fetchone()[0])


def add_up(run: PaymentRun) -> None:
    """Writes the count and total of the payments still in the run, and its next version."""
    found = Payment.objects.filter(
        organisation_id=run.organisation_id, payment_run_id=run.pk, state=Payment.State.PROPOSED
    ).aggregate(payments=Count("pk"), total_pence=Coalesce(Sum("amount_pence"), 0))
    run.payments, run.total_pence = found["payments"], found["total_pence"]
    run.version += 1
    run.save(update_fields=["payments", "total_pence", "version"])


def stage_journal(run: PaymentRun, *, payables: int, transit: int) -> None:
    """Fills the ledger's staging: a debit of payables per payment, one credit of the bank's way.

    After `gather`.
    A liability is debited where its parts stand instead. Discounts are debited to payables with it;
    their credits are `discounts.stage_taken`.
    """
    values = _values(run, payables=payables, transit=transit, total=run.total_pence)
    values["narrative"] = f"Payment run {run}"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO new_journal (journal_key, posting_date, narrative, subject_key,"
            " subject_id) VALUES (1, %(pay_on)s, %(narrative)s, 'finance.payment_run', %(run)s)",
            values,
        )
        cursor.execute(
            "INSERT INTO new_line (journal_key, coding_id, amount_pence, description)"
            " SELECT 1, %(payables)s, y.amount_pence + y.discount_pence,"
            "        'PMT-' || y.number || ' ' || y.name FROM paying_now y"
            " WHERE y.state = 'proposed' AND y.liability_id IS NULL ORDER BY y.number",
            values,
        )
        cursor.execute(
            "INSERT INTO new_line (journal_key, coding_id, amount_pence, description)"
            " SELECT 1, p.coding_id, p.amount_pence, 'PMT-' || y.number || ' ' || l.words"
            " FROM paying_now y JOIN finance_liability l"
            "   ON l.organisation_id = %(organisation)s AND l.id = y.liability_id"
            " JOIN finance_liabilitypart p"
            "   ON p.organisation_id = %(organisation)s AND p.liability_id = l.id"
            " WHERE y.state = 'proposed' ORDER BY y.number, p.id",
            values,
        )
        cursor.execute(
            "INSERT INTO new_line (journal_key, coding_id, amount_pence, description)"
            " VALUES (1, %(transit)s, -%(total)s::bigint, %(narrative)s)",
            values,
        )


def settle(run: PaymentRun) -> tuple[int, int]:
    """Payments released with their journal, invoices paid; (payments, invoices not settled).

    After `gather`; also reads the ledger's TEMP table `posted_journal`.
    """
    values = _values(run)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE finance_payment y SET state = 'released', batch_id = j.batch_id,"
            " journal_id = j.journal_id FROM posted_journal j"
            " WHERE y.organisation_id = %(organisation)s AND y.payment_run_id = %(run)s"
            "   AND y.state = 'proposed' AND j.journal_key = 1",
            values,
        )
        payments = int(cursor.rowcount)
        cursor.execute(
            """
            WITH mine AS (
              SELECT a.invoice_id, a.part, a.amount_pence + a.discount_pence AS pence
              FROM paying_now y JOIN paying_part a ON a.payment_id = y.id
              WHERE y.state = 'proposed' AND a.live AND a.invoice_id IS NOT NULL
            ), paid AS (
              UPDATE finance_invoice i
              SET allocated_pence = i.allocated_pence + mine.pence, parts = mine.part,
                  state = CASE WHEN i.allocated_pence + mine.pence = i.gross_pence THEN 'paid'
                               ELSE i.state END,
                  paid_on = CASE WHEN i.allocated_pence + mine.pence = i.gross_pence
                                 THEN %(pay_on)s::date END,
                  version = version + 1 FROM mine
              WHERE i.organisation_id = %(organisation)s AND i.id = mine.invoice_id
                AND i.state = 'posted' AND i.parts = mine.part - 1
              RETURNING i.id
            )
            SELECT (SELECT count(*) FROM mine) - (SELECT count(*) FROM paid)
            """,
            values,
        )
        return payments, int(cursor.fetchone()[0])
