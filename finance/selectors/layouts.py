"""Layouts of files whose columns somebody confirmed, so that nobody is asked again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from core.errors import NotFound
from core.unreadable import column_letter
from events.selectors import Entry, timeline_of
from finance.models import ColumnMapping, LayoutVersion
from finance.reading import ROLES, header_signature
from finance.reading.bank_csv import BANK_ROLES
from finance.reading.bank_csv import Layout as BankLayout
from finance.reading.supplier_statement import STATEMENT_ROLES
from finance.reading.supplier_statement import Layout as StatementLayout

LAYOUT = "finance.layout"
# What files of a layout hold, by the key under which its columns stand.
TABLE, BANK, SUPPLIER = "columns", "bank", "supplier"
KINDS = {
    BANK: "Statements of the bank",
    SUPPLIER: "Statements of suppliers",
    TABLE: "Payments and invoices",
}
WORDS: dict[str, dict[str, str]] = {
    BANK: BANK_ROLES,
    SUPPLIER: STATEMENT_ROLES,
    TABLE: ROLES,
}


@dataclass(frozen=True)
class Mapped:
    """A column of a layout: its letter, its heading where that was kept, and what it holds."""

    letter: str
    heading: str
    holds: str
    role: str


def signature_of(kind: str, headings: Sequence[str]) -> str:
    """By which files of a kind with these headings are known again."""
    if kind == TABLE:
        return header_signature(headings)
    layout = BankLayout if kind == BANK else StatementLayout
    return layout(0, tuple(headings), {}).signature


def kind_of(mapping: Mapping[str, Any]) -> str:
    """The key under which the columns of a mapping stand."""
    return next(kind for kind in KINDS if kind in mapping)


def columns_of(mapping: Mapping[str, Any]) -> list[Mapped]:
    """The columns that are read, from the left."""
    kind, headings = kind_of(mapping), mapping.get("headers", [])
    return [
        Mapped(column_letter(place), headings[place] if place < len(headings) else "",
               WORDS[kind].get(role, role), role)
        for role, place in sorted(mapping[kind].items(), key=lambda pair: pair[1])
    ]  # fmt: skip


def columns_said(mapping: Mapping[str, Any]) -> str:
    """«B the name of the supplier, C the date of payment»."""
    return ", ".join(f"{one.letter} {one.holds}" for one in columns_of(mapping))


def in_force(on: date) -> Q:
    """The versions by which files are read on a day."""
    return Q(from_on__lte=on) & (Q(until_on__isnull=True) | Q(until_on__gt=on))


def columns_before(
    organisation_id: int, signature: str, *, kind: str, on: date
) -> dict[str, Any] | None:
    """How files with these headings are read on a day, if somebody has said so."""
    found = LayoutVersion.objects.filter(
        in_force(on),
        organisation_id=organisation_id,
        layout__signature=signature,
        mapping__has_key=kind,
    ).first()
    return found.mapping if found else None


def any_layout(organisation_id: int, *, kind: str) -> bool:
    """Is any layout of the kind known there?"""
    rows = LayoutVersion.objects.filter(organisation_id=organisation_id, mapping__has_key=kind)
    return rows.exists()


def layouts(organisation_id: int, *, text: str = "") -> QuerySet[ColumnMapping]:
    """The layouts that are or were known there, by name, with their versions, newest first."""
    versions = LayoutVersion.objects.filter(organisation_id=organisation_id)
    found = ColumnMapping.objects.filter(organisation_id=organisation_id)
    if text:
        found = found.filter(name__icontains=text)
    newest = Prefetch("versions", versions.order_by("-from_on", "-pk"))
    return found.prefetch_related(newest).order_by("name", "pk")


def layout_here(organisation_id: int, number: int) -> ColumnMapping:
    """One of them. NotFound unless there is one."""
    found = layouts(organisation_id).filter(pk=number).first()
    if found is None:
        raise NotFound()
    return found


def version_on(layout: ColumnMapping, on: date) -> LayoutVersion:
    """The one in force on a day, else the latest of before, else the first to come."""
    newest: list[LayoutVersion] = list(layout.versions.all())
    begun = [row for row in newest if row.from_on <= on]
    open_then = [row for row in begun if row.until_on is None or row.until_on > on]
    return [*open_then, *begun, newest[-1]][0]


def history_of_layout(row: ColumnMapping) -> list[Entry]:
    """What was done to the layout, by whom and why, newest first."""
    return timeline_of(row.organisation_id, LAYOUT, row.pk)
