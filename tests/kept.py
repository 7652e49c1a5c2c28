"""The world of the tests: made by the services once in each process, then said in one statement.

Most tests begin with it, and to make it takes the services some hundred and seventy statements.
"""

import pickle
from contextlib import closing
from itertools import groupby
from typing import Any

from django.db import connection
from psycopg2 import sql

from core.management.commands.init_db import connect
from tests.databases import here

# In the order in which one may point to the other; all that is written for it.
PEOPLE, TABLES = (
    "tenants_person",
    ("tenants_organisation", "tenants_unit", "tenants_affiliation", "tenants_grant"),
)
# What a test adds is numbered from here on, however often its sequences begin again.
NEXT = 1001
COLUMNS = """
SELECT column_name FROM information_schema.columns
 WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
 ORDER BY ordinal_position
"""
SCOPE = "SELECT set_config('app.tenants', '{{{0}}}', true), set_config('app.tenant', '{0}', true);"
NO_SCOPE = "SELECT set_config('app.tenants', '', true), set_config('app.tenant', '', true);"


class Kept:
    """What `build_world` says instead of making it again, once `keep` was called."""

    statement = ""
    made = b""

    def again(self) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(self.statement)
        return pickle.loads(self.made)

    def keep(self, build: Any) -> None:
        """Makes the world in the empty database in use, learns it, and takes it away again."""
        with closing(connect(here())) as admin, admin.cursor() as cursor:
            before = _filled(cursor)
            made = build()
            assert _filled(cursor) == before | {PEOPLE, *TABLES}
            self.statement = _statement(cursor)
            self.made = pickle.dumps(made)
            cursor.execute("SET session_replication_role = replica")
            for table in (PEOPLE, *TABLES):
                cursor.execute(f"DELETE FROM {table}")
                cursor.execute(f"ALTER TABLE {table} ALTER id SET START {NEXT} RESTART")
        connection.close()


def _filled(cursor: Any) -> set[str]:
    cursor.execute(
        "SELECT string_agg(format('SELECT %L WHERE EXISTS (SELECT FROM %I)', relname, relname),"
        " ' UNION ALL ') FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p') AND NOT relispartition"
    )
    cursor.execute(cursor.fetchone()[0])
    return {name for (name,) in cursor.fetchall()}


def _statement(cursor: Any) -> str:
    """As the application may do it: for each organisation in its scope, through row security."""
    said = [_insert(cursor, PEOPLE, _rows(cursor, PEOPLE))]
    parts = []
    for number, table in enumerate(TABLES):
        owner = "id" if table == "tenants_organisation" else "organisation_id"
        rows = sorted(_rows(cursor, table), key=lambda row: (int(row[owner]), int(row["id"])))
        for place, own in groupby(rows, key=lambda row: int(row[owner])):
            parts.append((place, number, _insert(cursor, table, list(own))))
    for place, of_place in groupby(sorted(parts), key=lambda part: part[0]):
        said.append(SCOPE.format(place))
        said += [text for _place, _number, text in of_place]
    return "\n".join([*said, NO_SCOPE])


def _rows(cursor: Any, table: str) -> list[dict[str, str | None]]:
    cursor.execute(COLUMNS, [table])
    columns = [name for (name,) in cursor.fetchall()]
    listed = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(c)) for c in columns)
    cursor.execute(sql.SQL("SELECT {} FROM {} ORDER BY id").format(listed, sql.Identifier(table)))
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _insert(cursor: Any, table: str, rows: list[dict[str, str | None]]) -> str:
    listed = [sql.SQL(", ").join(map(sql.Literal, row.values())) for row in rows]
    words = sql.SQL("INSERT INTO {} ({}) VALUES {};").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, rows[0])),
        sql.SQL(", ").join(sql.SQL("({})").format(row) for row in listed),
    )
    return str(words.as_string(cursor))


KEPT = Kept()
