import django.db.models.deletion
from django.db import migrations

import core.tenancy


class Migration(migrations.Migration):
    """Room for the private details that a payment of pay goes to."""

    dependencies = [("payroll", "0002_promises"), ("hr", "0003_room_for_sealed_numbers")]
    operations = [
        migrations.AddField(
            "paypayment",
            "details",
            core.tenancy.TenantKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="hr.privatedetails",
            ),
        ),
    ]
