"""Base measures of pay, out of committed pay runs (payroll.indicators names what they feed).

A payslip counts in the month of its pay day, an overpayment in the month in which it was entered,
what came in from the employer in the month from which it is true or on whose day it was worked.
"""

# ruff: noqa: S608 (the SQL is made of constants of this file; values are parameters)
from datetime import date

from django.urls import reverse

from payroll.permissions import SEE_PAY_RUNS
from sla.registry import BaseMeasure, MeasureUnit, RowsLink, Source, register

PREFIX = "payroll."
COUNT, PENCE = MeasureUnit.COUNT, MeasureUnit.PENCE
FINAL = "state IN ('committed', 'paid')"


def _board(slug: str, month: date) -> str:
    return reverse("pay_board", kwargs={"organisation": slug})


def _costs(slug: str, month: date) -> str:
    return reverse("pay_costs", kwargs={"organisation": slug})


RUNS = RowsLink("Pay runs", SEE_PAY_RUNS, _board)


def _month(column: str) -> str:
    return f"date_trunc('month', {column}::timestamp)::date AS month"


def _range(column: str) -> str:
    return f"{column} >= %(first)s AND {column} < %(until)s"


def _local(column: str) -> str:
    return f"({column} AT TIME ZONE 'Europe/London')::date"


# A committed run that is past its pay day without a bank file did not pay in time. Overpayments
# stand among the payslips, so that a month without any has nought of them and is not unknown. What
# is given up for a pension is in gross pay, and again in what the employer pays into the scheme.
SLIPS = Source(
    "payroll.slips",
    f"""SELECT {_month("s.pays_on")}, true AS slip, s.gross_pence AS gross, 0 AS overpaid,
      s.gross_pence + s.employer_nic_pence + s.employer_pension_pence
        + coalesce(g.pence, 0) AS cost,
      s.net_pence > 0 AND (r.state = 'paid' OR s.pays_on <= CURRENT_DATE) AS due,
      coalesce({_local("r.paid_at")} <= p.submit_on, false) AS in_time,
      b.origin_id IS NOT NULL AS corrected, w.payslip_id IS NOT NULL AS wrong
    FROM payroll_payslip s
    JOIN payroll_payrun r ON r.organisation_id = s.organisation_id AND r.id = s.pay_run_id
    JOIN payroll_payperiod p ON p.organisation_id = r.organisation_id AND p.id = r.period_id
    LEFT JOIN (SELECT DISTINCT n.employment_id, l.origin_id FROM payroll_payslipline l
      JOIN payroll_payslip n ON n.organisation_id = l.organisation_id AND n.id = l.payslip_id
      JOIN payroll_payrun c ON c.organisation_id = n.organisation_id AND c.id = n.pay_run_id
       AND c.{FINAL}
      WHERE l.organisation_id = %(organisation)s AND l.kind = 'back') b
      ON b.employment_id = s.employment_id AND b.origin_id = r.period_id
    LEFT JOIN (SELECT payslip_id, sum(amount_pence) AS pence FROM payroll_payslipline
      WHERE organisation_id = %(organisation)s AND kind = 'pension_given'
      GROUP BY payslip_id) g ON g.payslip_id = s.id
    LEFT JOIN (SELECT DISTINCT payslip_id FROM payroll_payquestion
      WHERE organisation_id = %(organisation)s AND finding = 'payroll') w ON w.payslip_id = s.id
    WHERE s.organisation_id = %(organisation)s AND r.{FINAL} AND {_range("s.pays_on")}
    UNION ALL
    SELECT {_month(_local("o.entered_at"))}, false, 0, o.gross_pence, 0, false, false, false,
      false
    FROM payroll_recoveryplan o
    WHERE o.organisation_id = %(organisation)s AND {_range(_local("o.entered_at"))}""",
    rows=RUNS,
)
# By the newest word of each month, with its payslips: a month that nobody recorded has neither, so
# that no payslip seems to cost nothing.
SERVICE = Source(
    "payroll.service",
    f"""SELECT c.month, c.cost, n.slips, n.people
    FROM (SELECT DISTINCT ON (k.month) k.month, k.cost_pence AS cost FROM payroll_servicecost k
      WHERE k.organisation_id = %(organisation)s AND {_range("k.month")}
      ORDER BY k.month, k.recorded_at DESC, k.id DESC) c
    CROSS JOIN LATERAL (
      SELECT count(*) AS slips, count(DISTINCT s.employment_id) AS people FROM payroll_payslip s
      JOIN payroll_payrun r ON r.organisation_id = s.organisation_id AND r.id = s.pay_run_id
       AND r.{FINAL}
      WHERE s.organisation_id = %(organisation)s AND s.pays_on >= c.month
        AND s.pays_on < c.month + interval '1 month') n""",
    rows=RowsLink("What payroll costs", SEE_PAY_RUNS, _costs),
)
# Overpayments of twelve months, and what is left of each when the last of these ends.
RECOVERY = Source(
    "payroll.recovery",
    f"""SELECT m.month::date AS month, o.gross_pence AS overpaid,
      coalesce((SELECT min(t.gross_left_pence) FROM payroll_recoverytaken t
        JOIN payroll_payslip s ON s.organisation_id = t.organisation_id AND s.id = t.payslip_id
        JOIN payroll_payrun r ON r.organisation_id = s.organisation_id AND r.id = s.pay_run_id
         AND r.{FINAL}
        WHERE t.organisation_id = %(organisation)s AND t.plan_id = o.id
          AND s.pays_on < m.month + interval '1 month'), o.gross_pence) AS owed
    FROM generate_series(%(first)s::timestamp, %(until)s::timestamp - interval '1 day',
                         interval '1 month') m(month)
    JOIN payroll_recoveryplan o ON {_local("o.entered_at")} < m.month + interval '1 month'
     AND {_local("o.entered_at")} >= m.month - interval '11 months'
    WHERE o.organisation_id = %(organisation)s AND m.month <= CURRENT_DATE""",
    rows=RUNS,
)
# A change is in time by the cut-off of the period in which it is true. Hours and expenses are
# sent in afterwards: they are in time by the first cut-off on or after their day.
INPUTS = Source(
    "payroll.inputs",
    f"""SELECT {_month("q.effective_on")}, {_local("q.made_at")} <= p.cut_off_on AS in_time
    FROM hr_staffrequest q
    LEFT JOIN hr_assignment a ON a.organisation_id = q.organisation_id AND a.id = q.assignment_id
    JOIN payroll_paymember m ON m.organisation_id = q.organisation_id
     AND m.employment_id = coalesce(q.employment_id, a.employment_id)
    JOIN payroll_payperiod p ON p.organisation_id = m.organisation_id
     AND p.pay_group_id = m.pay_group_id AND q.effective_on BETWEEN p.starts_on AND p.ends_on
    WHERE q.organisation_id = %(organisation)s AND q.state <> 'rejected'
      AND {_range("q.effective_on")}
    UNION ALL
    SELECT {_month("i.worked_on")}, {_local("c.made_at")} <= (
        SELECT min(p.cut_off_on) FROM payroll_payperiod p
        WHERE p.organisation_id = m.organisation_id AND p.pay_group_id = m.pay_group_id
          AND p.cut_off_on >= i.worked_on)
    FROM payroll_payitem i
    JOIN payroll_payclaim c ON c.organisation_id = i.organisation_id AND c.id = i.claim_id
    JOIN payroll_paymember m ON m.organisation_id = i.organisation_id
     AND m.employment_id = i.employment_id
    WHERE i.organisation_id = %(organisation)s AND i.live AND {_range("i.worked_on")}""",
    rows=RUNS,
)


