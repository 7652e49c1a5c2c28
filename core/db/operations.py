"""Migration operations: a SQL file lying beside the migration, accounts that are sealed."""

from pathlib import Path
from typing import Any

from django.db import migrations

from core.errors import InvariantBroken
from core.vault import Place, indexes, seal


class SqlFile(migrations.RunSQL):
    """Runs `name` from the folder of the migration; forwards only."""

    def __init__(self, migration: str, name: str) -> None:
        self.migration, self.name = migration, name
        sql = (Path(migration).parent / name).read_text(encoding="utf-8")
        super().__init__([sql], migrations.RunSQL.noop)

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        return (self.__class__.__name__, [self.migration, self.name], {})


def become_maint(cursor: Any, *tables: str) -> None:
    """For the rest of a migration's step: the owner sees no rows under forced row security."""
    # In a database that is being made, the rights of all tables are still to come.
    cursor.execute(f"GRANT SELECT, UPDATE ON {', '.join(tables)} TO app_maint")
    cursor.execute("SET LOCAL ROLE app_maint")


def seal_accounts(schema_editor: Any, table: str) -> None:
    """Seals the sort codes and account numbers of a table, whoever's they are."""
    with schema_editor.connection.cursor() as cursor:
        become_maint(cursor, table)
        cursor.execute(
            f"SELECT organisation_id, id, sort_code || account_number FROM {table}"  # noqa: S608
            " WHERE account_number <> ''"
        )
        rows = [
            (here, key, seal(Place(here, f"{table}.account_sealed", key), digits), digits)
            for here, key, digits in cursor.fetchall()
        ]
        cursor.execute(
            f"UPDATE {table} t SET account_sealed = n.sealed, account_index = n.index,"  # noqa: S608
            "  account_ending = n.ending"
            " FROM unnest(%s::int[], %s::bigint[], %s::bytea[], %s::bytea[], %s::text[])"
            "  AS n (here, id, sealed, index, ending)"
            " WHERE t.organisation_id = n.here AND t.id = n.id",
            [
                [here for here, *_ in rows],
                [key for _, key, *_ in rows],
                [sealed for _, _, sealed, _ in rows],
                [indexes(here, digits)[0] for here, *_, digits in rows],
                [digits[-4:] for *_, digits in rows],
            ],
        )
        if cursor.rowcount != len(rows):
            raise InvariantBroken(f"{table}: {cursor.rowcount} of {len(rows)} accounts sealed.")
        cursor.execute("RESET ROLE")
