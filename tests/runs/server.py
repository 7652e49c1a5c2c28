"""A PostgreSQL of a test's own, to be killed without disturbing any other test."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from core.db import roles
from sharedservices import embedded, environment
from sharedservices.drill import Tools, address
from tests.runs.processes import until


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@dataclass(frozen=True)
class Server:
    """A PostgreSQL to be killed; the connections of this process lead to it meanwhile."""

    home: Path
    address: dict[str, Any]

    def admin(self) -> Any:
        return roles.connect(self.address, embedded.DATABASE)

    @contextmanager
    def halting(self, table: str) -> Iterator[Callable[[], None]]:
        """Whoever writes to `table` inside comes no further, in the middle of a transaction.

        Yields what waits for somebody to be halted.
        """
        with closing(self.admin()) as admin, admin.cursor() as cursor:
            cursor.execute(f"BEGIN; LOCK TABLE {table} IN SHARE MODE")

            def somebody() -> bool:
                cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
                return bool(cursor.fetchone()[0])

            yield lambda: until(somebody, 30, f"nobody wrote to {table}")

    def kill(self) -> None:
        """All its processes; the first one goes first, lest it start the others again."""
        with closing(self.admin()) as admin, admin.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity")
            others = [row[0] for row in cursor.fetchall()]
        first = int((self.home / "postmaster.pid").read_text().split()[0])
        for pid in [first, *others]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until(lambda: not any(map(alive, [first, *others])), 10, "the server outlived its death")

    def start(self) -> None:
        embedded.start_postgres(self.home)


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Server]:
    """Not among the folders of pytest, which another pytest closes to the user of the server."""
    kept = {alias: dict(connections[alias].settings_dict) for alias in ("default", "owner")}
    administrator = dict(settings.ADMIN_DATABASE)
    with (
        TemporaryDirectory(prefix="commonwell-killed-") as folder,
        django_db_blocker.unblock(),  # type: ignore[attr-defined]
    ):
        home = Path(folder) / "postgres"
        made = Server(home, environment.database(embedded.start_postgres(home)))
        try:
            for alias in kept:
                connections[alias].close()
                there = {"HOST": made.address["HOST"], "NAME": embedded.DATABASE}
                connections[alias].settings_dict.update(there)
            settings.ADMIN_DATABASE.update(made.address)
            _fill(home, kept["default"]["NAME"], administrator, made.address)
            call_command("migrate", verbosity=0)  # as after every restore
            yield made
        finally:
            settings.ADMIN_DATABASE.update(administrator)
            for alias, before in kept.items():
                connections[alias].close()
                connections[alias].settings_dict.update(before)
            made.start()  # a test that failed may have left it dead
            embedded.stop_postgres(home)


def _fill(home: Path, name: str, source: dict[str, Any], target: dict[str, Any]) -> None:
    """The tables of the database of this test, which take long to migrate, by a dump of it."""
    tools = Tools(home)
    with TemporaryDirectory(prefix="commonwell-dump-") as folder:
        if tools.user:
            shutil.chown(folder, tools.user)
        dump = str(Path(folder) / "dump.sql")
        tools.run("pg_dump", "-d", f"{address(source)} dbname={name}", "-f", dump)
        words = ("-q", "-v", "ON_ERROR_STOP=1", "-f", dump)
        tools.run("psql", "-d", f"{address(target)} dbname={embedded.DATABASE}", *words)
