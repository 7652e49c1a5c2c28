"""Text as Bacs carries it: capitals, digits and `. & / -`, in fields of 18 characters."""

from __future__ import annotations

import re
import unicodedata

FIELD_LENGTH = 18
_OUTSIDE = re.compile(r"[^A-Z0-9.&/\- ]")
_KEPT = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.&/- ")
# One table lookup a character for the plain texts that nearly all are.
_PLAIN = {code: c if (c := chr(code).upper()) in _KEPT else " " for code in range(128)}


def clean(text: str) -> str:
    """The same length of text in allowed characters: capitals, accents dropped, others a space.

    Letters that are one character in print and two when plain (ß, ligatures) become both.
    """
    if text.isascii():
        return text.translate(_PLAIN)
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return _OUTSIDE.sub(" ", "".join(c for c in plain if not unicodedata.combining(c)).upper())


def field18(text: str) -> str:
    """A name or reference of at most 18 allowed characters, runs of spaces made one, unpadded."""
    return " ".join(clean(text).split())[:FIELD_LENGTH].rstrip()
