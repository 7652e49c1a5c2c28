"""Watches every write: for whom it was made, and for whom who made it was acting.

A trigger on each table of an organisation, set by an administrator, notes each row that is written
for another organisation than the one acted for: whether row security is on or off.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from core.management.commands.init_db import connect
from core.scope import scope
from core.tenancy import tenant_models
from tests.house.planted import PATTERNS
from tests.world import World

SET_UP = """
CREATE SCHEMA watch;
CREATE TABLE watch.crossed (name text, organisation_id int, acting text);
CREATE FUNCTION watch.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE place int := coalesce(NEW.organisation_id, OLD.organisation_id);
BEGIN
  IF place::text IS DISTINCT FROM current_setting('app.tenant', true) THEN
    INSERT INTO watch.crossed VALUES (TG_ARGV[0], place, current_setting('app.tenant', true));
  END IF;
  RETURN NULL;
END $$;
"""


@contextmanager
def watched() -> Iterator[Callable[[], set[str]]]:
    """Within it, the names of the tables that were written across."""
    admin = connect(os.environ["COMMONWELL_DATABASE"])
    with admin.cursor() as cursor:
        cursor.execute(SET_UP)
        for model in tenant_models():
            table = model._meta.db_table
            cursor.execute(
                f"CREATE TRIGGER watched AFTER INSERT OR UPDATE OR DELETE ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION watch.note('{table}')"
            )

        def crossed() -> set[str]:
            cursor.execute("SELECT DISTINCT name FROM watch.crossed")
            return {name for (name,) in cursor.fetchall()}

        try:
            yield crossed
        finally:
            connection.close()
            cursor.execute("DROP SCHEMA watch CASCADE")
    admin.close()


def strayed(world: World) -> list[tuple[str, str]]:
    """(Organisation, table) of rows of the one that hold words of the other."""
    found = []
    for slug, other in (("eastmere", "northdale"), ("northdale", "eastmere")):
        with scope(readable={world.id(slug)}), connection.cursor() as cursor:
            for model in tenant_models():
                table = model._meta.db_table
                cursor.execute(
                    f"SELECT string_agg(t::text, ' ') FROM {table} t WHERE organisation_id = %s",
                    [world.id(slug)],
                )
                if PATTERNS[other].search(cursor.fetchone()[0] or ""):
                    found.append((slug, table))
    return found
