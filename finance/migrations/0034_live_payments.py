from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('finance', '0033_supplier_lookups'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='payment',
            name='liability_in_one_live_payment',
        ),
        migrations.AddField(
            model_name='payment',
            name='live',
            field=models.GeneratedField(db_persist=True, expression=models.ExpressionWrapper(models.Q(('state__in', ['proposed', 'released'])), models.BooleanField()), output_field=models.BooleanField()),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('liability__isnull', False), ('live', True)), fields=('organisation_id', 'liability'), name='liability_in_one_live_payment'),
        ),
    ]
