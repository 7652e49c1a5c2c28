"""Pay of one earnings period that an earlier run paid: contributions count it with this one."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from core.db.arrays import number_array
from payroll.calculator.periods import days_of
from payroll.models import LOWERING, PayRun
from payroll.paying.inputs import Shared
from payroll.paying.reckoned import AWAY_KINDS

LIABLE = ("basic", "allowance", "back", "extra", *LOWERING, *AWAY_KINDS)
# Two regular pay days of one tax period are two earnings periods; other pay belongs to one.
_LIABLE = """
SELECT s.employment_id, sum(l.amount_pence)::bigint
  FROM payroll_payrun r
  JOIN payroll_payslip s ON s.organisation_id = %(here)s AND s.pay_run_id = r.id
   AND s.employment_id = ANY (%(ids)s) AND coalesce(s.inputs ->> 'left', '') = ''
  JOIN payroll_payslipline l ON l.organisation_id = %(here)s AND l.payslip_id = s.id
   AND l.kind = ANY (%(kinds)s)
 WHERE r.organisation_id = %(here)s AND r.state IN ('committed', 'paid') AND r.id <> %(run)s
   AND r.pays_on >= %(first)s AND r.pays_on < %(after)s AND r.pays_on <= %(day)s
   AND (r.sequence > 1 OR %(supplementary)s)
 GROUP BY s.employment_id
"""


def liable_before(pay_run: PayRun, employments: Sequence[int], shared: Shared) -> dict[int, int]:
    """Pence that bore contributions before, by employment: of a supplementary run, or for one."""
    first, after = days_of(shared.day, shared.frequency)
    given: dict[str, Any] = {
        "here": pay_run.organisation_id, "ids": number_array(employments), "run": pay_run.pk or 0,
        "first": first, "after": after, "day": shared.day, "supplementary": pay_run.supplementary,
        "kinds": list(LIABLE),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LIABLE, given)
        return dict(cursor.fetchall())
