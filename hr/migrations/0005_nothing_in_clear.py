from django.db import migrations


class Migration(migrations.Migration):
    """The columns that held numbers in clear go."""

    dependencies = [("hr", "0004_seal_numbers")]
    operations = [
        migrations.RemoveField("privatedetails", name)
        for name in ("ni_number", "sort_code", "account_number")
    ]
