"""Publishing the comparison, suppressed before it is stored; making the packs of boards."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django.db import connection
from django.utils import timezone

from benchmarking.boards import compared
from benchmarking.models import BenchmarkCell, BoardPack
from benchmarking.packs import contents
from benchmarking.permissions import MAKE_PACKS, PUBLISH
from benchmarking.rules import BMK01
from benchmarking.selectors import pack_of
from benchmarking.statistics import Cell, Contribution, cell
from core.actors import Actor, require, system_actor
from core.money import round_whole
from core.pdf import pdf
from core.scope import scope
from core.templatetags.web import day_time
from events.services import record
from runs.faults import fault_point
from runs.kinds import Done, Kind, Plan, register
from runs.models import Chunk, Run
from runs.services import finish_run, make_run
from sla.models import Indicator
from sla.selectors import current_indicators
from tenants.selectors import all_organisations

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)
PLACES = 6
Months = tuple[date, date]


def publish_comparison(
    *, organisation_id: int, months: Months | None = None, by: Actor | None = None
) -> int:
    """Publishes the cells of all partners for the months (first days, both included; None: all).

    `organisation_id` is whose run it is: the centre's. Called outside any scope, after the
    measures are computed. Returns the cells stored, those that show nothing included.
    """
    first, last = months or (EARLIEST, LATEST)
    with scope(acting=organisation_id):
        run = make_run(
            kind=COMPARISON.key,
            key=f"{first}:{last}:{timezone.now().isoformat()}",
            inputs={"first": first.isoformat(), "last": last.isoformat()},
            by=by or system_actor(organisation_id),
        )
    finish_run(organisation_id, run.pk)
    with scope(acting=organisation_id):
        return BenchmarkCell.objects.filter(month__gte=first, month__lte=last).count()


def publish_for_centres() -> None:
    """The comparison of all months anew, for every centre there is; after an import of spending."""
    for organisation in all_organisations():
        if organisation.kind == "centre" and organisation.status != "former":
            publish_comparison(organisation_id=organisation.id)


def _work(run: Run, chunk: Chunk, by: Actor) -> Done:
    first, last = (date.fromisoformat(run.inputs[name]) for name in ("first", "last"))
    found_now = current_indicators(timezone.localdate())
    found = _contributions(compared(found_now), first, last)
    now = timezone.now()
    cells = [
        _stored(indicator, month, cell(contributions), now)
        for indicator in compared(found_now)
        for month, contributions in found[indicator.code].items()
    ]
    BenchmarkCell.objects.filter(month__gte=first, month__lte=last).delete()
    fault_point("benchmarking.cleared")
    BenchmarkCell.objects.bulk_create(cells)
    return Done(rows=len(cells), figures={"cells": len(cells)})


def _contributions(
    indicators: Iterable[Indicator], first: date, last: date
) -> dict[str, dict[date, list[Contribution]]]:
    """Numerators and denominators of nameless partners by indicator and month."""
    indicators = list(indicators)
    keys = sorted({key for row in indicators for key in (row.numerator, row.denominator)})
    values: dict[tuple[str, date], dict[int, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place, measure, month, value"
            " FROM ctx.contributions(%s, %s, (%s::date + interval '1 month')::date)",
            [keys, first, last],
        )
        for place, measure, month, value in cursor.fetchall():
            values[measure, month][place] = value
    months = sorted({month for _, month in values})
    return {
        row.code: {
            month: [
                Contribution(str(place), values[row.numerator, month].get(place, 0), bottom)
                for place, bottom in values[row.denominator, month].items()
            ]
            for month in months
            if values.get((row.denominator, month))
        }
        for row in indicators
    }


def _stored(indicator: Indicator, month: date, found: Cell, now: datetime) -> BenchmarkCell:
    # `cell` works in percent; the indicator's own factor makes days or pounds of it.
    factor = Fraction(indicator.factor) / 100
    quartiles = found.quartiles
    return BenchmarkCell(
        indicator_code=indicator.code,
        month=month,
        contributors=found.contributors,
        disclosure=found.disclosure,
        withheld=found.withheld or "",
        median=_decimal(found.median, factor),
        lower=_decimal(quartiles.lower if quartiles else None, factor),
        upper=_decimal(quartiles.upper if quartiles else None, factor),
        published_at=now,
    )


def _decimal(value: Fraction | None, factor: Fraction) -> Decimal | None:
    if value is None:
        return None
    return Decimal(round_whole(value * factor * 10**PLACES)).scaleb(-PLACES)


COMPARISON = register(
    Kind(
        key="benchmarking.comparison",
        label="Comparison of partners",
        permission=PUBLISH,
        plan=lambda run: Plan([{}]),
        work=_work,
    )
)


def make_pack(*, month: date, by: Actor, at: datetime | None = None) -> BoardPack:
    """The board pack of a month: the newest one kept, or its next version if something changed.

    BMK01 while nothing of the month is measured. Event benchmarking.pack.made for a new version.
    """
    require(by, MAKE_PACKS)
    at = at or timezone.now()
    place = next(row for row in all_organisations() if row.id == by.organisation_id)
    said = contents(place, month, today=timezone.localdate(at))
    BMK01.check(said is not None, f"{month:%B %Y}")
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('benchmarking.pack'), %s)", [place.id]
        )
    last = pack_of(place.id, month)
    if last is not None and last.digest == digest:
        return last
    version = last.version + 1 if last else 1
    made = f"Version {version}, made on {day_time(at)} by {by.name}."
    content = pdf("benchmarking/pack.typ", {**(said or {}), "made": made}, at=at)
    row = BoardPack.objects.create(
        organisation_id=place.id,
        month=month,
        version=version,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        digest=digest,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=at,
    )
    record("benchmarking.pack.made", row, by=by, at=at, month=f"{month:%B %Y}", version=version)
    return row
