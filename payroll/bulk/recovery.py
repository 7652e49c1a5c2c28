"""Plans of recovery, as a calculation takes them, and what it took for each."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection

from core.db.arrays import number_array
from payroll.calculator.dates import Whole
from payroll.calculator.payment import Payment
from payroll.calculator.periods import year_start
from payroll.models import PayRun
from payroll.paying.inputs import PLAN, Inputs, Shared

# What is owed is what the last committed payslip left.
_PLANS = """
SELECT p.employment_id, p.id, coalesce(t.gross_left_pence, p.gross_pence),
       coalesce(t.net_left_pence, p.net_pence), p.instalment_pence, p.protected_pence, p.overpaid_on
  FROM payroll_recoveryplan p
  LEFT JOIN LATERAL (
    SELECT t.gross_left_pence, t.net_left_pence
      FROM payroll_recoverytaken t
      JOIN payroll_payslip s ON s.organisation_id = %(here)s AND s.id = t.payslip_id
      JOIN payroll_payrun r ON r.organisation_id = %(here)s AND r.id = s.pay_run_id
       AND r.state IN ('committed', 'paid')
     WHERE t.organisation_id = %(here)s AND t.plan_id = p.id AND s.pays_on < %(day)s
     ORDER BY s.pays_on DESC LIMIT 1) t ON true
 WHERE p.organisation_id = %(here)s AND p.employment_id = ANY (%(ids)s)
   AND p.state = 'active' AND p.from_on <= %(day)s
"""
_TAKEN = """
INSERT INTO payroll_recoverytaken (organisation_id, payslip_id, plan_id, taken_pence,
  gross_left_pence, net_left_pence)
SELECT %s, t.* FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) t
"""
Entries = dict[int, list[list[Any]]]


def plans_to_take(pay_run: PayRun, employments: Sequence[int], shared: Shared) -> Entries:
    """The plan of each employment that has one, in the places of `paying.inputs`."""
    given: dict[str, Any] = {"here": pay_run.organisation_id, "ids": number_array(employments)}
    given |= {"day": shared.day}
    found: Entries = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_PLANS, given)
        for employment, *amounts, overpaid_on in cursor.fetchall():
            same = year_start(overpaid_on) == year_start(shared.day)
            found[employment].append([*amounts, same])
    return found


def keep_recovered(
    cursor: Any, here: int, slips: Whole, people: Sequence[Inputs], payment: Payment
) -> None:
    """Stores what each payslip takes for its plan; one statement, none without plans."""
    rows = [
        (int(slips[person]), people[person].plans[0][PLAN], int(gross + net), *map(int, left))
        for part in (payment.gross_recovered, payment.net_recovered)
        for person, gross, net, *left in zip(
            part.person.tolist(), part.result.gross_line, part.result.net_line,
            part.result.gross_left, part.result.net_left, strict=True,
        )
    ]  # fmt: skip
    if rows:
        cursor.execute(_TAKEN, [here, *map(list, zip(*rows, strict=True))])
