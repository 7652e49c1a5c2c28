"""Layouts of files that are known: given another name, or forgotten."""

from django.db import transaction

from core.actors import Actor, require
from core.errors import Clash
from events.services import record
from finance.models import ColumnMapping
from finance.permissions import KEEP_LAYOUTS


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
def retire_layout(*, number: int, reason: str, by: Actor) -> None:
    """The next file of the layout is asked about again; files that were read by it stay.

    Clash if it is gone. Event finance.layout.retired.
    """
    row = _locked(number, by)
    record("finance.layout.retired", row, by=by, name=row.name, comment=reason)
    row.delete()


def _locked(number: int, by: Actor) -> ColumnMapping:
    require(by, KEEP_LAYOUTS)
    rows = ColumnMapping.objects.select_for_update().filter(organisation_id=by.organisation_id)
    row: ColumnMapping | None = rows.filter(pk=number).first()
    if row is None:
        raise Clash()
    return row
