from typing import Any

from django.db import migrations

from core.db.operations import become_maint

DAYS = """
UPDATE payroll_payrun r SET pays_on = p.pays_on FROM payroll_payperiod p
 WHERE p.organisation_id = r.organisation_id AND p.id = r.period_id
"""
BASIC = """
UPDATE payroll_payslip s SET basic_of_id = r.period_id FROM payroll_payrun r
 WHERE r.organisation_id = s.organisation_id AND r.id = s.pay_run_id AND EXISTS (
   SELECT FROM jsonb_array_elements(s.inputs -> 'pieces') piece
    WHERE piece ->> 6 < piece ->> 7)
"""
FINAL = "ALTER TABLE payroll_payslip {} TRIGGER slips_open_for_change"


def fill(apps: Any, schema_editor: Any) -> None:
    """Runs pay on the day of their period; payslips name the period whose days they pay for.

    Nothing of committed payslips changes but that they say it, so their guard stands aside.
    """
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FINAL.format("DISABLE"))
        become_maint(cursor, "payroll_payrun", "payroll_payslip", "payroll_payperiod")
        cursor.execute(DAYS)
        cursor.execute(BASIC)
        cursor.execute("RESET ROLE")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(FINAL.format("ENABLE"))


class Migration(migrations.Migration):
    dependencies = [("payroll", "0019_supplementary_runs")]
    operations = [migrations.RunPython(fill)]
