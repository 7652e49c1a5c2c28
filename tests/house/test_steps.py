"""Every step of every kind of run: outside any scope, in the scope of another, without permission.

The kinds come from their registry and their books from tests/runs/every_kind.py, so a new kind is
tried at once. Each of the three walls alone is not all that stands: with any of them off the other
two leave the rows of both organisations as they were.
"""

from contextlib import suppress
from typing import Any

import pytest

from core.actors import Actor, may, system_actor
from core.errors import NotAllowed
from core.scope import ScopeError, scope
from runs.kinds import KINDS
from runs.models import Chunk, Run
from runs.services import make_run
from tenants.roles import Role
from tests.house.walls import MODES, standing, state_of
from tests.runs.every_kind import CASES
from tests.world import World

PLACES = ("eastmere", "northdale", "centre")
STEPS = ("plan", "work", "close")


def asked(world: World, kind: str) -> tuple[Run, Chunk, Actor]:
    """A run of that kind which waits to be done, its first part, and who does it."""
    CASES[kind].prepare(world)()
    for slug in PLACES:
        with scope(acting=world.id(slug)):
            run = Run.objects.filter(kind=kind, state=Run.State.PLANNED).first()
            if run is not None:
                chunk = Chunk.objects.filter(run=run).order_by("sequence")[0]
                return run, chunk, system_actor(run.organisation_id)
    raise AssertionError(f"{kind}: tests/runs/every_kind.py asked for no run")


def take(step: Any, name: str, run: Run, chunk: Chunk, by: Actor) -> Any:
    given = {"plan": (run,), "work": (run, chunk, by), "close": (run, by)}
    return step(*given[name])


def states(world: World) -> list[Any]:
    return [state_of(world, slug) for slug in PLACES]


@pytest.mark.parametrize("kind", CASES)
def test_no_step_is_taken_but_for_the_organisation_that_is_acted_for(
    committed_world: World, kind: str
) -> None:
    world = committed_world
    run, chunk, by = asked(world, kind)
    other = next(world.id(slug) for slug in PLACES if world.id(slug) != run.organisation_id)
    openings: list[dict[str, Any]] = [
        {"acting": other},
        {"acting": other, "readable": {run.organisation_id}},
        {"readable": {run.organisation_id}},
    ]
    before = states(world)
    for mode in MODES:
        with standing(mode):
            for name in STEPS:
                step = getattr(KINDS[kind], name)
                with pytest.raises(ScopeError):
                    take(step, name, run, chunk, by)
                for opened in openings:
                    with scope(**opened), pytest.raises(ScopeError):
                        take(step, name, run, chunk, by)
    assert states(world) == before


@pytest.mark.parametrize("mode", ["both walls", "row security alone"])
@pytest.mark.parametrize("kind", CASES)
def test_without_that_wall_the_others_leave_all_rows_as_they_were(
    committed_world: World, kind: str, mode: str
) -> None:
    """A step may find nothing, or be refused by whichever wall it meets first."""
    world = committed_world
    run, chunk, by = asked(world, kind)
    other = next(world.id(slug) for slug in PLACES if world.id(slug) != run.organisation_id)
    before = states(world)
    with standing(mode):
        for name in STEPS:
            step = getattr(KINDS[kind], name).__wrapped__
            with suppress(Exception):
                take(step, name, run, chunk, by)
            with suppress(Exception), scope(acting=other):
                take(step, name, run, chunk, by)
    assert states(world) == before


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_makes_a_run_without_its_permission(world: World, kind: str) -> None:
    refused = 0
    for role in Role:
        by = world.actor(f"{role}@eastmere")
        if may(by, KINDS[kind].permission):
            continue
        with scope(acting=by.organisation_id), pytest.raises(NotAllowed):
            make_run(kind=kind, key="k", inputs={}, by=by)
        refused += 1
    with scope(acting=world.id("eastmere")):
        assert not Run.objects.exists()
    assert refused
