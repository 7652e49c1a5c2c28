"""Sign-ins and refusals in the log, for whoever watches over several organisations.

What people changed is in the audit trail of their organisation; a wrong password belongs to none.
"""

import logging
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseNotAllowed

from core.web.middleware import GetResponse
from tenants.selectors import person_known

logger = logging.getLogger("security")
REFUSED = (401, 403, 429)
# TRACE would show a program in the browser what it may not read.
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


def _from(request: Any) -> str:
    """Without an address, as over a socket of the same machine, nothing is refused for it."""
    try:
        return str(get_adapter().get_client_ip(request))
    except (PermissionDenied, AttributeError):
        return "an unknown address"


def signed_in(request: Any, user: Any, **more: Any) -> None:
    logger.info("Signed in: person %s from %s", user.pk, _from(request))


def signed_out(request: Any, user: Any, **more: Any) -> None:
    if user is not None:
        request.signed_out = True
        logger.info("Signed out: person %s from %s", user.pk, _from(request))


def not_signed_in(credentials: dict[str, Any], request: Any = None, **more: Any) -> None:
    """What was typed is not written: people type passwords where their address belongs."""
    found = person_known(str(credentials.get("email") or ""))
    whose = f"person {found.pk}" if found else "nobody we know"
    what = "Second factor" if credentials.get("factor") else "Sign-in"
    logger.warning("%s failed: %s from %s", what, whose, _from(request))


def listen() -> None:
    for signal, heard in (
        (user_logged_in, signed_in),
        (user_logged_out, signed_out),
        (user_login_failed, not_signed_in),
    ):
        signal.connect(heard, dispatch_uid=f"log {heard.__name__}")


class WatchMiddleware:
    """Writes what was refused to whom; lets no odd method in; a sign-out empties the browser."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        answer = self.get_response(request)
        if answer.status_code in REFUSED:
            who = request.session.get(SESSION_KEY) or "without a session"
            asked = f"{request.method} {request.path}"
            told = (answer.status_code, asked, who, _from(request))
            logger.warning("Refused with %s: %s, person %s from %s", *told)
        if getattr(request, "signed_out", False):
            answer["Clear-Site-Data"] = '"cache"'
        return answer
