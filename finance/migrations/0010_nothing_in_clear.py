from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """The columns that held sort codes and account numbers in clear go."""

    dependencies = [("finance", "0009_seal_accounts")]
    operations = [
        migrations.RemoveConstraint("supplierbank", "bank_digits"),
        migrations.RemoveIndex("supplierbank", "bank_account"),
        *(
            migrations.RemoveField(model, name)
            for model in ("supplierbank", "bankaccount", "payment")
            for name in ("sort_code", "account_number")
        ),
        migrations.AddIndex(
            "supplierbank",
            models.Index(fields=["organisation_id", "account_index"], name="bank_account"),
        ),
        migrations.AddConstraint(
            "supplierbank",
            models.CheckConstraint(
                condition=Q(account_ending__regex=r"^\d{4}$") & ~Q(account_sealed=b""),
                name="bank_is_sealed",
            ),
        ),
    ]
