from typing import Any

from django.db import migrations

from core.db.operations import become_maint, seal_accounts
from core.vault import Place
from core.vault import seal as sealed


def seal(apps: Any, schema_editor: Any) -> None:
    """National Insurance numbers and accounts."""
    seal_accounts(schema_editor, "hr_privatedetails")
    column = "hr_privatedetails.ni_sealed"
    with schema_editor.connection.cursor() as cursor:
        become_maint(cursor, "hr_privatedetails")
        cursor.execute(
            "SELECT organisation_id, id, ni_number FROM hr_privatedetails WHERE ni_number <> ''"
        )
        rows = [
            (here, key, sealed(Place(here, column, key), number))
            for here, key, number in cursor.fetchall()
        ]
        cursor.execute(
            "UPDATE hr_privatedetails t SET ni_sealed = n.sealed"
            " FROM unnest(%s::int[], %s::bigint[], %s::bytea[]) AS n (here, id, sealed)"
            " WHERE t.organisation_id = n.here AND t.id = n.id",
            [[row[place] for row in rows] for place in range(3)],
        )
        cursor.execute("RESET ROLE")


class Migration(migrations.Migration):
    dependencies = [("hr", "0003_room_for_sealed_numbers")]
    operations = [migrations.RunPython(seal)]
