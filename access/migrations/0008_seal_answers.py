from typing import Any

from django.db import migrations

from core.db.operations import become_maint
from core.sealing import seal


def seal_bodies(apps: Any, schema_editor: Any) -> None:
    """Answers of the last day, which may be given again."""
    with schema_editor.connection.cursor() as cursor:
        become_maint(cursor, "access_apianswer")
        cursor.execute("SELECT organisation_id, id, body FROM access_apianswer")
        rows = [(seal(body), here, key) for here, key, body in cursor.fetchall()]
        cursor.executemany(
            "UPDATE access_apianswer SET body = %s WHERE organisation_id = %s AND id = %s", rows
        )
        cursor.execute("RESET ROLE")


class Migration(migrations.Migration):
    """An answer may show a secret or an account, so it lies sealed."""

    dependencies = [("access", "0007_mail_senders")]
    operations = [migrations.RunPython(seal_bodies)]
