"""Early-payment discounts: terms of suppliers, what was taken and what was missed. In pence."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from core.templatetags.web import day, pounds
from finance.models import DiscountTerms, Supplier
from finance.paying.discounts import OFFER

TAKEN, MISSED = "taken", "missed"
# Missed is what nobody took by its last day: paid without it, or not paid yet. An invoice counts in
# the month of that day, whether taken or not, so the two can be set against each other.
_OFFERED = f"""
SELECT i.number, i.supplier_ref, i.supplier_id, i.gross_pence, i.paid_on, o.last_on, o.percent,
       coalesce(a.discount_pence, o.pence) AS pence,
       CASE WHEN a.discount_pence > 0 THEN '{TAKEN}' ELSE '{MISSED}' END AS outcome
  FROM finance_discountterms t
  JOIN finance_invoice i ON i.organisation_id = t.organisation_id AND i.supplier_id = t.supplier_id
   AND i.state <> 'reversed' AND i.invoice_on >= t.from_on
  JOIN LATERAL ({OFFER}) o ON true
  LEFT JOIN LATERAL (
    SELECT a.discount_pence FROM finance_allocation a
      JOIN finance_payment y ON y.organisation_id = a.organisation_id AND y.id = a.payment_id
     WHERE a.organisation_id = i.organisation_id AND a.invoice_id = i.id AND a.live
       AND y.state = 'released' AND a.discount_pence > 0) a ON true
 WHERE t.organisation_id = %(organisation)s
   AND NOT EXISTS (SELECT FROM finance_discountterms n
     WHERE n.organisation_id = t.organisation_id AND n.supplier_id = t.supplier_id
       AND n.from_on > t.from_on AND n.from_on <= i.invoice_on)
   AND o.last_on >= %(since)s AND (a.discount_pence > 0 OR o.last_on < %(today)s)
"""  # noqa: S608
BY_MONTH = f"""
SELECT date_trunc('month', last_on)::date AS month,
       count(*) FILTER (WHERE outcome = '{TAKEN}'),
       coalesce(sum(pence) FILTER (WHERE outcome = '{TAKEN}'), 0)::bigint,
       count(*) FILTER (WHERE outcome = '{MISSED}'),
       coalesce(sum(pence) FILTER (WHERE outcome = '{MISSED}'), 0)::bigint
  FROM ({_OFFERED}) f GROUP BY 1 ORDER BY 1 DESC
"""  # noqa: S608
LISTED = f"""
SELECT f.number, f.supplier_ref, s.name, f.gross_pence, f.percent::text, f.pence, f.last_on,
       f.paid_on, f.outcome
  FROM ({_OFFERED}) f
  JOIN finance_supplier s ON s.organisation_id = %(organisation)s AND s.id = f.supplier_id
 ORDER BY f.outcome, f.pence DESC, f.number LIMIT %(limit)s
"""  # noqa: S608


@dataclass(frozen=True)
class Month:
    """Discounts whose last day lies in a month: number and pence, taken and missed."""

    month: date
    taken: int
    taken_pence: int
    missed: int
    missed_pence: int


@dataclass(frozen=True)
class Offered:
    """A discount that was taken or missed; `outcome` says which."""

    number: int
    supplier_ref: str
    supplier: str
    gross_pence: int
    percent: str
    pence: int
    last_on: date
    paid_on: date | None
    outcome: str


def year_back(today: date) -> date:
    """Since when discounts are reported: the first day of the same month a year ago."""
    return date(today.year - 1, today.month, 1)


def terms_of(supplier: Supplier) -> QuerySet[DiscountTerms]:
    """All terms of a supplier, the latest first."""
    rows = DiscountTerms.objects.filter(
        organisation_id=supplier.organisation_id, supplier_id=supplier.pk
    )
    return rows.order_by("-from_on")


def _ask(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def discounts_by_month(organisation_id: int, since: date, today: date) -> list[Month]:
    """Discounts whose last day is `since` or later, the latest month first."""
    given = {"organisation": organisation_id, "since": since, "today": today}
    return [Month(*row) for row in _ask(BY_MONTH, **given)]


def offered_discounts(
    organisation_id: int, since: date, today: date, *, limit: int
) -> list[Offered]:
    """The missed ones first, then the taken ones, each by amount."""
    given = {"organisation": organisation_id, "since": since, "today": today, "limit": limit}
    return [Offered(*row) for row in _ask(LISTED, **given)]


def early_words(discount: dict[str, Any] | None) -> str:
    """What an invoice's sheet says of its discount; nothing where none is offered."""
    if discount is None:
        return ""
    if discount["taken"]:
        return f"{pounds(discount['taken'])} off for paying early"
    last = day(date.fromisoformat(discount["last_on"]))
    return f"{discount['percent']}% off, {pounds(discount['pence'])}, if paid by {last}"
