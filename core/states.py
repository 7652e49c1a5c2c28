"""State machines as data: `verb: (from, to)`, moved by one conditional UPDATE for any rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from core.errors import Clash

Moves = Mapping[str, tuple[Sequence[str], str]]


def move(rows: QuerySet[Any], moves: Moves, verb: str, *, expected: int, **changes: Any) -> int:
    """Moves exactly `expected` rows along `verb`, else raises Clash and changes nothing.

    The caller holds the transaction, so a wrong count undoes the UPDATE with it.
    """
    sources, target = moves[verb]
    moved = rows.filter(state__in=sources).update(state=target, **changes)
    if moved != expected:
        raise Clash()
    return moved
