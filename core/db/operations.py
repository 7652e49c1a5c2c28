"""Migration operation that runs a SQL file lying beside the migration."""

from pathlib import Path

from django.db import migrations


class SqlFile(migrations.RunSQL):
    """Runs `name` from the folder of the migration; forwards only."""

    def __init__(self, migration: str, name: str) -> None:
        self.migration, self.name = migration, name
        sql = (Path(migration).parent / name).read_text(encoding="utf-8")
        super().__init__([sql], migrations.RunSQL.noop)

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        return (self.__class__.__name__, [self.migration, self.name], {})
