from django.db import migrations

from core.db.operations import SqlFile


class Migration(migrations.Migration):
    """Targets of signed months stay as they were."""

    dependencies = [("sla", "0002_signed_months")]
    operations = [SqlFile(__file__, "targets.sql")]
