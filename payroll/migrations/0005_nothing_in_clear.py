import django.db.models.deletion
from django.db import migrations

import core.tenancy


class Migration(migrations.Migration):
    """Payments of pay no longer hold accounts."""

    dependencies = [("payroll", "0004_tie_payments")]
    operations = [
        migrations.AlterField(
            "paypayment",
            "details",
            core.tenancy.TenantKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="hr.privatedetails",
            ),
        ),
        *(migrations.RemoveField("paypayment", name) for name in ("sort_code", "account_number")),
    ]
