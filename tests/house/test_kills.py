"""Workers are killed in every kind of run, at each named point and anywhere: nothing differs.

All rows of all tables are compared with those that an undisturbed run leaves.
"""

import os
import random
import re
import signal
import time
from pathlib import Path

import pytest

from runs.faults import POINTS
from runs.kinds import KINDS
from runs.services import work_all
from tests.databases import copied
from tests.house.source import sources
from tests.runs.every_kind import CASES, Case
from tests.runs.killing import (
    asked,
    differences,
    ended,
    finish,
    give_back,
    killed_at,
    left,
    worker,
)
from tests.world import World

pytestmark = pytest.mark.faults
KILLS, A_MOMENT = 4, 0.3


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


# The maker of PDFs keeps threads, which a worker that is forked from this process does not have: it
# would wait for them for ever. Workers in production are forked before any PDF is made.
NOT_BY_FORK = pytest.mark.skip(reason="threads that make PDFs do not outlive the fork of the test")
KINDS_KILLED = [
    pytest.param(kind, marks=NOT_BY_FORK) if kind == "payroll.certificates" else kind
    for kind in CASES
]


@pytest.mark.parametrize("kind", KINDS_KILLED)
def test_killed_in_turn_and_at_random(committed_world: World, kind: str, tmp_path: Path) -> None:
    case = CASES[kind]
    seed = int(os.environ.get("KILLS_SEED", random.randrange(10**9)))
    ask = case.prepare(committed_world)
    give_back()
    before = left()
    with copied():
        killed_at("runs.planned", ask, tmp_path)
        assert differences(left(), before) == {}
        asked(ask)
        for point in steps(case):
            killed_at(point, work_all, tmp_path)
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


def killed_at_random(case: Case, chance: random.Random, folder: Path) -> None:
    """So many workers die, at named points or at any moment; some may end before that."""
    fuse = folder / "fuse"
    for _ in range(KILLS):
        fuse.touch()
        point = chance.choice(["", *steps(case)])
        child = worker(work_all, point, fuse)
        if not point:
            time.sleep(chance.uniform(0, A_MOMENT))
            os.kill(child, signal.SIGKILL)
        assert ended(child) in (0, -signal.SIGKILL)
