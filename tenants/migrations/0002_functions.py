from django.db import migrations

from core.db.operations import SqlFile


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0001_initial"),
        ("core", "0001_context"),
    ]
    operations = [
        SqlFile(__file__, "organisation_security.sql"),
        SqlFile(__file__, "functions.sql"),
    ]
