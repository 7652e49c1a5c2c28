"""Payments compliance notices: the figures of a half-year as known now, and what was signed."""

from datetime import date

from django.db import connection
from django.db.models import QuerySet

from core.errors import NotFound
from finance.models import PaymentsNotice
from finance.paying.compliance import Figures, HalfYear, half_years
from finance.selectors.late_interest import PAID_LATE, PAYABLE_ON, values

# ruff: noqa: S608 (the SQL is made of constants; values are parameters)

# What is payable in the period was received in it or up to 30 days before: this is what the index
# of days finds. What was paid before it became payable was paid, and is not missing.
FIGURES = f"""
WITH paid AS (
  SELECT i.gross_pence AS pence, i.paid_on - i.received_on AS days
    FROM finance_invoice i
   WHERE i.organisation_id = %(organisation)s AND i.state = 'paid' AND i.gross_pence > 0
     AND i.paid_on BETWEEN %(since)s AND %(until)s),
payable AS (
  SELECT i.gross_pence AS pence, i.paid_on IS NULL OR i.paid_on > %(until)s AS unmade
    FROM finance_invoice i
   WHERE i.organisation_id = %(organisation)s AND i.gross_pence > 0
     AND i.state NOT IN ('reversed', 'disputed')
     AND i.received_on BETWEEN %(since)s::date - 30 AND %(until)s
     AND {PAYABLE_ON} BETWEEN %(since)s AND %(until)s),
late AS ({PAID_LATE})
SELECT p.*, q.*, l.* FROM
  (SELECT count(days), coalesce(sum(pence) FILTER (WHERE days IS NOT NULL), 0)::bigint,
          coalesce(sum(days), 0)::bigint,
          count(*) FILTER (WHERE days <= 30),
          coalesce(sum(pence) FILTER (WHERE days <= 30), 0)::bigint,
          count(*) FILTER (WHERE days BETWEEN 31 AND 60),
          coalesce(sum(pence) FILTER (WHERE days BETWEEN 31 AND 60), 0)::bigint,
          count(*) FILTER (WHERE days > 60),
          coalesce(sum(pence) FILTER (WHERE days > 60), 0)::bigint,
          count(*) - count(days) FROM paid) p,
  (SELECT count(*), coalesce(sum(pence), 0)::bigint, count(*) FILTER (WHERE unmade),
          coalesce(sum(pence) FILTER (WHERE unmade), 0)::bigint FROM payable) q,
  (SELECT count(*), coalesce(sum(interest_pence), 0)::bigint,
          coalesce(sum(fixed_pence), 0)::bigint,
          count(*) FILTER (WHERE basis_points IS NULL) FROM late) l
"""


def half_year(period: int, today: date) -> HalfYear:
    """NotFound for what is no reporting period, or has not begun."""
    for found in half_years(today):
        if found.period == period:
            return found
    raise NotFound("There is no such reporting period.")


def figures_of(organisation_id: int, period: HalfYear) -> Figures:
    """As known now."""
    given = values(organisation_id, period.first_on, period.last_on, period.last_on)
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, given)
        return Figures(*cursor.fetchone())


def notices(organisation_id: int) -> QuerySet[PaymentsNotice]:
    """Every signed version, the newest of each half-year first."""
    rows = PaymentsNotice.objects.filter(organisation_id=organisation_id)
    return rows.order_by("-first_on", "-version")


def newest_notices(organisation_id: int) -> dict[date, PaymentsNotice]:
    """The newest version of each half-year that was signed, by its first day."""
    newest: dict[date, PaymentsNotice] = {}
    for notice in notices(organisation_id):
        newest.setdefault(notice.first_on, notice)
    return newest


def notice_of(organisation_id: int, period: HalfYear, version: int) -> PaymentsNotice:
    """NotFound for a version that nobody signed."""
    found = notices(organisation_id).filter(first_on=period.first_on, version=version).first()
    if found is None:
        raise NotFound("There is no such version of this notice.")
    return found
