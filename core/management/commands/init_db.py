"""Creates the database and its roles; safe to repeat. Needs DATABASE_ADMIN_URL on real servers."""

import os
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management.base import BaseCommand
from psycopg2 import sql

ROLES = Path(__file__).resolve().parents[2] / "db" / "roles.sql"


def connect(database: str) -> Any:
    """A connection of the administrator of the server to one database."""
    admin = settings.ADMIN_DATABASE
    connection = psycopg2.connect(
        host=admin["HOST"] or None,
        port=admin["PORT"] or None,
        user=admin["USER"],
        password=admin["PASSWORD"] or None,
        dbname=database,
        **admin["OPTIONS"],
    )
    connection.autocommit = True
    return connection


def create(name: str) -> None:
    """Roles, the database `name` of app_owner, and passwords where the addresses have one."""
    with (
        closing(connect(settings.ADMIN_DATABASE["NAME"])) as connection,
        connection.cursor() as cursor,
    ):
        # Roles belong to the whole server: two callers at once would trip over each other.
        cursor.execute("SELECT pg_advisory_lock(7305002)")
        cursor.execute(ROLES.read_text(encoding="utf-8"))
        for alias in ("default", "owner"):
            password = settings.DATABASES[alias]["PASSWORD"]
            if password:
                role = sql.Identifier(settings.DATABASES[alias]["USER"])
                cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD %s").format(role), [password])
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            statement = "CREATE DATABASE {} OWNER app_owner TEMPLATE template0 ENCODING 'UTF8'"
            cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))
    with closing(connect(name)) as connection, connection.cursor() as cursor:
        cursor.execute("ALTER SCHEMA public OWNER TO app_owner")
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")


class Command(BaseCommand):
    help = "Creates the database and its five roles (idempotent)."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        create(os.environ.get("COMMONWELL_DATABASE", settings.DATABASES["default"]["NAME"]))
        self.stdout.write("The database and its roles are ready.")
