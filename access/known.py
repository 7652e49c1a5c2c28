"""Browsers in which somebody has signed in before, told by a signed cookie.

Many machines that guess together shut an account for all addresses: from such a browser its owner
signs in all the same. It has a limit of attempts of its own.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

COOKIE = "__Host-known" if settings.HTTPS else "known"
SALT = "access.known"
LASTS_SECONDS = 365 * 24 * 60 * 60


def note(response: HttpResponseBase, email: str) -> None:
    """The browser is known from now on as one of whoever has that address, and of nobody else."""
    said = {"who": _who(email), "browser": secrets.token_urlsafe(16)}
    response.set_cookie(
        COOKIE,
        signing.dumps(said, salt=SALT),
        max_age=LASTS_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def browser_of(request: HttpRequest, email: str) -> str:
    """What the browser is called, if whoever has that address was the last to sign in there."""
    try:
        said: dict[str, Any] = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS_SECONDS
        )
    except signing.BadSignature:
        return ""
    return str(said["browser"]) if said["who"] == _who(email) else ""


def _who(email: str) -> str:
    return salted_hmac(SALT, email.strip().lower(), algorithm="sha256").hexdigest()
