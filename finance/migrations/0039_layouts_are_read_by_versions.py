from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("finance", "0038_versions_of_layouts")]
    operations = [migrations.RemoveField(model_name="columnmapping", name="mapping")]
