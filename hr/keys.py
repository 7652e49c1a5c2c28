"""How names are found again, and how hours are written."""

import re
import unicodedata

_NOT_NAME = re.compile(r"[^A-Z0-9]+")


def name_key(name: str) -> str:
    """Last name first, capitals and digits without accents: «Zoë O'Hara» is OHARAZOE."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    words = [_NOT_NAME.sub("", word) for word in plain.split()]
    return ("".join(words[-1:] + words[:-1]) or name.strip().upper())[:120]


def hours(minutes: int) -> str:
    """Minutes of a week as hours: 37, 37.5, 18.75."""
    whole, rest = divmod(minutes * 100 // 60, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".")
