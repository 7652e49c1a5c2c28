"""Migration operations: a SQL file lying beside the migration, accounts and files sealed."""

from itertools import islice
from pathlib import Path
from typing import Any

from django.db import migrations

from core.errors import InvariantBroken
from core.vault import Place, indexes, packed, seal, seal_bytes, within


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


def seal_contents(schema_editor: Any, table: str, *, packed_already: bool = False) -> None:
    """Seals the files of a table, whoever's they are, in `content_sealed`, a few at a time."""
    with schema_editor.connection.cursor() as cursor:
        become_maint(cursor, table)
        cursor.execute(
            f"SELECT organisation_id, id, octet_length(content_sealed) FROM {table}"  # noqa: S608
            " ORDER BY organisation_id, id"
        )
        waiting = [(Place(here, f"{table}.content_sealed", row), n) for here, row, n in cursor]
        done = 0
        while some := within(islice(waiting, done, None)):
            _seal_contents(cursor, table, some, packed_already)
            done += len(some)
        cursor.execute("RESET ROLE")


def _seal_contents(cursor: Any, table: str, places: list[Place], packed_already: bool) -> None:
    keys = [[one.organisation_id for one in places], [one.row for one in places]]
    rows = " WHERE (t.organisation_id, t.id) = (n.here, n.id)"
    cursor.execute(
        f"SELECT t.organisation_id, t.id, t.content_sealed FROM {table} t,"  # noqa: S608
        f" unnest(%s::int[], %s::bigint[]) AS n (here, id){rows}",
        keys,
    )
    found = {(here, row): bytes(content) for here, row, content in cursor}
    contents = [found[one.organisation_id, one.row] for one in places]
    small = contents if packed_already else map(packed, contents)
    cursor.execute(
        f"UPDATE {table} t SET content_sealed = n.sealed"  # noqa: S608
        f" FROM unnest(%s::int[], %s::bigint[], %s::bytea[]) AS n (here, id, sealed){rows}",
        [*keys, [seal_bytes(*one) for one in zip(places, small, strict=True)]],
    )
    if cursor.rowcount != len(places):
        raise InvariantBroken(f"{table}: {cursor.rowcount} of {len(places)} files sealed.")
