"""The service navigation: each app registers its entries, each shown to those who may use it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Entry:
    """`badge(request)` gives a count to show beside the label, or None.

    Entries of one `group` share a place in the menu; theirs is the second row, shown within it.
    """

    label: str
    url_name: str
    permission: str
    order: int
    badge: Callable[[Any], int | None] = lambda request: None
    group: str = ""


ENTRIES: list[Entry] = []


def register(entry: Entry) -> None:
    if entry not in ENTRIES:
        ENTRIES.append(entry)
        ENTRIES.sort(key=lambda e: e.order)
