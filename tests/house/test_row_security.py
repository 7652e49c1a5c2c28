"""The catalogue of the database says what the models promise (no table forgotten, nothing open)."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from core.db.catalogue import wall_gaps
from core.db.references import references_of
from core.management.commands.init_db import connect
from core.tenancy import TenantKey, TenantModel, tenant_models

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
    "mfa_authenticator": "sign-in library: second factors of people, their seeds sealed",
    "socialaccount_socialaccount": "sign-in library: which account of a provider is which person",
    "socialaccount_socialapp": "sign-in library; unused, empty",
    "socialaccount_socialtoken": "sign-in library; unused, empty",
    "tenants_demomarker": "one row that marks a demonstration",
    "tenants_organisation": "has policies of its own on its id",
    "tenants_person": "sign-in must find a person before any organisation is known",
    "usersessions_usersession": "sign-in library: a person's own sessions",
}
# Functions that see across organisations, each reviewed: what it tells, and to whom.
DEFINERS = {
    "analyse_payables": "gathers statistics; tells nothing",
    "analyse_payroll": "gathers statistics; tells nothing",
    "anchors": "hashes and counts for publication",
    "contributions": "measures of all partners without their names, to a centre alone",
    "domain_holders": "which organisations hold an e-mail domain",
    "has_left": "whether an organisation is a former one",
    "heard_since": "since when an organisation is heard outside",
    "due_deliveries": "ids of work that waits",
    "event_hash": "called by the sealing functions only",
    "organisations_with_lookups": "ids of organisations that have had a register asked",
    "organisations_with_webhooks": "ids of organisations that have something to tell",
    "last_transaction_no": "asked after a restore by the owner only",
    "ledger_add_balances": "called by the seal of a batch only",
    "ledger_batch_digest": "called by the seal of a batch only",
    "ledger_batch_fault": "called by the seal of a batch only",
    "ledger_rows_in_own_batch": "trigger",
    "memberships": "the rights of one person",
    "named_peers": "peers who agreed to be named, to one that agreed as well",
    "open_batch": "writes for the organisation that is acted for",
    "open_ledger_year": "makes an empty partition",
    "open_runs": "ids of work that waits",
    "organisations": "names, which are public",
    "seal_batch": "trigger",
    "seconded_in": "name, post, days and share of those seconded to a readable organisation, to it",
    "seal_events": "seals; tells a number",
    "verify_events": "problems in the trail of a readable organisation",
    "verify_ledger": "problems in the ledger of a readable organisation",
}
# Who answers the questions of this file: the application, or in the last test an administrator
# who has broken something and will take it back.
_asked: list[Any] = []


def _asking() -> Any:
    return _asked[-1] if _asked else connection


def query(sql: str, *params: object) -> list[tuple[Any, ...]]:
    with _asking().cursor() as cursor:
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
    with _asking().cursor() as cursor:
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


def test_application_role_has_no_way_around() -> None:
    rights = query(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee IN ('app_rw', 'PUBLIC') AND table_schema = 'public'"
        " AND privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')"
    )
    assert rights == []
    partitions = query(
        "SELECT c.relname FROM pg_class c WHERE c.relispartition"
        " AND has_table_privilege('app_rw', c.oid, 'SELECT, INSERT, UPDATE, DELETE')"
    )
    assert partitions == []
    columns = query(
        "SELECT table_name, column_name FROM information_schema.role_column_grants"
        " WHERE grantee IN ('app_rw', 'PUBLIC') AND table_schema = 'public'"
        " AND privilege_type IN ('INSERT', 'UPDATE') AND column_name = 'transaction_no'"
    )
    assert columns == []
    sequences = query(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND CASE WHEN relkind = 'S'"
        " THEN has_sequence_privilege('app_rw', oid, 'SELECT, UPDATE') END"
    )
    assert sequences == []
    bypass = query(
        "SELECT rolname FROM pg_roles WHERE rolname IN ('app_rw', 'app_owner')"
        " AND (rolsuper OR rolbypassrls OR rolcreaterole)"
    )
    assert bypass == []


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


def functions_of(model: type[TenantModel]) -> list[str]:
    """The functions that keep the references of a table of bulk; of others none."""
    if not model.bulk_references:
        return []
    table = model._meta.db_table
    return [f"{table}_came", f"{table}_changed", *(one.keeper for one in references_of(model))]


def test_definer_functions_are_the_reviewed_ones() -> None:
    found = query(
        "SELECT n.nspname, p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
    )
    # Those of references are made of one text (core.db.references): they count rows, and tell it.
    ours = {name for model in tenant_models() for name in functions_of(model)}
    wanted = {f"ctx.{name}" for name in {*DEFINERS, *ours}}
    assert {f"{schema}.{name}" for schema, name in found} == wanted


def test_indexes_of_tenant_tables_can_be_used_under_row_security() -> None:
    """Expressions and numeric comparisons are not leakproof: their indexes lie idle.

    Those of exclusion constraints serve no search.
    """
    idle = query(
        "SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
        " JOIN pg_class t ON t.oid = x.indrelid AND t.relrowsecurity"
        " WHERE NOT x.indisexclusion AND (x.indexprs IS NOT NULL"
        " OR EXISTS (SELECT FROM pg_attribute a"
        "  WHERE a.attrelid = t.oid AND a.attnum = ANY (x.indkey::smallint[])"
        "  AND a.atttypid IN ('numeric'::regtype, 'jsonb'::regtype)))"
    )
    assert idle == []


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
                " WHERE c.conrelid = %s::regclass AND c.contype = 'f' AND c.conenforced = %s"
                " GROUP BY c.oid HAVING count(*) = 2",
                model._meta.db_table,
                not model.bulk_references,
            )
            if columns[0] == "organisation_id"
        }
        assert found == wanted, model


def test_references_of_bulk_are_asked_by_triggers() -> None:
    for model in (one for one in tenant_models() if one.bulk_references):
        table = model._meta.db_table
        wanted = {(table, f"{table}_came"), (table, f"{table}_changed")}
        wanted |= {(one.target, one.keeper) for one in references_of(model)}
        found = query(
            "SELECT c.relname, p.proname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgenabled = 'O' AND p.proname = ANY (%s)",
            functions_of(model),
        )
        assert set(found) == wanted, model


BREAKS: list[tuple[str, Callable[[], None]]] = [
    ("CREATE TABLE loose (id int)", test_every_table_is_an_organisations_or_named_global),
    ("ALTER TABLE tenants_unit NO FORCE ROW LEVEL SECURITY", test_the_second_wall_has_no_gaps),
    ("ALTER TABLE tenants_unit DISABLE ROW LEVEL SECURITY", test_the_second_wall_has_no_gaps),
    (
        "CREATE POLICY also ON tenants_unit FOR SELECT TO app_rw USING (true)",
        test_the_second_wall_has_no_gaps,
    ),
    ("DROP POLICY floor ON finance_bankaccount", test_the_second_wall_has_no_gaps),
    (
        "DROP POLICY floor ON finance_bankaccount;"
        "CREATE POLICY floor ON finance_bankaccount TO app_rw USING (true)",
        test_the_second_wall_has_no_gaps,
    ),
    ("ALTER POLICY may_read ON tenants_unit TO PUBLIC", test_the_second_wall_has_no_gaps),
    (
        "ALTER POLICY may_read ON tenants_unit USING (organisation_id = ANY (ctx.tenants()))",
        test_the_second_wall_has_no_gaps,
    ),
    (
        "ALTER POLICY may_read ON tenants_unit USING (true)",
        test_the_second_wall_has_no_gaps,
    ),
    ("GRANT TRUNCATE ON tenants_unit TO app_rw", test_application_role_has_no_way_around),
    ("GRANT INSERT ON events_event TO app_rw", test_application_role_has_no_way_around),
    (
        "GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO app_rw",
        test_application_role_has_no_way_around,
    ),
    (
        "SELECT ctx.open_ledger_year(1999); GRANT SELECT ON finance_journal_1999 TO app_rw",
        test_application_role_has_no_way_around,
    ),
    ("ALTER ROLE app_rw BYPASSRLS", test_application_role_has_no_way_around),
    (
        "ALTER FUNCTION ctx.organisations() RESET search_path",
        test_definer_functions_are_pinned_and_in_their_schema,
    ),
    (
        "GRANT EXECUTE ON FUNCTION ctx.anchors() TO PUBLIC",
        test_definer_functions_are_pinned_and_in_their_schema,
    ),
    (
        "ALTER FUNCTION ctx.period_moves() SECURITY DEFINER",
        test_definer_functions_are_the_reviewed_ones,
    ),
    (
        "CREATE INDEX ON finance_supplier (organisation_id, upper(name))",
        test_indexes_of_tenant_tables_can_be_used_under_row_security,
    ),
    ("CREATE VIEW all_units AS SELECT * FROM tenants_unit", test_views_ask_as_the_reader),
    (
        "CREATE MATERIALIZED VIEW all_units AS SELECT * FROM tenants_unit",
        test_views_ask_as_the_reader,
    ),
    ("CREATE UNIQUE INDEX ON tenants_unit (code)", test_keys_begin_with_the_organisation),
    (
        "ALTER TABLE tenants_grant DROP CONSTRAINT tenants_grant_unit_id_same_org",
        test_references_carry_the_organisation,
    ),
    (
        "ALTER TABLE tenants_grant ALTER CONSTRAINT tenants_grant_unit_id_same_org NOT ENFORCED",
        test_references_carry_the_organisation,
    ),
    (
        "ALTER TABLE finance_invoice DISABLE TRIGGER references_of_new",
        test_references_of_bulk_are_asked_by_triggers,
    ),
    (
        "DROP TRIGGER finance_invoice_supplier_id_kept ON finance_supplier",
        test_references_of_bulk_are_asked_by_triggers,
    ),
]


@pytest.mark.parametrize(("broken", "check"), BREAKS)
def test_each_check_finds_what_it_looks_for(broken: str, check: Callable[[], None]) -> None:
    """A break that is planted, seen and taken back, all in one transaction of an administrator."""
    admin = connect(os.environ["COMMONWELL_DATABASE"])
    admin.autocommit = False
    _asked.append(admin)
    try:
        check()
        with admin.cursor() as cursor:
            cursor.execute(broken)
        with pytest.raises(AssertionError):
            check()
    finally:
        _asked.clear()
        admin.rollback()
        admin.close()
