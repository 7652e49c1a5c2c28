"""The catalogue of the database says what the models promise (no table forgotten, nothing open)."""

from contextlib import closing
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from core.db.catalogue import wall_gaps
from core.management.commands.init_db import connect
from core.tenancy import TenantKey, tenant_models

# Tables of no organisation, each with its reason.
GLOBAL = {
    "account_emailaddress": "sign-in library: addresses of people",
    "account_emailconfirmation": "sign-in library",
    "auth_group": "Django; unused, empty",
    "auth_group_permissions": "Django; unused, empty",
    "auth_permission": "Django: names of model permissions",
    "core_cache": "sign-in limiter: counters only",
    "django_content_type": "Django: names of models",
    "django_migrations": "Django: applied migrations",
    "django_session": "sessions: random keys",
    "tenants_demomarker": "one row that marks a demonstration",
    "tenants_organisation": "has policies of its own on its id",
    "tenants_person": "sign-in must find a person before any organisation is known",
    "usersessions_usersession": "sign-in library: a person's own sessions",
}


def query(sql: str, *params: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Every test here asks the catalogue."""


def shared_tables() -> set[str]:
    """Tables whose model says in `shared` why everyone may read them."""
    return {m._meta.db_table for m in apps.get_models() if getattr(m, "shared", "")}


def test_every_table_is_an_organisations_or_named_global() -> None:
    tables = {
        name
        for (name,) in query(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p') AND NOT relispartition"
        )
    }
    tenant = {m._meta.db_table for m in tenant_models()}
    assert tables - tenant - set(GLOBAL) - shared_tables() == set()
    assert tenant - tables == set()


def test_the_second_wall_has_no_gaps() -> None:
    with connection.cursor() as cursor:
        assert wall_gaps(cursor) == []


def test_organisations_themselves_are_behind_the_wall() -> None:
    assert query(
        "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class"
        " WHERE oid = 'tenants_organisation'::regclass"
    ) == [(True,)]
    conditions = query(
        "SELECT policyname, cmd, qual, with_check FROM pg_policies"
        " WHERE tablename = 'tenants_organisation' ORDER BY 1"
    )
    acting, readable = (
        "(id = ( SELECT ctx.acting() AS acting))",
        "(id = ANY (( SELECT ctx.tenants() AS tenants)::integer[]))",
    )
    assert conditions == [
        ("may_insert", "INSERT", None, acting),
        ("may_read", "SELECT", readable, None),
        ("may_update", "UPDATE", acting, acting),
    ]


GAPS = [
    (
        "ALTER TABLE runs_run NO FORCE ROW LEVEL SECURITY",
        "runs_run has no forced row security",
    ),
    (
        "DROP POLICY may_insert ON runs_run",
        "runs_run: the policy may_insert is not the one of its model",
    ),
    (
        "ALTER POLICY may_read ON runs_run USING (true)",
        "runs_run: the policy may_read is not the one of its model",
    ),
    (
        "CREATE POLICY careless ON runs_run FOR DELETE TO app_rw USING (true)",
        "runs_run: the policy careless is not the one of its model",
    ),
    (
        "ALTER POLICY may_read ON runs_run TO PUBLIC",
        "runs_run: the policy may_read is not the one of its model",
    ),
    (
        "CREATE TABLE finance_journal_1989 PARTITION OF finance_journal"
        " FOR VALUES FROM (198900) TO (199000); GRANT SELECT ON finance_journal_1989 TO app_rw",
        "app_rw may open the partition finance_journal_1989 directly",
    ),
    ("ALTER ROLE app_owner BYPASSRLS", "row security does not bind the role app_owner"),
]


@pytest.mark.parametrize(("opening", "gap"), GAPS)
def test_a_gap_in_the_second_wall_is_named(opening: str, gap: str) -> None:
    """The opening is seen by the session that made it, and is undone with its transaction."""
    with closing(connect(connection.settings_dict["NAME"])) as admin, admin.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(opening)
        assert gap in wall_gaps(cursor)
        cursor.execute("ROLLBACK")


def test_application_role_has_no_way_around() -> None:
    rights = query(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee IN ('app_rw', 'PUBLIC') AND table_schema = 'public'"
        " AND privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')"
    )
    assert rights == []


def test_definer_functions_are_pinned_and_in_their_schema() -> None:
    loose = query(
        "SELECT n.nspname, p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        " AND (p.proconfig IS NULL OR NOT EXISTS (SELECT FROM unnest(p.proconfig) c"
        "      WHERE c LIKE 'search_path=%%'))"
    )
    assert loose == []
    open_to_all = query(
        "SELECT n.nspname, p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        " AND has_function_privilege('public', p.oid, 'EXECUTE')"
    )
    assert open_to_all == []


def test_views_ask_as_the_reader() -> None:
    views = query(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)"
    )
    assert views == []
    assert query("SELECT matviewname FROM pg_matviews WHERE schemaname = 'public'") == []


def test_keys_begin_with_the_organisation() -> None:
    for model in tenant_models():
        loose = query(
            "SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
            " JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]"
            " WHERE x.indrelid = %s::regclass AND x.indisunique AND a.attname <> 'organisation_id'",
            model._meta.db_table,
        )
        assert loose == [], model


def test_references_carry_the_organisation() -> None:
    for model in tenant_models():
        if model.bulk_rows or not model._meta.managed:
            continue
        wanted = {f.column for f in model._meta.local_fields if isinstance(f, TenantKey)}
        found = {
            columns[1]
            for (columns,) in query(
                "SELECT array_agg(a.attname::text ORDER BY k.n) FROM pg_constraint c"
                " CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY k(attnum, n)"
                " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum"
                " WHERE c.conrelid = %s::regclass AND c.contype = 'f' GROUP BY c.oid"
                " HAVING count(*) = 2",
                model._meta.db_table,
            )
            if columns[0] == "organisation_id"
        }
        assert found == wanted, model
