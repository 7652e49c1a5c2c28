from django.db import migrations

from core.db.operations import SqlFile


class Migration(migrations.Migration):
    dependencies = [
        ("runs", "0001_initial"),
        ("core", "0001_context"),
        ("tenants", "0002_functions"),
    ]
    operations = [
        SqlFile(__file__, "functions.sql"),
    ]
