from django.db import migrations

from core.db.operations import SqlFile


class Migration(migrations.Migration):
    """The planner is told of the columns that a pay run joins and filters, and of no others."""

    dependencies = [("payroll", "0027_allowances")]
    operations = [SqlFile(__file__, "analyse.sql")]
