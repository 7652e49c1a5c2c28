"""Payslips, lines and costs of some people: thrown away and written anew, set by set."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import connection

from core.db.arrays import number_array
from payroll.bulk.collect import Collected
from payroll.bulk.orders import keep_taken
from payroll.bulk.recovery import keep_recovered
from payroll.models import LineKind, PayRun
from payroll.paying.basic import has_days
from payroll.paying.group import Worked
from payroll.paying.reckoned import AWAY_KINDS

# The deductions of the statement, in its order; the elements of pay come before them.
PAID = (
    *(LineKind.BASIC, LineKind.ALLOWANCE, LineKind.BACK, LineKind.EXTRA, LineKind.EXPENSES),
    *(LineKind(kind) for kind in AWAY_KINDS),
)
DEDUCTIONS = tuple(kind for kind in LineKind if kind not in PAID)

# Ids first: a join of lines with payslips that were just written is looped over, as no statistics
# tell how many there are.
_WRITTEN = (
    "SELECT id FROM payroll_payslip"
    " WHERE organisation_id = %s AND pay_run_id = %s AND employment_id = ANY (%s)"
)
_FORGET = """
DELETE FROM payroll_payslipline WHERE organisation_id = %(here)s AND payslip_id = ANY (%(ids)s);
DELETE FROM payroll_paycost WHERE organisation_id = %(here)s AND payslip_id = ANY (%(ids)s);
DELETE FROM payroll_ordertaken WHERE organisation_id = %(here)s AND payslip_id = ANY (%(ids)s);
DELETE FROM payroll_recoverytaken WHERE organisation_id = %(here)s AND payslip_id = ANY (%(ids)s);
DELETE FROM payroll_payslip WHERE organisation_id = %(here)s AND id = ANY (%(ids)s)
"""
_MONEY = (
    *("gross", "expenses", "taxable", "tax", "nic", "pension", "net"),
    *("employer_nic", "employer_pension"),
    *("gross_to_date", "taxable_to_date", "tax_to_date", "nic_to_date", "pension_to_date"),
)
_SLIPS = f"""
INSERT INTO payroll_payslip (organisation_id, id, pay_run_id, pays_on, employment_id, basic_of_id,
  number, name, name_norm, inputs, pension_rate, {", ".join(f"{name}_pence" for name in _MONEY)})
SELECT %s, id, %s, %s, employment_id, nullif(basic_of, 0), number, name, name_norm, inputs::jsonb,
  rate, {", ".join(_MONEY)}
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[],
    %s::text[], %s::int[],
    {", ".join("%s::bigint[]" for _ in _MONEY)})
    AS t (id, employment_id, basic_of, number, name, name_norm, inputs, rate,
      {", ".join(_MONEY)})
"""  # noqa: S608 (names of columns, no words of people)
_LINES = """
INSERT INTO payroll_payslipline (organisation_id, payslip_id, place, kind, job, element_id,
  origin_id, allowance_id, amount_pence)
SELECT %s, payslip, place, kind, job,
       CASE WHEN kind NOT IN ('back', 'allowance') THEN nullif(named, 0) END,
       CASE WHEN kind = 'back' THEN named END, CASE WHEN kind = 'allowance' THEN named END, pence
  FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::int[], %s::bigint[], %s::bigint[])
    AS t (payslip, place, kind, job, named, pence)
"""
_COSTS = """
INSERT INTO payroll_paycost (organisation_id, payslip_id, unit_id, other_id, pay_pence, nic_pence,
  pension_pence, expenses_pence)
