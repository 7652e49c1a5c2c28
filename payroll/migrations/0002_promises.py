from django.db import migrations

from core.db.operations import SqlFile


class Migration(migrations.Migration):
    """Committed pay is final and adds up; the planner's statistics after a calculation."""

    dependencies = [("payroll", "0001_initial")]
    operations = [SqlFile(__file__, "promises.sql")]
