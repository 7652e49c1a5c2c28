"""What comes round again and again for every organisation: registered by apps, done by workers.

Celery's beat has a task for each; `manage.py work` does them all, without Redis.
"""

from datetime import datetime
from typing import Protocol


class Round(Protocol):
    """Does what is due at a moment, wherever it is due; returns how much was done."""

    def __call__(self, *, as_of: datetime) -> int: ...


_ROUNDS: list[Round] = []


def register(work: Round) -> Round:
    """Enters it, once."""
    if work not in _ROUNDS:
        _ROUNDS.append(work)
    return work


def go_round(as_of: datetime) -> int:
    """Does all of them; returns how much was done."""
    return sum(work(as_of=as_of) for work in _ROUNDS)
