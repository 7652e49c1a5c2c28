"""Proposing a regrading: by a rule from grade to grade, or by a list of jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.utils import timezone

from core.actors import Actor, require
from core.rules import Rule
from hr.models import Assignment, PayAward, PayPoint, PayScale, PayValue
from hr.permissions import KEEP_TERMS
from hr.rules import HRR50, HRR51
from hr.selectors.awards import Regrading, costs_of
from hr.selectors.terms import on_day
from hr.services.awards import propose

MOST = 5_000


class JobMove(NamedTuple):
    """A job by employee number and its own, and the grade and point that it gets."""

    employee: int
    job: int
    grade: str
    point: str


@dataclass(frozen=True)
class NewRegrading:
    """From grade to grade, where `points` may say which point leads to which; or `jobs`."""

    scale: PayScale
    from_on: date
    from_grade: str = ""
    to_grade: str = ""
    points: Mapping[str, str] = field(default_factory=dict)
    jobs: Sequence[JobMove] = ()


def regrading_of(new: NewRegrading) -> Regrading:
    """What moves where. HRR50 unless grades, points and jobs are there."""
    return _listed(new) if new.jobs else _by_grade(new)


def propose_regrading(*, new: NewRegrading, reason: str, by: Actor) -> PayAward:
    """Asks that jobs move to other points from a day on, with what that costs by unit.

    HRR50 as it is put, HRR51 when nobody moves, HRR03 while another proposal of the scale waits.
    Event hr.award.proposed.
    """
    require(by, KEEP_TERMS)
    at, asked = timezone.now(), regrading_of(new)
    HRR51.check(costs_of(asked, timezone.localdate(at)))
    facts: dict[str, Any] = {"moves": asked.moves, "chosen": asked.chosen, "words": asked.words}
    return propose(asked=asked, reason=reason, by=by, at=at, **facts)


def _points(new: NewRegrading) -> dict[tuple[str, str], PayPoint]:
    rows = PayPoint.objects.filter(organisation_id=new.scale.organisation_id, scale=new.scale)
    return {(one.grade, one.point): one for one in rows.order_by("pk")}


def _by_grade(new: NewRegrading) -> Regrading:
    """Each point leads to the one that is said, else to the lowest that pays no less."""
    points = _points(new)
    old = [one for (grade, _), one in points.items() if grade == new.from_grade]
    fresh = {point: one for (grade, point), one in points.items() if grade == new.to_grade}
    _say(HRR50, old and fresh and new.from_grade != new.to_grade, "Look at the grades")
    known = {one.point for one in old}
    wrong = [f"{a}={b}" for a, b in new.points.items() if a not in known or b not in fresh]
    _say(HRR50, not wrong, ", ".join(wrong[:5]))
    worth = dict(
        PayValue.objects.filter(
            on_day(new.from_on), organisation_id=new.scale.organisation_id,
            pay_point__in=[*old, *fresh.values()],
        ).values_list("pay_point_id", "annual_pence")
    )  # fmt: skip
    ladder = sorted(fresh.values(), key=lambda one: worth.get(one.pk, 0))
    moves, said = [], []
    for one in old:
        least = worth.get(one.pk, 0)
        no_less = (rung for rung in ladder if worth.get(rung.pk, 0) >= least)
        to = fresh[new.points[one.point]] if one.point in new.points else next(no_less, ladder[-1])
        moves.append([one.pk, to.pk])
        said.append(f"{one.point} to {to.point}")
    words = f"{new.from_grade} to {new.to_grade}: {', '.join(said)}"
    return Regrading(new.scale, new.from_on, words[:300], moves)


def _listed(new: NewRegrading) -> Regrading:
    _say(HRR50, len(new.jobs) <= MOST, f"{MOST:,} jobs at most")
    rows = Assignment.objects.filter(
        organisation_id=new.scale.organisation_id,
        employment__number__in={one.employee for one in new.jobs},
        placements__superseded_at__isnull=True,
    )  # fmt: skip
    held = {(a, b): pk for a, b, pk in rows.values_list("employment__number", "number", "pk")}
    points = _points(new)
    wrong = [
        f"{one.employee}, {one.job}, {one.grade}, {one.point}"
        for one in new.jobs
        if (one.employee, one.job) not in held or (one.grade, one.point) not in points
    ]
    _say(HRR50, not wrong, "; ".join(wrong[:5]))
    twice = len({(one.employee, one.job) for one in new.jobs}) < len(new.jobs)
    _say(HRR50, not twice, "A job is there twice")
    chosen = [[held[one.employee, one.job], points[one.grade, one.point].pk] for one in new.jobs]
    words = f"{len(chosen):,} job{'' if len(chosen) == 1 else 's'} of a list"
    return Regrading(new.scale, new.from_on, words, (), chosen)


def _say(rule: type[Rule], holds: object, detail: str) -> None:
    rule.check(holds, f"{detail}." if detail else "")
