from django.db import migrations, models


class Migration(migrations.Migration):
    """What HMRC is told of a person besides: address and passport sealed."""

    dependencies = [("hr", "0008_awards")]
    operations = [
        migrations.AddField("privatedetails", name, models.BinaryField(db_default=b""))
        for name in ("address_sealed", "passport_sealed")
    ] + [
        migrations.AddField(
            "privatedetails",
            name,
            models.CharField(max_length=1, choices=choices, db_default="", blank=True),
        )
        for name, choices in (
            ("gender", [("F", "Female"), ("M", "Male")]),
            (
                "starter",
                [
                    ("A", "A: first job since 6 April, no pension and no benefit before"),
                    ("B", "B: now the only job, but another one or a benefit since 6 April"),
                    ("C", "C: another job or a pension besides"),
                ],
            ),
        )
    ]
