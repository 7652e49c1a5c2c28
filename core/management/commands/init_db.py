"""Creates the database and its roles; safe to repeat. Needs DATABASE_ADMIN_URL on real servers."""

from typing import Any

import psycopg2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.db import roles


def connect(database: str) -> Any:
    """A connection of the administrator of the server to one database."""
    return roles.connect(settings.ADMIN_DATABASE, database)


def create(name: str) -> None:
    """Roles, the database `name` of app_owner, and passwords where the addresses have one."""
    addresses = [settings.DATABASES[alias] for alias in ("default", "owner")]
    passwords = {one["USER"]: one["PASSWORD"] for one in addresses if one["PASSWORD"]}
    try:
        roles.prepare(settings.ADMIN_DATABASE, name, passwords)
    except psycopg2.errors.InsufficientPrivilege as error:
        raise CommandError(
            f"{settings.ADMIN_DATABASE['USER']} may not make roles and databases. Set"
            " DATABASE_ADMIN_URL to the address of an administrator of the server."
        ) from error


class Command(BaseCommand):
    help = "Creates the database and its five roles (idempotent)."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        create(settings.DATABASES["default"]["NAME"])
        self.stdout.write("The database and its roles are ready.")
