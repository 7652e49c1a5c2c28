"""Kinds of run that the tests make. Each part leaves a trace, so that work can be counted."""

import time

from core.actors import Actor
from events.services import record_about
from events.verbs import declare
from runs.kinds import Done, Kind, Plan, register
from runs.models import Chunk, Run
from runs.services import note_exceptions

declare(tests__part__done="Did part {part}")


def plan(run: Run) -> Plan:
    parts = int(run.inputs["parts"])
    rows = sum(range(1, parts + 1))
    expected = run.inputs.get("expected", ["rows", "pence"])
    control = {"rows": rows, "pence": 100 * rows}
    return Plan(
        chunks=[{"rows": number} for number in range(1, parts + 1)],
        rows_total=rows,
        control={name: control[name] for name in expected},
    )


def work(run: Run, chunk: Chunk, by: Actor) -> Done:
    """Writes one event per part; a second one for the same part would be work done twice."""
    time.sleep(int(run.inputs.get("milliseconds", 0)) / 1000)
    rows = int(chunk.inputs["rows"])
    record_about("tests.part.done", "tests.part", chunk.sequence, by=by, rows=rows, run=run.number)
    if rows % 2 == 0:
        note_exceptions(run, [("Even number", f"{rows}", f"{rows} is even", f"/parts/{rows}/")])
    return Done(rows=rows, figures={"pence": 100 * rows})


def close(run: Run, by: Actor) -> list[str]:
    record_about("tests.part.done", "tests.whole", run.number, by=by)
    return []


for key, lease in (("tests.short", 0), ("tests.long", 2), ("tests.whole", 0)):
    register(
        Kind(
            key=key,
            label=f"Counting {key.removeprefix('tests.')}",
            permission="runs.run.view",
            plan=plan,
            work=work,
            close=close,
            link=lambda slug, run: f"/{slug}/invoices/{run.number}/",
            lease_seconds=lease,
            whole=key == "tests.whole",
        )
    )
