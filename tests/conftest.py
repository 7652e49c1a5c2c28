"""A database for every test process, used as the application role, never as its owner."""

import gc
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.db import connections
from django.test import Client

from core.management.commands.init_db import connect
from tests import databases
from tests.kept import KEPT
from tests.runs.server import server  # noqa: F401 (a fixture of several folders)
from tests.world import World, build_world, make_world

# What takes longest comes first, lest it be begun when the other process has nothing left to do.
# The three after the first need no tables, which the process that tries the first makes meanwhile.
LONGEST = (
    *("browser/test_every_page", "house/test_code_shape", "house/test_unused"),
    *("house/test_storeys", "house/test_walls", "house/test_routes"),
    *("browser/test_story", "house/test_callables", "house/test_from_outside", "house/test_kills"),
    *("runs/test_faults_runs", "demo/test_embedded", "house/test_lists"),
    *("house/test_check_project", "finance/test_servers_killed", "finance/test_payments_faults"),
    *("payroll/test_pay_killed", "house/test_exports", "house/test_steps", "access/test_providers"),
    *("events/test_views_events", "browser/test_approvals_journey", "browser/test_thread"),
    *("finance/test_invoices_machine", "house/test_invariants", "approvals/test_every_kind"),
    *("house/test_canary", "browser/test_invoices", "approvals/test_machine_approvals"),
    *("house/test_dangerous", "house/test_drill"),
)

# To look for garbage as often as Python does of itself takes an eighth of the processor.
gc.set_threshold(50_000, 20, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST)}

    def place(item: pytest.Item) -> int:
        folder, file = item.path.parts[-2:]
        return places.get(f"{folder}/{file.removesuffix('.py')}", len(places))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """All that was imported stays to the end: it is not looked through for garbage any more."""
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Roles, database, migrations as the owner; everything after that runs as app_rw."""
    name = f"test_commonwell_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with django_db_blocker.unblock():
        databases.make(name, run=os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex)
        KEPT.keep(make_world)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        databases.drop(name)
        databases.drop(databases.MIGRATED)


# Most tables are empty after most tests: to truncate all of them takes twenty times as long.
EMPTY = """
DO $$ DECLARE one record; filled boolean; BEGIN
  SET session_replication_role = replica;
  FOR one IN
    SELECT c.oid::regclass AS name, pg_relation_size(c.oid) > 4000000 AS large FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
       AND NOT c.relispartition
       AND c.relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one.name) INTO filled;
    IF one.large THEN
      EXECUTE format('TRUNCATE %s CASCADE', one.name);
    ELSIF filled THEN
      EXECUTE format('DELETE FROM %s', one.name);
    END IF;
  END LOOP;
  PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
     AND sequencename !~ '^(django_migrations|django_content_type|auth_permission)_';
END $$
"""


@contextmanager
def committing(blocker: Any) -> Iterator[None]:
    """Real transactions, seen by other connections; the tables are emptied afterwards."""
    with blocker.unblock():
        try:
            yield
        finally:
            connections["default"].close()
            admin = connect(os.environ["COMMONWELL_DATABASE"])
            with admin.cursor() as cursor:
                cursor.execute(EMPTY)
            admin.close()


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with committing(django_db_blocker):
        yield


def proved(session: Any, person: Any) -> None:
    """Stamps a session as sign-in with a second factor leaves it."""
    record = {"method": "mfa", "type": "totp", "at": time.time()}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [record]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(person.pk)


with_password_alone = Client.force_login


def force_login(client: Client, person: Any, backend: str | None = None) -> None:
    """What `client.force_login` does in these tests; those of the gate use the one above."""
    with_password_alone(client, person, backend)
    session = client.session
    proved(session, person)
    session.save()


Client.force_login = force_login  # type: ignore[method-assign]


@pytest.fixture
def world(db: None) -> World:
    """Two client organisations, the centre, and a cast whose last member must see nothing."""
    return build_world()


@pytest.fixture
def committed_world(committed: None) -> World:
    return build_world()
