"""Invoices that are held or disputed: by cause, in the order in which answers are wanted."""

# Only texts of this module enter the queries; values are parameters.
# ruff: noqa: S608

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from core.working_time import Calendar
from finance.models import Invoice, Presence
from tenants.selectors import CALENDAR_FACTS, calendar_of

DISPUTED = "disputed"
PER_PAGE = 50
# A page tells it every 20 seconds: one that was closed is forgotten after two it did not tell.
PRESENCE_LASTS = timedelta(seconds=50)
WHOSE = {"": "Everybody's", "mine": "Mine", "nobody": "Nobody's", "late": "Late"}


@dataclass(frozen=True)
class Wanted:
    """What the queue is narrowed to. `within` as in `finance.selectors.invoices.Filters`."""

    organisations: tuple[int, ...]
    today: date
    person_id: int | None = None
    cause: str = ""
    whose: str = ""
    within: tuple[tuple[int, tuple[str, ...]], ...] = ()

    def where(self, *, narrow: bool = True) -> tuple[str, list[Any]]:
        """SQL over invoice `i` without the word WHERE; without `narrow` whatever its cause."""
        parts = ["i.organisation_id = ANY(%s)", "i.state IN ('held', 'disputed')"]
        values: list[Any] = [list(self.organisations)]
        for place, paths in self.within:
            parts.append("(i.organisation_id <> %s OR i.unit_path ^@ ANY(%s))")
            values += [place, list(paths)]
        if narrow and self.cause:
            parts.append(f"{_CAUSE} = %s")
            values.append(self.cause)
        if narrow and self.whose == "mine":
            parts.append("i.owner_id = %s")
            values.append(self.person_id)
        if narrow and self.whose == "nobody":
            parts.append("i.owner_id IS NULL")
        if narrow and self.whose == "late":
            parts.append("i.answer_on < %s")
            values.append(self.today)
        return " AND ".join(parts), values


@dataclass(frozen=True)
class Group:
    """All that stopped for one cause; `oldest_at` is when the first of them did."""

    cause: str
    number: int
    pence: int
    oldest_at: datetime
    late: int
    nobodys: int


@dataclass(frozen=True)
class Stopped:
    """A line of the queue."""

    id: int
    organisation_id: int
    number: int
    supplier_name: str
    supplier_ref: str
    cause: str
    text: str
    gross_pence: int
    due_on: date
    stopped_at: datetime
    answer_on: date | None
    owner_id: int | None
    owner_name: str
    version: int


_CAUSE = "CASE WHEN i.state = 'disputed' THEN 'disputed' ELSE i.hold_cause END"
# Rows of loads, and of before it was noted, stopped when they came.
_SINCE = "coalesce(i.stopped_at, i.held_on::timestamptz, i.made_at)"
_ORDER = f"i.answer_on NULLS FIRST, {_SINCE}, i.id"
_GROUPS = f"""
SELECT {_CAUSE}, count(*), sum(i.gross_pence)::bigint, min({_SINCE}),
       count(*) FILTER (WHERE i.answer_on < %s), count(*) FILTER (WHERE i.owner_id IS NULL)
  FROM finance_invoice i WHERE {{where}} GROUP BY 1 ORDER BY 2 DESC, 1
"""
_ROWS = f"""
SELECT i.id, i.organisation_id, i.number, s.name, i.supplier_ref, {_CAUSE}, i.hold_text,
       i.gross_pence, i.due_on, {_SINCE}, i.answer_on, i.owner_id, i.owner_name, i.version
  FROM finance_invoice i
  JOIN finance_supplier s ON s.organisation_id = i.organisation_id AND s.id = i.supplier_id
 WHERE {{where}} ORDER BY {_ORDER} LIMIT %s OFFSET %s
"""
_COUNT = "SELECT count(*) FROM finance_invoice i WHERE {where}"
_AROUND = f"""
SELECT q.before, q.after, q.place, q.everything,
       (SELECT max(e.id) FROM events_event e WHERE e.organisation_id = t.organisation_id
           AND e.subject_key = 'finance.invoice' AND e.subject_id = t.id),
       (SELECT string_agg(p.person_name, ', ' ORDER BY p.person_name) FROM finance_presence p
         WHERE p.organisation_id = t.organisation_id AND p.invoice_id = t.id
           AND p.seen_at >= %s AND p.person_id IS DISTINCT FROM %s),
       {CALENDAR_FACTS}
  FROM finance_invoice t LEFT JOIN (
  SELECT i.id, lag(i.number) OVER w AS before, lead(i.number) OVER w AS after,
         row_number() OVER w AS place, count(*) OVER () AS everything
    FROM finance_invoice i WHERE {{where}} WINDOW w AS (ORDER BY {_ORDER})) q ON q.id = t.id
 WHERE t.organisation_id = %s AND t.id = %s
"""


def groups(wanted: Wanted) -> list[Group]:
    """Every cause for which something stopped, the largest first, whatever is narrowed to."""
    where, values = wanted.where(narrow=False)
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS.format(where=where), [wanted.today, *values])
        return [Group(*row) for row in cursor.fetchall()]


def queue(wanted: Wanted, *, offset: int = 0, limit: int = PER_PAGE) -> list[Stopped]:
    """The queue: what has no day first, then by the day on which an answer is wanted."""
    where, values = wanted.where()
    with connection.cursor() as cursor:
        cursor.execute(_ROWS.format(where=where), [*values, limit, offset])
        return [Stopped(*row) for row in cursor.fetchall()]


def queue_length(wanted: Wanted) -> int:
    where, values = wanted.where()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(where=where), values)
        return int(cursor.fetchone()[0])


@dataclass(frozen=True)
class Around:
    """An invoice's place in the queue, with the numbers before and after; None outside of it.

    `seen` is the newest event of it, `others` who else has it open just now.
    """

    before: int | None
    after: int | None
    place: int | None
    everything: int | None
    seen: int | None
    others: str | None
    calendar_facts: str

    @property
    def calendar(self) -> Calendar:
        """The working time of its organisation."""
        return calendar_of(json.loads(self.calendar_facts))


def around(wanted: Wanted, invoice: Invoice) -> Around:
    """What stands around an invoice in the queue of its organisation."""
    where, values = wanted.where()
    since = timezone.now() - PRESENCE_LASTS
    here = invoice.organisation_id
    asked = [since, wanted.person_id, here, *values, here, invoice.pk]
    with connection.cursor() as cursor:
        cursor.execute(_AROUND.format(where=where), asked)
        return Around(*cursor.fetchone())


def others_on(
    organisations: Sequence[int], invoice_ids: Sequence[int], person_id: int | None
) -> dict[int, str]:
    """Who else has these invoices open just now: names, by invoice."""
    rows = Presence.objects.filter(
        organisation_id__in=list(organisations),
        invoice_id__in=list(invoice_ids),
        seen_at__gte=timezone.now() - PRESENCE_LASTS,
    ).exclude(person_id=person_id)
    found: dict[int, str] = {}
    for invoice_id, name in rows.order_by("person_name").values_list("invoice_id", "person_name"):
        found[invoice_id] = f"{found[invoice_id]}, {name}" if invoice_id in found else name
    return found
