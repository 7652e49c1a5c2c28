"""Computing base measures set by set: one statement per source, replacing what was there."""

from datetime import date

from django.db import connection
from django.utils import timezone

from core.actors import Actor
from runs.kinds import Done, Kind, Plan, register
from runs.models import Chunk, Run
from sla.permissions import COMPUTE_MEASURES
from sla.registry import BaseMeasure, Source, measures_of, sources


def plan(run: Run) -> Plan:
    """One part per source: each is one scan of the organisation's rows."""
    return Plan([{"source": key} for key, source in sources().items() if not source.late])


def work(run: Run, chunk: Chunk, by: Actor) -> Done:
    """Replaces the values of one source's measures in the months of the run."""
    stored = compute(sources()[chunk.inputs["source"]], run)
    return Done(rows=stored, figures={"values": stored})


def close(run: Run, by: Actor) -> list[str]:
    """What is made of the values of other measures follows when all of them are there."""
    for source in sources().values():
        if source.late:
            compute(source, run)
    return []


def compute(source: Source, run: Run) -> int:
    """Replaces a source's values in the months of the run; returns how many there are now."""
    span = {name: date.fromisoformat(run.inputs[name]) for name in ("first", "until")}
    measures = measures_of(source.key)
    values = {
        **source.parameters(),
        **span,
        "organisation": run.organisation_id,
        "run": run.pk,
        "now": timezone.now(),
        "keys": [measure.key for measure in measures],
    }
    with connection.cursor() as cursor:
        # Whole scans are joined by hash. On tables just loaded, which have no statistics yet, the
        # planner chose nested loops: 140 seconds instead of one for 30,000 invoices.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(
            "DELETE FROM sla_measurevalue WHERE organisation_id = %(organisation)s"
            " AND measure = ANY(%(keys)s) AND month >= %(first)s AND month < %(until)s",
            values,
        )
        cursor.execute(statement(source, measures), values)
        return int(cursor.rowcount)


def statement(source: Source, measures: list[BaseMeasure]) -> str:
    """INSERT of all measures of a source: grouped once, then one row per measure and month."""
    part = "r.part" if source.parted else "''"
    columns = ", ".join(f"({measure.sql})::bigint AS m{n}" for n, measure in enumerate(measures))
    # Keys are constants of the code, checked by their tests; nothing of a request gets here.
    pairs = ", ".join(f"('{measure.key}', g.m{n})" for n, measure in enumerate(measures))
    return (
        "INSERT INTO sla_measurevalue"  # noqa: S608
        " (organisation_id, measure, month, part, value, computed_at, run_id)"
        " SELECT %(organisation)s, v.measure, g.month, g.part, v.value, %(now)s, %(run)s"
        f" FROM (SELECT r.month, {part} AS part, {columns} FROM ({source.sql}) r GROUP BY 1, 2) g"
        f" CROSS JOIN LATERAL (VALUES {pairs}) v(measure, value) WHERE v.value IS NOT NULL"
    )


MEASURES_RUN = register(
    Kind(
        key="sla.measures",
        label="Measures",
        permission=COMPUTE_MEASURES,
        plan=plan,
        work=work,
        close=close,
    )
)
