"""Making, doing and ending runs. PostgreSQL is the truth; a lost message costs a few seconds."""

import hashlib
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection, connections, transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from core import collector
from core.actors import Actor, require, system_actor
from core.scope import scope
from core.states import move
from events.services import record
from runs.faults import fault_point
from runs.kinds import KINDS, Kind
from runs.models import Chunk, Problem, Run
from runs.rules import RUN01, RUN02, RUN03, RUN04, RUN05
from runs.selectors import nothing_done
from tenants.services import next_number

MOVES = {
    "start": ((Run.State.PLANNED, Run.State.RUNNING), Run.State.RUNNING),
    "finish": (Run.OPEN, Run.State.FINISHED),
    "hold": (Run.OPEN, Run.State.HELD),
    "cancel": ((*Run.OPEN, Run.State.HELD), Run.State.CANCELLED),
    "give_up": ((Run.State.HELD,), Run.State.CANCELLED),
    "retry": ((Run.State.HELD,), Run.State.RUNNING),
}
MAX_ATTEMPTS = 5
# One bell for each worker that could join at once; more workers join with the next poll.
MAX_BELLS = 8
# Between two looks at a run whose last chunks other workers hold.
PATIENCE = timedelta(milliseconds=200)


def make_run(*, kind: str, key: str, inputs: dict[str, Any], by: Actor) -> Run:
    """Plans a run, or returns the one made before under the same key and inputs (RUN01).

    NotAllowed to whoever lacks the permission of its kind.
    """
    require(by, KINDS[kind].permission)
    digest = hashlib.sha256(json.dumps(inputs, sort_keys=True, default=str).encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"{by.organisation_id}|{kind}|{key}"],
        )
    before = Run.objects.filter(
        organisation_id=by.organisation_id, kind=kind, idempotency_key=key
    ).first()
    if before is not None:
        RUN01.check(before.inputs_hash == digest)
        return before
    run = Run.objects.create(
        organisation_id=by.organisation_id,
        kind=kind,
        number=next_number("run", by=by),
        idempotency_key=key,
        inputs=inputs,
        inputs_hash=digest,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=timezone.now(),
    )
    plan = KINDS[kind].plan(run)
    Chunk.objects.bulk_create(
        Chunk(organisation_id=run.organisation_id, run=run, sequence=number, inputs=part)
        for number, part in enumerate(plan.chunks, start=1)
    )
    Run.objects.filter(pk=run.pk).update(rows_total=plan.rows_total, control=plan.control)
    run.rows_total, run.control = plan.rows_total, plan.control
    record("runs.run.made", run, by=by, kind=KINDS[kind].label, rows=plan.rows_total)
    fault_point("runs.planned")
    transaction.on_commit(partial(ring, min(len(plan.chunks), MAX_BELLS)))
    return run


def ring(bells: int = 1) -> None:
    """Wakes workers. Nothing is lost if nobody hears it: the table is asked every few seconds.

    A bell too many costs one question, and one that nobody heard for a minute is let go.
    """
    from runs.tasks import work_waiting

    try:
        for _ in range(bells):
            work_waiting.apply_async(retry=False, expires=60)
    except Exception:  # noqa: S110 (Redis may be away at any moment; the poll makes up for it)
        pass


