"""Reading the published comparison, and the peers who agreed to be named."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db import connection
from django.db.models import QuerySet

from benchmarking.models import BenchmarkCell, BoardPack
from benchmarking.statistics import Disclosure
from sla.models import Indicator

# With one or two nameless contributors left, the published figures would give them away.
FEWEST_NAMELESS = 3


@dataclass(frozen=True)
class NamedPeer:
    """A peer's value, shown because both sides agreed."""

    name: str
    value: Fraction


def cells_of(month: date, codes: Collection[str]) -> dict[str, BenchmarkCell]:
    """The published cells of a month by indicator."""
    rows = BenchmarkCell.objects.filter(month=month, indicator_code__in=list(codes))
    return {row.indicator_code: row for row in rows}


def named_peers(
    indicators: Sequence[Indicator], month: date, cells: dict[str, BenchmarkCell]
) -> dict[str, list[NamedPeer]]:
    """Named peers by indicator for the acting organisation; none unless it agreed itself.

    Names are left out where they would leave one or two contributors nameless.
    """
    keys = sorted({key for row in indicators for key in (row.numerator, row.denominator)})
    values: dict[int, dict[str, int]] = {}
    names: dict[int, str] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organisation_id, name, measure, value FROM ctx.named_peers(%s, %s)",
            [keys, month],
        )
        for organisation_id, name, measure, value in cursor.fetchall():
            names[organisation_id] = name
            values.setdefault(organisation_id, {})[measure] = value
    return {row.code: _peers(row, names, values, cells.get(row.code)) for row in indicators}


def _peers(
    indicator: Indicator,
    names: dict[int, str],
    values: dict[int, dict[str, int]],
    cell: BenchmarkCell | None,
) -> list[NamedPeer]:
    factor = Fraction(indicator.factor)
    peers = [
        NamedPeer(names[place], Fraction(found.get(indicator.numerator, 0), bottom) * factor)
        for place, found in values.items()
        if (bottom := found.get(indicator.denominator))
    ]
    if cell is None or cell.disclosure == Disclosure.NOTHING:
        return peers
    nameless = cell.contributors - 1 - len(peers)
    return peers if nameless <= 0 or nameless >= FEWEST_NAMELESS else []


def packs_of(organisation_id: int) -> QuerySet[BoardPack]:
    """The packs of an organisation without their bytes, newest months and versions first."""
    rows = BoardPack.objects.filter(organisation_id=organisation_id)
    return rows.defer("content").order_by("-month", "-version")


def pack_of(organisation_id: int, month: date, version: int | None = None) -> BoardPack | None:
    """The newest pack of a month, or a version of it, without its bytes."""
    rows = packs_of(organisation_id).filter(month=month)
    return (rows.filter(version=version) if version else rows).first()
