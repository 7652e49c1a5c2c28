"""Reads of periods: of one organisation, and of several with their totals."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from core.errors import NotFound
from finance.models import Period


def periods_here(organisation_id: int, **wanted: int | str) -> QuerySet[Period]:
    """Every period that was made, also those not yet open; narrowed by `year` and `status`."""
    return Period.objects.filter(organisation_id=organisation_id, **wanted)


def period_here(organisation_id: int, period: int) -> Period:
    """A period by its month as yyyymm. NotFound where none was made."""
    row = periods_here(organisation_id, period=period).first()
    if row is None:
        raise NotFound("There is no such period.")
    return row


@dataclass(frozen=True)
class PeriodRow:
    """A period with what was posted into it."""

    period: Period
    lines: int
    debit_pence: int


def periods_of_year(organisation_ids: Sequence[int], year: int) -> list[PeriodRow]:
    """The periods of a financial year with their totals, in order."""
    rows = Period.objects.filter(organisation_id__in=organisation_ids, year=year)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organisation_id, period, sum(lines)::bigint, sum(debit_pence)::bigint"
            " FROM finance_balance WHERE organisation_id = ANY (%s) AND period BETWEEN %s AND %s"
            " GROUP BY organisation_id, period",
            [list(organisation_ids), year * 100, (year + 2) * 100],
        )
        totals = {(org, period): (lines, debit) for org, period, lines, debit in cursor.fetchall()}
    return [
        PeriodRow(row, *totals.get((row.organisation_id, row.period), (0, 0)))
        for row in rows.order_by("organisation_id", "number")
    ]
