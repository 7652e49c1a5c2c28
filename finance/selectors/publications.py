"""The spending of a month, row by row: published, not named, or below the threshold."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from core.errors import NotFound
from core.web.exports import neutral
from finance.models import RedactionRule, SpendPublication

NOT_NAMED = "REDACTED"
HEADINGS = (
    *("Body", "Date paid", "Payment", "Department", "Payee", "Category"),
    *("Amount with VAT, pounds", "Why the payee is not named"),
)
# A row for each invoice that a payment settled, and one for what of it settles none, so that the
# rows of a month always come to what was paid. Of an invoice with several lines the largest says
# department and category. The oldest rule that fits is the reason.
ROWS = """
WITH paid AS (
  SELECT p.id, p.number, p.paid_on, p.supplier_id, p.amount_pence FROM finance_payment p
   WHERE p.organisation_id = %(organisation)s AND p.state = 'released'
     AND p.paid_on >= %(first)s AND p.paid_on < %(until)s),
settled AS (
  SELECT p.id, a.invoice_id, a.amount_pence FROM paid p
    JOIN finance_allocation a ON a.organisation_id = %(organisation)s AND a.payment_id = p.id
     AND a.live),
parts AS (
  SELECT id, invoice_id, amount_pence FROM settled
   UNION ALL
  SELECT p.id, NULL, p.amount_pence - coalesce(s.pence, 0) FROM paid p
    LEFT JOIN (SELECT id, sum(amount_pence)::bigint AS pence FROM settled GROUP BY id) s USING (id)
   WHERE p.amount_pence <> coalesce(s.pence, 0))
SELECT p.paid_on, p.number, coalesce(u.name, ''), s.name, coalesce(c.name, ''), t.amount_pence,
       coalesce(r.id, 0), coalesce(r.legal_reason, '')
  FROM parts t
  JOIN paid p ON p.id = t.id
  JOIN finance_supplier s ON s.organisation_id = %(organisation)s AND s.id = p.supplier_id
  LEFT JOIN LATERAL (SELECT l.coding_id FROM finance_invoiceline l
     WHERE l.organisation_id = %(organisation)s AND l.invoice_id = t.invoice_id
     ORDER BY abs(l.net_pence) DESC, l.line_no LIMIT 1) l ON true
  LEFT JOIN finance_coding g ON g.organisation_id = %(organisation)s AND g.id = l.coding_id
  LEFT JOIN finance_account c ON c.organisation_id = %(organisation)s AND c.id = g.account_id
  LEFT JOIN tenants_unit u ON u.organisation_id = %(organisation)s AND u.id = g.unit_id
  LEFT JOIN LATERAL (SELECT r.id, r.legal_reason FROM finance_redactionrule r
     WHERE r.organisation_id = %(organisation)s AND r.from_on <= p.paid_on
       AND (r.until_on IS NULL OR r.until_on > p.paid_on)
       AND CASE r.kind WHEN 'withheld' THEN s.redacted
         WHEN 'supplier' THEN s.code = r.value
         WHEN 'account' THEN c.code = r.value
         WHEN 'unit' THEN EXISTS (SELECT FROM tenants_unit top
           WHERE top.organisation_id = %(organisation)s AND top.code = r.value
             AND starts_with(u.path, top.path))
         ELSE EXISTS (SELECT FROM finance_supplierrequest q
           WHERE q.organisation_id = %(organisation)s AND q.supplier_id = s.id
             AND q.no_company = 'sole') END
     ORDER BY r.id LIMIT 1) r ON true
 ORDER BY p.paid_on, p.number, t.invoice_id
