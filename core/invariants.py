"""What must always be true: each app registers its checks, `manage.py check_invariants` runs them.

A check is SQL with %(organisation)s in it, or a function of the organisation's id. Each row or
item that comes back is a problem, in words; nothing is the good answer. What is true of the whole
database, whichever organisation asks, is checked once.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from core.db.catalogue import wall_gaps
from core.db.references import lost
from core.vault import unopened

Check = str | Callable[[int], Iterable[str]]


@dataclass(frozen=True)
class Problem:
    """A promise that is broken: which, and how."""

    name: str
    text: str


INVARIANTS: dict[str, Check] = {
    "Sealed values open in their place and agree with their index": unopened,
    "References of tables written in bulk lead to a row": lost,
}
WHOLE: dict[str, Callable[[Any], Iterable[str]]] = {
    "Row security is as the models say": wall_gaps,
}


def register(name: str, check: Check) -> None:
    """Adds a check under a name, which is a sentence that should be true."""
    if INVARIANTS.get(name, check) != check:
        raise ValueError(f"The invariant {name!r} is registered twice.")
    INVARIANTS[name] = check


def problems_of_the_whole() -> Iterator[Problem]:
    """Every broken promise that belongs to no organisation."""
    with connection.cursor() as cursor:
        for name, check in WHOLE.items():
            for text in check(cursor):
                yield Problem(name, text)


def problems(organisation_id: int) -> Iterator[Problem]:
    """Every broken promise of an organisation. The caller's scope lets it be read.

    Each check reads its tables whole. Without statistics of fresh rows a loop over another loop
    looks cheap and takes minutes for 50,000 invoices; hashed joins never do.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
    for name, check in INVARIANTS.items():
        for text in _found(check, organisation_id):
            yield Problem(name, text)


def _found(check: Check, organisation_id: int) -> Iterable[str]:
    if callable(check):
        return list(check(organisation_id))
    with connection.cursor() as cursor:
        cursor.execute(check, {"organisation": organisation_id})
        return [" ".join(map(str, row)) for row in cursor.fetchall()]
