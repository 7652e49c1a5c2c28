from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import connections
from django.db.models.signals import post_migrate


def secure_after_migrate(using: str, **kwargs: Any) -> None:
    if using == "owner":
        from core.db.security import secure

        secure(connections[using])


# The role itself and every role that it could turn into by SET ROLE.
BOUND = """
SELECT current_user, bool_or(r.rolsuper OR r.rolbypassrls), bool_or(EXISTS (
         SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relrowsecurity))
  FROM pg_roles r WHERE pg_has_role(current_user, r.oid, 'MEMBER')
"""


def may_not_bypass(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[checks.Error]:
    """Start-up refuses a database role that row security does not bind, or that can become one."""
    with connections["default"].cursor() as cursor:
        cursor.execute(BOUND)
        user, bypasses, owns = cursor.fetchone()
    if bypasses or owns:
        return [
            checks.Error(
                f"The database role {user} is not bound by row security.",
                hint="Connect as app_rw. `manage.py init_db` creates it.",
                id="core.E001",
            )
        ]
    return []


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core.db import lookups  # noqa: F401

        post_migrate.connect(secure_after_migrate, dispatch_uid="secure_tables", sender=self)
        checks.register(may_not_bypass, checks.Tags.database)
