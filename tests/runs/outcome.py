"""Everything a run leaves behind, to be compared with what an undisturbed one leaves."""

from collections import Counter
from typing import Any

from core.scope import scope
from events.models import Event
from runs.models import Chunk, Problem, Run


def outcome(organisation_id: int, key: str) -> dict[str, Any]:
    """State, totals, and how often each part, each exception and the closing were written."""
    with scope(acting=organisation_id):
        run = Run.objects.get(idempotency_key=key)
        parts = Chunk.objects.filter(run=run).order_by("sequence")
        done = Event.objects.filter(verb="tests.part.done").order_by("id")
        return {
            "state": run.state,
            "problem": run.problem,
            "rows": [run.rows_done, run.rows_total],
            "results": run.results,
            "parts": [[part.sequence, part.state, part.rows, part.results] for part in parts],
            "written": sorted(
                e.data["rows"]
                for e in done
                if e.subject_key == "tests.part" and e.data["run"] == run.number
            ),
            "closed": sum(
                e.subject_key == "tests.whole" and e.subject_id == run.number for e in done
            ),
            "exceptions": sorted(Counter(p.row for p in Problem.objects.filter(run=run)).items()),
            "runs": Run.objects.filter(idempotency_key=key).count(),
        }


def undisturbed(parts: int) -> dict[str, Any]:
    """What must be there in the end, whatever happened on the way."""
    rows = sum(range(1, parts + 1))
    return {
        "state": "finished",
        "problem": "",
        "rows": [rows, rows],
        "results": {"rows": rows, "pence": 100 * rows},
        "parts": [[n, "done", n, {"pence": 100 * n}] for n in range(1, parts + 1)],
        "written": list(range(1, parts + 1)),
        "closed": 1,
        "exceptions": sorted((str(n), 1) for n in range(2, parts + 1, 2)),
        "runs": 1,
    }
