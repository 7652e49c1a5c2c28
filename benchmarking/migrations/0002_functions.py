from django.db import migrations

from core.db.operations import SqlFile


class Migration(migrations.Migration):
    dependencies = [
        ("benchmarking", "0001_benchmark_cells"),
        ("sla", "0001_indicators_and_values"),
        ("tenants", "0002_functions"),
    ]
    operations = [SqlFile(__file__, "functions.sql")]
