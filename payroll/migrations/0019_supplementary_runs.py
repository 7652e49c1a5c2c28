import django.db.models.deletion
from django.db import migrations, models

import core.tenancy


class Migration(migrations.Migration):
    dependencies = [("payroll", "0018_costs_and_variance")]
    operations = [
        migrations.AddField("payrun", "sequence", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField("payrun", "pays_on", models.DateField(null=True)),
        migrations.AddField("payrun", "chosen", models.JSONField(default=list)),
        migrations.AddField("payrun", "reason", models.CharField(default="", max_length=200)),
        migrations.AddField(
            "payslip",
            "basic_of",
            core.tenancy.TenantKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payroll.payperiod",
            ),
        ),
    ]