"""

# From month to month by the index of days: a few rows are looked at, however many were paid.
MONTHS = """
WITH RECURSIVE months (month) AS (
  (SELECT date_trunc('month', p.paid_on)::date FROM finance_payment p
    WHERE p.organisation_id = %(organisation)s AND p.state = 'released'
    ORDER BY p.paid_on DESC LIMIT 1)
  UNION ALL
  SELECT (SELECT date_trunc('month', p.paid_on)::date FROM finance_payment p
           WHERE p.organisation_id = %(organisation)s AND p.state = 'released'
             AND p.paid_on < m.month ORDER BY p.paid_on DESC LIMIT 1)
    FROM months m WHERE m.month IS NOT NULL
)
SELECT month FROM months WHERE month IS NOT NULL
"""


@dataclass(frozen=True)
class Spent:
    """A part of a payment; `rule` is what keeps its payee from being named, 0 for nothing."""

    paid_on: date
    payment: int
    department: str
    payee: str
    category: str
    pence: int
    rule: int
    legal_reason: str


@dataclass(frozen=True)
class Total:
    """Rows and what they come to."""

    rows: int = 0
    pence: int = 0


@dataclass(frozen=True)
class Spending:
    """A month, sorted by what becomes of each row. The three come to what was paid."""

    published: tuple[Spent, ...]
    redacted: tuple[Spent, ...]
    below: tuple[Spent, ...]
    paid_pence: int

    @property
    def rows(self) -> int:
        return len(self.published) + len(self.redacted) + len(self.below)

    def totals(self) -> dict[str, Total]:
        named = {"published": self.published, "redacted": self.redacted, "below": self.below}
        return {key: total_of(rows) for key, rows in named.items()}

    def by_reason(self) -> dict[str, Total]:
        """What is not named, by its legal reason."""
        found: dict[str, list[Spent]] = {}
        for row in self.redacted:
            found.setdefault(row.legal_reason, []).append(row)
        return {reason: total_of(rows) for reason, rows in found.items()}

    def as_csv(self, body: str) -> bytes:
        """What is published: rows above the threshold, those not named among them."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(HEADINGS)
        told = sorted((*self.published, *self.redacted), key=lambda row: (row.paid_on, row.payment))
        for row in told:
            payee = NOT_NAMED if row.rule else row.payee
            pounds = Decimal(row.pence).scaleb(-2)
            cells = (body, row.paid_on.isoformat(), row.payment, row.department, payee)
            writer.writerow(
                neutral(cell) for cell in (*cells, row.category, pounds, row.legal_reason)
            )
        return out.getvalue().encode("utf-8-sig")


def total_of(rows: Sequence[Spent]) -> Total:
    return Total(len(rows), sum(row.pence for row in rows))


def spending(organisation_id: int, month: date, threshold_pence: int) -> Spending:
    """The spending of a month as known now, by the rules of the days on which it was paid."""
    until = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    values: dict[str, Any] = {"organisation": organisation_id, "first": month, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(ROWS, values)
        rows = [Spent(*row) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT coalesce(sum(amount_pence), 0)::bigint FROM finance_payment"
            " WHERE organisation_id = %(organisation)s AND state = 'released'"
            " AND paid_on >= %(first)s AND paid_on < %(until)s",
            values,
        )
        (paid,) = cursor.fetchone()
    above = [row for row in rows if row.pence > threshold_pence]
    return Spending(
        tuple(row for row in above if not row.rule),
        tuple(row for row in above if row.rule),
        tuple(row for row in rows if row.pence <= threshold_pence),
        paid,
    )


def months_paid(organisation_id: int) -> list[date]:
    """The months in which anything was paid, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(MONTHS, {"organisation": organisation_id})
        return [month for (month,) in cursor.fetchall()]


def publications(organisation_id: int) -> QuerySet[SpendPublication]:
    """All versions of all months, newest first, without their bytes."""
    rows = SpendPublication.objects.filter(organisation_id=organisation_id)
    return rows.defer("content").order_by("-month", "-version")


def published_file(organisation_id: int, month: date, version: int) -> SpendPublication:
    """An approved version with its bytes; NotFound for any other."""
    row = SpendPublication.objects.filter(
        organisation_id=organisation_id, month=month, version=version, state="published"
    ).first()
    if row is None:
        raise NotFound("There is no such publication.")
    return row


def redaction_rules(organisation_id: int) -> QuerySet[RedactionRule]:
    """Newest first."""
    rows = RedactionRule.objects.filter(organisation_id=organisation_id)
    return rows.order_by("-from_on", "-id")


def redaction_rule(organisation_id: int, number: int) -> RedactionRule:
    """One of them; NotFound if there is none such."""
    row = redaction_rules(organisation_id).filter(pk=number).first()
    if row is None:
        raise NotFound("There is no such rule.")
    return row


def month_of(period: int) -> date:
    """The first day of a period such as 202605. NotFound if there is none such."""
    try:
        return date(period // 100, period % 100, 1)
    except ValueError:
        raise NotFound("There is no such month.") from None
