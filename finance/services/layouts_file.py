"""Layouts from a file, a column a row: all of them changed or ended together, with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from core.actors import Actor, require
from core.errors import Refused
from core.plans import Plan
from finance.models import ColumnMapping
from finance.permissions import KEEP_LAYOUTS
from finance.rules_files import FIL09, FIL11, FIL12
from finance.selectors.layouts import kind_of, layouts, version_on
from finance.services.layouts import change_layout, check_change, retire_layout


@dataclass(frozen=True)
class ColumnFacts:
    """One column of a layout from a day on; without a role, nothing is read from then on."""

    layout: int
    from_on: date | None
    place: int = 0
    role: str = ""


@dataclass
class PlannedColumn(Plan):
    """What would become of the layout of one row; all rows of a layout share its fate."""

    facts: ColumnFacts
    name: str
    acts: bool = False
    ends: bool = False


@dataclass
class _Group:
    """The rows of one layout."""

    layout: ColumnMapping | None
    rows: list[ColumnFacts]
    today: date

    @property
    def begins(self) -> date:
        return self.rows[0].from_on or self.today

    @property
    def columns(self) -> dict[str, int]:
        return {row.role: row.place for row in self.rows if row.role}

    @property
    def acts(self) -> bool:
        """Is it read otherwise on its day than these rows say?"""
        if self.layout is None:
            return True
        now = version_on(self.layout, self.begins)
        ended = now.until_on is not None and now.until_on <= self.begins
        if not self.columns:
            return not ended
        return ended or now.mapping[kind_of(now.mapping)] != self.columns

    def check(self) -> None:
        """The first rule that it breaks."""
        FIL11.check(self.layout)
        assert self.layout is not None
        once, days = {row.role for row in self.rows}, {row.from_on for row in self.rows}
        FIL12.check(len(once) == len(self.rows) and len(days) == 1)
        FIL12.check("" not in once or not self.columns)
        FIL09.check(self.begins >= self.today)
        if self.columns:
            check_change(self.layout, self.columns, self.begins, self.today)


def plan_layouts(*, wanted: Sequence[ColumnFacts], by: Actor, today: date) -> list[PlannedColumn]:
    """What would become of the layout of each of these columns, in order; nothing is changed.

    A layout that is read so on its day already stays as it is.
    """
    groups = _groups(wanted, by, today)
    refusals: dict[int, list[Refused]] = {}
    for number, group in groups.items():
        try:
            if group.acts:
                group.check()
        except Refused as refused:
            refusals[number] = [refused]
    return [
        PlannedColumn(
            one,
            group.layout.name if (group := groups[one.layout]).layout else str(one.layout),
            acts=group.acts,
            ends=not group.columns,
            refusals=refusals.get(one.layout, []),
        )
        for one in wanted
    ]


@transaction.atomic
def keep_layouts(*, wanted: Sequence[ColumnFacts], reason: str, by: Actor, today: date) -> None:
    """Changes or ends those of these layouts that are read otherwise, all of them or none.

    As `change_layout` and `retire_layout`, one by one: a file holds at most some hundred layouts.
    """
    for number, group in _groups(wanted, by, today).items():
        if not group.acts:
            continue
        group.check()
        given: dict[str, Any] = {
            "number": number,
            "from_on": group.begins,
            "reason": reason,
            "by": by,
        }
        if group.columns:
            change_layout(columns=group.columns, today=today, **given)
        else:
            retire_layout(today=today, **given)


def _groups(wanted: Sequence[ColumnFacts], by: Actor, today: date) -> dict[int, _Group]:
    require(by, KEEP_LAYOUTS)
    numbers = {one.layout for one in wanted}
    known = {row.pk: row for row in layouts(by.organisation_id).filter(pk__in=numbers)}
    groups: dict[int, _Group] = {}
    for one in wanted:
        groups.setdefault(one.layout, _Group(known.get(one.layout), [], today)).rows.append(one)
    return groups
