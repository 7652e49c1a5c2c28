"""Notices of loans, gifts and pay given up, as a calculation takes them."""

from collections.abc import Sequence

from django.db import connection

from payroll.models import PayRun
from payroll.paying.inputs import Shared

_NOTICES = """
SELECT DISTINCT ON (n.employment_id) n.employment_id, n.loans, n.gift_pence, n.sacrifice_pence
  FROM payroll_paynotice n
 WHERE n.organisation_id = %s AND n.employment_id = ANY (%s) AND n.from_on <= %s
 ORDER BY n.employment_id, n.from_on DESC, n.recorded_at DESC, n.id DESC
"""


def notices_to_take(
    pay_run: PayRun, employments: Sequence[int], shared: Shared
) -> dict[int, dict[str, int]]:
    """What holds on the pay day, by employment, under the names of `paying.inputs`."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTICES, [pay_run.organisation_id, list(employments), shared.day])
        return {
            employment: {"loans": loans, "gift": gift, "sacrifice": sacrifice}
            for employment, loans, gift, sacrifice in cursor.fetchall()
        }
