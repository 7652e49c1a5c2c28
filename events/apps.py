from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import connections
from django.db.models.signals import post_migrate


def note_server_after_migrate(using: str, **kwargs: Any) -> None:
    """The numbers of the trail's transactions go on, whichever server the database is now in."""
    if using == "owner":
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT ctx.note_server()")


def server_is_noted(
    app_configs: Any, databases: Any = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """A restored database writes nothing before its trail knows of the new server."""
    if "default" not in (databases or ()):
        return []  # `migrate` asks about the owner's connection: it is the remedy
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('ctx.server_is_noted()') IS NULL")
        if cursor.fetchone()[0]:
            return []
        cursor.execute("SELECT ctx.server_is_noted()")
        if cursor.fetchone()[0]:
            return []
    return [
        checks.Error(
            "This database was restored into another server.",
            hint="Run `manage.py migrate` once, so that its audit trail goes on.",
            id="events.E001",
        )
    ]


class EventsConfig(AppConfig):
    name = "events"

    def ready(self) -> None:
        from core.rounds import register as comes_round
        from core.web.navigation import Entry, register
        from events import invariants, own_verbs, permissions  # noqa: F401
        from events.webhooks import tell_webhooks

        comes_round(tell_webhooks)
        register(Entry("Audit trail", "trail", permissions.SEE_TRAIL, 90, group="Control"))
        register(
            Entry("Deliveries", "deliveries", permissions.RETRY_DELIVERIES, 95, group="Control")
        )
        register(Entry("Webhooks", "webhooks", permissions.SEE_WEBHOOKS, 99, group="Control"))
        post_migrate.connect(note_server_after_migrate, dispatch_uid="note_server", sender=self)
        checks.register(server_is_noted, checks.Tags.database)
