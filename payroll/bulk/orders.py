"""Orders that attach earnings, as a calculation takes them, and what it took for each."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection

from core.db.arrays import number_array
from payroll.calculator.attachments import Settled
from payroll.calculator.dates import Whole
from payroll.models import OrderKind, PayRun
from payroll.paying.inputs import ORDER, Inputs, Shared

# In Scotland the day of receipt ranks an order. What earlier payslips carried is that of the last.
_ORDERS = """
SELECT o.employment_id, o.id, o.number, o.kind,
       CASE WHEN o.kind = ANY (%(scottish)s) THEN o.received_on ELSE o.made_on END,
       o.normal_pence, o.protected_pence, coalesce(t.arrears, 0),
       coalesce(t.protected_arrears, 0), o.debt_pence - coalesce(t.deducted, 0)
  FROM payroll_payorder o
  LEFT JOIN LATERAL (
    SELECT sum(t.deducted_pence)::bigint AS deducted,
           (array_agg(t.arrears_pence ORDER BY s.pays_on DESC))[1] AS arrears,
           (array_agg(t.protected_arrears_pence ORDER BY s.pays_on DESC))[1] AS protected_arrears
      FROM payroll_ordertaken t
      JOIN payroll_payslip s ON s.organisation_id = %(here)s AND s.id = t.payslip_id
      JOIN payroll_payrun r ON r.organisation_id = %(here)s AND r.id = s.pay_run_id
       AND r.state IN ('committed', 'paid')
     WHERE t.organisation_id = %(here)s AND t.order_id = o.id AND s.pays_on < %(day)s) t ON true
 WHERE o.organisation_id = %(here)s AND o.employment_id = ANY (%(ids)s)
   AND o.state = 'active' AND o.received_on <= %(day)s
 ORDER BY o.employment_id, o.number
"""
_TAKEN = """
INSERT INTO payroll_ordertaken (organisation_id, payslip_id, order_id, wanted_pence,
  protected_pence, deducted_pence, arrears_pence, protected_arrears_pence)
SELECT %s, t.* FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
  %s::bigint[], %s::bigint[]) t
"""
SCOTTISH = [OrderKind.EARNINGS_ARRESTMENT.value, OrderKind.MAINTENANCE_ARRESTMENT.value]
Entries = dict[int, list[list[Any]]]


def orders_to_take(pay_run: PayRun, employments: Sequence[int], shared: Shared) -> Entries:
    """Orders received by the pay day, by employment, each in the places of `paying.inputs`.

    Arrears and the debt left are those after the committed payslips before. One statement.
    """
    given: dict[str, Any] = {"here": pay_run.organisation_id, "ids": number_array(employments)}
    given |= {"day": shared.day, "scottish": SCOTTISH}
    found: Entries = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, given)
        for employment, order, number, kind, ranked_on, *amounts in cursor.fetchall():
            found[employment].append([order, number, kind, ranked_on.isoformat(), *amounts])
    return found


def keep_taken(
    cursor: Any, here: int, slips: Whole, people: Sequence[Inputs], settled: Settled
) -> None:
    """Stores what each payslip takes for each of its orders; one statement, none without orders."""
    orders = [order[ORDER] for one in people for order in one.orders]
    if orders:
        columns = (
            settled.wanted, settled.protected, settled.deducted, settled.arrears,
            settled.protected_arrears,
        )  # fmt: skip
        whose = slips[settled.orders.person].tolist()
        cursor.execute(_TAKEN, [here, whose, orders, *(column.tolist() for column in columns)])
