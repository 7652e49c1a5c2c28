"""Layouts of files whose columns somebody confirmed, so that nobody is asked again."""

from dataclasses import dataclass

from django.db.models import QuerySet

from core.errors import NotFound
from core.unreadable import column_letter
from events.selectors import Entry, timeline_of
from finance.models import ColumnMapping
from finance.reading import ROLES
from finance.reading.bank_csv import BANK_ROLES
from finance.reading.supplier_statement import STATEMENT_ROLES

LAYOUT = "finance.layout"
BANK, SUPPLIER = "bank", "supplier"
KINDS = {BANK: "Statements of the bank", SUPPLIER: "Statements of suppliers"}
WORDS = {BANK: BANK_ROLES, SUPPLIER: STATEMENT_ROLES}


@dataclass(frozen=True)
class Mapped:
    """A column of a layout: its letter, its heading where that was kept, and what it holds."""

    letter: str
    heading: str
    holds: str


def layouts(organisation_id: int, *, text: str = "") -> QuerySet[ColumnMapping]:
    """The layouts that are known there, by name."""
    found = ColumnMapping.objects.filter(organisation_id=organisation_id)
    if text:
        found = found.filter(name__icontains=text)
    return found.order_by("name", "pk")


def layout_here(organisation_id: int, number: int) -> ColumnMapping:
    """One of them. NotFound unless there is one."""
    found = layouts(organisation_id).filter(pk=number).first()
    if found is None:
        raise NotFound()
    return found


def kind_of(row: ColumnMapping) -> str:
    """What files of this layout hold."""
    return next((label for kind, label in KINDS.items() if kind in row.mapping),
                "Payments and invoices")  # fmt: skip


def columns_of(row: ColumnMapping) -> list[Mapped]:
    """The columns that are read, from the left."""
    kind = next((kind for kind in KINDS if kind in row.mapping), "")
    columns = row.mapping[kind or "columns"]
    words = WORDS.get(kind, ROLES)
    headings = row.mapping.get("headers", [])
    return [
        Mapped(column_letter(place), headings[place] if place < len(headings) else "",
               words.get(role, role))
        for role, place in sorted(columns.items(), key=lambda pair: pair[1])
    ]  # fmt: skip


def history_of_layout(row: ColumnMapping) -> list[Entry]:
    """What was done to the layout, by whom and why, newest first."""
    return timeline_of(row.organisation_id, LAYOUT, row.pk)
