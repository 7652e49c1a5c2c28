"""Programs under one process: started again when they die, all ended together."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from sharedservices import supervisor
from sharedservices.supervisor import GaveUp, Program, Supervisor

SLEEP = ("sh", "-c", "echo up; exec sleep 60")


def program(folder: Path, name: str, *words: str) -> Program:
    return Program(name, words, folder / f"{name}.log")


def later(seconds: float, number: int) -> None:
    threading.Timer(seconds, lambda: os.kill(os.getpid(), number)).start()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_ends_all_of_them(tmp_path: Path, number: int) -> None:
    programs = [program(tmp_path, name, *SLEEP) for name in ("web", "worker")]
    with Supervisor(programs, os.environ) as running:
        assert all(one.alive for one in programs)
        later(0.2, number)
        running.watch()
    assert [one.alive for one in programs] == [False, False]
    assert programs[0].last_words() == "up"


def test_one_that_dies_is_started_again(tmp_path: Path) -> None:
    one = program(tmp_path, "worker", *SLEEP)
    with Supervisor([one], os.environ) as running:
        first = one.process
        assert first is not None
        first.kill()
        assert running.wait_until(lambda: one.alive and one.process is not first, 10)


def test_one_that_keeps_dying_ends_everything_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "MOST_RESTARTS", 1)
    steady = program(tmp_path, "web", *SLEEP)
    dying = program(tmp_path, "worker", "sh", "-c", "echo no database; exit 3")
    with pytest.raises(GaveUp, match=r"worker keeps ending(.|\n)*no database"):
        with Supervisor([steady, dying], os.environ) as running:
            running.watch()
    assert not steady.alive


def test_one_that_will_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PATIENCE_SECONDS", 0.3)
    deaf = program(tmp_path, "web", "sh", "-c", "trap '' TERM; echo up; sleep 60 & wait; sleep 60")
    with Supervisor([deaf], os.environ) as running:
        assert running.wait_until(lambda: deaf.last_words() == "up", 10)
        began = time.monotonic()
    assert not deaf.alive
    assert time.monotonic() - began < 5


def test_waiting_too_long_says_what_each_said_last(tmp_path: Path) -> None:
    one = program(tmp_path, "web", *SLEEP)
    with pytest.raises(GaveUp, match="Not ready after 1 seconds"):
        with Supervisor([one], os.environ) as running:
            running.wait_until(lambda: False, 1)
    assert not one.alive
