"""Aged creditors and prompt payment: set-based, in pence, one query each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from finance.shares import mean_days, share

# Days overdue, both ends included; None: no end. «Not due» is before all of them.
BUCKETS: tuple[tuple[str, str, int | None, int | None], ...] = (
    ("not_due", "Not yet due", None, 0),
    ("d30", "1 to 30 days", 1, 30),
    ("d60", "31 to 60 days", 31, 60),
    ("d90", "61 to 90 days", 61, 90),
    ("older", "Over 90 days", 91, None),
)
DISPUTED = "disputed"


@dataclass(frozen=True)
class Aged:
    """What is owed to suppliers in one bucket: number of invoices and open pence."""

    key: str
    label: str
    number: int
    open_pence: int
    due_from: date | None = None
    due_to: date | None = None


@dataclass(frozen=True)
class AgedSupplier:
    """A supplier's open pence by bucket key."""

    organisation_id: int
    code: str
    name: str
    pence: dict[str, int]

    @property
    def total_pence(self) -> int:
        return sum(self.pence.values())


def span_of(key: str, on: date) -> tuple[date | None, date | None]:
    """The due dates of a bucket on a day, both ends included."""
    for name, _, first, last in BUCKETS:
        if name == key:
            return (
                None if last is None else on - timedelta(days=last),
                None if first is None else on - timedelta(days=first),
            )
    return None, None


# What is owed is read thrice, each time from the index of open invoices alone and for one small
# answer. Once, by bucket and supplier together, nearly every invoice would be a group of its own.
_AGED = """
WITH owed AS NOT MATERIALIZED (
  SELECT i.organisation_id, i.supplier_id, i.gross_pence - i.allocated_pence AS pence,
         CASE WHEN i.state = 'disputed' THEN 'disputed'
              WHEN i.due_on >= %s THEN 'not_due' WHEN i.due_on >= %s THEN 'd30'
              WHEN i.due_on >= %s THEN 'd60' WHEN i.due_on >= %s THEN 'd90' ELSE 'older'
         END AS bucket
    FROM finance_invoice i
   WHERE i.organisation_id = ANY(%s) AND i.state = ANY(%s) AND i.journal_id IS NOT NULL),
buckets AS (SELECT bucket, count(*) AS number, sum(pence) AS pence FROM owed GROUP BY bucket),
largest AS MATERIALIZED (
  SELECT organisation_id, supplier_id, sum(pence) AS total FROM owed
   GROUP BY organisation_id, supplier_id ORDER BY total DESC, supplier_id LIMIT %s),
parts AS (
  SELECT organisation_id, supplier_id, total, bucket, sum(pence) AS pence
    FROM largest JOIN owed USING (organisation_id, supplier_id)
   GROUP BY organisation_id, supplier_id, total, bucket),
suppliers AS (
  SELECT p.organisation_id, s.code, s.name, p.total, jsonb_object_agg(p.bucket, p.pence) AS pence
    FROM parts p
    JOIN finance_supplier s ON s.organisation_id = p.organisation_id AND s.id = p.supplier_id
   GROUP BY p.organisation_id, s.code, s.name, p.total)
SELECT (SELECT jsonb_object_agg(bucket, jsonb_build_array(number, pence)) FROM buckets)::text,
       (SELECT jsonb_agg(jsonb_build_array(organisation_id, code, name, pence)
                         ORDER BY total DESC, name) FROM suppliers)::text
"""
# Posted and not paid: what stands in trade payables. Held and disputed ones keep their journal, and
# an invoice in a payment run is owed until the run is released.
OWED_STATES = ["posted", "held", "disputed"]


