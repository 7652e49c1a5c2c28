"""Runs: made once, done once, held when totals disagree."""

import pytest

from core.errors import Refused
from core.scope import scope
from runs import services
from runs.kinds import Done, Kind, Plan, register
from runs.models import Chunk, Run
from tests.world import World

register(
    Kind(
        key="tests.count",
        label="Counting",
        permission="runs.run.view",
        plan=lambda run: Plan(
            chunks=[{"rows": 2}, {"rows": 3}], rows_total=5, control={"rows": run.inputs["wanted"]}
        ),
        work=lambda run, chunk, by: count(run, chunk),
    )
)
attempts: list[int] = []


def count(run: Run, chunk: Chunk) -> Done:
    attempts.append(chunk.sequence)
    if run.inputs.get("break") == chunk.sequence:
        raise RuntimeError("out of fingers")
    return Done(rows=chunk.inputs["rows"])


def make(world: World, key: str = "k", **inputs: int) -> Run:
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        return services.make_run(kind="tests.count", key=key, inputs={"wanted": 5, **inputs}, by=by)


def state(world: World, run: Run) -> Run:
    with scope(acting=world.id("eastmere")):
        return Run.objects.get(pk=run.pk)


def test_same_key_makes_one_run(world: World) -> None:
    assert make(world).pk == make(world).pk
    with pytest.raises(Refused, match="other inputs"):
        make(world, wanted=6)


def test_run_finishes_when_totals_agree(world: World) -> None:
    run = make(world)
    assert services.work_all() == 2
    done = state(world, run)
    assert (done.state, done.rows_done, done.results) == ("finished", 5, {"rows": 5})
    assert services.work_all() == 0


def test_run_is_held_when_totals_disagree(world: World) -> None:
    run = make(world, wanted=6)
    services.work_all()
    held = state(world, run)
    assert (held.state, held.problem) == ("held", "rows: 5 instead of 6")


def test_failing_part_holds_the_run_and_can_be_retried(world: World) -> None:
    run = make(world, **{"break": 2})
    services.work_all()
    held = state(world, run)
    assert (held.state, held.problem) == (
        "held",
        "Part 2 failed: RuntimeError: out of fingers",
    )
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        services.retry_run(run=held, by=by)
    assert state(world, run).state == "running"


def test_cancelled_run_does_no_more(world: World) -> None:
    run = make(world)
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        services.cancel_run(run=run, by=by)
    assert services.work_all() == 0
    assert state(world, run).state == "cancelled"
