from django.db import migrations

from core.db.operations import SqlFile


class Migration(migrations.Migration):
    """A function that brings the planner's statistics up to date after a load."""

    dependencies = [("finance", "0003_ledger_promises")]
    operations = [
        SqlFile(__file__, "statistics.sql"),
    ]
