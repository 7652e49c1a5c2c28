"""The whole product on one machine, with invented organisations: `make demo`."""

import fcntl
import os
import socket
import sys
import time
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from psycopg2 import sql

from core.management.commands.init_db import connect
from sharedservices import embedded
from sharedservices.demo import HalfMade, NotEmpty, generate_once
from sharedservices.supervisor import GaveUp, Program, Supervisor

STARTING_SECONDS = 60


class Command(BaseCommand):
    help = "Starts the demonstration: data once, then web, worker and beat until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="begin with new data")
        parser.add_argument("--prepare", action="store_true", help="only make the data, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        port = _port()
        with _only_one(settings.VAR_DIR / "demo.lock"):
            try:
                _refuse_taken(port)
                if options["reset"]:
                    forget()
                self._prepare()
                if not options["prepare"]:
                    self._serve(port)
            except KeyboardInterrupt:
                self._say("Stopped.")
            finally:
                _stop_servers()

    def _prepare(self) -> None:
        if not settings.REDIS_URL:
            embedded.start_redis(settings.REDIS_HOME)
        call_command("collectstatic", interactive=False, verbosity=0)
        self._migrate()
        begun = time.monotonic()
        try:
            made = generate_once(say=self._say)
        except HalfMade:
            self._say("Making the demonstration was interrupted; beginning again.")
            connections.close_all()
            forget()
            self._migrate()
            made = generate_once(say=self._say)
        except NotEmpty as error:
            raise CommandError(f"{error} Use another database.") from None
        if made:
            self._say(f"Made in {time.monotonic() - begun:.0f} seconds.")
        connections.close_all()

    def _migrate(self) -> None:
        call_command("init_db", verbosity=0, stdout=_Nowhere())
        try:
            connections["default"].ensure_connection()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        call_command("migrate", verbosity=0)
        connections["owner"].close()

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()

    def _serve(self, port: int) -> None:
        environment = {**os.environ, "DEMO": "True", "PYTHONUNBUFFERED": "1"}
        address = f"http://127.0.0.1:{port}/"
        try:
            with Supervisor(programs(port, settings.VAR_DIR / "log"), environment) as supervisor:
                if supervisor.wait_until(lambda: _answers(address), STARTING_SECONDS):
                    self._say(f"\nCommonwell is at {address}  (Ctrl-C ends it)\n")
                    supervisor.watch()
                self._say("\nStopping.")
        except GaveUp as error:
            raise CommandError(str(error)) from None


class _Nowhere:
    """Output of steps that have nothing to tell."""

    def write(self, text: str) -> None:
        """Forgets the text."""


def _port() -> int:
    value = os.environ.get("PORT", "8000")
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise CommandError(f"PORT must be a number from 1 to 65535, not {value!r}.")
    return int(value)


def _refuse_taken(port: int) -> None:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(
                f"Port {port} is in use. Choose another one: PORT=8001 make demo"
            ) from None


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError("The demonstration is running already.") from None
        yield


def programs(port: int, logs: Path) -> list[Program]:
    """What runs: the web server first, then beat and worker; each writes its log there."""
    python = sys.executable
    celery = (python, "-m", "celery", "-A", "sharedservices")
    schedule = str(settings.VAR_DIR / "celerybeat-schedule")
    web = [python, "-m", "gunicorn", "sharedservices.wsgi:application"]
    web += ["-k", "gthread", "--threads", "4", "-w", "2", "-b", f"127.0.0.1:{port}"]
    web += ["--graceful-timeout", "5", "--log-level", "warning", "--no-control-socket"]
    return [
        Program("web", web, logs / "web.log"),
        Program("beat", (*celery, "beat", "-l", "WARNING", "-s", schedule), logs / "beat.log"),
        Program("worker", (*celery, "worker", "-c", "2", "-l", "WARNING"), logs / "worker.log"),
    ]


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}health/", timeout=5) as answer:  # noqa: S310  # nosec B310
            return bool(answer.status == 200)
    except OSError:
        return False


def forget() -> None:
    """Drops the database of the demonstration. CommandError if it holds anything else."""
    name = settings.DATABASES["default"]["NAME"]
    with closing(connect(settings.ADMIN_DATABASE["NAME"])) as admin, admin.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            return
        if not _may_be_forgotten(name):
            raise CommandError("This database is not marked as a demonstration; it is kept.")
        cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _may_be_forgotten(name: str) -> bool:
    with closing(connect(name)) as inside, inside.cursor() as cursor:
        cursor.execute("SELECT to_regclass('tenants_organisation') IS NULL")
        if cursor.fetchone()[0]:
            return True
        cursor.execute(
            "SELECT EXISTS (SELECT FROM tenants_demomarker)"
            " OR NOT EXISTS (SELECT FROM tenants_organisation)"
        )
        return bool(cursor.fetchone()[0])


def _stop_servers() -> None:
    connections.close_all()
    if not settings.REDIS_URL:
        embedded.stop_redis(settings.REDIS_HOME)
    if settings.EMBEDDED_POSTGRES:
        embedded.stop_postgres(settings.POSTGRES_HOME)
