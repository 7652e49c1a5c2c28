"""Seals again with the first of FIELD_KEYS what another of them sealed, some rows at a time."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from core.scope import scope
from core.vault import COLUMNS, SealedColumn, indexes, key_name, seal, unseal

BATCH = 5_000
ORGANISATIONS = "SELECT id, slug, ctx.has_left(id) FROM ctx.organisations() ORDER BY id"


class Command(BaseCommand):
    help = "Seals bank and National Insurance numbers again with the first of FIELD_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(ORGANISATIONS)
            found = cursor.fetchall()
        done, kept = 0, [slug for _, slug, left in found if left]
        for key, _, left in found:
            for column in COLUMNS if not left else []:
                while count := _rotate(column, key):
                    done += count
        self.stdout.write(f"{done:,} values sealed again with {key_name()}.")
        if kept:
            words = ", ".join(kept)
            self.stdout.write(f"Keep the key of before for those who have left: {words}.")


def _rotate(column: SealedColumn, organisation_id: int) -> int:
    """A batch in a transaction of its own; how many there were."""
    table, name, index = column.model._meta.db_table, column.name, column.index
    prefix = key_name().encode() + b"."
    with scope(acting=organisation_id), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {name} FROM {table} WHERE organisation_id = %s AND {name} <> ''"  # noqa: S608
            f" AND substring({name} FROM 1 FOR %s) <> %s ORDER BY id LIMIT %s FOR UPDATE",
            [organisation_id, len(prefix), prefix, BATCH],
        )
        rows = [(key, bytes(sealed)) for key, sealed in cursor.fetchall()]
        if not rows:
            return 0
        texts = [unseal(column.place(organisation_id, key), sealed) for key, sealed in rows]
        again = [
            seal(column.place(organisation_id, key), text)
            for (key, _), text in zip(rows, texts, strict=True)
        ]
        found = [indexes(organisation_id, text)[0] for text in texts]
        also = f", {index} = n.index" if index else ""
        cursor.execute(
            f"UPDATE {table} t SET {name} = n.sealed{also} FROM unnest(%s::bigint[],"  # noqa: S608
            " %s::bytea[], %s::bytea[]) AS n (id, sealed, index)"
            " WHERE t.organisation_id = %s AND t.id = n.id",
            [[key for key, _ in rows], again, found, organisation_id],
        )
        return len(rows)
