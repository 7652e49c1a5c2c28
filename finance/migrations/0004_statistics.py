from django.db import migrations

from core.db.operations import SqlFile


class Migration(migrations.Migration):
    """The planner's statistics after a load, and room on the pages of what is changed in bulk."""

    dependencies = [("finance", "0003_ledger_promises")]
    operations = [
        SqlFile(__file__, "statistics.sql"),
        SqlFile(__file__, "storage.sql"),
    ]
