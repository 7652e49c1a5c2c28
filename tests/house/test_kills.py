"""Workers are killed in every kind of run, at each named point and anywhere: nothing differs.

All rows of all tables are compared with those that an undisturbed run leaves.
"""

import os
import random
import re
import signal
import time
from functools import partial
from pathlib import Path

import pytest

from runs.faults import POINTS
from runs.kinds import KINDS
from runs.services import work_all
from tests.databases import copied
from tests.house.source import sources
from tests.runs.every_kind import CASES, Case
from tests.runs.killing import (
    Start,
    asked,
    differences,
    ended,
    finish,
    give_back,
    killed_at,
    left,
    started_worker,
    worker,
)
from tests.world import World

pytestmark = pytest.mark.faults
# Seconds until a worker is killed at any moment; a started one first has to begin.
KILLS, A_MOMENT, TO_BEGIN = 4, 0.3, 6.0


def steps(case: Case) -> list[str]:
    """The points at which a worker of this kind may die, in their order."""
    leased = ["runs.leased"] if case.leased else []
    before = [*leased, "runs.claimed", *case.points, "runs.worked", "runs.marked"]
    return [*before, "runs.before_close", "runs.closed"]


def test_every_kind_is_killed_at_every_point() -> None:
    there = {key for key in KINDS if not key.startswith("tests.")}
    assert set(CASES) == there, "tests/runs/every_kind.py: a kind of run that nobody kills"
    named = {"runs.planned"}.union(*(steps(case) for case in CASES.values()))
    # Payments are made in requests: tests/finance/test_payments_faults.py kills those.
    assert named == {point for point in POINTS if not point.startswith("payments.")}
    assert {key for key, case in CASES.items() if case.leased} == {
        key for key in there if KINDS[key].lease_seconds
    }
    written = "".join(path.read_text(encoding="utf-8") for path in sources())
    assert set(re.findall(r'fault_point\("([a-z_.]+)"\)', written)) == set(POINTS)


@pytest.mark.parametrize("kind", CASES)
def test_killed_in_turn_and_at_random(committed_world: World, kind: str, tmp_path: Path) -> None:
    case = CASES[kind]
    seed = int(os.environ.get("KILLS_SEED", random.randrange(10**9)))
    ask = case.prepare(committed_world)
    give_back()
    before = left()
    with copied():
        killed_at("runs.planned", partial(worker, ask), tmp_path)
        assert differences(left(), before) == {}
        asked(ask)
        for point in steps(case):
            killed_at(point, start_of(case), tmp_path)
        finish()
        in_turn = left()
    with copied():
        asked(ask)
        killed_at_random(case, random.Random(seed), tmp_path)
        finish()
        at_random = left()
    asked(ask)
    work_all()
    undisturbed = left()
    assert differences(undisturbed, before)
    assert differences(in_turn, undisturbed) == {}
    assert differences(at_random, undisturbed) == {}, f"KILLS_SEED={seed} was the chance"


def start_of(case: Case) -> Start:
    """How the workers of this kind come to be."""
    return started_worker if case.started else partial(worker, work_all)


def killed_at_random(case: Case, chance: random.Random, folder: Path) -> None:
    """So many workers die, at named points or at any moment; some may end before that."""
    fuse = folder / "fuse"
    for _ in range(KILLS):
        fuse.touch()
        point = chance.choice(["", *steps(case)])
        child = start_of(case)(point, fuse)
        if not point:
            time.sleep(chance.uniform(0, TO_BEGIN if case.started else A_MOMENT))
            os.kill(child, signal.SIGKILL)
        assert ended(child) in (0, -signal.SIGKILL)
