"""Row security, composite keys and grants of every tenant table: one source of text.

Run after every migration as the owner (`secure_tables`). Each table carries a hash of its text as a
comment, so an unchanged table costs nothing. tests/house compares the catalogue with the models.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from core.db import references
from core.tenancy import Security, TenantModel, tenant_models

CONTEXT = """
CREATE SCHEMA IF NOT EXISTS ctx;
CREATE OR REPLACE FUNCTION ctx.tenants() RETURNS int[] LANGUAGE plpgsql STABLE PARALLEL SAFE
  SET search_path = pg_catalog AS
$$ BEGIN RETURN nullif(current_setting('app.tenants', true), '')::int[]; END $$;
-- NULL, so that nothing is written, also for who has left; tenants says who has.
CREATE OR REPLACE FUNCTION ctx.acting() RETURNS int LANGUAGE plpgsql STABLE PARALLEL SAFE
  SET search_path = pg_catalog AS
$$ DECLARE v_org int := nullif(current_setting('app.tenant', true), '')::int;
BEGIN RETURN CASE WHEN ctx.has_left(v_org) THEN NULL ELSE v_org END; END $$;
GRANT USAGE ON SCHEMA ctx TO app_rw, app_maint, app_dump, app_bench;
GRANT USAGE ON SCHEMA public TO app_rw, app_maint, app_dump, app_bench;
GRANT CREATE ON SCHEMA ctx, public TO app_maint;
"""
# What the application does with tables of no organisation; all rights on those not named.
GLOBAL_RIGHTS = {
    "auth_group": "SELECT",
    "auth_group_permissions": "SELECT",
    "auth_permission": "SELECT",
    "django_content_type": "SELECT",
    "django_migrations": "SELECT",
    "tenants_demomarker": "SELECT, INSERT",
    "tenants_organisation": "SELECT, INSERT, UPDATE",
    "tenants_person": "SELECT, INSERT, UPDATE",
}
READABLE = "organisation_id = ANY ((SELECT ctx.tenants())::int[])"
WRITABLE = "organisation_id = (SELECT ctx.acting())"


@dataclass(frozen=True)
class Policy:
    """A policy of the application role: rows it may touch by a command, and rows it may leave."""

    name: str
    command: str
    using: str = ""
    check: str = ""
    restrictive: bool = False

    def statement(self, table: str) -> str:
        """The SQL that creates it."""
        kind = " AS RESTRICTIVE" if self.restrictive else ""
        using = f" USING ({self.using})" if self.using else ""
        check = f" WITH CHECK ({self.check})" if self.check else ""
        return (
            f"CREATE POLICY {self.name} ON {table}{kind} FOR {self.command} TO app_rw{using}{check}"
        )


READ = Policy("may_read", "SELECT", using=READABLE)
INSERT = Policy("may_insert", "INSERT", check=WRITABLE)
UPDATE = Policy("may_update", "UPDATE", using=WRITABLE, check=WRITABLE)
DELETE = Policy("may_delete", "DELETE", using=WRITABLE)
FLOOR = Policy("floor", "ALL", using=READABLE, restrictive=True)
ALL_POLICIES = (READ, INSERT, UPDATE, DELETE, FLOOR)


def policies(security: Security) -> list[Policy]:
    """What a table with this declaration must have, no more and no less."""
    wanted = (True, security.insert, security.update, security.delete, security.crown)
    return [policy for policy, yes in zip(ALL_POLICIES, wanted, strict=True) if yes]


def _policies(table: str, model: type[TenantModel]) -> list[str]:
    wanted = policies(model.security)
    # Columns that the model does not know are filled by the database alone.
    columns = ", ".join(field.column for field in model._meta.local_fields if field.column)
    commands = [policy.command for policy in wanted if policy is not FLOOR]
    rights = ", ".join(f"INSERT ({columns})" if c == "INSERT" else c for c in commands)
    return [
        *(f"DROP POLICY IF EXISTS {policy.name} ON {table}" for policy in ALL_POLICIES),
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"REVOKE ALL ON {table} FROM app_rw",
        f"GRANT {rights} ON {table} TO app_rw",
        f"GRANT SELECT ON {table} TO app_dump, app_bench",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO app_maint",
        *(policy.statement(table) for policy in wanted),
    ]


def _keys(table: str, model: type[TenantModel]) -> list[str]:
    if not any(f.name == "id" for f in model._meta.local_fields):
        return []
    return [
        f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_pkey",
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_pkey PRIMARY KEY (organisation_id, id)",
    ]


def _apply(cursor: Any, table: str, step: str, statements: list[str]) -> None:
    """Runs the statements unless the table's comment says that this very text ran before."""
    digest = hashlib.sha256("\n".join(statements).encode()).hexdigest()[:16]
    cursor.execute("SELECT coalesce(obj_description(%s::regclass), '')", [table])
    marks = dict(part.split("=", 1) for part in cursor.fetchone()[0].split() if "=" in part)
    if not statements or marks.get(step) == digest:
        return
    for statement in statements:
        cursor.execute(statement)
    marks[step] = digest
    words = " ".join(f"{key}={value}" for key, value in sorted(marks.items()))
    cursor.execute(f"COMMENT ON TABLE {table} IS '{words}'")


def secure(connection: BaseDatabaseWrapper) -> None:
    """Brings every table of the database to the state its model declares."""
    models = [m for m in tenant_models() if m._meta.managed]
    present = set(connection.introspection.table_names())
    models = [m for m in models if m._meta.db_table in present]
    with connection.cursor() as cursor:
        _secure_global(cursor, present, {m._meta.db_table for m in tenant_models()})
        for model in models:
            # Referring constraints depend on the key they point at: keys first, all of them.
            _apply(cursor, model._meta.db_table, "keys", _keys(model._meta.db_table, model))
        for model in tenant_models():
            table = model._meta.db_table
            if table not in present:
                continue
            _apply(cursor, table, "rows", _policies(table, model))
            if model._meta.managed and not model.bulk_rows:
                _apply(cursor, table, "refs", references.statements(model))
        cursor.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO app_rw, app_maint")
        # A dump holds where each sequence stands.
        cursor.execute("GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO app_dump")


def _secure_global(cursor: Any, present: set[str], tenant_tables: set[str]) -> None:
    for table in sorted(present - tenant_tables):
        cursor.execute(
            "SELECT relkind, relispartition FROM pg_class WHERE oid = %s::regclass", [table]
        )
        kind, is_partition = cursor.fetchone()
        if kind == "r" and not is_partition:
            rights = GLOBAL_RIGHTS.get(table, "SELECT, INSERT, UPDATE, DELETE")
            cursor.execute(f"REVOKE ALL ON {table} FROM app_rw")
            cursor.execute(f"GRANT {rights} ON {table} TO app_rw")
            cursor.execute(f"GRANT SELECT ON {table} TO app_dump, app_maint, app_bench")
