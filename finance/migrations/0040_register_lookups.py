import django.db.models.deletion
from django.db import migrations, models

import core.tenancy
from core.db.operations import SqlFile


class Migration(migrations.Migration):
    dependencies = [("finance", "0039_layouts_are_read_by_versions")]
    operations = [
        migrations.CreateModel(
            name="RegisterLookup",
            fields=[
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organisation_id", models.IntegerField(editable=False)),
                ("register", models.CharField(max_length=8)),
                ("number", models.CharField(max_length=20)),
                ("state", models.CharField(
                    choices=[("waiting", "Waiting for an answer"),
                             ("done", "Answered, or given up")],
                    default="waiting", max_length=8)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("problem", models.CharField(default="", max_length=200)),
                ("run_at", models.DateTimeField()),
                ("asked_by_id", models.BigIntegerField(null=True)),
                ("asked_by_name", models.CharField(max_length=120)),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("request", core.tenancy.TenantKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="lookups",
                    to="finance.supplierrequest")),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")),
                                 fields=["organisation_id", "run_at"], name="lookup_waiting"),
                    models.Index(fields=["organisation_id", "request"], name="lookup_of_request"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("organisation_id", "request", "register"),
                        name="register_asked_once_at_a_time"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "waiting"), ("answered_at__isnull", False),
                            _connector="XOR"),
                        name="lookup_waits_or_was_answered"),
                ],
            },
        ),
        SqlFile(__file__, "lookups.sql"),
    ]  # fmt: skip
