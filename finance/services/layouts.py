"""Layouts of files that are known: how each is read from a day on, its name, and its end.

What was read by an earlier version stays, and names its columns itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Min, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from core.actors import Actor, require
from core.errors import Clash
from core.templatetags.web import day
from events.services import record
from finance.models import ColumnMapping, LayoutVersion
from finance.permissions import KEEP_LAYOUTS
from finance.reading.bank_csv import missing_roles as missing_of_bank
from finance.reading.mapping import missing_of_table
from finance.reading.supplier_statement import missing_roles as missing_of_supplier
from finance.rules_files import FIL09, FIL10, FIL14
from finance.selectors.layouts import (
    BANK,
    SUPPLIER,
    TABLE,
    WORDS,
    columns_said,
    in_force,
    kind_of,
    signature_of,
    version_on,
)

MOST_COLUMNS = 500
MISSING = {BANK: missing_of_bank, SUPPLIER: missing_of_supplier, TABLE: missing_of_table}


def keep_layout(*, signature: str, name: str, mapping: Mapping[str, Any], by: Actor) -> None:
    """Files with these headings are read so from today on, as somebody confirmed for one of them.

    Nothing happens if they are already. Event finance.layout.confirmed. The caller has asked for
    the right to load such files.
    """
    here, now = by.organisation_id, timezone.now()
    layout, _ = ColumnMapping.objects.get_or_create(
        organisation_id=here,
        signature=signature,
        defaults={"name": name[:120], "made_by_name": by.name, "made_at": now},
    )
    ColumnMapping.objects.select_for_update().get(organisation_id=here, pk=layout.pk)
    today, kind = timezone.localdate(now), kind_of(mapping)
    before = _versions(layout).filter(in_force(today)).first()
    if before is None or before.mapping.get(kind) != mapping[kind]:
        _begin(layout, dict(mapping), today, by)
        said: dict[str, Any] = {"columns": columns_said(mapping), "file": name}
        record("finance.layout.confirmed", layout, by=by, **said)


@dataclass(frozen=True)
class NewLayout:
    """Files of a kind with these headings from the left, and what columns of them (from 0) hold."""

    kind: str
    name: str
    headings: tuple[str, ...]
    columns: dict[str, int]

    @property
    def signature(self) -> str:
        """By which such files are known again."""
        return signature_of(self.kind, self.headings)


@transaction.atomic
def add_layout(
    *, new: NewLayout, from_on: date, reason: str, by: Actor, today: date
) -> ColumnMapping:
    """Files that nobody has sent yet are read so from a day on.

    FIL09 for a day that has passed, FIL10 for columns by which nothing could be read, FIL14 where
    such files are known. Event finance.layout.added.
    """
    check_new(new=new, from_on=from_on, by=by, today=today)
    row, made = ColumnMapping.objects.get_or_create(
        organisation_id=by.organisation_id,
        signature=new.signature,
        defaults={"name": new.name, "made_by_name": by.name, "made_at": timezone.now()},
    )
    FIL14.check(made)
    version = _begin(row, {"headers": new.headings, new.kind: new.columns}, from_on, by)
    said: dict[str, Any] = {"name": new.name, "columns": columns_said(version.mapping)}
    record("finance.layout.added", row, by=by, from_on=day(from_on), comment=reason, **said)
    return row


def check_new(*, new: NewLayout, from_on: date, by: Actor, today: date) -> None:
    """FIL09, FIL10 and FIL14, as `add_layout` has them."""
    require(by, KEEP_LAYOUTS)
    FIL09.check(from_on >= today)
    _check_columns(new.kind, new.columns, len(new.headings))
    known = ColumnMapping.objects.filter(organisation_id=by.organisation_id)
    there = known.filter(signature=new.signature).values_list("pk", flat=True).first()
    FIL14.check(there is None, f"It is number {there}.")


@transaction.atomic
def change_layout(
    *, number: int, columns: Mapping[str, int], from_on: date, reason: str, by: Actor, today: date
) -> LayoutVersion:
    """Files of the layout are read by other columns (role to place from 0) from a day on.

    FIL09 for a day that has passed, FIL10 for columns by which nothing could be read, Clash if it
    is gone. Event finance.layout.changed.
    """
    layout = _locked(number, by)
    check_change(layout, columns, from_on, today)
    row = _begin(layout, _changed(layout, columns, from_on), from_on, by)
    said: dict[str, Any] = {
        "from_on": day(from_on),
        "columns": columns_said(row.mapping),
        "comment": reason,
    }
    record("finance.layout.changed", layout, by=by, **said)
    return row


def _changed(layout: ColumnMapping, columns: Mapping[str, int], on: date) -> dict[str, Any]:
    """The mapping of a day with other columns; what was guessed of it stands no more."""
    before = version_on(layout, on).mapping
    kept = {"headers": before["headers"]} if "headers" in before else {}
    return {**kept, kind_of(before): dict(columns)}


def check_change(
    layout: ColumnMapping, columns: Mapping[str, int], from_on: date, today: date
) -> None:
    """FIL09 and FIL10, as `change_layout` has them."""
    FIL09.check(from_on >= today)
    before = version_on(layout, from_on).mapping
    _check_columns(kind_of(before), columns, len(before.get("headers", ())) or MOST_COLUMNS)


def _check_columns(kind: str, columns: Mapping[str, int], width: int) -> None:
    unknown = sorted(set(columns) - set(WORDS[kind]))
    FIL10.check(not unknown, f"Not known here: {', '.join(unknown)}.")
    FIL10.check(len(set(columns.values())) == len(columns), "A column is named twice.")
    FIL10.check(max(columns.values(), default=0) < width, f"Its files have {width} columns.")
    missing = MISSING[kind](columns)
    FIL10.check(not missing, f"Say which column holds {' and '.join(missing)}.")


@transaction.atomic
def rename_layout(*, number: int, name: str, reason: str, by: Actor) -> ColumnMapping:
    """The layout bears another name; Clash if it is gone. Event finance.layout.renamed."""
    row = _locked(number, by)
    before, row.name = row.name, " ".join(name.split())
    if row.name != before:
        row.save(update_fields=["name"])
        record("finance.layout.renamed", row, by=by, before=before, name=row.name, comment=reason)
    return row


@transaction.atomic
def retire_layout(*, number: int, from_on: date, reason: str, by: Actor, today: date) -> None:
    """From a day on files of the layout are asked about again; what was read by it stays.

    What was to come later ends with it. FIL09 for a day that has passed, Clash if it has ended by
    then. Event finance.layout.retired.
    """
    row = _locked(number, by)
    FIL09.check(from_on >= today)
    ending = _versions(row).filter(Q(until_on__isnull=True) | Q(until_on__gt=from_on))
    if not ending.update(until_on=Greatest("from_on", from_on)):
        raise Clash()
    said: dict[str, Any] = {"name": row.name, "from_on": day(from_on), "comment": reason}
    record("finance.layout.retired", row, by=by, **said)


def _versions(layout: ColumnMapping) -> Any:
    return LayoutVersion.objects.filter(organisation_id=layout.organisation_id, layout_id=layout.pk)


def _begin(layout: ColumnMapping, mapping: dict[str, Any], on: date, by: Actor) -> LayoutVersion:
    """Another version from a day until where the one of that day would have ended."""
    before = _versions(layout).filter(in_force(on)).first()
    if before is None:
        until = _versions(layout).filter(from_on__gt=on).aggregate(next=Min("from_on"))["next"]
    else:
        until = before.until_on
        _versions(layout).filter(pk=before.pk).update(until_on=on)
    row: LayoutVersion = LayoutVersion.objects.create(
        organisation_id=layout.organisation_id,
        layout=layout,
        from_on=on,
        until_on=until,
        mapping=mapping,
        made_by_name=by.name,
        made_at=timezone.now(),
    )
    return row


def _locked(number: int, by: Actor) -> ColumnMapping:
    require(by, KEEP_LAYOUTS)
    rows = ColumnMapping.objects.select_for_update().filter(organisation_id=by.organisation_id)
    row: ColumnMapping | None = rows.filter(pk=number).first()
    if row is None:
        raise Clash()
    return row
