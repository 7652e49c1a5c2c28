"""A worker, PostgreSQL or Redis is killed at any moment of a pay run; what is left is the same.

From the start to the bank files, on a copy of the same books each time: every row of every table
is compared with what an undisturbed run leaves. `make kills` does it at 30 moments.
"""

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from kombu import Connection

from core.actors import Actor
from core.management.commands.init_db import connect
from core.scope import scope
from payroll.models import PayPeriod, PayRun
from payroll.services.paying import order_payment
from payroll.services.runs import approve, start_pay_run
from runs.services import waiting, work_all
from runs.tasks import work_waiting
from sharedservices import embedded
from tests.conftest import EMPTY
from tests.databases import copied, here
from tests.payroll import pay_runs
from tests.runs.killing import (
    Rows,
    at_one_moment,
    differences,
    ended,
    give_back,
    left,
    settle,
    worker,
)
from tests.runs.processes import lose_redis, running, same_database, until
from tests.runs.server import Server
from tests.world import build_world

pytestmark = pytest.mark.faults
KILLS = int(os.environ.get("KILLS", "6"))
PEOPLE, PEOPLE_OF_A_PART, STEPS = 12, 2, 3


@dataclass(frozen=True)
class Flow:
    """A pay run of which nothing is asked yet, and who asks for each of its steps."""

    by: Actor
    boss: Actor

    def go(self, steps: int = STEPS) -> None:
        """So many steps on from wherever it is: calculated, committed, paid."""
        for _ in range(steps):
            self.ask()
            work_all()

    def ask(self) -> None:
        """Asks for the next step, unless one waits."""
        if not waiting():
            self._ask(self._found())
        at_one_moment()

    def _ask(self, run: PayRun | None) -> None:
        if run is not None and run.state == PayRun.State.CALCULATED:
            run = pay_runs.submitted(run, self.by)
        with scope(acting=self.by.organisation_id):
            if run is None:
                start_pay_run(period=PayPeriod.objects.order_by("pays_on")[0], by=self.by)
            elif run.state == PayRun.State.SUBMITTED:
                net = run.results["net"]
                approve(pay_run=run, typed_total_pence=net, version=run.version, by=self.boss)
            elif run.state == PayRun.State.COMMITTED:
                order_payment(pay_run=run, by=self.by)

    def _found(self) -> PayRun | None:
        with scope(acting=self.by.organisation_id):
            return PayRun.objects.first()


def at_work() -> bool:
    """A worker has begun the newest run, or has done it already."""
    with closing(connect(here())) as admin, admin.cursor() as cursor:
        cursor.execute("SELECT state <> 'planned' FROM runs_run ORDER BY id DESC LIMIT 1")
        return bool(cursor.fetchone()[0])


@pytest.fixture(scope="module")
def flow(server: Server) -> Iterator[Flow]:
    with closing(server.admin()) as admin, admin.cursor() as cursor:
        cursor.execute(EMPTY)
    world = build_world()
    by = pay_runs.payroll(world, *(pay_runs.person(number) for number in range(1, PEOPLE + 1)))
    with scope(acting=by.organisation_id):
        pay_runs.group(by)
    give_back()
    with pytest.MonkeyPatch.context() as parts:
        parts.setattr("payroll.kinds.PEOPLE_OF_A_PART", PEOPLE_OF_A_PART)
        yield Flow(by, world.actor("finance_manager@eastmere"))


@pytest.fixture(scope="module")
def undisturbed(flow: Flow) -> tuple[Rows, float]:
    """What is left where nobody is killed, and how many seconds that took."""
    with copied():
        started = time.monotonic()
        assert ended(worker(flow.go)) == 0
        took = time.monotonic() - started
        found = left()
    assert '"state": "paid"' in found["payroll_payrun"][0]
    assert len(found["payroll_payslip"]) == PEOPLE
    return found, took


def kill_worker(flow: Flow, server: Server, moment: float, folder: Path) -> None:
    child = worker(flow.go)
    time.sleep(moment)
    os.kill(child, signal.SIGKILL)
    assert ended(child) in (0, -signal.SIGKILL)


def kill_postgres(flow: Flow, server: Server, moment: float, folder: Path) -> None:
    child = worker(flow.go)
    time.sleep(moment)
    server.kill()
    server.start()
    assert ended(child) in (0, 1)


def kill_redis(flow: Flow, server: Server, moment: float, folder: Path) -> None:
    """A worker of Celery is at one of the steps, and dies right after its Redis."""
    flow.go(int(moment * 1000) % STEPS)
    flow.ask()
    home = folder / "redis"
    url = embedded.start_redis(home).replace("unix://", "redis+socket://")
    there = {**same_database(), "REDIS_URL": url}
    try:
        with running(folder / "log", "celery", str(folder / "beat"), **there) as celery:
            with Connection(url) as bell:
                work_waiting.apply_async(connection=bell)
            until(at_work, 30, "the worker did not begin")
            time.sleep(moment / STEPS)
            lose_redis(home)
            os.killpg(celery.pid, signal.SIGKILL)
            celery.wait()
    finally:
        embedded.stop_redis(home)
        shutil.rmtree(embedded.redis_socket(home).parent, ignore_errors=True)
    settle()


VICTIMS = {"worker": kill_worker, "postgresql": kill_postgres, "redis": kill_redis}


@pytest.mark.parametrize("number", range(KILLS))
def test_killed_at_any_moment(
    server: Server,
    flow: Flow,
    undisturbed: tuple[Rows, float],
    tmp_path: Path,
    number: int,
) -> None:
    wanted, took = undisturbed
    seed = int(os.environ.get("KILLS_SEED", random.randrange(10**9)))
    moment = random.Random(seed).uniform(0, took)
    victim = list(VICTIMS)[number % len(VICTIMS)]
    with copied():
        VICTIMS[victim](flow, server, moment, tmp_path)
        flow.go()
        assert differences(left(), wanted) == {}, f"KILLS_SEED={seed}: {victim} after {moment:.3f}s"
