"""Bands of amounts and the steps within them, as routes hold them; how long a step may wait."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from approvals.authority import deciding_roles
from approvals.models import Route
from approvals.rules import APR06, APR09


class Band(NamedTuple):
    """`role` decides on amounts from `from_pence` up to, not including, `to_pence`.

    Bands of the same amounts are steps: those with one number go side by side, lower ones first.
    """

    from_pence: int
    to_pence: int | None
    role: str
    number: int = 1
    escalates_to: str = ""


class Patience(NamedTuple):
    """Minutes of working time until a step is reminded of, and until those above are asked."""

    remind: int = 8 * 60
    escalate: int = 16 * 60


def banded(steps: Iterable[tuple[int, str, int, str]]) -> list[Band]:
    """Steps given as (first amount, role, number, when late): a band ends where the next begins."""
    rows = list(steps)
    starts = sorted({low for low, *_ in rows})
    ends = dict(zip(starts, [*starts[1:], None], strict=True))
    return [Band(low, ends[low], role, number, late) for low, role, number, late in rows]


def bands_of(route: Route) -> list[Band]:
    """The steps of a route in their order."""
    rows = sorted(route.steps.all(), key=lambda one: (one.from_pence, one.number, one.role))
    return [
        Band(one.from_pence, one.to_pence, one.role, one.number, one.escalates_to) for one in rows
    ]


def patience_of(route: Route) -> Patience:
    """How long its steps may wait."""
    return Patience(route.remind_minutes, route.escalate_minutes)


def check_bands(ordered: Sequence[Band]) -> None:
    """APR06 and APR09: no gap, no overlap, steps numbered from one, each role once in a band."""
    edges = sorted({(band.from_pence, band.to_pence) for band in ordered}, key=lambda e: e[0])
    APR06.check([0, *(top for _, top in edges)] == [*(low for low, _ in edges), None])
    for low, top in edges:
        within = [band for band in ordered if band[:2] == (low, top)]
        numbers = {band.number for band in within}
        APR06.check(numbers == set(range(1, len(numbers) + 1)))
        APR06.check(len({band.role for band in within}) == len(within))
    named: Iterable[str] = {r for band in ordered for r in (band.role, band.escalates_to)}
    APR09.check(set(named) - {""} <= set(deciding_roles()))
