"""What a committed run owes to others, added up from its payslips: a row a creditor and account."""

from django.db import connection

from payroll.models import CreditorKind, PayRun
from payroll.owing import month_of

DUES = """
WITH slips AS MATERIALIZED (
  SELECT id, (inputs ->> 'scheme')::int AS scheme, employer_nic_pence, employer_pension_pence
    FROM payroll_payslip WHERE organisation_id = %(here)s AND pay_run_id = %(run)s
), taken AS MATERIALIZED (
  SELECT l.kind, s.scheme, -sum(l.amount_pence) AS pence
    FROM payroll_payslipline l JOIN slips s ON s.id = l.payslip_id
   WHERE l.organisation_id = %(here)s GROUP BY 1, 2
), owed (kind, scheme, order_id, account, pence) AS (
  SELECT 'hmrc', 0, NULL::bigint, CASE kind WHEN 'tax' THEN '21510' WHEN 'nic' THEN '21511'
         ELSE '21512' END, pence
    FROM taken WHERE kind IN ('tax', 'nic', 'student', 'postgraduate')
  UNION ALL SELECT 'hmrc', 0, NULL, '21511', employer_nic_pence FROM slips
  UNION ALL SELECT 'pension', scheme, NULL, '21520', pence FROM taken WHERE kind = 'pension'
  UNION ALL SELECT 'pension', scheme, NULL, '21520', employer_pension_pence FROM slips
  UNION ALL SELECT 'giving', 0, NULL, '21526', pence FROM taken WHERE kind = 'giving'
  UNION ALL SELECT 'order', 0, t.order_id, '21525', t.deducted_pence
    FROM payroll_ordertaken t JOIN slips s ON s.id = t.payslip_id
   WHERE t.organisation_id = %(here)s
), kept AS (
  INSERT INTO payroll_paydue (organisation_id, pay_run_id, kind, scheme, order_id, account,
    month_on, amount_pence)
  SELECT %(here)s, %(run)s, kind, scheme, order_id, account,
         CASE kind WHEN 'hmrc' THEN %(tax_month)s::date ELSE %(month)s::date END, sum(pence)
    FROM owed GROUP BY kind, scheme, order_id, account HAVING sum(pence) <> 0
  RETURNING account, amount_pence
)
SELECT account, sum(amount_pence)::bigint FROM kept GROUP BY account
"""


def write_dues(pay_run: PayRun) -> dict[str, int]:
    """Writes them down; what is owed by control account, in pence."""
    day = pay_run.pays_on
    months = {
        "tax_month": month_of(CreditorKind.HMRC, day),
        "month": month_of(CreditorKind.PENSION, day),
    }
    with connection.cursor() as cursor:
        cursor.execute(DUES, {"here": pay_run.organisation_id, "run": pay_run.pk, **months})
        return dict(cursor.fetchall())
