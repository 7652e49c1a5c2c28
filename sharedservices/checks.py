"""What must hold before anything starts: a bound database role, and no demonstration in earnest."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

MARKER = "SELECT to_regclass('tenants_demomarker')"


def no_demonstration_in_earnest(
    app_configs: Any, databases: Any = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """An installation that is not a demonstration refuses a database that says it is one.

    In such a database everybody can become anybody, so real books must never be kept in it.
    """
    if settings.DEMO or "default" not in (databases or ()):
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(MARKER)
        if cursor.fetchone()[0] is None:
            return []
        cursor.execute("SELECT EXISTS (SELECT FROM tenants_demomarker)")
        if not cursor.fetchone()[0]:
            return []
    return [
        checks.Error(
            "This database holds the demonstration, and DEMO is not True.",
            hint="Give DATABASE_URL the address of another database. `make demo` sets DEMO.",
            id="sharedservices.E001",
        )
    ]


def refuse_unsafe_start(**kwargs: Any) -> None:
    """Asked by the web process and the workers as they start: ImproperlyConfigured ends them."""
    found = checks.run_checks(tags=[checks.Tags.database], databases=["default"])
    wrong = [message for message in found if message.is_serious()]
    connections["default"].close()
    if wrong:
        raise ImproperlyConfigured(" ".join(f"{m.msg} {m.hint or ''}".strip() for m in wrong))
