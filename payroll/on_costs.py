"""What more pay costs the employer on top: National Insurance, and pension as it was paid."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import connection

from hr.on_costs import register
from payroll.calculator.figures import LETTERS

YEAR = timedelta(days=365)
_PENSIONS = """
SELECT coalesce(u.code, ''), sum(c.pay_pence)::bigint, sum(c.pension_pence)::bigint
  FROM payroll_paycost c
  JOIN payroll_payslip s ON s.organisation_id = %(here)s AND s.id = c.payslip_id
   AND s.pays_on > %(since)s
  JOIN payroll_payrun r ON r.organisation_id = %(here)s AND r.id = s.pay_run_id
   AND r.state IN ('committed', 'paid')
  LEFT JOIN tenants_unit u ON u.organisation_id = %(here)s AND u.id = c.unit_id
 WHERE c.organisation_id = %(here)s
 GROUP BY 1 HAVING sum(c.pay_pence) > 0
"""
WHOLE = 10_000


def rates(organisation_id: int, day: date) -> Mapping[str, int]:
    """By unit: letter A of the day, and the pension of the year that was paid before it."""
    nic = LETTERS.on(day).letters["A"].employer
    with connection.cursor() as cursor:
        cursor.execute(_PENSIONS, {"here": organisation_id, "since": day - YEAR})
        rows = cursor.fetchall()
    paid, pension = (sum(row[n] for row in rows) for n in (1, 2))
    found = {code: nic + pence * WHOLE // pay for code, pay, pence in rows}
    return {**found, "": nic + (pension * WHOLE // paid if paid else 0)}


register(rates)
