from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns for what is sealed of private details."""

    dependencies = [("hr", "0002_one_a_day")]
    operations = [
        migrations.AddField("privatedetails", "account_sealed", models.BinaryField(default=b"")),
        migrations.AddField("privatedetails", "account_index", models.BinaryField(default=b"")),
        migrations.AddField(
            "privatedetails", "account_ending", models.CharField(default="", max_length=4)
        ),
        migrations.AddField("privatedetails", "ni_sealed", models.BinaryField(default=b"")),
    ]
