from django.db import migrations

from core.db.operations import SqlFile


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_ways_in"),
        ("core", "0001_context"),
    ]
    operations = [SqlFile(__file__, "functions.sql")]