SELECT %s, payslip, nullif(unit, 0), nullif(other, 0), pay, nic, pension, expenses
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::bigint[]) AS t (payslip, unit, other, pay, nic, pension, expenses)
"""


def write(pay_run: PayRun, found: Collected, worked: Worked) -> None:
    """The payslips of these people, with their lines and costs, instead of those there were."""
    here = pay_run.organisation_id
    ids = [one.employment_id for one in found.facts]
    with connection.cursor() as cursor:
        _forget(cursor, pay_run, ids)
        cursor.execute(
            "SELECT nextval('payroll_payslip_id_seq') FROM generate_series(1, %s)", [len(ids)]
        )
        slips = np.array([row[0] for row in cursor.fetchall()], dtype=np.int64)
        words = zip(*((f.number, f.name, f.name_norm) for f in found.facts), strict=True)
        stored = [json.dumps(one.stored()) for one in found.inputs]
        day = pay_run.inputs["day"]
        basic = [pay_run.period_id if has_days(one.pieces) else 0 for one in found.inputs]
        number, name, name_norm = map(list, words)
        first = map(number_array, (slips.tolist(), ids, basic, number))
        rates = worked.payment.pensions.rate.tolist()
        rest = map(number_array, (rates, *_money(found, worked)))
        slip_columns: list[Any] = [*first, name, name_norm, stored, *rest]
        cursor.execute(_SLIPS, [here, pay_run.pk, day, *slip_columns])
        payslip, place, kind, *others = lines_of(slips, worked)
        first, rest = map(number_array, (payslip, place)), map(number_array, others)
        cursor.execute(_LINES, [here, *first, kind, *rest])
        costs = worked.costs
        bearers = (*(costs.unit, costs.other, costs.pay, costs.nic, costs.pension, costs.expenses),)
        columns = (slips[costs.person], *bearers)
        cursor.execute(_COSTS, [here, *(number_array(column.tolist()) for column in columns)])
        keep_taken(cursor, here, slips, found.inputs, worked.payment.settled)
        keep_recovered(cursor, here, slips, found.inputs, worked.payment)


def is_first(pay_run: PayRun) -> bool:
    """Whether this is the first calculation of the run: there is nothing to throw away."""
    return bool(pay_run.version == 1 and pay_run.state == PayRun.State.CALCULATING)


def _forget(cursor: Any, pay_run: PayRun, employments: list[int]) -> None:
    """Throws away what an earlier calculation wrote of these people, if there was one."""
    here = pay_run.organisation_id
    if is_first(pay_run):
        return
    cursor.execute(_WRITTEN, [here, pay_run.pk, number_array(employments)])
    if old := [row[0] for row in cursor.fetchall()]:
        cursor.execute(_FORGET, {"here": here, "ids": number_array(old)})


def _money(found: Collected, worked: Worked) -> list[list[int]]:
    pay, before = worked.payment, found.before

    def to_date(name: str, now: Any) -> Any:
        return now + np.array([getattr(one, name) for one in before], dtype=np.int64)

    brought = np.array([one.taxable_before for one in found.inputs], dtype=np.int64)
    brought_tax = np.array([one.tax_before for one in found.inputs], dtype=np.int64)
    columns = (
        pay.gross, pay.expenses, pay.giving.taxable, pay.tax.tax, pay.employee_nic,
        pay.pensions.deducted, pay.statement.net, pay.employer_nic, pay.employer_pension,
        to_date("gross", pay.gross),
        brought + pay.giving.taxable, brought_tax + pay.tax.tax, to_date("nic", pay.employee_nic),
        to_date("pension", pay.pensions.deducted),
    )  # fmt: skip
    return [column.tolist() for column in columns]


def lines_of(slips: Any, worked: Worked) -> Sequence[list[Any]]:
    """Every amount of the statement that is not nothing, in the order of a payslip."""
    table = worked.payment.statement.lines
    extras = [(one.kind, one.job, one.key) for one in worked.extras]
    basic = [(LineKind.BASIC, job, 0) for job in worked.jobs]
    every = [*basic, *extras, *((kind, 0, 0) for kind in DEDUCTIONS)]
    kinds, jobs, named = (np.array(column) for column in zip(*every, strict=True))
    person, place = np.nonzero(table.T)
    return (
        slips[person].tolist(),
        (place + 1).tolist(),
        kinds[place].tolist(),
        jobs[place].tolist(),
        named[place].tolist(),
        table.T[person, place].tolist(),
    )


_TOTALS = """
SELECT count(*), coalesce(sum(gross_pence), 0)::bigint,
  coalesce(sum(expenses_pence), 0)::bigint, coalesce(sum(taxable_pence), 0)::bigint,
  coalesce(sum(tax_pence), 0)::bigint, coalesce(sum(nic_pence), 0)::bigint,
  coalesce(sum(pension_pence), 0)::bigint, coalesce(sum(net_pence), 0)::bigint,
  coalesce(sum(employer_nic_pence), 0)::bigint, coalesce(sum(employer_pension_pence), 0)::bigint,
  coalesce((SELECT -sum(l.amount_pence) FROM payroll_payslipline l
    JOIN payroll_payslip g ON g.organisation_id = %(here)s AND g.id = l.payslip_id
   WHERE l.organisation_id = %(here)s AND l.kind = 'pension_given' AND g.pay_run_id = %(run)s
  ), 0)::bigint
FROM payroll_payslip WHERE organisation_id = %(here)s AND pay_run_id = %(run)s
"""
TOTALS = (
    *("people", "gross", "expenses", "taxable", "tax", "nic", "pension", "net"),
    *("employer_nic", "employer_pension", "pension_given"),
)
_WRONG = """
SELECT count(*) FROM payroll_payslip s LEFT JOIN (
  SELECT l.payslip_id, sum(l.amount_pence) AS pence FROM payroll_payslipline l
   WHERE l.organisation_id = %(here)s AND l.payslip_id IN (
     SELECT id FROM payroll_payslip WHERE organisation_id = %(here)s AND pay_run_id = %(run)s)
   GROUP BY l.payslip_id) l ON l.payslip_id = s.id
 WHERE s.organisation_id = %(here)s AND s.pay_run_id = %(run)s
   AND s.net_pence <> coalesce(l.pence, 0)
"""


def totals_of(pay_run: PayRun) -> dict[str, int]:
    """The control totals, added up from the payslips."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, {"here": pay_run.organisation_id, "run": pay_run.pk})
        return dict(zip(TOTALS, cursor.fetchone(), strict=True))


def payslips_that_do_not_add_up(pay_run: PayRun) -> int:
    """How many payslips have lines that do not sum to their net pay."""
    with connection.cursor() as cursor:
        cursor.execute(_WRONG, {"here": pay_run.organisation_id, "run": pay_run.pk})
        return int(cursor.fetchone()[0])
