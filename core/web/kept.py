"""What was typed into a form by someone who had been signed out: kept until they are back.

It may be an account, so it is sealed: sessions lie in a table too.
"""

import json
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from core.sealing import seal, unseal

KEPT = "kept_form"
MOST_CHARACTERS = 60_000


def fields_of(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields that were sent, without the token, which is made anew.

    None of a page under /account/: a password is shown and kept nowhere.
    """
    if request.path.startswith("/account/"):
        return []
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]


def keep_form(request: Any, owner: str = "") -> bool:
    """Puts the fields into the session of the browser, with whose they are. False if it cannot.

    Only for a browser whose person is known, if not by now then from its old session: strangers
    may not fill the table of sessions, and what one typed is shown to nobody else.
    Files and very long texts are not kept.
    """
    fields = fields_of(request)
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    long = sum(len(value) for _, value in fields) > MOST_CHARACTERS
    if request.method != "POST" or not (fields and cookie) or long:
        return False
    owner = owner or _owner(cookie)
    if not owner:
        return False
    kept = {
        "action": request.get_full_path(),
        "fields": fields,
        "files": bool(request.FILES),
        "owner": owner,
    }
    request.session[KEPT] = seal(json.dumps(kept))
    return True


def _owner(key: str) -> str:
    """Whose the session was: its row outlives its end until the old ones are cleared."""
    row = Session.objects.filter(session_key=key).first()
    return str(row.get_decoded().get("_auth_user_id", "")) if row else ""


def take_form(request: Any) -> dict[str, Any] | None:
    """What was kept for this person, once; what somebody else typed is thrown away."""
    sealed = request.session.pop(KEPT, None)
    kept: dict[str, Any] | None = json.loads(unseal(sealed)) if sealed else None
    return kept if kept and kept["owner"] == str(request.user.pk) else None
