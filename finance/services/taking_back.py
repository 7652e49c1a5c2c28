"""The way back from a load: by a second person, whole, and by journals that undo its journals."""

from datetime import date

from core.actors import Actor, require
from core.states import move
from events.services import record
from finance.models import SourceFile
from finance.permissions import REVERSE_INVOICES
from finance.rules import INV09
from finance.rules_files import FIL06, FIL07, FIL08
from finance.selectors.loads import gone_further, may_be_taken_back
from finance.services.files import MOVES
from runs.models import Run
from runs.selectors import run_by_id
from runs.services import give_up_run, make_run

State = SourceFile.State
# As a reversal in the ledger keeps it.
LONGEST = 200


def take_back_load(*, file: SourceFile, reason: str, by: Actor, as_of: date) -> Run:
    """A run undoes the load of a file, or a load that is held with nothing done is set aside.

    Afterwards the same file may be sent again. Returns the run that undoes it, or the one given
    up. INV09 without a reason, FIL06 for who sent or loaded it, FIL07 in another state, FIL08
    where an invoice is paid, in a payment run or waits for approval. Events
    finance.file.take_back_asked and taken_back, or set_aside.
    """
    require(by, REVERSE_INVOICES)
    INV09.check(reason.strip())
    run = run_by_id(file.organisation_id, file.run_id)
    FIL07.check(run is not None and may_be_taken_back(file, run))
    assert run is not None
    FIL06.check(by.person_id is None or by.person_id not in (file.made_by_id, run.made_by_id))
    if file.state == State.READING:
        _set_aside(file, run, reason, by)
        return run
    further = gone_further(file)
    FIL08.check(not further, further)
    undoing = make_run(
        kind="finance.take_back_file",
        key=str(file.number),
        inputs={
            "file": file.number,
            "reason": reason.strip()[:LONGEST],
            "as_of": as_of.isoformat(),
        },
        by=by,
    )
    record("finance.file.take_back_asked", file, by=by, comment=reason.strip())
    return undoing


def _set_aside(file: SourceFile, run: Run, reason: str, by: Actor) -> None:
    give_up_run(run=run, by=by)
    rows = SourceFile.objects.filter(organisation_id=by.organisation_id, pk=file.pk)
    move(rows, MOVES, "set_aside", expected=1)
    record("finance.file.set_aside", file, by=by, comment=reason.strip())
