"""Relief: the events of an organisation, and what each takes out of which indicator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from sla.models import ReliefEvent
from sla.registry import LIVE, MEASURES, Live, relief_rows, relievable

LATEST = date(2100, 1, 1)


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
    return effects_of_each([event])[event.pk]


def effects_of_each(events: Sequence[ReliefEvent]) -> dict[int, list[Effect]]:
    """The same of several events, by their ids, in one query for all of them."""
    select = (
        "SELECT {event}, '{code}', month, count(*) FILTER (WHERE touched),"
        " count(*) FILTER (WHERE touched AND missed), sum(n)::bigint, sum(d)::bigint,"
        " coalesce(sum(n) FILTER (WHERE NOT (touched AND missed)), 0)::bigint,"
        " coalesce(sum(d) FILTER (WHERE NOT (touched AND missed)), 0)::bigint"
        " FROM ({rows}) y GROUP BY month HAVING bool_or(touched)"
    )
    found: dict[int, list[Effect]] = {event.pk: [] for event in events}
    for pk, code, month, touched, missed, *sums in _ask(events, select, "1, 2, 3"):
        n, d, net_n, net_d = sums
        found[pk].append(Effect(code, month, touched, missed, (n, d), (net_n, net_d)))
    return found


def with_effects(events: Sequence[ReliefEvent]) -> None:
    """Notes on each event its `effects`."""
    found = effects_of_each(events)
    for event in events:
        event.effects = found[event.pk]  # type: ignore[attr-defined]


class Misses:
    """The rows that an event takes out, by measure and number: a page of them is one query."""

    def __init__(self, event: ReliefEvent, effects: Sequence[Effect]) -> None:
        self.event, self.number = event, sum(each.missed for each in effects)

    def __len__(self) -> int:
        return self.number

    def __getitem__(self, wanted: slice) -> list[Miss]:
        if not self.number:
            return []
        select = "SELECT '{code}', row_no, began, ended FROM ({rows}) y WHERE touched AND missed"
        start = int(wanted.start or 0)
        part = f"1, 2, 3, 4 LIMIT {int(wanted.stop) - start} OFFSET {start}"
        return [Miss(*row) for row in _ask([self.event], select, part)]


def effect_in_words(each: Effect) -> str:
    """What it does to a figure: «3 of 12 rows taken out: 91 of 100 becomes 91 of 97»."""
    (n, d), (net_n, net_d) = each.gross, each.net
    taken = f"{each.missed:,} of {each.touched:,} rows touched are misses and taken out"
    return f"{taken}: {n:,} over {d:,} becomes {net_n:,} over {net_d:,}"


def _ask(events: Sequence[ReliefEvent], select: str, order: str) -> list[tuple[Any, ...]]:
    """`select` of each event and each of its measures; nothing is asked where there are none."""
    with connection.cursor() as cursor:
        parts = [
            cursor.mogrify(
                select.format(event=event.pk, code=live.code, rows=relief_rows(live)),
                _values(event, live),
            ).decode()
            for event in events
            for live in (LIVE[code] for code in event.indicator_codes if code in LIVE)
        ]
        if not parts:
            return []
        cursor.execute(f"{' UNION ALL '.join(parts)} ORDER BY {order}")
        return list(cursor.fetchall())


def _values(event: ReliefEvent, live: Live) -> dict[str, Any]:
    return {
        "organisation": event.organisation_id,
        "event": event.pk,
        "first": event.from_on.replace(day=1),
        "until": LATEST,
        **MEASURES[live.numerator].source.parameters(),
    }
