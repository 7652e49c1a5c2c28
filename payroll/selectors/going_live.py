"""How near pay is to going live: what the last two pay days of each group left unexplained."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet

from core.errors import NotFound
from payroll.models import GoLive, ParallelRun, PayGroup, PayPeriod

PERIODS = 2


@dataclass(frozen=True)
class GroupStanding:
    """The last signed parallel runs of a group, the newest first, and how far apart they are."""

    group: PayGroup
    signed: tuple[ParallelRun, ...]
    in_a_row: bool

    @property
    def ready(self) -> bool:
        """Two pay days in a row that left nothing unexplained."""
        clear = all(one.unexplained == 0 for one in self.signed)
        return len(self.signed) == PERIODS and self.in_a_row and clear


def standing_of_groups(organisation_id: int) -> list[GroupStanding]:
    """Every pay group by name. Three queries."""
    here = {"organisation_id": organisation_id}
    rows = ParallelRun.objects.filter(**here, state=ParallelRun.State.SIGNED)
    signed: dict[int, list[ParallelRun]] = defaultdict(list)
    for one in rows.select_related("period").order_by("-period__pays_on"):
        signed[one.period.pay_group_id].append(one)
    ids = [one.period_id for kept in signed.values() for one in kept[:PERIODS]]
    places = _places(organisation_id, ids)
    return [
        GroupStanding(group, tuple(kept), _in_a_row([places[one.period_id] for one in kept]))
        for group in PayGroup.objects.filter(**here).order_by("name")
        for kept in [signed[group.pk][:PERIODS]]
    ]


def _places(organisation_id: int, period_ids: Sequence[int]) -> dict[int, int]:
    """By period its place among the pay days of its group."""
    rows = PayPeriod.objects.filter(organisation_id=organisation_id).order_by("pays_on")
    groups = set(rows.filter(pk__in=period_ids).values_list("pay_group_id", flat=True))
    places: dict[int, int] = {}
    counts: dict[int, int] = defaultdict(int)
    for key, group in rows.filter(pay_group_id__in=groups).values_list("pk", "pay_group_id"):
        places[key] = counts[group]
        counts[group] += 1
    return places


def _in_a_row(places: Sequence[int]) -> bool:
    return all(newer - older == 1 for newer, older in pairwise(places))


def figures_of(groups: Sequence[GroupStanding]) -> list[dict[str, Any]]:
    """What a decision rests on, to be kept with it."""
    return [
        {
            "group": one.group.code,
            "ready": one.ready,
            "signed": [
                {"number": kept.number, "unexplained": kept.unexplained} for kept in one.signed
            ],
        }
        for one in groups
    ]


def decisions(organisation_id: int) -> QuerySet[GoLive]:
    """What was asked for and decided, newest first."""
    return GoLive.objects.filter(organisation_id=organisation_id).order_by("-id")


def decision_asked(organisation_id: int) -> GoLive:
    """The one that waits for a second person, or NotFound."""
    found = decisions(organisation_id).filter(state=GoLive.State.ASKED).first()
    if found is None:
        raise NotFound("Nobody has asked to go live.")
    return found
