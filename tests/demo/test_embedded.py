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


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A machine that has nothing; what one test makes there, the next one finds."""
    path = tmp_path_factory.mktemp("machine")
    yield path
    embedded.stop_postgres(path / "postgres")


@pytest.fixture(scope="module")
def manage(home: Path) -> Callable[..., str]:
    def run(*words: str, fails: bool = False) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=project.BASE_DIR,
            env={**os.environ, "COMMONWELL_VAR": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert bool(done.returncode) == fails, done.stderr
        return done.stderr if fails else done.stdout

    return run


@pytest.fixture(scope="module")
def unmigrated(manage: Callable[..., str]) -> tuple[str, str]:
    """What the check says where there is nothing, with the database and without it."""
    without = manage("check")
    with_database = manage("check", "--database", "default", fails=True)
    manage("migrate", "--verbosity", "0")
    return without, with_database


def test_commands_work_alone_on_a_machine_that_has_nothing(
    manage: Callable[..., str], unmigrated: tuple[str, str]
) -> None:
    assert "no issues" in unmigrated[0]
    assert "Run `manage.py migrate`" in unmigrated[1]
    assert "no issues" in manage("check", "--database", "default")
    assert "0 problems" in manage("check_invariants")


def test_a_demonstration_of_another_version_asks_to_start_over(
    manage: Callable[..., str], unmigrated: tuple[str, str], home: Path
) -> None:
    """Without it, making the next pages or rows fails somewhere with a missing column."""
    commands = (["demo", "--prepare"], ["check_invariants"], ["check", "--database", "default"])
    for edit, asked in (
        ("INSERT INTO tenants_demomarker (id, made_by) VALUES (1, 'before')", commands),
        ("ALTER TABLE tenants_demomarker DROP COLUMN made_by", commands[:1]),
    ):
        server = environment.database(embedded.start_postgres(home / "postgres"))
        with closing(connect(server, embedded.DATABASE)) as database:
            database.cursor().execute(edit)
        for words in asked:
            said = manage(*words, fails=True)
            assert "made by another version" in said and "make demo-reset" in said
            assert "Traceback" not in said


def test_who_may_not_make_roles_is_told_what_is_missing(settings: Settings) -> None:
    settings.ADMIN_DATABASE = {**settings.ADMIN_DATABASE, "USER": "app_rw"}
    with pytest.raises(CommandError, match="Set DATABASE_ADMIN_URL"):
        call_command("init_db")
