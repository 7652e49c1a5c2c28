"""Layouts from a file, a column a row: all added, changed or ended together, with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from core.actors import Actor, require
from core.errors import Refused
from core.plans import Plan
from finance.models import ColumnMapping, LayoutVersion
from finance.permissions import KEEP_LAYOUTS
from finance.rules_files import FIL09, FIL11, FIL12, FIL13, FIL14
from finance.selectors.layouts import kind_of, layouts, version_on
from finance.services.layouts import (
    NewLayout,
    add_layout,
    change_layout,
    check_change,
    check_new,
    retire_layout,
)


@dataclass(frozen=True)
class ColumnFacts:
    """One column of a layout from a day on; without a role, nothing is read from then on.

    A layout that is not there yet has no number, and each of its columns a heading.
    """

    layout: int
    from_on: date | None
    place: int = 0
    role: str = ""
    name: str = ""
    kind: str = ""
    heading: str = ""

    @property
    def key(self) -> tuple[int, str]:
        """What the rows of one layout have in common."""
        return self.layout, "" if self.layout else self.name.casefold()


@dataclass
class PlannedColumn(Plan):
    """What would become of the layout of one row; all rows of a layout share its fate."""

    facts: ColumnFacts
    name: str
    acts: bool = False
    ends: bool = False
    adds: bool = False


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
    def _now(self) -> LayoutVersion:
        assert self.layout is not None
        return version_on(self.layout, self.begins)

    @property
    def acts(self) -> bool:
        """Is it read otherwise on its day than these rows say?"""
        if self.layout is None:
            return True
        now = self._now
        ended = now.until_on is not None and now.until_on <= self.begins
        if not self.columns:
            return not ended
        return ended or now.mapping[kind_of(now.mapping)] != self.columns

    @property
    def adds(self) -> bool:
        return not self.rows[0].layout

    @property
    def new(self) -> NewLayout:
        """What the rows of a layout that is not there say."""
        headings = {row.place: row.heading for row in self.rows}
        width = max(headings) + 1
        named = tuple(headings.get(place, "") for place in range(width))
        return NewLayout(self.rows[0].kind, self.rows[0].name, named, self.columns)

    def check(self, by: Actor) -> None:
        """The first rule that it breaks."""
        if self.adds:
            self._check_new(by)
            return
        FIL11.check(self.layout)
        assert self.layout is not None
        once = {row.role for row in self.rows}
        FIL12.check(len(once) == len(self.rows) and self._agrees())
        FIL12.check("" not in once or not self.columns)
        FIL12.check({row.kind for row in self.rows} <= {"", kind_of(self._now.mapping)})
        FIL09.check(self.begins >= self.today)
        if self.columns:
            check_change(self.layout, self.columns, self.begins, self.today)

    def _check_new(self, by: Actor) -> None:
        whole = all(row.name and row.kind and row.heading for row in self.rows)
        FIL13.check(whole)
        read = [row for row in self.rows if row.role]
        places = {row.place for row in self.rows}
        FIL12.check(len(places) == len(self.rows) and len(self.columns) == len(read))
        FIL12.check(self._agrees())
        check_new(new=self.new, from_on=self.begins, by=by, today=self.today)

    def _agrees(self) -> bool:
        """Do all rows say one day and one kind?"""
        return len({(row.from_on, row.kind) for row in self.rows}) == 1


def plan_layouts(*, wanted: Sequence[ColumnFacts], by: Actor, today: date) -> list[PlannedColumn]:
    """What would become of the layout of each of these columns, in order; nothing is changed.

    A layout that is read so on its day already stays as it is.
    """
    groups = _groups(wanted, by, today)
    refusals: dict[tuple[int, str], list[Refused]] = {}
    added = set[str]()
    for key, group in groups.items():
        try:
            if group.acts:
                group.check(by)
            if group.adds:
                FIL14.check(group.new.signature not in added, "It is in this file twice.")
                added.add(group.new.signature)
        except Refused as refused:
            refusals[key] = [refused]
    return [
        PlannedColumn(
            one,
            group.layout.name if (group := groups[one.key]).layout else one.name or str(one.layout),
            acts=group.acts,
            ends=not group.columns,
            adds=group.adds,
            refusals=refusals.get(one.key, []),
        )
        for one in wanted
    ]


@transaction.atomic
def keep_layouts(*, wanted: Sequence[ColumnFacts], reason: str, by: Actor, today: date) -> None:
    """Adds those of these layouts that are not there, and changes or ends those that are read
    otherwise, all of them or none.

    As `add_layout`, `change_layout` and `retire_layout`, one by one: a file holds at most some
    hundred layouts.
    """
    for (number, _), group in _groups(wanted, by, today).items():
        if not group.acts:
            continue
        group.check(by)
        given: dict[str, Any] = {"from_on": group.begins, "reason": reason, "by": by}
        given["today"] = today
        if group.adds:
            add_layout(new=group.new, **given)
        elif group.columns:
            change_layout(number=number, columns=group.columns, **given)
        else:
            retire_layout(number=number, **given)


def _groups(wanted: Sequence[ColumnFacts], by: Actor, today: date) -> dict[tuple[int, str], _Group]:
    require(by, KEEP_LAYOUTS)
    numbers = {one.layout for one in wanted}
    known = {row.pk: row for row in layouts(by.organisation_id).filter(pk__in=numbers)}
    groups: dict[tuple[int, str], _Group] = {}
    for one in wanted:
        groups.setdefault(one.key, _Group(known.get(one.layout), [], today)).rows.append(one)
    return groups
