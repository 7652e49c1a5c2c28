from typing import Any

from django.db import migrations

from core.db.operations import become_maint, seal_accounts
from core.errors import InvariantBroken

PAYMENTS = """
UPDATE finance_payment y SET account_ending = right(y.account_number, 4), bank_id = (
  SELECT max(b.id) FROM finance_supplierbank b
   WHERE b.organisation_id = y.organisation_id AND b.supplier_id = y.supplier_id
     AND (b.sort_code, b.account_number) = (y.sort_code, y.account_number))
 WHERE y.account_number <> ''
"""


def seal(apps: Any, schema_editor: Any) -> None:
    """Payments are tied to the bank details they went to, then those are sealed."""
    with schema_editor.connection.cursor() as cursor:
        become_maint(cursor, "finance_payment", "finance_supplierbank")
        cursor.execute(PAYMENTS)
        cursor.execute(
            "SELECT count(*) FROM finance_payment WHERE account_number <> '' AND bank_id IS NULL"
        )
        (lost,) = cursor.fetchone()
        if lost:
            raise InvariantBroken(f"{lost} payments went to an account that no supplier had.")
        cursor.execute("RESET ROLE")
    for table in ("finance_supplierbank", "finance_bankaccount"):
        seal_accounts(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("finance", "0008_room_for_sealed_accounts")]
    operations = [migrations.RunPython(seal)]
