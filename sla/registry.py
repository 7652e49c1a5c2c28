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

from django.db.models import QuerySet

from core.actors import Actor


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
    """The list on which the rows behind a figure can be seen, for holders of `permission`.

    Rows that are a registered `subject` can be opened one by one: `column` is the date that puts
    one into its month, `beneath` gives those of a month as far as the actor sees them.
    """

    label: str
    permission: str
    url: Callable[[str, date], str]
    subject: str = ""
    column: str = ""
    beneath: Callable[[Actor, date], QuerySet[Any]] | None = None


@dataclass(frozen=True)
class Source:
    """Rows of one organisation: SQL with %(organisation)s, %(first)s and %(until)s.

    Every row has `month` (first day) inside the half-open range; `parted` sources have a text
    column `part` too. `parameters` gives further named values. A `late` source is computed after
    those with a lower number, for it reads what they stored. The rows of a `relievable` source say
    whose they are (`row_no`) and from which day to which they took (`began`, `ended`), so that
    relief can be given for them.
    """

    key: str
    sql: str
    parted: bool = False
    parameters: Callable[[], Mapping[str, Any]] = dict
    rows: RowsLink | None = None
    late: int = 0
    relievable: bool = False


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
        if relievable(live):
            register(*_after_relief(live))


def relievable(live: Live) -> bool:
    """Can rows be taken out of an indicator? Where both its measures count the same named rows."""
    above, below = MEASURES.get(live.numerator), MEASURES.get(live.denominator)
    if live.kind == Kind.KAI or above is None or below is None:
        return False
    return above.source.relievable and above.source == below.source


def net_keys(code: str) -> tuple[str, str]:
    """What is stored above and below the line of an indicator after relief."""
    return f"net.{code}.above", f"net.{code}.below"


def relief_rows(live: Live) -> str:
    """SQL: each row of an indicator that took part of its time in an agreed event, or is named by
    one: `n` above and `d` below the line, and whether it missed, which is what is taken out.

    A row misses when it counts below the line and not wholly above it; where lower is better, when
    it counts above it. Nothing is scanned while no agreed event names the indicator.
    """
    above, below = MEASURES[live.numerator], MEASURES[live.denominator]
    events = (
        "SELECT FROM sla_reliefevent e WHERE e.organisation_id = %(organisation)s"
        f" AND (e.state = 'agreed' OR e.id = %(event)s) AND '{live.code}' = ANY(e.indicator_codes)"
    )
    only = "(%(event)s::bigint IS NULL OR e.id = %(event)s)"
    return f"""SELECT x.month, x.row_no, x.began, x.ended, x.n, x.d,
      CASE WHEN (SELECT polarity FROM sla_indicator WHERE code = '{live.code}'
                 ORDER BY version DESC LIMIT 1) = 'lower' THEN x.n > 0 ELSE x.n < x.d END AS missed,
      EXISTS ({events} AND {only} AND x.ended >= e.from_on
        AND CASE WHEN cardinality(e.row_numbers) > 0 THEN x.row_no = ANY(e.row_numbers)
            ELSE x.began <= e.to_on END) AS touched
    FROM (SELECT r.month, r.row_no, min(r.began) AS began, max(r.ended) AS ended,
            ({above.sql})::bigint AS n, ({below.sql})::bigint AS d
          FROM ({above.source.sql}) r GROUP BY r.month, r.row_no) x
    WHERE EXISTS ({events} AND {only})"""  # noqa: S608


def _after_relief(live: Live) -> list[BaseMeasure]:
    above, below = MEASURES[live.numerator], MEASURES[live.denominator]
    source = Source(
        f"net.{live.code}",
        relief_rows(live),
        parameters=lambda: {**above.source.parameters(), "event": None},
        rows=above.source.rows,
        late=1,
    )
    some = "count(*) FILTER (WHERE touched AND missed) > 0"
    left = "FILTER (WHERE NOT (touched AND missed))"
    return [
        BaseMeasure(
            key,
            f"{measure.label}, after relief",
            measure.unit,
            source,
            f"CASE WHEN {some} THEN coalesce(sum({column}) {left}, 0) END",
        )
        for key, measure, column in zip(net_keys(live.code), (above, below), "nd", strict=True)
    ]


def explain(**reasons: str) -> None:
    """Says why indicators are not live; hyphens of a code are written as underscores."""
    NOT_LIVE.update({code.replace("_", "-"): words for code, words in reasons.items()})


def sources() -> dict[str, Source]:
    """The sources of all base measures, by key."""
    return {measure.source.key: measure.source for measure in MEASURES.values()}


def measures_of(source: str) -> list[BaseMeasure]:
    """The base measures over one source, in order of declaration."""
    return [measure for measure in MEASURES.values() if measure.source.key == source]
