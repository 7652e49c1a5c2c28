from django.db import migrations

from core.db.security import CONTEXT


class Migration(migrations.Migration):
    """The functions that row security asks who is reading and for whom."""

    initial = True
    operations = [migrations.RunSQL([CONTEXT], migrations.RunSQL.noop)]
