"""Work of which half must not stay is cancelled before it begins, or not at all."""

import threading
from contextlib import closing

import pytest
from django.db import connections

from core.errors import Refused
from core.scope import scope
from runs import services
from runs.models import Chunk, Run
from tests.runs.test_views_runs import signed_in
from tests.world import World, build_world


def make(world: World, parts: int = 3) -> Run:
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        return services.make_run(kind="tests.whole", key="k", inputs={"parts": parts}, by=by)


def cancel(world: World, run: Run) -> str:
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        services.cancel_run(run=Run.objects.get(pk=run.pk), by=by)
        return Run.objects.get(pk=run.pk).state


def test_before_it_begins_it_is_cancelled(world: World) -> None:
    run = make(world)
    assert cancel(world, run) == "cancelled"
    assert services.work_all() == 0


def test_once_a_part_is_done_it_is_not(world: World) -> None:
    """The button is gone too; the run itself goes on."""
    run = make(world)
    assert services.work_chunk(world.id("eastmere"), run.pk)
    with pytest.raises(Refused, match="half of it must not stay"):
        cancel(world, run)
    page = signed_in(world, "finance_officer@eastmere").get("/eastmere/runs/1/").content.decode()
    assert "Cancel the run" not in page
    assert services.work_all() == 2


def test_nor_while_a_worker_has_a_part(committed: None) -> None:
    """The worker holds the lock of its chunk and has marked nothing yet."""
    world = build_world()
    run = make(world)
    has_it, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with scope(acting=world.id("eastmere")):
            Chunk.objects.select_for_update().filter(run_id=run.pk).order_by("sequence")[0:1].get()
            has_it.set()
            may_end.wait(20)
        connections["default"].close()

    worker = threading.Thread(target=hold)
    worker.start()
    with closing(connections["default"]):
        assert has_it.wait(20)
        with pytest.raises(Refused, match="half of it must not stay"):
            cancel(world, run)
        may_end.set()
        worker.join()
        assert cancel(world, run) == "cancelled"
