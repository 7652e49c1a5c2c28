"""The database and its roles on a server, made by its administrator; safe to repeat."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

# Nobody else's role enters; the application stages its bulk in temporary tables.
RIGHTS = (
    "REVOKE ALL ON DATABASE {} FROM PUBLIC",
    "GRANT CONNECT, TEMPORARY ON DATABASE {} TO app_rw",
    "GRANT CONNECT ON DATABASE {} TO app_owner, app_dump",
)
ROLES = Path(__file__).resolve().parent / "roles.sql"


def connect(admin: Mapping[str, Any], database: str) -> Any:
    """A connection of the administrator, who is given as in Django's settings, to one database."""
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


def prepare(admin: Mapping[str, Any], name: str, passwords: Mapping[str, str]) -> None:
    """The five roles with the passwords given, and the database `name`, which app_owner owns."""
    with closing(connect(admin, admin["NAME"])) as connection, connection.cursor() as cursor:
        # Roles belong to the whole server: two callers at once would trip over each other.
        cursor.execute("SELECT pg_advisory_lock(7305002)")
        cursor.execute(ROLES.read_text(encoding="utf-8"))
        for role, password in passwords.items():
            change = sql.SQL("ALTER ROLE {} PASSWORD %s").format(sql.Identifier(role))
            cursor.execute(change, [password])
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            statement = "CREATE DATABASE {} OWNER app_owner TEMPLATE template0 ENCODING 'UTF8'"
            cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))
        for statement in RIGHTS:
            cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))
    with closing(connect(admin, name)) as connection, connection.cursor() as cursor:
        cursor.execute("ALTER SCHEMA public OWNER TO app_owner")
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
