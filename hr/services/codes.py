"""Lists of codes that an employer reports by, kept from files: in one act, with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from core.actors import Actor, require
from core.plans import ChangePlan, changed
from core.templatetags.web import day
from events.services import record_each
from hr.models import StandardCode
from hr.permissions import KEEP_TERMS
from hr.rules import HRR75, HRR76
from hr.services.terms import lock_terms

Key = tuple[str, str]


@dataclass(frozen=True)
class CodeFacts:
    """A code of a list as it is to be: given from `since` up to but not including `until`."""

    of: str
    code: str
    name: str
    standard: str
    since: date | None = None
    until: date | None = None

    @property
    def key(self) -> Key:
        return self.of, self.code


@dataclass
class PlannedCode(ChangePlan):
    """What would become of one code, or why it would not."""

    facts: CodeFacts
    there: StandardCode | None

    @property
    def acts(self) -> bool:
        return self.there is None or bool(self.changes)


def plan_codes(*, wanted: Sequence[CodeFacts], by: Actor, today: date) -> list[PlannedCode]:
    """What would become of each of these codes, in their order; nothing is changed."""
    require(by, KEEP_TERMS)
    rows = StandardCode.objects.filter(organisation_id=by.organisation_id)
    there = {(row.of, row.code): row for row in rows}
    plans, seen = [], set[Key]()
    for one in wanted:
        plan = PlannedCode(one, there.get(one.key))
        plan.check(HRR75, one.key not in seen, one.code)
        seen.add(one.key)
        since = one.since or (plan.there.from_on if plan.there else None)
        plan.check(HRR76, since and (one.until is None or one.until > since), one.code)
        if plan.there:
            plan.changes = _changes(plan.there, one)
        plans.append(plan)
    return plans


def _changes(old: StandardCode, new: CodeFacts) -> list[tuple[str, str, str]]:
    pairs = (
        ("name", old.name, new.name),
        ("standard", old.standard, new.standard),
        ("first day", day(old.from_on), day(new.since or old.from_on)),
        ("given until before", day(old.to_on) or "no end", day(new.until) or "no end"),
    )
    return changed(*pairs)


@transaction.atomic
def keep_codes(
    *, wanted: Sequence[CodeFacts], reason: str, by: Actor, today: date
) -> list[PlannedCode]:
    """Adds the codes that are not there and changes those that are, all of them or none.

    HRR75 and HRR76, the first that one of them meets. Events hr.code.added and hr.code.changed.
    """
    require(by, KEEP_TERMS)
    lock_terms(by=by)
    plans = plan_codes(wanted=wanted, by=by, today=today)
    for plan in plans:
        for refused in plan.refusals:
            raise refused
    new = [plan for plan in plans if plan.there is None]
    old = [plan for plan in plans if plan.there and plan.changes]
    made = [_written(plan.facts, StandardCode(organisation_id=by.organisation_id)) for plan in new]
    kept = [_written(plan.facts, plan.there) for plan in old if plan.there]
    StandardCode.objects.bulk_create(made)
    fields = ["name", "standard", "from_on", "to_on"]
    StandardCode.objects.bulk_update(kept, fields, batch_size=500)
    record_each("hr.code.added", "hr.code", [
        (row.pk, {"code": str(row), "now": row.name, "comment": reason}) for row in made
    ], by=by)  # fmt: skip
    record_each("hr.code.changed", "hr.code", [
        (row.pk, {"code": str(row), "changes": plan.said(), "comment": reason})
        for plan, row in zip(old, kept, strict=True)
    ], by=by)  # fmt: skip
    return [*new, *old]


def _written(one: CodeFacts, row: StandardCode) -> StandardCode:
    row.of, row.code, row.name, row.standard = one.of, one.code, one.name, one.standard
    row.from_on, row.to_on = one.since or row.from_on, one.until
    return row
