"""The database that this process works in: copying it, and working in another one meanwhile."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg2 import sql

from core.db import roles
from core.management.commands.init_db import connect, create

ALIASES = ("default", "owner")
# The tables as the migrations make them, to be copied by each process of one run of the tests.
MIGRATED = "test_commonwell_migrated"
# Another thread may have left one open, or a test before a browser ran.
LEAVE = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s"


def here() -> str:
    """The name of the database in use."""
    return str(connections["default"].settings_dict["NAME"])


def use(name: str) -> None:
    """Every connection of this process leads to it now."""
    connections.close_all()
    for alias in ALIASES:
        connections[alias].settings_dict["NAME"] = name


def drop(name: str) -> None:
    """Whoever is connected to it is thrown out."""
    with closing(connect("postgres")) as admin, admin.cursor() as cursor:
        statement = "DROP DATABASE IF EXISTS {} WITH (FORCE)"
        cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))


def copy(original: str, name: str) -> None:
    """`name` is a copy of the whole of another database from now on."""
    connections.close_all()
    words = {"name": sql.Identifier(name), "original": sql.Identifier(original)}
    statement = "CREATE DATABASE {name} OWNER app_owner TEMPLATE {original}"
    with closing(connect("postgres")) as admin, admin.cursor() as cursor:
        cursor.execute(LEAVE, [original])
        cursor.execute(sql.SQL(statement).format(**words))
        for right in roles.RIGHTS:
            cursor.execute(sql.SQL(right).format(words["name"]))


def make(name: str, run: str) -> None:
    """`name` is a new database with all tables, and the one in use from now on.

    The first process of this run of the tests makes the tables, and the others wait for them: to
    migrate takes a processor for a quarter of a minute.
    """
    os.environ["COMMONWELL_DATABASE"] = name
    use(name)
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.VAR_DIR / "test-databases.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _made_for() != run:
            _wait_for_no_disk()
            drop(MIGRATED)
            create(MIGRATED)
            with within(MIGRATED):
                call_command("migrate", verbosity=0)
            _say(sql.SQL("COMMENT ON DATABASE {} IS %s"), MIGRATED, run)
        drop(name)
        copy(MIGRATED, name)


def _wait_for_no_disk() -> None:
    """Nobody takes the power from the server of the tests; to drop a database took seconds."""
    if settings.EMBEDDED_POSTGRES:
        with closing(connect("postgres")) as admin, admin.cursor() as cursor:
            cursor.execute("ALTER SYSTEM SET fsync = off")
            cursor.execute("SELECT pg_reload_conf()")


def _made_for() -> str | None:
    """For which run of the tests the tables were made that are there."""
    with closing(connect("postgres")) as admin, admin.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [MIGRATED],
        )
        return next((str(said) for (said,) in cursor.fetchall()), None)


def _say(statement: sql.SQL, name: str, *values: str) -> None:
    with closing(connect("postgres")) as admin, admin.cursor() as cursor:
        cursor.execute(statement.format(sql.Identifier(name)), values)


@contextmanager
def within(name: str) -> Iterator[None]:
    """This process, and what it starts, uses another database inside."""
    original, named = here(), os.environ["COMMONWELL_DATABASE"]
    try:
        use(name)
        os.environ["COMMONWELL_DATABASE"] = name
        yield
    finally:
        use(original)
        os.environ["COMMONWELL_DATABASE"] = named


@contextmanager
def using(name: str) -> Iterator[None]:
    """As `within`; the other database is gone afterwards."""
    try:
        with within(name):
            yield
    finally:
        drop(name)


@contextmanager
def copied() -> Iterator[None]:
    """A copy of the whole database, which this process uses inside; gone afterwards."""
    name = f"{here()}_copy"
    copy(here(), name)
    with using(name):
        yield
