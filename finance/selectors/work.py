"""What lies open, organisation by organisation: one query for a home page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

DUE_SOON = timedelta(days=7)

OPEN_WORK = """
SELECT o.id::int, coalesce(i.received, 0), coalesce(i.held, 0), coalesce(i.submitted, 0),
       coalesce(i.disputed, 0), coalesce(i.due, 0), coalesce(i.due_pence, 0)::bigint,
       coalesce(i.overdue, 0), i.oldest_on, coalesce(r.proposals, 0), coalesce(r.pence, 0)::bigint,
       (SELECT count(*) FROM finance_supplierhold h WHERE h.organisation_id = o.id
         AND h.released_at IS NULL AND h.review_on <= %(today)s)
FROM unnest(%(organisations)s::int[]) AS o (id)
LEFT JOIN (
  SELECT organisation_id,
         count(*) FILTER (WHERE state = 'received') AS received,
         count(*) FILTER (WHERE state = 'held') AS held,
         count(*) FILTER (WHERE state = 'submitted') AS submitted,
         count(*) FILTER (WHERE state = 'disputed') AS disputed,
         count(*) FILTER (WHERE state = 'posted' AND due_on <= %(soon)s) AS due,
         sum(gross_pence - allocated_pence)
           FILTER (WHERE state = 'posted' AND due_on <= %(soon)s) AS due_pence,
         count(*) FILTER (WHERE state IN ('received', 'held', 'submitted')
                          AND due_on < %(today)s) AS overdue,
         min(received_on) FILTER (WHERE state IN ('received', 'held', 'submitted')) AS oldest_on
  FROM finance_invoice
  WHERE organisation_id = ANY(%(organisations)s)
    AND state IN ('received', 'held', 'submitted', 'disputed', 'posted')
  GROUP BY organisation_id
) i ON i.organisation_id = o.id
LEFT JOIN (
  SELECT organisation_id, count(*) AS proposals, sum(total_pence) AS pence
  FROM finance_paymentrun
  WHERE organisation_id = ANY(%(organisations)s) AND state = 'proposed'
  GROUP BY organisation_id
) r ON r.organisation_id = o.id
ORDER BY o.id
"""


@dataclass(frozen=True)
class OpenWork:
    """Counts of invoices by what they wait for; `due` are posted ones due within seven days.

    `overdue` are past their due date and not approved yet; `reviews` are holds on suppliers whose
    review is due; amounts are pence.
    """

    organisation_id: int
    received: int
    held: int
    submitted: int
    disputed: int
    due: int
    due_pence: int
    overdue: int
    oldest_on: date | None
    proposals: int
    proposals_pence: int
    reviews: int


def open_work(organisations: Sequence[int], today: date) -> list[OpenWork]:
    """The open work of each of the organisations, those with none included."""
    values: dict[str, Any] = {
        "organisations": list(organisations),
        "today": today,
        "soon": today + DUE_SOON,
    }
    with connection.cursor() as cursor:
        cursor.execute(OPEN_WORK, values)
        return [OpenWork(*row) for row in cursor.fetchall()]
