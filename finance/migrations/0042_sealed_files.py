from typing import Any

from django.db import migrations

from core.db.operations import SqlFile, seal_contents

CAME_IN = ("sourcefile", "invoicedocument", "supplierstatement")


def seal(apps: Any, schema_editor: Any) -> None:
    for model in CAME_IN:
        seal_contents(schema_editor, f"finance_{model}")
    seal_contents(schema_editor, "finance_paymentfilepart", packed_already=True)


class Migration(migrations.Migration):
    """Files that came in and files for the bank lie packed and sealed, not in clear."""

    dependencies = [("finance", "0041_bank_reports_of_others")]
    operations = [
        *(migrations.RenameField(model, "content", "content_sealed") for model in CAME_IN),
        migrations.RenameField("paymentfilepart", "packed", "content_sealed"),
        SqlFile(__file__, "sealed_files.sql"),
        migrations.RunPython(seal),
    ]
