"""Registry of kinds of run: what each plans, does and must prove at the end."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any

from core.actors import Actor
from core.scope import ScopeError, acting_organisation
from runs.models import Chunk, Run


@dataclass(frozen=True)
class Plan:
    """The chunks (inputs each) of a run, its rows and the totals it must reach."""

    chunks: list[dict[str, Any]]
    rows_total: int = 0
    control: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """What one chunk did: rows, and figures that are added up over the run."""

    rows: int = 0
    figures: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """`work` runs inside one transaction with its own mark as done, so a crash leaves nothing.

    `close` runs once after the last chunk; its answer is the list of what does not agree.
    Chunks that take longer than 15 seconds should not hold a row lock: `lease_seconds`, well above
    the longest chunk, makes them be claimed by a lease and a fence instead. A `whole` kind is never
    cancelled: half of it must not stay.
    """

    key: str
    label: str
    permission: str
    plan: Callable[[Run], Plan]
    work: Callable[[Run, Chunk, Actor], Done]
    close: Callable[[Run, Actor], list[str]] = lambda run, by: []
    link: Callable[[str, Run], str] | None = None
    lease_seconds: int = 0
    whole: bool = False


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Enters the kind, with each of its steps behind a wall of its own."""
    guarded = replace(kind, plan=_here(kind.plan), work=_here(kind.work), close=_here(kind.close))
    KINDS[kind.key] = guarded
    return guarded


def _here(step: Callable[..., Any]) -> Callable[..., Any]:
    """A step works for the organisation of its run or not at all, whatever it was handed.

    Statements of bulk work name the organisation of the run: neither the managers nor, where it is
    switched off, row security would stop one that was taken in the scope of another.
    """

    @wraps(step)
    def guarded(run: Run, *rest: Any) -> Any:
        if acting_organisation() != run.organisation_id:
            raise ScopeError(f"{run} belongs to another organisation than is acted for.")
        return step(run, *rest)

    return guarded
