"""Does the database have the shape that the code expects?"""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

# Where the first migration broke off there are tables that nobody may read yet.
READABLE = "SELECT coalesce(has_table_privilege(to_regclass(%s), 'SELECT'), false)"


def readable(cursor: Any, table: str) -> bool:
    """Is there such a table, and may this role read it?"""
    cursor.execute(READABLE, [table])
    return bool(cursor.fetchone()[0])


@cache
def _wanted() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def missing_migrations(connection: BaseDatabaseWrapper) -> list[str]:
    """What `manage.py migrate` would still do, as `app.name`; two queries."""
    applied = set()
    with connection.cursor() as cursor:
        if readable(cursor, "django_migrations"):
            cursor.execute("SELECT app, name FROM django_migrations")
            applied = set(cursor.fetchall())
    return sorted(f"{app}.{name}" for app, name in _wanted() - applied)


@cache
def fingerprint() -> str:
    """Of the migrations of ours: another one where any of them was added, or edited in place."""
    own = [app for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR]
    return digest(Path(app.path) / "migrations" for app in own)


def digest(folders: Iterable[Path]) -> str:
    """One sum of the names and the contents of all files in the folders."""
    found = hashlib.sha256()
    for path in sorted(path for folder in folders for path in folder.glob("*") if path.is_file()):
        found.update(f"{path.parts[-3:]}".encode() + path.read_bytes())
    return found.hexdigest()
