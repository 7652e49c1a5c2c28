"""Notices of loans, gifts and pay given up, as a calculation takes them."""

from collections.abc import Sequence

from django.db import connection

from core.db.arrays import number_array
from payroll.calculator.periods import year_start
from payroll.models import PayRun
from payroll.paying.inputs import Shared

_NOTICES = """
SELECT DISTINCT ON (n.employment_id) n.employment_id, n.loans, n.gift_pence, n.sacrifice_pence,
       n.pension_pence
  FROM payroll_paynotice n
 WHERE n.organisation_id = %s AND n.employment_id = ANY (%s) AND n.from_on <= %s
 ORDER BY n.employment_id, n.from_on DESC, n.recorded_at DESC, n.id DESC
"""
# Given up for a pension earlier in the tax year.
_GIVEN = """
SELECT s.employment_id, -sum(l.amount_pence)::bigint FROM payroll_payslip s
  JOIN payroll_payrun r ON r.organisation_id = %s AND r.id = s.pay_run_id
   AND r.state IN ('committed', 'paid')
  JOIN payroll_payslipline l ON l.organisation_id = %s AND l.payslip_id = s.id
   AND l.kind = 'pension_given'
 WHERE s.organisation_id = %s AND s.employment_id = ANY (%s) AND s.pays_on >= %s
   AND s.pays_on < %s
 GROUP BY 1
"""
_NAMES = ("loans", "gift", "sacrifice", "pension_sacrifice")


def notices_to_take(
    pay_run: PayRun, employments: Sequence[int], shared: Shared
) -> dict[int, dict[str, int]]:
    """What holds on the pay day, by employment, under the names of `paying.inputs`."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTICES, [pay_run.organisation_id, number_array(employments), shared.day])
        found = {row[0]: dict(zip(_NAMES, row[1:], strict=True)) for row in cursor.fetchall()}
        givers = [one for one, taken in found.items() if taken["pension_sacrifice"]]
        if givers:
            since = year_start(shared.day)
            cursor.execute(_GIVEN, [*[pay_run.organisation_id] * 3, givers, since, shared.day])
            for employment, pence in cursor.fetchall():
                found[employment]["pension_given"] = pence
    return found
