"""Seconds per stage of this process, for the command and the bench to print."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS: defaultdict[str, float] = defaultdict(float)


@contextmanager
def timed(stage: str) -> Iterator[None]:
    """Adds the time of the block to its stage, also when the block fails."""
    started = time.perf_counter()
    try:
        yield
    finally:
        SECONDS[stage] += time.perf_counter() - started


def take() -> dict[str, float]:
    """The seconds so far, which start again at nothing."""
    taken = dict(SECONDS)
    SECONDS.clear()
    return taken
