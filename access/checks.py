"""What must hold of the ways in before anything starts."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connections

from core.errors import InvariantBroken
from core.sealing import unseal

A_SEED = "SELECT data->>'secret' FROM mfa_authenticator WHERE type = 'totp' ORDER BY id LIMIT 1"


def settings_fit(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Lengths that contradict each other, and a door that is better shut."""
    found: list[checks.CheckMessage] = []
    if settings.BANK_IDLE_MINUTES > settings.SESSION_IDLE_MINUTES:
        found.append(
            checks.Error(
                "BANK_IDLE_MINUTES is longer than SESSION_IDLE_MINUTES, so it never counts.",
                hint="Make it shorter: 15 is usual.",
                id="access.E001",
            )
        )
    if settings.PROVIDERS_INSIDE and not settings.DEBUG:
        found.append(
            checks.Info(
                "PROVIDERS_INSIDE lets administrators name providers inside the network.",
                hint="Leave it out unless a provider cannot be reached from outside.",
                id="access.I001",
            )
        )
    return found


def seeds_can_be_opened(
    app_configs: Any, databases: Any = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """With another SECRET_KEY nobody's authenticator app would be right any more."""
    if "default" not in (databases or ()):
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT to_regclass('mfa_authenticator')")
        if cursor.fetchone()[0] is None:
            return []
        cursor.execute(A_SEED)
        row = cursor.fetchone()
    try:
        if row:
            unseal(row[0])
    except InvariantBroken:
        return [
            checks.Error(
                "SECRET_KEY does not open the second factors in this database.",
                hint="Put the key of before into SECRET_KEY_FALLBACKS.",
                id="access.E002",
            )
        ]
    return []
