"""A server that has just been made can be asked at once, by any command."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from core.db.roles import connect
from sharedservices import embedded, environment


@pytest.fixture
def manage(tmp_path: Path) -> Iterator[Callable[..., str]]:
    def run(*words: str, fails: bool = False) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=project.BASE_DIR,
            env={**os.environ, "COMMONWELL_VAR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert bool(done.returncode) == fails, done.stderr
        return done.stderr if fails else done.stdout

    yield run
    embedded.stop_postgres(tmp_path / "postgres")


def test_commands_work_alone_on_a_machine_that_has_nothing(manage: Callable[..., str]) -> None:
    assert "no issues" in manage("check")
    assert "Run `manage.py migrate`" in manage("check", "--database", "default", fails=True)
    manage("migrate", "--verbosity", "0")
    assert "no issues" in manage("check", "--database", "default")
    assert "0 problems" in manage("check_invariants")


@pytest.mark.parametrize("older", [False, True], ids=["edited", "no column yet"])
def test_a_demonstration_of_another_version_asks_to_start_over(
    manage: Callable[..., str], tmp_path: Path, older: bool
) -> None:
    """Without it, making the next pages or rows fails somewhere with a missing column."""
    manage("migrate", "--verbosity", "0")
    server = environment.database(embedded.start_postgres(tmp_path / "postgres"))
    with closing(connect(server, embedded.DATABASE)) as database, database.cursor() as cursor:
        cursor.execute("INSERT INTO tenants_demomarker (id, made_by) VALUES (1, 'before')")
        if older:
            cursor.execute("ALTER TABLE tenants_demomarker DROP COLUMN made_by")
    for words in (["demo", "--prepare"], ["check_invariants"], ["check", "--database", "default"]):
        said = manage(*words, fails=True)
        assert "made by another version" in said and "make demo-reset" in said
        assert "Traceback" not in said


def test_who_may_not_make_roles_is_told_what_is_missing(settings: Settings) -> None:
    settings.ADMIN_DATABASE = {**settings.ADMIN_DATABASE, "USER": "app_rw"}
    with pytest.raises(CommandError, match="Set DATABASE_ADMIN_URL"):
        call_command("init_db")
