"""Lists of codes that an employer reports by, kept from files: in one act, with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from core.actors import Actor, require
from core.errors import Refused
from core.rules import Rule
from core.templatetags.web import day
from events.services import record_each
from hr.models import StandardCode
from hr.permissions import KEEP_TERMS
from hr.rules import HRR75, HRR76

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
class PlannedCode:
    """What would become of one code, or why it would not."""

    facts: CodeFacts
    there: StandardCode | None
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    refusals: list[Refused] = field(default_factory=list)

    @property
    def acts(self) -> bool:
        return self.there is None or bool(self.changes)

    @property
    def made(self) -> StandardCode:
        """The row as it is to be."""
        one, row = self.facts, self.there or StandardCode()
        row.of, row.code, row.name, row.standard = one.of, one.code, one.name, one.standard
        row.from_on = one.since or row.from_on
        row.to_on = one.until
        return row

    def said(self) -> str:
        """The changes in words."""
        return "; ".join(f"{what} before: {old}, now: {new}" for what, old, new in self.changes)

    def check(self, rule: type[Rule], holds: object, detail: str = "") -> None:
        if not holds:
            self.refusals.append(rule.refuse(detail))


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
    return [(what, before, now) for what, before, now in pairs if before != now]


@transaction.atomic
def keep_codes(
    *, wanted: Sequence[CodeFacts], reason: str, by: Actor, today: date
) -> list[PlannedCode]:
    """Adds the codes that are not there and changes those that are, all of them or none.

    HRR75 and HRR76, the first that one of them meets. Events hr.code.added and hr.code.changed.
    """
    plans = plan_codes(wanted=wanted, by=by, today=today)
    for plan in plans:
        for refused in plan.refusals:
            raise refused
    new = [plan for plan in plans if plan.there is None]
    old = [plan for plan in plans if plan.there and plan.changes]
    made = [plan.made for plan in new]
    for row in made:
        row.organisation_id = by.organisation_id
    StandardCode.objects.bulk_create(made)
    fields = ["name", "standard", "from_on", "to_on"]
    StandardCode.objects.bulk_update([plan.made for plan in old], fields, batch_size=500)
    record_each("hr.code.added", "hr.code", [
        (row.pk, {"code": str(row), "now": row.name, "comment": reason}) for row in made
    ], by=by)  # fmt: skip
    record_each("hr.code.changed", "hr.code", [
        (plan.made.pk, {"code": str(plan.made), "changes": plan.said(), "comment": reason})
        for plan in old
    ], by=by)  # fmt: skip
    return [*new, *old]
