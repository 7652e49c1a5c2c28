from typing import Any

from django.db import migrations

from core.db.operations import become_maint
from core.errors import InvariantBroken
from core.vault import indexes

FOUND = """
SELECT p.organisation_id, p.id, s.employment_id, p.sort_code || p.account_number
  FROM payroll_paypayment p JOIN payroll_payslip s
    ON s.organisation_id = p.organisation_id AND s.id = p.payslip_id
"""
TIED = """
UPDATE payroll_paypayment t SET details_id = (
  SELECT max(d.id) FROM hr_privatedetails d WHERE d.organisation_id = n.here
     AND d.employment_id = n.employment AND d.account_index = n.index)
  FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::bytea[])
    AS n (here, id, employment, index)
 WHERE t.organisation_id = n.here AND t.id = n.id
"""


def tie(apps: Any, schema_editor: Any) -> None:
    """Each payment is tied to the private details whose account it went to."""
    with schema_editor.connection.cursor() as cursor:
        become_maint(cursor, "payroll_paypayment", "payroll_payslip", "hr_privatedetails")
        cursor.execute(FOUND)
        rows = cursor.fetchall()
        keys = [[row[place] for row in rows] for place in range(3)]
        cursor.execute(TIED, [*keys, [indexes(row[0], row[3])[0] for row in rows]])
        cursor.execute("SELECT count(*) FROM payroll_paypayment WHERE details_id IS NULL")
        (lost,) = cursor.fetchone()
        if lost:
            raise InvariantBroken(f"{lost} payments of pay went to an account that nobody had.")
        cursor.execute("RESET ROLE")


class Migration(migrations.Migration):
    dependencies = [("payroll", "0003_details_of_payments"), ("hr", "0004_seal_numbers")]
    operations = [migrations.RunPython(tie)]
