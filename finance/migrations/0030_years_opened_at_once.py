from django.db import migrations

from core.db.operations import SqlFile


class Migration(migrations.Migration):
    """Organisations that open the same year at once wait for each other, and find it there."""

    dependencies = [("finance", "0029_early_payment_discounts")]

    operations = [SqlFile(__file__, "ledger_years.sql")]
