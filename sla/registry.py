"""Base measures and live indicators: each app declares its own, `sla` computes them all.

A `Source` is one scan of an app's rows, each with the first day of its month; a `BaseMeasure` is an
aggregate over those rows. Numerator and denominator of an indicator are named base measures.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any


class MeasureUnit(StrEnum):
    """What the whole number of a base measure counts."""

    COUNT = "count"
    PENCE = "pence"
    DAYS = "days"


class Kind(StrEnum):
    """A KPI can have a target; a KAI is a volume and is never coloured; an input KPI is the
    partner's own part of the work."""

    KPI = "KPI"
    KAI = "KAI"
    INPUT = "Input KPI"


@dataclass(frozen=True)
class RowsLink:
    """The list on which the rows behind a figure can be seen, for holders of `permission`."""

    label: str
    permission: str
    url: Callable[[str, date], str]


@dataclass(frozen=True)
class Source:
    """Rows of one organisation: SQL with %(organisation)s, %(first)s and %(until)s.

    Every row has `month` (first day) inside the half-open range; `parted` sources have a text
    column `part` too. `parameters` gives further named values. A `late` source reads values of
    other measures, so it is computed after them.
    """

    key: str
    sql: str
    parted: bool = False
    parameters: Callable[[], Mapping[str, Any]] = dict
    rows: RowsLink | None = None
    late: bool = False


@dataclass(frozen=True)
class BaseMeasure:
    """A whole number per organisation and month: the aggregate `sql` over the rows of `source`."""

    key: str
    label: str
    unit: MeasureUnit
    source: Source
    sql: str


@dataclass(frozen=True)
class Live:
    """Which base measures feed an indicator. Value = numerator / denominator x factor.

    Without a denominator it is the numerator x factor. `missing` says in words why there is no
    value when the denominator is nothing. `name` to `frequency` are only for indicators that the
    catalogue file does not define. `board` is the place on the board, 0 for none; `board_of` the
    kinds of organisation whose board it is for, empty for all.
    """

    code: str
    kind: Kind
    numerator: str
    denominator: str = ""
    factor: Decimal = Decimal(100)
    missing: str = "There is nothing to measure in this month."
    board: int = 0
    board_of: tuple[str, ...] = ()
    name: str = ""
    function: str = ""
    formula: str = ""
    unit: str = "%"
    polarity: str = "context"
    frequency: str = "monthly"


MEASURES: dict[str, BaseMeasure] = {}
LIVE: dict[str, Live] = {}
NOT_LIVE: dict[str, str] = {}


def register(*measures: BaseMeasure) -> None:
    """Adds base measures. ValueError when a key is declared twice with another meaning."""
    for measure in measures:
        if MEASURES.setdefault(measure.key, measure) != measure:
            raise ValueError(f"The base measure {measure.key} is declared twice.")


def make_live(*indicators: Live) -> None:
    """Adds live indicators. ValueError when a base measure of one is not declared."""
    for live in indicators:
        for key in filter(None, (live.numerator, live.denominator)):
            if key not in MEASURES:
                raise ValueError(
                    f"{live.code} needs the base measure {key}, which nobody declared."
                )
        LIVE[live.code] = live


def explain(**reasons: str) -> None:
    """Says why indicators are not live; hyphens of a code are written as underscores."""
    NOT_LIVE.update({code.replace("_", "-"): words for code, words in reasons.items()})


def sources() -> dict[str, Source]:
    """The sources of all base measures, by key."""
    return {measure.source.key: measure.source for measure in MEASURES.values()}


def measures_of(source: str) -> list[BaseMeasure]:
    """The base measures over one source, in order of declaration."""
    return [measure for measure in MEASURES.values() if measure.source.key == source]