def waiting() -> list[tuple[int, int]]:
    """(organisation, run) of every open run that still has something to do, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organisation_id, run_id FROM ctx.open_runs()")
        return list(cursor.fetchall())


def work_all() -> int:
    """Does everything that waits; returns the number of chunks done."""
    done = 0
    for organisation_id, run_id in waiting():
        done += work_run(organisation_id, run_id)
    return done


def work_run(organisation_id: int, run_id: int) -> int:
    """Does the chunks of one run until none is left to claim, then closes it."""
    kind = _start(organisation_id, run_id)
    if kind is None:
        return 0
    work = work_leased_chunk if kind.lease_seconds else work_chunk
    done = 0
    while work(organisation_id, run_id):
        done += 1
    fault_point("runs.before_close")
    close_run(organisation_id, run_id)
    fault_point("runs.closed")
    return done


def finish_run(organisation_id: int, run_id: int) -> Run:
    """Does what is left of a run and waits for what other workers hold; the run as it ended.

    A worker that dies lets go of its chunk, which is then done here: the wait has an end.
    """
    while True:
        work_run(organisation_id, run_id)
        with scope(acting=organisation_id):
            run = Run.objects.get(pk=run_id)
        if run.state not in Run.OPEN:
            return run
        time.sleep(PATIENCE.total_seconds())


def _start(organisation_id: int, run_id: int) -> Kind | None:
    """Marks the run as running, in a transaction of its own lest its row be held by a chunk."""
    with scope(acting=organisation_id):
        run = Run.objects.filter(pk=run_id, state__in=Run.OPEN).first()
        if run is None:
            return None
        Run.objects.filter(pk=run_id, state=Run.State.PLANNED).update(
            state=Run.State.RUNNING, started_at=timezone.now()
        )
        return KINDS[run.kind]


def work_chunk(organisation_id: int, run_id: int) -> bool:
    """Claims, does and marks one chunk in one transaction. False when none was free."""
    claimed: Chunk | None = None
    try:
        with scope(acting=organisation_id):
            claimed = _free_chunk(run_id)
            if claimed is None:
                return False
            fault_point("runs.claimed")
            _do(run_id, claimed)
        return True
    except Exception as error:  # kept on the chunk; the run is held when it fails for good
        if claimed is None or not connection.is_usable():
            raise
        _mark_failed(organisation_id, claimed, error, counted=False)
        return True


def work_leased_chunk(organisation_id: int, run_id: int) -> bool:
    """As `work_chunk`, for chunks too long to hold a lock: a lease is committed before the work.

    Whoever finds the lease expired takes the chunk over with the next fence; the first worker, if
    it was asleep and not dead, then cannot mark it and loses everything it wrote.
    """
    chunk = _lease(organisation_id, run_id)
    if chunk is None:
        return False
    fault_point("runs.leased")
    try:
        with scope(acting=organisation_id):
            fault_point("runs.claimed")
            _do(run_id, chunk)
    except LeaseLost:
        pass
    except Exception as error:
        if not connection.is_usable():
            raise
        _mark_failed(organisation_id, chunk, error, counted=True)
    return True


class LeaseLost(Exception):
    """Another worker took the chunk over; what this one wrote is rolled back."""


def _free_chunk(run_id: int) -> Chunk | None:
    """A free chunk, locked; another worker's chunk is skipped, a dead one's is free by itself.

    The state of the run is asked in the same statement, lest it be cancelled in between.
    """
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now())
    return (
        Chunk.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(free, run_id=run_id, run__state__in=Run.OPEN, state=Chunk.State.TODO)
        .order_by("sequence")
        .first()
    )


def _lease(organisation_id: int, run_id: int) -> Chunk | None:
    """Takes the next free chunk for as long as its kind says; one that killed too many fails."""
    with scope(acting=organisation_id):
        chunk = _free_chunk(run_id)
        while chunk is not None and chunk.attempts >= MAX_ATTEMPTS:
            words = f"The worker ended {chunk.attempts} times before it was done"
            Chunk.objects.filter(pk=chunk.pk).update(state=Chunk.State.FAILED, error=words)
            chunk = _free_chunk(run_id)
        if chunk is None:
            return None
        seconds = KINDS[Run.objects.get(pk=run_id).kind].lease_seconds
        chunk.lease_until = timezone.now() + timedelta(seconds=seconds)
        chunk.fence += 1
        chunk.attempts += 1
        chunk.save(update_fields=["lease_until", "fence", "attempts"])
        return chunk


def _do(run_id: int, chunk: Chunk) -> None:
    """The work and its mark as done, in the open transaction."""
    run = Run.objects.get(pk=run_id)
    by = system_actor(run.organisation_id, run.made_by_name)
    with collector.at_rest():
        result = KINDS[run.kind].work(run, chunk, by)
    fault_point("runs.worked")
    marked = Chunk.objects.filter(pk=chunk.pk, fence=chunk.fence, state=Chunk.State.TODO).update(
        state=Chunk.State.DONE,
        attempts=chunk.attempts if chunk.fence else F("attempts") + 1,
        lease_until=None,
        rows=result.rows,
        results=result.figures,
        error="",
    )
    if not marked:
        raise LeaseLost()
    Run.objects.filter(pk=run.pk).update(rows_done=F("rows_done") + result.rows, rows_underway=0)
    fault_point("runs.marked")


def show_progress(run: Run, rows: int) -> None:
    """Lets the page of the run say how far a long part has come, before the part is committed.

    It is written on a connection of its own, whose transaction ends at once.
    """
    with ThreadPoolExecutor(1) as aside:
        aside.submit(_note_underway, run.organisation_id, run.pk, rows).result()


def _note_underway(organisation_id: int, run_id: int, rows: int) -> None:
    try:
        with scope(acting=organisation_id):
            Run.objects.filter(pk=run_id).update(rows_underway=rows)
    finally:
        connections.close_all()


def _mark_failed(organisation_id: int, chunk: Chunk, error: Exception, *, counted: bool) -> None:
    """Keeps the error; the last of `MAX_ATTEMPTS` makes the chunk fail for good."""
    with scope(acting=organisation_id):
        mine = Chunk.objects.filter(pk=chunk.pk, fence=chunk.fence, state=Chunk.State.TODO)
        mine.update(
            attempts=F("attempts") + (0 if counted else 1),
            error=f"{type(error).__name__}: {error}"[:2000],
            lease_until=None,
        )
        mine.filter(attempts__gte=MAX_ATTEMPTS).update(state=Chunk.State.FAILED)
        Run.objects.filter(pk=chunk.run_id).update(rows_underway=0)


def close_run(organisation_id: int, run_id: int) -> None:
    """Ends a run whose chunks are all done: finished if every total agrees, else held."""
    try:
        with scope(acting=organisation_id):
            run = Run.objects.select_for_update().get(pk=run_id)
            if run.state in Run.OPEN and not _unfinished(run).filter(state="todo").exists():
                _close(run)
    except Exception as error:  # what the kind's own closing found wrong holds the run
        if not connection.is_usable():
            raise
        with scope(acting=organisation_id):
            run = Run.objects.select_for_update().get(pk=run_id)
            by = system_actor(organisation_id, run.made_by_name)
            _hold(run, f"It could not be closed: {type(error).__name__}: {error}"[:2000], by)


def _unfinished(run: Run) -> QuerySet[Chunk]:
    return Chunk.objects.filter(run=run).exclude(state=Chunk.State.DONE)


def _close(run: Run) -> None:
    by = system_actor(run.organisation_id, run.made_by_name)
    failed = _unfinished(run).order_by("sequence").first()
    if failed is not None:
        _hold(run, f"Part {failed.sequence} failed: {failed.error}", by)
        return
    results = totals(run)
    wrong = disagreements(run.control, results)
    wrong += KINDS[run.kind].close(run, by) if not wrong else []
    Run.objects.filter(pk=run.pk).update(results=results)
    if wrong:
        _hold(run, "; ".join(wrong), by)
        return
    now = timezone.now()
    move(Run.objects.filter(pk=run.pk), MOVES, "finish", expected=1, finished_at=now)
    record("runs.run.finished", run, by=by, kind=KINDS[run.kind].label, rows=run.rows_done)


def disagreements(control: dict[str, int], results: dict[str, int]) -> list[str]:
    """In words, every control total that was not reached exactly."""
    return [
        f"{name.replace('_', ' ')}: {results.get(name, 0):,} instead of {wanted:,}"
        for name, wanted in sorted(control.items())
        if results.get(name, 0) != wanted
    ]


def totals(run: Run) -> dict[str, int]:
    """The figures of all chunks added up."""
    added: dict[str, int] = {}
    for figures in Chunk.objects.filter(run=run).values_list("results", flat=True):
        for name, value in figures.items():
            added[name] = added.get(name, 0) + value
    rows = Chunk.objects.filter(run=run).aggregate(total=Sum("rows"))["total"] or 0
    return {"rows": rows, **added}


def _hold(run: Run, problem: str, by: Actor) -> None:
    move(Run.objects.filter(pk=run.pk), MOVES, "hold", expected=1, problem=problem)
    record("runs.run.held", run, by=by, kind=KINDS[run.kind].label, problem=problem)


def may_be_cancelled(run: Run) -> bool:
    """Whether the run is of a kind and in a state to be cancelled."""
    return run.state in (*Run.OPEN, Run.State.HELD) and not KINDS[run.kind].whole


def cancel_run(*, run: Run, by: Actor) -> None:
    """Stops a run; chunks already done stay done, and the page says so (RUN02, RUN04)."""
    RUN02.check(run.state in (*Run.OPEN, Run.State.HELD))
    RUN04.check(not KINDS[run.kind].whole)
    move(Run.objects.filter(pk=run.pk), MOVES, "cancel", expected=1, finished_at=timezone.now())
    record("runs.run.cancelled", run, by=by, kind=KINDS[run.kind].label)


def give_up_run(*, run: Run, by: Actor) -> None:
    """Ends a held run of which no part was done: nothing of it stays, and it is not tried again.

    For the owner of what it worked on, who knows what follows from that (RUN05). Also for kinds
    that cannot be cancelled.
    """
    RUN05.check(nothing_done(run))
    move(Run.objects.filter(pk=run.pk), MOVES, "give_up", expected=1, finished_at=timezone.now())
    record("runs.run.cancelled", run, by=by, kind=KINDS[run.kind].label)


def retry_run(*, run: Run, by: Actor) -> None:
    """Puts the failed parts of a held run back in line (RUN03)."""
    RUN03.check(run.state == Run.State.HELD)
    Chunk.objects.filter(run=run, state=Chunk.State.FAILED).update(
        state=Chunk.State.TODO, attempts=0, lease_until=None
    )
    move(Run.objects.filter(pk=run.pk), MOVES, "retry", expected=1, problem="")
    record("runs.run.retried", run, by=by, kind=KINDS[run.kind].label)
    transaction.on_commit(ring)


def note_exceptions(run: Run, rows: list[tuple[str, str, str, str]]) -> None:
    """Adds exceptions as (cause, row, text, link)."""
    Problem.objects.bulk_create(
        Problem(
            organisation_id=run.organisation_id,
            run=run,
            cause=cause,
            row=row,
            text=text,
            link=link,
        )
        for cause, row, text, link in rows
    )
