from django.db import migrations, models
from django.db.models import F, Q

from core.db.operations import SqlFile


class Migration(migrations.Migration):
    dependencies = [("hr", "0016_claimed_by_terms")]

    operations = [
        migrations.AddField(
            model_name="allowance", name="recorded_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="allowance", name="superseded_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddConstraint(
            model_name="allowance",
            constraint=models.CheckConstraint(
                condition=Q(superseded_at__isnull=True)
                | Q(recorded_at__isnull=True)
                | Q(superseded_at__gte=F("recorded_at")),
                name="allowance_known_before_superseded",
            ),
        ),
        SqlFile(__file__, "allowance_terms_on_two_axes.sql"),
    ]
