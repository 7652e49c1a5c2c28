from typing import Any

from django.db import migrations

from core.db.operations import become_maint
from core.errors import InvariantBroken

LAYOUT, VERSION = "finance_columnmapping", "finance_layoutversion"
FIRST = """
INSERT INTO finance_layoutversion
       (organisation_id, layout_id, from_on, mapping, made_by_name, made_at)
SELECT organisation_id, id, (made_at AT TIME ZONE 'Europe/London')::date, mapping,
       made_by_name, made_at
  FROM finance_columnmapping
"""


def fill(apps: Any, schema_editor: Any) -> None:
    """Each layout has one version, from the day on which its columns were confirmed."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"GRANT INSERT ON {VERSION} TO app_maint")
        become_maint(cursor, LAYOUT, VERSION)
        cursor.execute(f"SELECT count(*) FROM {LAYOUT}")  # noqa: S608
        (expected,) = cursor.fetchone()
        cursor.execute(FIRST)
        if cursor.rowcount != expected:
            raise InvariantBroken(f"{cursor.rowcount} of {expected} layouts have a version.")
        cursor.execute("RESET ROLE")


class Migration(migrations.Migration):
    dependencies = [("finance", "0037_layout_versions")]
    operations = [migrations.RunPython(fill)]
