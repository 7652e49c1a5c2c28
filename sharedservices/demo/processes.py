"""Partners share nothing, so their histories are made side by side, as many as there are cores."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from django.db import connections

T = TypeVar("T")
# What the processes do; a fork finds it here, as functions within functions cannot be sent.
_given: list[Callable[[int], Any]] = []


def side_by_side(work: Callable[[int], T], count: int) -> Iterator[T]:
    """What `work` makes of 0 to `count` - 1, as each is done, in processes forked from this one.

    What `work` changes in memory stays in its process. Its errors are raised here. A fork would
    leave other threads behind in the middle of what they do: beside any, it is one after the other.
    """
    if threading.active_count() > 1:
        yield from map(work, range(count))
        return
    _given[:] = [work]
    # A connection of this process would be closed by the first child that ends.
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(min(count, os.cpu_count() or 1)) as pool:
        yield from pool.imap_unordered(_one, range(count))


def _one(number: int) -> Any:
    try:
        return _given[0](number)
    finally:
        connections.close_all()
