from django.db import migrations, models

from core.db.operations import SqlFile


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0003_unit_paths"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="live_since",
            field=models.DateTimeField(editable=False, null=True),
        ),
        SqlFile(__file__, "heard.sql"),
    ]
