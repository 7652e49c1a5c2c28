from django.db import migrations

from core.db.operations import SqlFile


class Migration(migrations.Migration):
    """Partitioned tables, triggers and functions of the ledger."""

    dependencies = [
        ("finance", "0002_ledger"),
        ("core", "0001_context"),
        ("tenants", "0002_functions"),
    ]
    operations = [
        SqlFile(__file__, "ledger.sql"),
    ]
