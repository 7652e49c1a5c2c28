from typing import Any

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.signals import connection_created
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


def refuse_unbound(connection: Any, **kwargs: Any) -> None:
    """No connection of the product has a role that row security does not bind, or that can get one.

    Asked at each new connection, so that the shell and every command are held to it as well.
    """
    if connection.alias != "default":
        return
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(BOUND)
        user, bypasses, owns = cursor.fetchone()
    if bypasses or owns:
        connection.close()
        raise ImproperlyConfigured(
            f"The database role {user} is not bound by row security."
            " Connect as app_rw. `manage.py init_db` creates it."
        )


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core.db import lookups  # noqa: F401

        post_migrate.connect(secure_after_migrate, dispatch_uid="secure_tables", sender=self)
        connection_created.connect(refuse_unbound, dispatch_uid="refuse_unbound")