def _count(condition: str) -> str:
    return f"count(*) FILTER (WHERE {condition})"


def _sum(column: str) -> str:
    return f"coalesce(sum({column}), 0)"


_P = PREFIX
register(
    BaseMeasure(_P + "payslips", "Payslips committed", COUNT, SLIPS, _count("slip")),
    BaseMeasure(_P + "service_cost", "Cost of the payroll service", PENCE, SERVICE,
                _sum("cost")),
    BaseMeasure(_P + "payslips_costed", "Payslips of months whose cost is recorded", COUNT,
                SERVICE, _sum("slips")),
    BaseMeasure(_P + "people_costed", "People paid in months whose cost is recorded", COUNT,
                SERVICE, _sum("people")),
    BaseMeasure(_P + "gross", "Gross pay", PENCE, SLIPS, _sum("gross")),
    BaseMeasure(_P + "cost", "Gross pay with the employer's National Insurance and pension",
                PENCE, SLIPS, _sum("cost")),
    BaseMeasure(_P + "payslips_due", "Payslips to be paid", COUNT, SLIPS, _count("slip AND due")),
    BaseMeasure(_P + "payslips_in_time", "Payslips paid by a file made in time for the pay day",
                COUNT, SLIPS, _count("slip AND due AND in_time")),
    BaseMeasure(_P + "payslips_corrected", "Payslips corrected later by back pay", COUNT, SLIPS,
                _count("slip AND corrected")),
    BaseMeasure(_P + "payslips_right", "Payslips without an error of payroll", COUNT, SLIPS,
                _count("slip AND NOT wrong")),
    BaseMeasure(_P + "overpayments", "Overpayments found", COUNT, SLIPS, _count("NOT slip")),
    BaseMeasure(_P + "value_overpaid", "Value of overpayments found", PENCE, SLIPS,
                _sum("overpaid")),
    BaseMeasure(_P + "overpaid_12m", "Value of overpayments found in twelve months", PENCE,
                RECOVERY, _sum("overpaid")),
    BaseMeasure(_P + "given_back_12m", "What of them was given back", PENCE, RECOVERY,
                _sum("overpaid - owed")),
    BaseMeasure(_P + "inputs", "Changes, hours and expenses received", COUNT, INPUTS,
                _count("in_time IS NOT NULL")),
    BaseMeasure(_P + "inputs_in_time", "Changes, hours and expenses received by the cut-off",
                COUNT, INPUTS, _count("in_time")),
)  # fmt: skip