def aged_creditors(
    organisations: Sequence[int], on: date, limit: int | None = 50
) -> tuple[list[Aged], list[AgedSupplier]]:
    """Open amounts by how late they are on a day, the disputed ones apart and last.

    Also the suppliers that are owed most, each by bucket; all of them without a limit.
    """
    edges = [on - timedelta(days=days) for days in (0, 30, 60, 90)]
    with connection.cursor() as cursor:
        cursor.execute(_AGED, [*edges, list(organisations), OWED_STATES, limit])
        buckets, suppliers = (json.loads(found or "[]") for found in cursor.fetchone())
    found: dict[str, tuple[int, int]] = dict(buckets)
    labels = [(key, label) for key, label, *_ in BUCKETS] + [(DISPUTED, "Disputed")]
    return (
        [Aged(key, label, *found.get(key, (0, 0)), *span_of(key, on)) for key, label in labels],
        [AgedSupplier(*row) for row in suppliers],
    )


@dataclass(frozen=True)
class Prompt:
    """Invoices paid in a month (first day), by number and pence; those without receipt apart.

    `in_5`, `in_30`: paid within that many days, day 1 being the day after receipt. `in_target`:
    by the due date or 30 days from receipt, whichever is later (Better Payment Practice Code).
    """

    month: date
    number: int
    pence: int
    in_5: int
    in_30: int
    in_30_pence: int
    in_target: int
    in_target_pence: int
    days_total: int
    without_receipt: int

    @property
    def by_number(self) -> str:
        return share(self.in_target, self.number)

    @property
    def by_value(self) -> str:
        return share(self.in_target_pence, self.pence)

    @property
    def within_30(self) -> str:
        return share(self.in_30, self.number)

    @property
    def within_30_value(self) -> str:
        return share(self.in_30_pence, self.pence)

    @property
    def within_5(self) -> str:
        return share(self.in_5, self.number)

    @property
    def mean_days(self) -> str:
        return mean_days(self.days_total, self.number)


# By day first: payments leave on few days, and to find the month of each invoice takes longer than
# to add it up.
_PROMPT = """
SELECT date_trunc('month', paid_on)::date, sum(number)::bigint, sum(pence)::bigint,
       sum(in_5)::bigint, sum(in_30)::bigint, sum(in_30_pence)::bigint, sum(in_target)::bigint,
       sum(in_target_pence)::bigint, sum(days_total)::bigint, sum(without_receipt)::bigint
  FROM (
    SELECT i.paid_on,
           count(i.received_on) AS number,
           coalesce(sum(i.gross_pence) FILTER (WHERE i.received_on IS NOT NULL), 0) AS pence,
           count(*) FILTER (WHERE i.paid_on - i.received_on <= 5) AS in_5,
           count(*) FILTER (WHERE i.paid_on - i.received_on <= 30) AS in_30,
           coalesce(sum(i.gross_pence) FILTER (WHERE i.paid_on - i.received_on <= 30), 0)
             AS in_30_pence,
           count(*) FILTER (WHERE i.paid_on <= greatest(i.due_on, i.received_on + 30)
                              AND i.received_on IS NOT NULL) AS in_target,
           coalesce(sum(i.gross_pence) FILTER (
             WHERE i.paid_on <= greatest(i.due_on, i.received_on + 30)
               AND i.received_on IS NOT NULL), 0) AS in_target_pence,
           coalesce(sum(i.paid_on - i.received_on), 0) AS days_total,
           count(*) - count(i.received_on) AS without_receipt
      FROM finance_invoice i
     WHERE i.organisation_id = ANY(%s) AND i.paid_on >= %s AND i.paid_on < %s AND i.state = 'paid'
       AND i.gross_pence > 0
     GROUP BY i.paid_on) days
 GROUP BY 1 ORDER BY 1
"""


# Those of which months can be reckoned.
YEARS = range(2000, 2100)


def months_back(on: date, months: int) -> date:
    """The first day of the month that many months before the one of a day."""
    index = on.year * 12 + on.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def year_until(on: date) -> tuple[date, date]:
    """The twelve months up to the one of a day: the first day, and the one after the last."""
    last = months_back(on, -1)
    return months_back(last, 12), last


def prompt_payment(organisations: Sequence[int], since: date, until: date) -> list[Prompt]:
    """Invoices paid from `since` up to, not including, `until`, by month. Credits are left out.

    Published files without receipt dates count only as `without_receipt`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PROMPT, [list(organisations), since, until])
        return [Prompt(*row) for row in cursor.fetchall()]
