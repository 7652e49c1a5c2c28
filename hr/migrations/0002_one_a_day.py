from django.db import migrations

from core.db.operations import SqlFile


class Migration(migrations.Migration):
    """What no two rows may say of the same day."""

    dependencies = [("hr", "0001_initial")]
    operations = [SqlFile(__file__, "one_a_day.sql")]
