"""How names are found again, and how hours are written."""

import re
import unicodedata
from decimal import Decimal

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


def percent(ten_thousandths: int) -> str:
    """A share as per cent, without the sign: 100, 37.5, 0.25."""
    return f"{Decimal(ten_thousandths).scaleb(-2).normalize():f}"


DAYS_OF_WEEK = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")


def days_of(bits: int) -> str:
    """Working days in words, from Sunday in the lowest bit: «Mon Tue Wed»."""
    return " ".join(name for at, name in enumerate(DAYS_OF_WEEK) if bits >> at & 1)


def bits_of(text: str) -> int:
    """«Mon, Tuesday» as bits; ValueError for what is no day of the week."""
    names = [word[:3].title() for word in re.split(r"[^A-Za-z]+", text) if word]
    return sum({1 << DAYS_OF_WEEK.index(name) for name in names})
