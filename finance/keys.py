"""Keys under which suppliers and their invoice numbers are found again: pure text, no tables."""

import re
from collections.abc import Sequence

_NOT_NAME = re.compile(r"[^A-Z0-9]+")
# Letters that are keyed for digits and the other way round; one of each pair is kept.
_LOOKALIKES = str.maketrans("OIS", "015")


def name_key(name: str) -> str:
    """A supplier's name in upper case, letters and digits only; a name of none keeps its marks."""
    return (_NOT_NAME.sub("", name.upper()) or name.strip().upper())[:200]


_LEGAL_FORM = re.compile(r"(LIMITED|LTD|PLC|LLP|LP|CIC|CIO)$")


def bare_name_key(name: str) -> str:
    """The key of a name without what kind of company it is: Moss Ltd and Moss Limited are one."""
    key = name_key(name)
    return _LEGAL_FORM.sub("", key) or key


SPELLINGS = ("", "LTD", "LIMITED")
MOST_JOINED, LEAST_JOINED = 6, 6


def joined_keys(words: Sequence[str]) -> set[str]:
    """Whatever name or number some neighbouring words may be, as a key; short ones say nothing.

    What ends like the name of a company is there in its other spellings too.
    """
    parts = [_NOT_NAME.sub("", word.upper()) for word in words]
    found = {
        "".join(parts[at : at + length])
        for at in range(len(parts))
        for length in range(1, MOST_JOINED + 1)
    }
    long = {key for key in found if len(key) >= LEAST_JOINED}
    companies = {key for key in long if _LEGAL_FORM.search(key)}
    return long | {bare_name_key(key) + form for key in companies for form in SPELLINGS}


def account_digits(text: str) -> str:
    """A sort code or an account number without the spaces and dashes between its digits."""
    return "".join(mark for mark in text if mark not in " -")


def reference_key(reference: str) -> str:
    """An invoice number in upper case, letters and digits only, O=0 I=1 S=5, leading zeros off.

    «» stays empty, and an empty key never matches another.
    """
    return _NOT_NAME.sub("", reference.upper()).translate(_LOOKALIKES).lstrip("0")[:80]


def nearly_same(one: str, other: str) -> bool:
    """Whether two reference keys differ by one character, two swapped ones or a letter at the end.

    Keys under four characters are too short to say anything.
    """
    if min(len(one), len(other)) < 4 or abs(len(one) - len(other)) > 1:
        return False
    if len(one) != len(other):
        short, long = sorted((one, other), key=len)
        return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
    apart = [at for at in range(len(one)) if one[at] != other[at]]
    if len(apart) == 2:
        first, second = apart
        swapped = one[first] == other[second] and one[second] == other[first]
        return swapped and second == first + 1
    return len(apart) == 1


_ORDER = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def after(key: str) -> str | None:
    """The least key that comes after all keys beginning with `key`; None if there is none.

    A search for beginnings as a range keeps its index under every collation: digits and capitals
    alone have the same order in all of them.
    """
    cut = key.rstrip("Z")
    if not cut or cut[-1] not in _ORDER:
        return None
    return cut[:-1] + _ORDER[_ORDER.index(cut[-1]) + 1]
