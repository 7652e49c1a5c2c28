"""Targets from a file: proposed together, and each agreed by somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from core.actors import Actor, require
from core.errors import Refused
from core.plans import Plan
from sla.models import TargetChange
from sla.permissions import SET_TARGETS
from sla.rules import SLA11, SLA12
from sla.services.targets import REASON_LENGTH, TargetLines, TargetsHere, propose_target


@dataclass(frozen=True)
class TargetFacts:
    """The target of a measure from a month on, and the lines under it; None ends the target."""

    code: str
    month: date
    lines: TargetLines = None


@dataclass
class PlannedTarget(Plan):
    """What would become of one target; `name` is that of its measure."""

    facts: TargetFacts
    name: str = ""
    before: TargetLines = None
    acts: bool = False


def plan_targets(*, wanted: Sequence[TargetFacts], by: Actor, today: date) -> list[PlannedTarget]:
    """What would become of each of these targets, in their order; nothing is changed.

    Lines that are in force in the month already stay as they are.
    """
    require(by, SET_TARGETS)
    here, at = TargetsHere(by.organisation_id), timezone.now()
    plans, seen = [], set(here.waiting)
    for one in wanted:
        known = here.indicators.get(one.code)
        plan = PlannedTarget(one, str(known) if known else one.code)
        plan.before = here.lines_in(one.code, one.month)
        plan.acts = known is None or plan.before != one.lines
        if plan.acts:
            try:
                here.check(one.code, one.month, one.lines, at)
                SLA12.check(one.code not in seen)
            except Refused as refused:
                plan.refusals.append(refused)
            seen.add(one.code)
        plans.append(plan)
    return plans


@transaction.atomic
def propose_targets(
    *, wanted: Sequence[TargetFacts], reason: str, by: Actor, today: date
) -> list[TargetChange]:
    """Proposes those of these targets that are not in force, all of them or none.

    As `propose_target`, one by one: a measure has at most one proposal, so they are at most as
    many as the catalogue.
    """
    SLA11.check(len(reason) <= REASON_LENGTH)
    plans = plan_targets(wanted=wanted, by=by, today=today)
    for plan in plans:
        for refused in plan.refusals:
            raise refused
    return [
        propose_target(
            indicator_code=plan.facts.code,
            valid_from=plan.facts.month,
            lines=plan.facts.lines,
            reason=reason,
            by=by,
        )
        for plan in plans
        if plan.acts
    ]
