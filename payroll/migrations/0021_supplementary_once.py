from django.db import migrations, models

from core.db.operations import SqlFile


class Migration(migrations.Migration):
    dependencies = [("payroll", "0020_days_of_runs")]
    operations = [
        migrations.AlterField("payrun", "pays_on", models.DateField()),
        migrations.RemoveConstraint("payrun", "pay_run_of_period_once"),
        migrations.AddConstraint(
            "payrun",
            models.UniqueConstraint(
                fields=["organisation_id", "period", "sequence"], name="pay_run_of_period_once"
            ),
        ),
        migrations.AddConstraint(
            "payrun",
            models.UniqueConstraint(
                condition=~models.Q(("state__in", ["committed", "paid"])),
                fields=["organisation_id", "period"],
                name="pay_run_of_period_open_once",
            ),
        ),
        migrations.AddConstraint(
            "payrun",
            models.CheckConstraint(
                condition=models.Q(("chosen", []), ("reason", ""), ("sequence", 1))
                | models.Q(
                    ("sequence__gt", 1),
                    models.Q(("reason", ""), _negated=True),
                    models.Q(("chosen", []), _negated=True),
                ),
                name="supplementary_pay_is_chosen_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            "payslip",
            models.UniqueConstraint(
                fields=["organisation_id", "employment", "basic_of"],
                name="basic_pay_of_a_period_once",
            ),
        ),
        SqlFile(__file__, "supplementary.sql"),
    ]
