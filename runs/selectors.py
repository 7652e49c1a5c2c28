"""What is seen of runs: lists, chunks, exceptions by cause, control totals."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from core.actors import Actor, places_where
from core.errors import NotFound
from runs.kinds import KINDS
from runs.models import Chunk, Problem, Run
from runs.permissions import SEE_RUNS

EXAMPLES = 3
_PENCE = "pence"


def runs(actor: Actor, *, state: str = "", kind: str = "", words: str = "") -> QuerySet[Run]:
    """The runs of every organisation where this actor may see them, newest first."""
    found = Run.objects.filter(organisation_id__in=places_where(actor, SEE_RUNS))
    if state:
        found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    if words:
        number = words.upper().removeprefix("RUN-").strip()
        by_number = Q(number=int(number)) if number.isdigit() and len(number) < 18 else Q()
        found = found.filter(by_number or Q(made_by_name__icontains=words))
    return found.order_by("-made_at", "-id")


def run_numbered(actor: Actor, number: int) -> Run:
    """The run of that number here, or NotFound."""
    found = Run.objects.filter(organisation_id=actor.organisation_id, number=number).first()
    if found is None:
        raise NotFound()
    return found


def run_by_id(organisation_id: int, run_id: int | None) -> Run | None:
    """The run another row points at; None when it points at none."""
    return Run.objects.filter(organisation_id=organisation_id, pk=run_id).first()


def nothing_done(run: Run) -> bool:
    """Whether the run is held before any of its parts was done."""
    done = Chunk.objects.filter(run=run, state=Chunk.State.DONE)
    return run.state == Run.State.HELD and not done.exists()


def chunks(run: Run) -> list[Chunk]:
    """Every chunk of a run in its order."""
    return list(
        Chunk.objects.filter(organisation_id=run.organisation_id, run=run).order_by("sequence")
    )


@dataclass(frozen=True)
class Cause:
    """Exceptions with the same cause, the first few of them as examples."""

    cause: str
    count: int
    examples: list[Problem]


def causes(run: Run) -> list[Cause]:
    """The open exceptions of a run, the most frequent cause first: one query."""
    rows = (
        Problem.objects.filter(
            organisation_id=run.organisation_id, run=run, resolved_at__isnull=True
        )
        .annotate(
            place=Window(RowNumber(), partition_by=[F("cause")], order_by=F("id").asc()),
            together=Window(Count("id"), partition_by=[F("cause")]),
        )
        .filter(place__lte=EXAMPLES)
        .order_by("-together", "cause", "id")
    )
    grouped: dict[str, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.cause, []).append(row)
    return [Cause(cause, found[0].together, found) for cause, found in grouped.items()]


@dataclass(frozen=True)
class Total:
    """One control total: what must be reached, what was reached so far (None: not counted)."""

    name: str
    expected: int | None
    reached: int
    is_money: bool

    @property
    def agrees(self) -> bool:
        return self.expected is None or self.expected == self.reached


def totals_so_far(run: Run, parts: list[Chunk]) -> list[Total]:
    """Control totals beside the figures of the chunks done; figures without a control last."""
    reached: dict[str, int] = {"rows": sum(part.rows for part in parts)}
    for part in parts:
        for name, value in part.results.items():
            reached[name] = reached.get(name, 0) + value
    expected: Mapping[str, int] = run.control
    names = [*sorted(expected), *sorted(set(reached) - set(expected))]
    return [
        Total(_in_words(name), expected.get(name), reached.get(name, 0), _PENCE in name.split("_"))
        for name in names
    ]


def _in_words(name: str) -> str:
    """«held_pence» as people read it beside pounds: held amount."""
    return " ".join("amount" if word == _PENCE else word for word in name.split("_"))


def kinds() -> list[tuple[str, str]]:
    """(key, label) of every kind of run, by label."""
    return sorted(((kind.key, kind.label) for kind in KINDS.values()), key=lambda pair: pair[1])
