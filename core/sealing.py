"""Charter: secrets of the sign-in, forms kept through one and answers to calls lie sealed.

Sealed with a key made from SECRET_KEY; those of SECRET_KEY_FALLBACKS still open what they sealed.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes

from core.errors import InvariantBroken


def _key(secret: str | bytes) -> Fernet:
    digest = hashlib.sha256(b"core.sealing:" + force_bytes(secret)).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def _keys() -> MultiFernet:
    return MultiFernet([_key(s) for s in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def seal(text: str) -> str:
    """The text so that only this installation can read it; each time another one."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again. InvariantBroken if another key sealed it or somebody changed it."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise InvariantBroken("A sealed secret cannot be opened with SECRET_KEY.") from None
