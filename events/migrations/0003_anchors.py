from django.db import migrations

from core.db.operations import SqlFile


class Migration(migrations.Migration):
    dependencies = [("events", "0002_functions")]
    operations = [SqlFile(__file__, "anchors.sql")]
