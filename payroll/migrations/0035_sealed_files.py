from typing import Any

from django.db import migrations

from core.db.operations import SqlFile, seal_contents


def seal(apps: Any, schema_editor: Any) -> None:
    seal_contents(schema_editor, "payroll_payfilepart", packed_already=True)


class Migration(migrations.Migration):
    """Files of pay for the bank lie sealed, not in clear."""

    dependencies = [("payroll", "0034_several_employments")]
    operations = [
        migrations.RenameField("payfilepart", "packed", "content_sealed"),
        SqlFile(__file__, "sealed_files.sql"),
        migrations.RunPython(seal),
    ]
