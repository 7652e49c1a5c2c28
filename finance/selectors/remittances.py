"""Who was told of their payment, and who can be."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from finance.models import Payment, PaymentRun, RemittanceAdvice

STANDING = """
SELECT count(*) FILTER (WHERE a.sent_at IS NOT NULL),
       count(*) FILTER (WHERE a.id IS NOT NULL AND a.sent_at IS NULL),
       count(*) FILTER (WHERE a.id IS NULL AND s.email <> '' AND p.state = 'released'),
       count(*) FILTER (WHERE a.id IS NULL AND s.email = '' AND p.state = 'released')
  FROM finance_payment p
  JOIN finance_supplier s ON s.organisation_id = p.organisation_id AND s.id = p.supplier_id
  LEFT JOIN finance_remittanceadvice a
    ON a.organisation_id = p.organisation_id AND a.payment_id = p.id
 WHERE p.organisation_id = %s AND p.payment_run_id = %s AND p.liability_id IS NULL
"""


@dataclass(frozen=True)
class Standing:
    """Payments of a run: told, written to, with an address but not written to, without one."""

    sent: int
    waiting: int
    open: int
    without: int


def standing(run: PaymentRun) -> Standing:
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [run.organisation_id, run.pk])
        return Standing(*cursor.fetchone())


def payments_told(run: PaymentRun) -> QuerySet[Payment]:
    """Those of the run that left, in the order of their numbers."""
    states = (Payment.State.RELEASED, Payment.State.RETURNED)
    return (
        Payment.objects.filter(
            organisation_id=run.organisation_id,
            payment_run_id=run.pk,
            state__in=states,
            liability__isnull=True,
        )
        .select_related("supplier")
        .order_by("number")
    )


def advice_of(organisation_id: int, payments: list[Payment]) -> dict[int, RemittanceAdvice]:
    """What was written about these payments, by the key of the payment."""
    rows = RemittanceAdvice.objects.filter(
        organisation_id=organisation_id, payment_id__in=[p.pk for p in payments]
    )
    return {row.payment_id: row for row in rows}
