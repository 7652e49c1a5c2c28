"""Python's collector of circles: it looks through all objects again while rows are made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_rest() -> Iterator[None]:
    """Within, what nobody refers to is freed as ever, and circles wait: a fifth of a pay run."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()
