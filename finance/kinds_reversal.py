"""The run that takes the load of a file back."""

from datetime import date
from typing import Any

from core.actors import Actor
from core.states import move
from events.services import record
from finance.bulk.chunk import one_at_a_time
from finance.bulk.taking_back import lock_invoices, undo
from finance.models import SourceFile
from finance.permissions import REVERSE_INVOICES
from finance.rules_files import FIL08
from finance.selectors.loads import gone_further
from finance.services.files import MOVES
from runs.kinds import Done, Kind, Plan, register
from runs.models import Chunk, Run


def _file(run: Run) -> SourceFile:
    here = SourceFile.objects.filter(organisation_id=run.organisation_id)
    return here.defer("content_sealed").get(number=run.inputs["file"])


def _plan(run: Run) -> Plan:
    loaded = _file(run).rows_loaded
    return Plan(chunks=[{}], rows_total=loaded, control={"rows": loaded})


def _work(run: Run, chunk: Chunk, by: Actor) -> Done:
    """All of the load or nothing of it; FIL08 if an invoice has gone further since it was asked."""
    file = _file(run)
    one_at_a_time(by)
    lock_invoices(file)
    further = gone_further(file)
    FIL08.check(not further, further)
    reason, as_of = run.inputs["reason"], date.fromisoformat(run.inputs["as_of"])
    figures = undo(file=file, as_of=as_of, reason=reason, by=by)
    rows = SourceFile.objects.filter(organisation_id=by.organisation_id, pk=file.pk)
    move(rows, MOVES, "take_back", expected=1)
    said: dict[str, Any] = {"comment": reason, **figures}
    record("finance.file.taken_back", file, by=by, **said)
    return Done(rows=file.rows_loaded, figures=figures)


TAKE_BACK_FILE = register(
    Kind(
        key="finance.take_back_file",
        label="Take a load back",
        permission=REVERSE_INVOICES,
        plan=_plan,
        work=_work,
        link=lambda slug, run: f"/{slug}/files/{run.inputs['file']}/",
        whole=True,
    )
)
