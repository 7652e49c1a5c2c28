"""Relief: the events of an organisation, and what each takes out of which indicator."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from sla.models import ReliefEvent
from sla.registry import LIVE, MEASURES, Live, relief_rows, relievable

LATEST = date(2100, 1, 1)
ROWS_SHOWN = 200


@dataclass(frozen=True)
class Effect:
    """What an event takes out of an indicator in a month, if it stood alone."""

    code: str
    month: date
    touched: int
    missed: int
    gross: tuple[int, int]
    net: tuple[int, int]


@dataclass(frozen=True)
class Miss:
    """A row that does not count after relief."""

    code: str
    row_no: int
    began: date
    ended: date


def relief_events(organisation_id: int) -> QuerySet[ReliefEvent]:
    """Newest first."""
    rows = ReliefEvent.objects.filter(organisation_id=organisation_id)
    return rows.order_by("-from_on", "-id")


def relievable_codes() -> list[str]:
    """The live indicators out of which rows can be taken."""
    return [code for code, live in LIVE.items() if relievable(live)]


def effects_of(event: ReliefEvent) -> list[Effect]:
    """By indicator and month, in one query; empty where no row of them is touched."""
    select = (
        "SELECT '{code}', month, count(*) FILTER (WHERE touched),"
        " count(*) FILTER (WHERE touched AND missed), sum(n)::bigint, sum(d)::bigint,"
        " coalesce(sum(n) FILTER (WHERE NOT (touched AND missed)), 0)::bigint,"
        " coalesce(sum(d) FILTER (WHERE NOT (touched AND missed)), 0)::bigint"
        " FROM ({rows}) y GROUP BY month HAVING bool_or(touched)"
    )
    return [
        Effect(code, month, touched, missed, (n, d), (net_n, net_d))
        for code, month, touched, missed, n, d, net_n, net_d in _ask(event, select, "1, 2")
    ]


def misses_of(event: ReliefEvent) -> list[Miss]:
    """The rows that it takes out, the first of them."""
    select = "SELECT '{code}', row_no, began, ended FROM ({rows}) y WHERE touched AND missed"
    return [Miss(*row) for row in _ask(event, select, f"1, 2 LIMIT {ROWS_SHOWN}")]


def effect_in_words(each: Effect) -> str:
    """What it does to a figure: «3 of 12 rows taken out: 91 of 100 becomes 91 of 97»."""
    (n, d), (net_n, net_d) = each.gross, each.net
    taken = f"{each.missed:,} of {each.touched:,} rows touched are misses and taken out"
    return f"{taken}: {n:,} over {d:,} becomes {net_n:,} over {net_d:,}"


def _ask(event: ReliefEvent, select: str, order: str) -> list[tuple[Any, ...]]:
    lives: list[Live] = [LIVE[code] for code in event.indicator_codes if code in LIVE]
    parts = [select.format(code=live.code, rows=relief_rows(live)) for live in lives]
    values: dict[str, Any] = {
        "organisation": event.organisation_id,
        "event": event.pk,
        "first": event.from_on.replace(day=1),
        "until": LATEST,
    }
    for live in lives:
        values |= MEASURES[live.numerator].source.parameters()
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION ALL '.join(parts)} ORDER BY {order}", values)
        return list(cursor.fetchall())
