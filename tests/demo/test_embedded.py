"""A server that has just been made can be asked at once, by any command."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from sharedservices import embedded


@pytest.fixture
def manage(tmp_path: Path) -> Iterator[Callable[..., str]]:
    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=project.BASE_DIR,
            env={**os.environ, "COMMONWELL_VAR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    yield run
    embedded.stop_postgres(tmp_path / "postgres")


def test_commands_work_alone_on_a_machine_that_has_nothing(manage: Callable[..., str]) -> None:
    assert "no issues" in manage("check", "--database", "default")
    manage("migrate", "--verbosity", "0")
    assert "0 problems" in manage("check_invariants")


def test_who_may_not_make_roles_is_told_what_is_missing(settings: Settings) -> None:
    settings.ADMIN_DATABASE = {**settings.ADMIN_DATABASE, "USER": "app_rw"}
    with pytest.raises(CommandError, match="Set DATABASE_ADMIN_URL"):
        call_command("init_db")
