"""What must hold before anything starts: a database of this version, no demonstration in earnest.

That the role is bound by row security is asked in `core.apps`, at each connection.
"""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from core.db.schema import fingerprint, missing_migrations, readable

# As JSON, for the marker of an older version has no such column.
MADE_BY = "SELECT to_jsonb(m) ->> 'made_by' FROM tenants_demomarker m"


def made_by(cursor: Any) -> str | None:
    """The version that made the demonstration in this database; None if it holds none."""
    if not readable(cursor, "tenants_demomarker"):
        return None
    cursor.execute(MADE_BY)
    found = cursor.fetchone()
    return None if found is None else found[0] or "an older version"


def refuse_another_version(connection: Any, **kwargs: Any) -> None:
    """Nobody works on a demonstration that another version made: its tables may differ from ours.

    Asked at each new connection, so that the shell and every command beside the demonstration
    say the same plain words.
    """
    if connection.alias != "default":
        return
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        version = made_by(cursor)
    if version not in (None, fingerprint()):
        connection.close()
        raise ImproperlyConfigured(
            "This demonstration was made by another version of Commonwell."
            " Start over with new data: make demo-reset"
        )


def no_demonstration_in_earnest(
    app_configs: Any, databases: Any = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """An installation that is not a demonstration refuses a database that says it is one.

    In such a database everybody can become anybody, so real books must never be kept in it.
    """
    if settings.DEMO or "default" not in (databases or ()):
        return []
    with connections["default"].cursor() as cursor:
        if made_by(cursor) is None:
            return []
    return [
        checks.Error(
            "This database holds the demonstration, and DEMO is not True.",
            hint="Give DATABASE_URL the address of another database. `make demo` sets DEMO.",
            id="sharedservices.E001",
        )
    ]


def migrated(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Pages on tables of an older version fail one by one; they had better not start."""
    if "default" not in (databases or ()):
        return []
    missing = missing_migrations(connections["default"])
    if not missing:
        return []
    return [
        checks.Error(
            f"The database lacks {len(missing)} migrations, the first is {missing[0]}.",
            hint="Run `manage.py migrate`, then start again.",
            id="sharedservices.E002",
        )
    ]


def refuse_unsafe_start(**kwargs: Any) -> None:
    """Asked by the web process and the workers as they start: ImproperlyConfigured ends them."""
    found = checks.run_checks(tags=[checks.Tags.database], databases=["default"])
    wrong = [message for message in found if message.is_serious()]
    connections["default"].close()
    if wrong:
        raise ImproperlyConfigured(" ".join(f"{m.msg} {m.hint or ''}".strip() for m in wrong))
