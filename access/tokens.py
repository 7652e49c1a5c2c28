"""The text of a token: how it is made, told apart and recognised. Knows no table."""

import hashlib
import secrets

BEGINNING = "cw"
PREFIX_LENGTH = 8


def make() -> tuple[str, str]:
    """A new token of 256 random bits and the prefix by which people tell it."""
    prefix = secrets.token_hex(PREFIX_LENGTH // 2)
    return f"{BEGINNING}_{prefix}_{secrets.token_urlsafe(32)}", prefix


def prefix_of(text: str) -> str:
    """The prefix of what looks like a token; nothing of anything else."""
    beginning, _, rest = text.partition("_")
    prefix = rest[:PREFIX_LENGTH]
    return prefix if beginning == BEGINNING and rest[PREFIX_LENGTH:][:1] == "_" else ""


def digest(text: str) -> str:
    """What is kept of it: it is long and random, so a plain hash cannot be turned back."""
    return hashlib.sha256(text.encode()).hexdigest()
