"""Seals again with the first of FIELD_KEYS what another of them sealed, some rows at a time.

Rows are gone through once in the order of their ids. Files are taken a few at a time, by their
size: what is held in memory does not grow with them.
"""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from core.scope import scope
from core.vault import (
    COLUMNS,
    SealedColumn,
    indexes,
    key_name,
    seal_bytes,
    unseal_bytes,
    within,
)

BATCH = 5_000
ORGANISATIONS = "SELECT id, slug, ctx.has_left(id) FROM ctx.organisations() ORDER BY id"


class Command(BaseCommand):
    help = "Seals numbers and files again with the first of FIELD_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(ORGANISATIONS)
            found = cursor.fetchall()
        done, kept = 0, [slug for _, slug, left in found if left]
        for key, _, left in found:
            for column in COLUMNS if not left else []:
                done += sum(_rotated(column, key))
        self.stdout.write(f"{done:,} values sealed again with {key_name()}.")
        if kept:
            words = ", ".join(kept)
            self.stdout.write(f"Keep the key of before for those who have left: {words}.")


def _rotated(column: SealedColumn, organisation_id: int) -> Iterator[int]:
    """Each batch in a transaction of its own: how many there were."""
    after = 0
    while True:
        with scope(acting=organisation_id):
            keys = _waiting(column, organisation_id, after)
            if not keys:
                return
            _rotate(column, organisation_id, keys)
        after = keys[-1]
        yield len(keys)


def _waiting(column: SealedColumn, organisation_id: int, after: int) -> list[int]:
    """The next rows that another key sealed."""
    table, name, prefix = column.model._meta.db_table, column.name, key_name().encode() + b"."
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, octet_length({name}) FROM {table}"  # noqa: S608
            f" WHERE organisation_id = %s AND id > %s AND {name} <> ''"
            f" AND substring({name} FROM 1 FOR %s) <> %s ORDER BY id LIMIT %s",
            [organisation_id, after, len(prefix), prefix, BATCH],
        )
        return within(cursor.fetchall())


def _rotate(column: SealedColumn, organisation_id: int, keys: list[int]) -> None:
    table, name, index = column.model._meta.db_table, column.name, column.index
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {name} FROM {table} WHERE organisation_id = %s"  # noqa: S608
            " AND id = ANY(%s) ORDER BY id FOR UPDATE",
            [organisation_id, keys],
        )
        rows = [(column.place(organisation_id, key), sealed) for key, sealed in cursor.fetchall()]
        opened = [(place, unseal_bytes(place, sealed)) for place, sealed in rows]
        again = [seal_bytes(place, data) for place, data in opened]
        found = [indexes(organisation_id, data.decode())[0] if index else b"" for _, data in opened]
        also = f", {index} = n.index" if index else ""
        cursor.execute(
            f"UPDATE {table} t SET {name} = n.sealed{also} FROM unnest(%s::bigint[],"  # noqa: S608
            " %s::bytea[], %s::bytea[]) AS n (id, sealed, index)"
            " WHERE t.organisation_id = %s AND t.id = n.id",
            [[place.row for place, _ in opened], again, found, organisation_id],
        )
