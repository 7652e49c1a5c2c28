"""Computing base measures set by set: one statement per source, replacing what was there."""

from datetime import date

from django.db import connection
from django.utils import timezone

from core.actors import Actor
from runs.faults import fault_point
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
    late = [source for source in sources().values() if source.late]
    for source in sorted(late, key=lambda source: source.late):
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
        lock_figures(run.organisation_id)
        cursor.execute(CLEAR, values)
        fault_point("sla.cleared")
        cursor.execute(statement(source, measures), values)
        return int(cursor.fetchone()[0])


def lock_figures(organisation_id: int) -> None:
    """Until the transaction ends nobody else computes or signs figures of the organisation."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('sla.figures'), %s)", [organisation_id]
        )


SIGNED = "SELECT month FROM sla_signedmonth WHERE organisation_id = %(organisation)s"
CLEAR = f"""
DELETE FROM sla_measurevalue WHERE organisation_id = %(organisation)s AND measure = ANY(%(keys)s)
  AND month >= %(first)s AND month < %(until)s AND month NOT IN ({SIGNED})
"""  # noqa: S608
# What was found is stored, but in signed months only noted where it is not what is known already.
STORE = f"""
stored AS (
  INSERT INTO sla_measurevalue
    (organisation_id, measure, month, part, value, computed_at, run_id)
  SELECT %(organisation)s, measure, month, part, value, %(now)s, %(run)s FROM found
  WHERE month NOT IN ({SIGNED}) RETURNING 1
), signed AS (
  SELECT measure, month, part, value FROM sla_measurevalue
  WHERE organisation_id = %(organisation)s AND measure = ANY(%(keys)s)
    AND month >= %(first)s AND month < %(until)s AND month IN ({SIGNED})
), known AS (
  SELECT DISTINCT ON (measure, month, part) measure, month, part, value FROM (
    SELECT measure, month, part, value, 0 AS id FROM signed
    UNION ALL
    SELECT measure, month, part, value, id FROM sla_correction
    WHERE organisation_id = %(organisation)s AND measure = ANY(%(keys)s)
      AND month >= %(first)s AND month < %(until)s
  ) told ORDER BY measure, month, part, id DESC
), corrected AS (
  INSERT INTO sla_correction (organisation_id, measure, month, part, signed_value, value,
    found_at, run_id, reason, reason_by_name)
  SELECT %(organisation)s, measure, month, part, s.value, f.value, %(now)s, %(run)s, '', ''
  FROM known k
  FULL JOIN (SELECT * FROM found WHERE month IN ({SIGNED})) f USING (measure, month, part)
  LEFT JOIN signed s USING (measure, month, part)
  WHERE k.value IS DISTINCT FROM f.value
)
SELECT count(*) FROM stored
"""  # noqa: S608


def statement(source: Source, measures: list[BaseMeasure]) -> str:
    """Stores all measures of a source: grouped once, then one row per measure and month."""
    part = "r.part" if source.parted else "''"
    columns = ", ".join(f"({measure.sql})::bigint AS m{n}" for n, measure in enumerate(measures))
    # Keys are constants of the code, checked by their tests; nothing of a request gets here.
    pairs = ", ".join(f"('{measure.key}', g.m{n})" for n, measure in enumerate(measures))
    return (
        "WITH found AS (SELECT v.measure, g.month, g.part, v.value"  # noqa: S608
        f" FROM (SELECT r.month, {part} AS part, {columns} FROM ({source.sql}) r GROUP BY 1, 2) g"
        f" CROSS JOIN LATERAL (VALUES {pairs}) v(measure, value) WHERE v.value IS NOT NULL),{STORE}"
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
