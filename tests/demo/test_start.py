"""What refuses to start: a marked database in earnest, and one of another version."""

import os
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django.fixtures import Settings

from core.db.schema import digest
from core.management.commands.init_db import connect
from sharedservices.checks import no_demonstration_in_earnest, refuse_unsafe_start
from tenants.services import mark_demonstration

DATABASE = ["default"]


def found() -> list[str]:
    return [message.id for message in no_demonstration_in_earnest(None, databases=DATABASE)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("flag", "marker", "refused"),
    [
        (False, False, []),
        (True, False, []),
        (True, True, []),
        (False, True, ["sharedservices.E001"]),
    ],
)
def test_a_marked_database_needs_the_flag(
    settings: Settings, flag: bool, marker: bool, refused: list[str]
) -> None:
    settings.DEMO = flag
    if marker:
        mark_demonstration()
    assert found() == refused


def test_starting_in_earnest_on_a_marked_database_ends_the_process(
    settings: Settings, committed: None
) -> None:
    refuse_unsafe_start()
    mark_demonstration()
    with pytest.raises(ImproperlyConfigured, match="holds the demonstration"):
        refuse_unsafe_start()
    settings.DEMO = True
    refuse_unsafe_start()


@pytest.mark.django_db
def test_the_check_of_deployment_says_the_same() -> None:
    mark_demonstration()
    messages = checks.run_checks(tags=[checks.Tags.database], databases=DATABASE)
    assert [m.id for m in messages if m.is_serious()] == ["sharedservices.E001"]


@pytest.mark.django_db
def test_marking_twice_is_marking_once() -> None:
    mark_demonstration()
    mark_demonstration()
    assert found() == ["sharedservices.E001"]


@pytest.fixture
def one_behind(committed: None) -> Iterator[str]:
    """A database that lacks the newest migration of the ledger, as the list of them has it."""
    with closing(connect(os.environ["COMMONWELL_DATABASE"])) as admin, admin.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'finance' AND name ="
            " (SELECT max(name) FROM django_migrations WHERE app = 'finance')"
            " RETURNING name, applied"
        )
        name, applied = cursor.fetchone()
        yield f"finance.{name}"
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('finance', %s, %s)",
            [name, applied],
        )


def test_a_database_that_is_not_migrated_ends_the_process(one_behind: str) -> None:
    words = f"lacks 1 migrations, the first is {one_behind}. Run `manage.py migrate`"
    with pytest.raises(ImproperlyConfigured, match=re.escape(words)):
        refuse_unsafe_start()


def test_load_balancers_are_told_that_it_is_not_migrated(one_behind: str, client: Client) -> None:
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "reason": "database not migrated"}


def test_a_migration_edited_in_place_is_another_version(tmp_path: Path) -> None:
    folder = tmp_path / "finance" / "migrations"
    folder.mkdir(parents=True)
    path = folder / "ledger.sql"
    seen = set()
    for text in ("SELECT 1", "SELECT 2"):
        path.write_text(text)
        seen.add(digest([folder]))
    path.rename(folder / "books.sql")
    seen.add(digest([folder]))
    assert len(seen) == 3
