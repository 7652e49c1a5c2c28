import django.db.models.deletion
from django.db import migrations, models

import core.tenancy

SEALED = [
    migrations.AddField(model, name, field)
    for model in ("supplierbank", "bankaccount")
    for name, field in (
        ("account_sealed", models.BinaryField(default=b"")),
        ("account_index", models.BinaryField(default=b"")),
        ("account_ending", models.CharField(default="", max_length=4)),
    )
]


class Migration(migrations.Migration):
    """Columns for sealed accounts; payments name the bank details that they go to."""

    dependencies = [("finance", "0007_workbench")]
    operations = [
        *SEALED,
        migrations.AddField(
            "payment", "account_ending", models.CharField(default="", max_length=4)
        ),
        migrations.AddField(
            "payment",
            "bank",
            core.tenancy.TenantKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="finance.supplierbank",
            ),
        ),
    ]
