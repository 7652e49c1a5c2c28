"""Calls that may be made again: one with the same key is answered as before and does nothing.

What is kept, and where, is said by the app that knows tokens (`keep_with`).
"""

import hashlib
import json
from typing import Any, Protocol, cast

from django.core.files.uploadedfile import UploadedFile
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from core.actors import Actor
from core.web.passes import Pass

KEY_HEADER, REPEATED_HEADER = "Idempotency-Key", "Idempotency-Replayed"
LONGEST_KEY = 80


class AnswerBefore(Exception):
    """This call was made before; this is what it was answered."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(status)
        self.status, self.body = status, body


class Attempt(Protocol):
    """A call with a key, while it is answered for the first time."""

    def keep(self, status: int, body: str) -> None: ...


class Keeper(Protocol):
    """Begins an attempt. AnswerBefore for one that was answered; Refused if it asked for more."""

    def __call__(self, *, key: str, digest: str, holder: str, by: Actor) -> Attempt: ...


_keeper: list[Keeper] = []


def keep_with(keeper: Keeper) -> None:
    """The app that keeps answers says here how."""
    _keeper[:] = [keeper]


def attempt_of(request: Request, by: Actor, *, needed: bool) -> Attempt | None:
    """The attempt that the key of a request stands for; none without a key.

    The key belongs to the token, or to the person of a session: nobody meets the key of another.
    """
    key = request.headers.get(KEY_HEADER, "")
    if not key and not needed:
        return None
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise ValidationError(
            f"{KEY_HEADER}: Send a header with a text of your own, such as a UUID, of up to"
            f" {LONGEST_KEY} characters. Send the same one if you have to ask again."
        )
    shown = cast("Pass | None", request.auth)
    holder = shown.holder if shown is not None else f"person {by.person_id}"
    return _keeper[0](key=key, digest=_digest(request), holder=holder, by=by)


def _digest(request: Request) -> str:
    """A hash of what was asked: of the content and not of its bytes, as their order may vary."""
    given = dict(request.data) if hasattr(request.data, "items") else request.data
    told = json.dumps([request.method, request.path, given], sort_keys=True, default=_plain)
    return hashlib.sha256(told.encode()).hexdigest()


def _plain(value: Any) -> str:
    """A file stands for its bytes, whatever it is called."""
    if not isinstance(value, UploadedFile):
        return str(value)
    digest = hashlib.sha256()
    for part in value.chunks():
        digest.update(part)
    value.seek(0)
    return digest.hexdigest()
