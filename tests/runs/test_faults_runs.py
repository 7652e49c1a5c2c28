"""Workers die at every point, Redis is lost: the result is always the same."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from core.management.commands.init_db import connect
from core.scope import scope
from runs import services
from runs.faults import POINTS
from runs.models import Chunk, Run
from sharedservices import embedded
from tests.conftest import EMPTY
from tests.runs import kinds as _kinds  # noqa: F401
from tests.runs.killing import worker
from tests.runs.outcome import outcome, undisturbed
from tests.runs.processes import lose_redis, running, same_database, until
from tests.world import World, build_world

PARTS = 3
OWN_POINTS = [point for point in POINTS if point.startswith("runs.")]
TRIALS = [
    (kind, point)
    for kind in ("tests.short", "tests.long")
    for point in OWN_POINTS
    if (kind, point) != ("tests.short", "runs.leased")
]


@pytest.fixture(scope="module")
def shared_world(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[World]:
    """One committed world for all trials, which differ by the key of their run."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield build_world()
        connections["default"].close()
        with closing(connect(os.environ["COMMONWELL_DATABASE"])) as admin:
            admin.cursor().execute(EMPTY)


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    return str(request.node.name)[:120]


def make(world: World, key: str, kind: str = "tests.short", **inputs: int) -> Run:
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        return services.make_run(kind=kind, key=key, inputs={"parts": PARTS, **inputs}, by=by)


def finish_here() -> None:
    """This process is the other worker; it may have to wait for the lease of the dead one."""

    def nothing_left() -> bool:
        services.work_all()
        return not services.waiting()

    until(nothing_left, 20, "the run was not finished by another worker")


@pytest.mark.parametrize("kind", ["tests.short", "tests.long"])
def test_undisturbed(shared_world: World, key: str, kind: str) -> None:
    make(shared_world, key, kind)
    finish_here()
    assert outcome(shared_world.id("eastmere"), key) == undisturbed(PARTS)


@pytest.mark.parametrize(("kind", "point"), TRIALS)
def test_killed_at_each_point(
    shared_world: World, key: str, tmp_path: Path, kind: str, point: str
) -> None:
    act = partial(call_command, "work", once=True)
    if point == "runs.planned":
        act = partial(make, shared_world, key, kind)
    else:
        make(shared_world, key, kind)
    fuse = tmp_path / "fuse"
    fuse.touch()
    _child, status = os.waitpid(worker(act, point, fuse), 0)
    assert (os.waitstatus_to_exitcode(status), fuse.exists()) == (-signal.SIGKILL, False)
    if point == "runs.planned":
        with scope(acting=shared_world.id("eastmere")):
            assert not Run.objects.filter(idempotency_key=key).exists()
        make(shared_world, key, kind)
    finish_here()
    assert outcome(shared_world.id("eastmere"), key) == undisturbed(PARTS)


def test_command_works_without_redis(shared_world: World, key: str, tmp_path: Path) -> None:
    with running(tmp_path / "work.log", "work", **same_database()):
        make(shared_world, key)
        until(lambda: not services.waiting(), 20, "manage.py work did not finish the run")
    assert outcome(shared_world.id("eastmere"), key) == undisturbed(PARTS)


def test_two_workers_share_a_run(shared_world: World, key: str, tmp_path: Path) -> None:
    parts = 12
    with (
        running(tmp_path / "one.log", "work", **same_database()),
        running(tmp_path / "two.log", "work", **same_database()),
    ):
        make(shared_world, key, parts=parts, milliseconds=50)
        until(lambda: not services.waiting(), 30, "two workers did not finish the run")
    assert outcome(shared_world.id("eastmere"), key) == undisturbed(parts)


def test_part_that_kills_its_worker_fails_for_good(shared_world: World, key: str) -> None:
    made = make(shared_world, key, "tests.long")
    with scope(acting=made.organisation_id):
        Chunk.objects.filter(run=made, sequence=2).update(
            attempts=services.MAX_ATTEMPTS, lease_until=timezone.now() - timedelta(seconds=1)
        )
    services.work_all()
    found = outcome(made.organisation_id, key)
    assert (found["state"], found["problem"], found["written"]) == (
        "held",
        "Part 2 failed: The worker ended 5 times before it was done",
        [1, 3],
    )


def test_sleeper_whose_lease_went_by_writes_nothing(shared_world: World, key: str) -> None:
    made = make(shared_world, key, "tests.long")
    place = made.organisation_id
    sleeper = services._lease(place, made.pk)
    assert sleeper is not None
    with scope(acting=place):
        Chunk.objects.filter(pk=sleeper.pk).update(lease_until=timezone.now())
    finish_here()
    with pytest.raises(services.LeaseLost):
        with scope(acting=place):
            services._do(made.pk, sleeper)
    assert outcome(place, key) == undisturbed(PARTS)


def test_redis_lost_between(shared_world: World, key: str, tmp_path: Path) -> None:
    home = tmp_path / "redis"
    url = embedded.start_redis(home).replace("unix://", "redis+socket://")
    there = {**same_database(), "REDIS_URL": url}
    place = shared_world.id("eastmere")

    def rows_done(key: str) -> int:
        return int(outcome(place, key)["rows"][0])

    try:
        with running(tmp_path / "celery.log", "celery", str(tmp_path / "beat"), **there):
            make(shared_world, f"{key} 1", parts=8, milliseconds=250)
            until(lambda: rows_done(f"{key} 1") > 0, 30, "Celery did not begin")
            lose_redis(home)
            make(shared_world, f"{key} 2")
            embedded.start_redis(home)
            until(lambda: not services.waiting(), 60, "the runs did not survive the loss of Redis")
    finally:
        embedded.stop_redis(home)
    assert outcome(place, f"{key} 1") == undisturbed(8)
    assert outcome(place, f"{key} 2") == undisturbed(PARTS)
