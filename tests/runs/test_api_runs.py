"""Runs steered by programs, as on their page."""

from typing import Any

from core.scope import scope
from runs import services
from runs.models import Chunk, Run
from tests.house.test_routes import new_key
from tests.runs.test_views_runs import make, signed_in
from tests.world import World

RUN = "/api/v1/eastmere/runs/1/"


def send(world: World, act: str, who: str = "finance_officer") -> Any:
    client = signed_in(world, f"{who}@eastmere")
    kind = "application/json"
    return client.post(f"{RUN}{act}/", {}, content_type=kind, headers=new_key())


def test_a_run_is_stopped_once(world: World) -> None:
    make(world, "k")
    assert send(world, "cancellation", "staff").status_code == 403
    assert send(world, "cancellation").json()["state"] == "cancelled"
    again = send(world, "cancellation")
    assert (again.status_code, again.json()["code"]) == (422, "RUN02")


def test_a_held_run_is_tried_again(world: World) -> None:
    run = make(world, "k")
    assert send(world, "retry").json()["code"] == "RUN03"
    with scope(acting=run.organisation_id):
        Chunk.objects.filter(run=run, sequence=2).update(state="failed", error="Odd")
    services.work_all()
    with scope(acting=run.organisation_id):
        assert Run.objects.get().state == "held"
    assert send(world, "retry").json()["state"] == "running"
    services.work_all()
    with scope(acting=run.organisation_id):
        assert Run.objects.get().state == "finished"
