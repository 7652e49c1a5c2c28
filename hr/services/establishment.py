"""Posts of the establishment from a file: added, coded and budgeted in one act, with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from core.actors import Actor, require
from core.plans import ChangePlan, changed
from core.templatetags.web import short_day
from events.services import record_each
from hr.models import PayPoint, PayScale, Position, PositionBudget, StandardCode
from hr.permissions import KEEP_TERMS
from hr.rules import HRR06, HRR70, HRR71, HRR72, HRR73, HRR74, HRR75
from hr.selectors.codes import OF_POSTS, codes_of
from hr.selectors.grades import changed_grades
from hr.selectors.terms import scales_of
from hr.services.terms import lock_terms
from tenants.selectors import units

HUNDRED = 100


@dataclass(frozen=True)
class PostFacts:
    """A post as it is to be; its budget is in hundredths of a full-timer, from a day on.

    Without a budget that of before stays, without a day it is today. `codes` are those of
    `OF_POSTS`, in their order.
    """

    code: str
    title: str
    unit: str
    scale: str
    grade: str
    budget: int | None = None
    from_on: date | None = None
    codes: tuple[str, ...] = ("",) * len(OF_POSTS)


@dataclass
class PlannedPost(ChangePlan):
    """What would become of one post, or why it would not."""

    facts: PostFacts
    there: Position | None
    budget: PositionBudget | None = None

    @property
    def acts(self) -> bool:
        return self.there is None or bool(self.changes)

    @property
    def budgeted(self) -> bool:
        """Whether another budget begins."""
        new, old = self.facts.budget, self.budget.fte_hundredths if self.budget else None
        return new is not None and new != old


class _Known:
    """What rows of a file may name: units, scales with their grades, codes, posts."""

    def __init__(self, by: Actor, today: date) -> None:
        here = {"organisation_id": by.organisation_id}
        self.units = {unit.code: unit for unit in units(by.organisation_id, today)}
        self.scales: dict[str, PayScale] = {
            one.code: one for one in scales_of(here["organisation_id"])
        }
        points = PayPoint.objects.filter(**here).values_list("scale__code", "grade").distinct()
        self.grades = set(points)
        rows: Any = codes_of(by.organisation_id, today)
        self.codes: set[tuple[str, str]] = set(rows.values_list("of", "code"))
        posts = Position.objects.filter(**here).select_related("unit", "scale")
        self.posts = {post.code: post for post in posts}
        self.now_of = changed_grades(by.organisation_id, today)
        budgets = PositionBudget.objects.filter(**here).order_by("from_on")
        self.budgets = {one.position_id: one for one in budgets}


def plan_posts(*, wanted: Sequence[PostFacts], by: Actor, today: date) -> list[PlannedPost]:
    """What would become of each of these posts, in their order; nothing is changed."""
    require(by, KEEP_TERMS)
    return _planned(wanted, _Known(by, today), today)


def _planned(wanted: Sequence[PostFacts], known: _Known, today: date) -> list[PlannedPost]:
    plans, seen = [], set[str]()
    for one in wanted:
        post = known.posts.get(one.code)
        plan = PlannedPost(one, post, known.budgets.get(post.pk) if post else None)
        plan.check(HRR75, one.code not in seen, one.code)
        seen.add(one.code)
        _look_at_place(plan, known)
        _look_at_budget(plan, today)
        for name, code in zip(OF_POSTS, one.codes, strict=True):
            label = StandardCode.List(name).label
            plan.check(HRR70, not code or (name, code) in known.codes, f"{label} {code}")
        if post:
            plan.changes = _changes(plan, post, today)
        plans.append(plan)
    return plans


def _look_at_place(plan: PlannedPost, known: _Known) -> None:
    one, post = plan.facts, plan.there
    if post:
        stays = (post.unit.code, post.scale.code, known.now_of.get(post.pk, post.grade))
        plan.check(HRR73, stays == (one.unit, one.scale, one.grade), " ".join(stays))
        return
    plan.check(HRR71, one.unit in known.units, one.unit)
    plan.check(HRR72, one.scale in known.scales, one.scale)
    if one.scale in known.scales:
        plan.check(HRR06, (one.scale, one.grade) in known.grades, one.grade)


def _look_at_budget(plan: PlannedPost, today: date) -> None:
    one, last = plan.facts, plan.budget
    if plan.there is None:
        plan.check(HRR74, one.budget is not None and one.from_on)
    elif plan.budgeted and last:
        begins = one.from_on or today
        plan.check(
            HRR74, begins > last.from_on, f"The last one began on {short_day(last.from_on)}."
        )


def _changes(plan: PlannedPost, post: Position, today: date) -> list[tuple[str, str, str]]:
    one = plan.facts
    pairs = [("title", post.title, one.title)]
    pairs += [
        (StandardCode.List(name).label.lower(), getattr(post, name) or "none", code or "none")
        for name, code in zip(OF_POSTS, one.codes, strict=True)
    ]
    found = changed(*pairs)
    if plan.budgeted:
        before = _fte(plan.budget.fte_hundredths) if plan.budget else "none"
        begins = short_day(one.from_on or today)
        found.append(("budget", before, f"{_fte(one.budget or 0)} from {begins}"))
    return found


def _fte(hundredths: int) -> str:
    return f"{hundredths / HUNDRED:g}"


@transaction.atomic
def keep_posts(
    *, wanted: Sequence[PostFacts], reason: str, by: Actor, today: date
) -> list[PlannedPost]:
    """Adds the posts that are not there and changes those that are, all of them or none.

    HRR06, HRR70 to HRR75, the first that one of them meets. Events hr.position.added and
    hr.position.changed.
    """
    require(by, KEEP_TERMS)
    lock_terms(by=by)
    known = _Known(by, today)
    plans = _planned(wanted, known, today)
    for plan in plans:
        for refused in plan.refusals:
            raise refused
    new = [plan for plan in plans if plan.there is None]
    old = [plan for plan in plans if plan.there and plan.changes]
    added = _add(new, known, by, today)
    changed = [_coded(plan.there, plan.facts) for plan in old if plan.there]
    Position.objects.bulk_update(changed, ["title", *OF_POSTS], batch_size=500)
    _budget([plan for plan in old if plan.budgeted], today)
    record_each("hr.position.added", "hr.position", [
        (post.pk, {"post": str(post), "comment": reason,
                   "now": f"{plan.facts.unit}, {post.grade}, {_fte(plan.facts.budget or 0)}"})
        for plan, post in zip(new, added, strict=True)
    ], by=by)  # fmt: skip
    record_each("hr.position.changed", "hr.position", [
        (post.pk, {"post": str(post), "changes": plan.said(), "comment": reason})
        for plan, post in zip(old, changed, strict=True)
    ], by=by)  # fmt: skip
    return [*new, *old]


def _add(plans: Sequence[PlannedPost], known: _Known, by: Actor, today: date) -> list[Position]:
    made = []
    for plan in plans:
        one = plan.facts
        post = Position(
            organisation_id=by.organisation_id, code=one.code, unit=known.units[one.unit],
            scale=known.scales[one.scale], grade=one.grade,
        )  # fmt: skip
        made.append(_coded(post, one))
    Position.objects.bulk_create(made)
    PositionBudget.objects.bulk_create(
        _begun(plan, post, today) for plan, post in zip(plans, made, strict=True)
    )
    return made


def _coded(post: Position, one: PostFacts) -> Position:
    post.title = one.title
    for name, code in zip(OF_POSTS, one.codes, strict=True):
        setattr(post, name, code)
    return post


def _begun(plan: PlannedPost, post: Position, today: date) -> PositionBudget:
    return PositionBudget(
        organisation_id=post.organisation_id, position=post,
        fte_hundredths=plan.facts.budget or 0, from_on=plan.facts.from_on or today,
    )  # fmt: skip


def _budget(plans: Sequence[PlannedPost], today: date) -> None:
    """The budget of before ends on the day on which another begins."""
    begun = [_begun(plan, plan.there, today) for plan in plans if plan.there]
    ended = []
    for plan, new in zip(plans, begun, strict=True):
        if plan.budget:
            plan.budget.to_on = new.from_on
            ended.append(plan.budget)
    PositionBudget.objects.bulk_update(ended, ["to_on"], batch_size=500)
    PositionBudget.objects.bulk_create(begun)
