"""Approved items of pay that nobody has paid yet, as a calculation takes them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from core.db.arrays import number_array
from hr.selectors.pay import job_rates
from payroll.models import PayRun
from payroll.paying.inputs import Shared

_ITEMS = """
SELECT i.employment_id, i.job, i.worked_on, i.id, e.id, e.name, e.percent, e.taxed, e.pensionable,
       i.minutes, i.amount_pence
  FROM payroll_payitem i
  JOIN payroll_payclaim c ON c.organisation_id = %(here)s AND c.id = i.claim_id
   AND c.state = 'approved'
  JOIN payroll_payelement e ON e.organisation_id = %(here)s AND e.id = i.element_id
 WHERE i.organisation_id = %(here)s AND i.employment_id = ANY (%(ids)s) AND i.live
   AND i.pay_run_id IS NULL AND i.worked_on <= %(last)s
 ORDER BY i.id
"""
Items = dict[int, list[list[Any]]]


def items_to_pay(
    pay_run: PayRun, employments: Sequence[int], shared: Shared, known_at: datetime
) -> tuple[Items, dict[int, int]]:
    """Items up to the end of the period by employment, each in the places of `paying.inputs`.

    Hours carry the rate of their day. Second: by employment, how many items have no rate; those
    wait. Two statements at most, one where nobody has any.
    """
    here = pay_run.organisation_id
    with connection.cursor() as cursor:
        cursor.execute(
            _ITEMS, {"here": here, "ids": number_array(employments), "last": shared.last}
        )
        rows = cursor.fetchall()
    rates = job_rates(here, [row[:3] for row in rows if row[9]], known_at)
    found: Items = defaultdict(list)
    unrated: dict[int, int] = defaultdict(int)
    for employment, job, day, item, element, name, *kind, minutes, pence in rows:
        rate = rates.get((employment, job, day))
        if minutes and rate is None:
            unrated[employment] += 1
            continue
        values = [minutes, rate.full_year if rate else 0, rate.full_week if rate else 0, pence]
        found[employment].append([item, element, name, *kind, day.isoformat(), *values])
    return found, dict(unrated)
