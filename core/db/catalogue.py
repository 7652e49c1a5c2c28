"""The second wall as the database has it, compared with what the models declare."""

from typing import Any

from core.db.security import policies
from core.tenancy import tenant_models

SECURED = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
 AND relrowsecurity AND relforcerowsecurity
"""
POLICIES = """
SELECT tablename, policyname, cmd, coalesce(qual, ''), coalesce(with_check, ''),
       permissive = 'RESTRICTIVE', roles = '{app_rw}'
  FROM pg_policies WHERE schemaname = 'public'
"""
# A partition that is named directly is not covered by the policies of its table.
PARTITIONS = """
SELECT relname FROM pg_class WHERE relispartition
 AND has_table_privilege('app_rw', oid, 'SELECT, INSERT, UPDATE, DELETE')
"""
UNBOUND = """
SELECT rolname FROM pg_roles
 WHERE rolname IN ('app_rw', 'app_owner') AND (rolsuper OR rolbypassrls OR rolcreaterole)
"""
ADDED = {" AS tenants": "", " AS acting": "", "integer": "int", "(": "", ")": ""}


def _rows(cursor: Any, sql: str) -> list[tuple[Any, ...]]:
    cursor.execute(sql)
    return list(cursor.fetchall())


def _plain(text: str) -> str:
    """A condition without what the database adds when it writes one back."""
    words = (
        text.lower().replace("integer", "int").replace("as tenants", "").replace("as acting", "")
    )
    return "".join(words.replace("(", "").replace(")", "").split())


def wall_gaps(cursor: Any) -> list[str]:
    """In words, every table, policy, partition and role that is not as it must be."""
    secured = {name for (name,) in _rows(cursor, SECURED)}
    found: dict[str, set[tuple[Any, ...]]] = {}
    for table, name, command, using, check, restrictive, ours in _rows(cursor, POLICIES):
        policy = (name, command, _plain(using), _plain(check), restrictive, ours)
        found.setdefault(table, set()).add(policy)
    gaps = []
    for model in tenant_models():
        table = model._meta.db_table
        if table not in secured:
            gaps.append(f"{table} has no forced row security")
        wanted = {
            (p.name, p.command, _plain(p.using), _plain(p.check), p.restrictive, True)
            for p in policies(model.security)
        }
        for policy in sorted(wanted ^ found.get(table, set())):
            gaps.append(f"{table}: the policy {policy[0]} is not the one of its model")
    gaps += [
        f"app_rw may open the partition {name} directly" for (name,) in _rows(cursor, PARTITIONS)
    ]
    return gaps + [
        f"row security does not bind the role {name}" for (name,) in _rows(cursor, UNBOUND)
    ]
