from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import connections
from django.db.models.signals import post_migrate


def secure_after_migrate(using: str, **kwargs: Any) -> None:
    if using == "owner":
        from core.db.security import secure

        secure(connections[using])


def may_not_bypass(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[checks.Error]:
    """Start-up refuses a database role that row security does not bind."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT r.rolsuper OR r.rolbypassrls, EXISTS (SELECT FROM pg_class"
            " WHERE relowner = r.oid AND relrowsecurity), current_user"
            " FROM pg_roles r WHERE r.rolname = current_user"
        )
        bypasses, owns, user = cursor.fetchone()
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
