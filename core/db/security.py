"""Row security, composite keys and grants of every tenant table: one source of text.

Run after every migration as the owner (`secure_tables`). Each table carries a hash of its text as a
comment, so an unchanged table costs nothing. tests/house compares the catalogue with the models.
"""

import hashlib
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from core.tenancy import TenantKey, TenantModel, tenant_models

CONTEXT = """
CREATE SCHEMA IF NOT EXISTS ctx;
CREATE OR REPLACE FUNCTION ctx.tenants() RETURNS int[] LANGUAGE plpgsql STABLE PARALLEL SAFE
  SET search_path = pg_catalog AS
$$ BEGIN RETURN nullif(current_setting('app.tenants', true), '')::int[]; END $$;
CREATE OR REPLACE FUNCTION ctx.acting() RETURNS int LANGUAGE plpgsql STABLE PARALLEL SAFE
  SET search_path = pg_catalog AS
$$ BEGIN RETURN nullif(current_setting('app.tenant', true), '')::int; END $$;
GRANT USAGE ON SCHEMA ctx TO app_rw, app_maint, app_dump, app_bench;
GRANT USAGE ON SCHEMA public TO app_rw, app_maint, app_dump, app_bench;
GRANT CREATE ON SCHEMA ctx, public TO app_maint;
"""
READABLE = "organisation_id = ANY ((SELECT ctx.tenants())::int[])"
WRITABLE = "organisation_id = (SELECT ctx.acting())"


def _policies(table: str, model: type[TenantModel]) -> list[str]:
    security = model.security
    names = ["may_read", "may_insert", "may_update", "may_delete", "floor"]
    sql = [f"DROP POLICY IF EXISTS {name} ON {table}" for name in names]
    sql += [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"REVOKE ALL ON {table} FROM app_rw",
        f"GRANT SELECT ON {table} TO app_rw, app_dump, app_bench",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO app_maint",
        f"CREATE POLICY may_read ON {table} FOR SELECT TO app_rw USING ({READABLE})",
    ]
    if security.insert:
        sql.append(f"GRANT INSERT ON {table} TO app_rw")
        sql.append(
            f"CREATE POLICY may_insert ON {table} FOR INSERT TO app_rw WITH CHECK ({WRITABLE})"
        )
    if security.update:
        sql.append(f"GRANT UPDATE ON {table} TO app_rw")
        sql.append(
            f"CREATE POLICY may_update ON {table} FOR UPDATE TO app_rw"
            f" USING ({WRITABLE}) WITH CHECK ({WRITABLE})"
        )
    if security.delete:
        sql.append(f"GRANT DELETE ON {table} TO app_rw")
        sql.append(f"CREATE POLICY may_delete ON {table} FOR DELETE TO app_rw USING ({WRITABLE})")
    if security.crown:
        sql.append(
            f"CREATE POLICY floor ON {table} AS RESTRICTIVE FOR ALL TO app_rw USING ({READABLE})"
        )
    return sql


def _keys(table: str, model: type[TenantModel]) -> list[str]:
    if not any(f.name == "id" for f in model._meta.local_fields):
        return []
    return [
        f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_pkey",
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_pkey PRIMARY KEY (organisation_id, id)",
    ]


def _references(table: str, model: type[TenantModel]) -> list[str]:
    sql = []
    for field in model._meta.local_fields:
        if isinstance(field, TenantKey):
            target = field.related_model._meta.db_table
            name = f"{table}_{field.column}_same_org"[:63]
            sql += [
                f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}",
                f"ALTER TABLE {table} ADD CONSTRAINT {name}"
                f" FOREIGN KEY (organisation_id, {field.column})"
                f" REFERENCES {target} (organisation_id, id) DEFERRABLE INITIALLY DEFERRED",
            ]
    return sql


def _fast_references(model: type[TenantModel]) -> bool:
    """Bulk tables state `bulk_rows = True`: their references are checked once per batch instead."""
    return not model.bulk_rows


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
            if model._meta.managed and _fast_references(model):
                _apply(cursor, table, "refs", _references(table, model))
        cursor.execute("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO app_rw, app_maint")
        # A dump holds where each sequence stands.
        cursor.execute("GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO app_dump")


def _secure_global(cursor: Any, present: set[str], tenant_tables: set[str]) -> None:
    for table in sorted(present - tenant_tables):
        cursor.execute(
            "SELECT relkind, relispartition FROM pg_class WHERE oid = %s::regclass", [table]
        )
        kind, is_partition = cursor.fetchone()
        if kind == "r" and not is_partition:
            rights = "SELECT" if table == "django_migrations" else "SELECT, INSERT, UPDATE, DELETE"
            cursor.execute(f"GRANT {rights} ON {table} TO app_rw")
            cursor.execute(f"GRANT SELECT ON {table} TO app_dump, app_maint, app_bench")
