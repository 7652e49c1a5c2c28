"""Approved items of pay that nobody has paid yet, as a calculation takes them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from core.db.arrays import number_array
from hr.models import Allowance
from hr.selectors.allowances import claimed_terms, term_of
from hr.selectors.pay import job_rates
from payroll.models import PayElement, PayRun
from payroll.paying.inputs import Shared

_ITEMS = """
SELECT i.employment_id, i.job, i.worked_on, i.id, e.id, e.name, e.percent, e.taxed, e.pensionable,
       i.minutes, i.amount_pence, i.sessions, CASE WHEN e.basis = ANY (%(terms)s) THEN e.code END
  FROM payroll_payitem i
  JOIN payroll_payclaim c ON c.organisation_id = %(here)s AND c.id = i.claim_id
   AND c.state = 'approved'
  JOIN payroll_payelement e ON e.organisation_id = %(here)s AND e.id = i.element_id
 WHERE i.organisation_id = %(here)s AND i.employment_id = ANY (%(ids)s) AND i.live
   AND i.pay_run_id IS NULL AND i.worked_on <= %(last)s
 ORDER BY i.id
"""
Items = dict[int, list[list[Any]]]
THOUSANDTHS = 1_000


def items_to_pay(
    pay_run: PayRun, employments: Sequence[int], shared: Shared, known_at: datetime
) -> tuple[Items, dict[int, int]]:
    """Items up to the end of the period by employment, each in the places of `paying.inputs`.

    Hours carry the rate of their day, what the terms set the share or the sum of the day. Second:
    by employment, how many items have neither; those wait. Three statements at most, one where
    nobody has any.
    """
    here = pay_run.organisation_id
    given: dict[str, Any] = {"here": here, "ids": number_array(employments), "last": shared.last}
    given["terms"] = list(PayElement.OF_THE_TERMS)
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, given)
        rows = cursor.fetchall()
    rates = job_rates(here, [row[:3] for row in rows if row[9] or row[12]], known_at)
    named = {row[12] for row in rows if row[12]}
    terms = claimed_terms(here, named) if named else []
    found: Items = defaultdict(list)
    unrated: dict[int, int] = defaultdict(int)
    for employment, job, day, item, element, name, *kind, minutes, pence, sessions, code in rows:
        rate = rates.get((employment, job, day))
        term = term_of(terms, code, rate.scale, rate.grade, day) if code and rate else None
        if (minutes and rate is None) or (code and term is None):
            unrated[employment] += 1
            continue
        values = [minutes, rate.full_year if rate else 0, rate.full_week if rate else 0, pence]
        if term:
            values = by_terms(term, values, sessions)
        found[employment].append([item, element, name, *kind, day.isoformat(), *values])
    return found, dict(unrated)


def by_terms(term: Allowance, values: Sequence[int], sessions: int) -> list[Any]:
    """The last places of an item whose worth stands in the terms."""
    *worked, pence = values
    share = int((term.rate_percent or 0) * THOUSANDTHS)
    return [*worked, pence or sessions * (term.amount_pence or 0), term.name, share, sessions]
