"""Creates the database and its roles; safe to repeat. Needs DATABASE_ADMIN_URL on real servers."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from core.db import roles


def connect(database: str) -> Any:
    """A connection of the administrator of the server to one database."""
    return roles.connect(settings.ADMIN_DATABASE, database)


def create(name: str) -> None:
    """Roles, the database `name` of app_owner, and passwords where the addresses have one."""
    addresses = [settings.DATABASES[alias] for alias in ("default", "owner")]
    passwords = {one["USER"]: one["PASSWORD"] for one in addresses if one["PASSWORD"]}
    roles.prepare(settings.ADMIN_DATABASE, name, passwords)


class Command(BaseCommand):
    help = "Creates the database and its five roles (idempotent)."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        create(settings.DATABASES["default"]["NAME"])
        self.stdout.write("The database and its roles are ready.")
