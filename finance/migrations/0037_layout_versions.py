import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import core.tenancy


class Migration(migrations.Migration):
    dependencies = [("finance", "0036_document_words")]
    operations = [
        migrations.CreateModel(
            name="LayoutVersion",
            fields=[
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organisation_id", models.IntegerField(editable=False)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(null=True)),
                ("mapping", models.JSONField()),
                ("made_by_name", models.CharField(max_length=120)),
                ("made_at", models.DateTimeField()),
                ("layout", core.tenancy.TenantKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="versions",
                    to="finance.columnmapping")),
            ],
        ),
        migrations.AddConstraint(
            model_name="layoutversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_on__isnull", True),
                    ("until_on__gte", models.F("from_on")),
                    _connector="OR",
                ),
                name="layout_version_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="layoutversion",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (models.Func(models.F("organisation_id"), models.F("organisation_id"),
                                 models.Value("[]"), function="int4range"), "&&"),
                    (models.Func(models.F("layout_id"), models.F("layout_id"),
                                 models.Value("[]"), function="int8range"), "&&"),
                    (models.Func(models.F("from_on"), models.F("until_on"),
                                 function="daterange"), "&&"),
                ],
                name="one_version_of_a_layout_a_day",
            ),
        ),
    ]  # fmt: skip
