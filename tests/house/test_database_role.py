"""Start-up refuses a role that row security does not bind; and what the bound role cannot do."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, connections, transaction, utils

from core.management.commands.init_db import connect
from core.scope import scope
from events.services import record_about, seal_all
from sharedservices.checks import refuse_unsafe_start
from tenants.selectors import standing_of
from tests.world import SINCE, World

HELPERS = {
    "app_rw_unbound": "LOGIN BYPASSRLS IN ROLE app_rw",
    "app_rw_with_maint": "LOGIN IN ROLE app_maint",
    "app_rw_with_owner": "LOGIN IN ROLE app_owner",
    "app_rw_plain": "LOGIN IN ROLE app_rw",
}


@pytest.fixture
def become(committed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Connects the product as another role of the server."""
    target = connections["default"].settings_dict
    admin = connect(target["NAME"])
    with admin.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(7305002)")
        for name, attributes in HELPERS.items():
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
            if not cursor.fetchone():
                cursor.execute(f"CREATE ROLE {name} {attributes}")
            if target["PASSWORD"]:
                cursor.execute(f"ALTER ROLE {name} PASSWORD %s", [target["PASSWORD"]])
            cursor.execute(f'GRANT CONNECT ON DATABASE "{target["NAME"]}" TO {name}')
    admin.close()

    def switch(user: str) -> None:
        connections["default"].close()
        monkeypatch.setitem(target, "USER", user)

    yield switch
    connections["default"].close()


@pytest.mark.parametrize(
    "user",
    ["superuser", "app_owner", "app_rw_unbound", "app_rw_with_maint", "app_rw_with_owner"],
)
def test_start_refuses_a_role_that_is_not_bound(become: Any, user: str) -> None:
    become(settings.ADMIN_DATABASE["USER"] if user == "superuser" else user)
    for start in (refuse_unsafe_start, lambda: call_command("work", "--once"), actor_of_nobody):
        with pytest.raises(ImproperlyConfigured, match="not bound by row security"):
            start()


def actor_of_nobody() -> None:
    """The first question that the web, a command or the shell asks."""
    standing_of(0, SINCE)


@pytest.mark.parametrize("user", ["app_rw", "app_rw_plain"])
def test_start_accepts_a_bound_role(become: Any, user: str) -> None:
    become(user)
    refuse_unsafe_start()


def refused(statement: str, *values: object) -> str:
    with pytest.raises(utils.Error) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(caught.value)


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE app_owner",
        "SET ROLE app_maint",
        "SET SESSION AUTHORIZATION app_owner",
        "ALTER ROLE app_rw SET app.tenants = '{1}'",
        "ALTER ROLE app_rw SET track_activities = on",
        "CREATE TABLE public.mine (id int)",
        "CREATE FUNCTION ctx.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE tenants_grant DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE tenants_grant NO FORCE ROW LEVEL SECURITY",
        "CREATE POLICY mine ON tenants_grant USING (true)",
        "TRUNCATE tenants_grant",
        "DELETE FROM tenants_demomarker",
        "DELETE FROM tenants_organisation",
        "DELETE FROM tenants_person",
        "DELETE FROM events_event",
        "UPDATE events_event SET verb = ''",
        "INSERT INTO events_seal SELECT * FROM events_seal",
        "SELECT ctx.event_hash('', 1, '0', '9')",
        "SELECT ctx.ledger_batch_digest(1, 202601, 1)",
        "SELECT last_value FROM finance_invoice_id_seq",
        "SELECT setval('finance_invoice_id_seq', 1)",
        "COPY tenants_person TO PROGRAM 'cat'",
        "SELECT pg_read_file('PG_VERSION')",
    ],
)
def test_the_application_role_cannot(db: None, statement: str) -> None:
    said = refused(statement)
    assert "permission denied" in said or "must be owner" in said, said


def test_statements_of_other_sessions_are_not_readable(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT query FROM pg_stat_activity")
        assert {query for (query,) in cursor.fetchall()} <= {"", "<insufficient privilege>"}


def test_an_event_cannot_choose_its_place_in_the_chain(world: World) -> None:
    """Far in the future it would never be sealed, in the past it would break a seal."""
    here = world.id("eastmere")
    with scope(acting=here):
        said = refused(
            "INSERT INTO events_event (organisation_id, verb, subject_key, subject_id, thread,"
            " person_name, at, data, transaction_no)"
            " VALUES (%s, 'x', 'y', 1, gen_random_uuid(), 'z', now(), '{}', 999999999)",
            here,
        )
    assert "permission denied" in said


def test_a_temporary_table_deceives_no_function_of_the_database(committed_world: World) -> None:
    """Functions that see everything look in the schema first, then among temporary tables."""
    world = committed_world
    by = world.actor("auditor@eastmere")
    with scope(acting=by.organisation_id):
        record_about("runs.run.made", "runs.run", 1, by=by, kind="x", rows=1)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE tenants_grant (LIKE tenants_grant)")
        cursor.execute("CREATE TEMP TABLE tenants_organisation (LIKE tenants_organisation)")
        cursor.execute("CREATE TEMP TABLE events_event (LIKE events_event)")
        cursor.execute("SELECT count(*) FROM ctx.organisations()")
        assert cursor.fetchone() == (3,)
        cursor.execute("SELECT role FROM ctx.memberships(%s, current_date)", [by.person_id])
        assert cursor.fetchall() == [("auditor",)]
    seal_all()
    connection.close()
