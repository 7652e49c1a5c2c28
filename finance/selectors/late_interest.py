"""Interest that suppliers may claim for invoices paid late: set-based, in pence, to the penny.

An invoice is payable on its due day, or 30 days after receipt if that is sooner; interest runs from
the day after. Credit notes, and rows of published files, which state no day of receipt, are left
out.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from finance.late_payment import FIXED_SUMS, MOST_DAYS, rates

# ruff: noqa: S608 (the SQL is made of constants of this module; values are parameters)

# A day of payment before the receipt was not agreed with anybody.
PAYABLE_ON = f"""CASE WHEN i.due_on >= i.received_on
  THEN least(i.due_on, i.received_on + {MOST_DAYS}) ELSE i.received_on + {MOST_DAYS} END"""
_FIXED = "CASE {} ELSE {} END".format(
    " ".join(f"WHEN gross_pence < {under} THEN {sum_}" for under, sum_ in FIXED_SUMS if under),
    FIXED_SUMS[-1][1],
)
# Half a penny goes up: twice the numerator and the denominator, over twice the denominator.
_YEAR = 365 * 10_000
_LATE = f"""
SELECT l.*, r.basis_points, {_FIXED} AS fixed_pence,
       (2 * gross_pence * r.basis_points * days + {_YEAR}) / {2 * _YEAR} AS interest_pence
  FROM (
    SELECT i.number, i.supplier_ref, i.supplier_id, i.gross_pence, i.received_on, i.paid_on,
           {PAYABLE_ON} AS payable_on, {{until}} - {PAYABLE_ON} AS days
      FROM finance_invoice i
     WHERE i.organisation_id = %(organisation)s AND i.gross_pence > 0
       AND i.received_on IS NOT NULL AND {{which}}) l
  LEFT JOIN unnest(%(from)s::date[], %(before)s::date[], %(points)s::bigint[])
       AS r(from_on, before_on, basis_points)
    ON l.payable_on + 1 >= r.from_on AND l.payable_on + 1 < r.before_on
 WHERE l.days > 0
"""
PAID_LATE = _LATE.format(
    until="i.paid_on",
    which="i.state = 'paid' AND i.paid_on BETWEEN %(since)s AND %(until)s",
)
# Disputed ones are left out: interest runs on none of what is disputed rightly.
OPEN_LATE = _LATE.format(
    until="%(today)s::date",
    which="i.state IN ('received', 'held', 'submitted', 'approved', 'posted')",
)
_TOTALS = (
    "count(*), coalesce(sum(gross_pence), 0)::bigint, coalesce(sum(interest_pence), 0)::bigint,"
    " coalesce(sum(fixed_pence), 0)::bigint, count(*) FILTER (WHERE basis_points IS NULL)"
)
BOTH_TOTALS = (
    f"SELECT {_TOTALS} FROM ({PAID_LATE}) p UNION ALL SELECT {_TOTALS} FROM ({OPEN_LATE}) o"
)
LISTED = f"""
SELECT late.number, late.supplier_ref, s.code, s.name, late.gross_pence, late.received_on,
       late.payable_on, late.paid_on, late.days, late.basis_points, late.interest_pence,
       late.fixed_pence
  FROM ({PAID_LATE}) late
  JOIN finance_supplier s ON s.organisation_id = %(organisation)s AND s.id = late.supplier_id
 ORDER BY late.interest_pence DESC NULLS FIRST, late.number
 LIMIT %(limit)s OFFSET %(offset)s
"""


@dataclass(frozen=True)
class Late:
    """An invoice paid late, with what its supplier may claim; no rate is known where it is None."""

    number: int
    supplier_ref: str
    supplier_code: str
    supplier: str
    gross_pence: int
    received_on: date
    payable_on: date
    paid_on: date
    days: int
    basis_points: int | None
    interest_pence: int | None
    fixed_pence: int


@dataclass(frozen=True)
class Liability:
    """Late invoices together; `unknown` are those whose half-year has no rate yet."""

    number: int
    gross_pence: int
    interest_pence: int
    fixed_pence: int
    unknown: int

    @property
    def total_pence(self) -> int:
        return self.interest_pence + self.fixed_pence


def values(organisation_id: int, since: date, until: date, today: date) -> dict[str, Any]:
    """The parameters of the statements of this module; both days are included."""
    known = rates()
    return {
        "organisation": organisation_id,
        "since": since,
        "until": until,
        "today": today,
        "from": [rate.from_on for rate in known],
        "before": [rate.until_on for rate in known],
        "points": [rate.basis_points for rate in known],
    }


def liabilities(
    organisation_id: int, since: date, until: date, today: date
) -> tuple[Liability, Liability]:
    """Of what was paid late from a day to another, and of what is open and late today."""
    with connection.cursor() as cursor:
        cursor.execute(BOTH_TOTALS, values(organisation_id, since, until, today))
        paid, still_open = (Liability(*row) for row in cursor.fetchall())
        return paid, still_open


def paid_late(
    organisation_id: int, since: date, until: date, *, limit: int, offset: int = 0
) -> list[Late]:
    """Those without a rate first, then by interest, the most first."""
    given = values(organisation_id, since, until, until)
    with connection.cursor() as cursor:
        cursor.execute(LISTED, {**given, "limit": limit, "offset": offset})
        return [Late(*row) for row in cursor.fetchall()]
