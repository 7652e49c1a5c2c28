"""Keeps a handful of programs running as children of one foreground process.

A program that dies is started again; one that keeps dying ends everything, with the last lines it
wrote. An interrupt or a request to end stops all of them, and waits until they have.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

PATIENCE_SECONDS = 20
MOST_RESTARTS = 3
RESTART_WINDOW_SECONDS = 60.0
# Ctrl-C, a request to end, and a terminal that was closed.
END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class GaveUp(RuntimeError):
    """A program ended again and again; the message names it and shows what it said last."""


@dataclass
class Program:
    """A command whose output goes to a log file, and the process that runs it now."""

    name: str
    words: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self, environment: Mapping[str, str]) -> None:
        """Starts it in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.starts.append(time.monotonic())
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 (the words are our own)
                self.words,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_end(self) -> None:
        if self.process is not None and self.alive:
            self.process.terminate()

    def stop(self) -> None:
        """Asks it to end, and ends its whole session if it does not within the patience."""
        self.ask_to_end()
        if self.process is None:
            return
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def last_words(self, lines: int = 15) -> str:
        """The end of its log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Supervisor:
    """Runs programs until it is told to end. Use as a context manager around `watch`."""

    def __init__(self, programs: Sequence[Program], environment: Mapping[str, str]) -> None:
        self.programs = programs
        self.environment = environment
        self.ending = False
        self._before: dict[int, object] = {}

    def __enter__(self) -> "Supervisor":
        for number in END_SIGNALS:
            self._before[number] = signal.signal(number, self._end)
        for program in self.programs:
            program.start(self.environment)
        return self

    def __exit__(self, *error: object) -> None:
        for program in self.programs:
            program.ask_to_end()
        for program in self.programs:
            program.stop()
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.ending = True

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Watches until `ready` is true; False when told to end first. GaveUp when too late."""
        limit = time.monotonic() + seconds
        while not ready():
            if self.ending:
                return False
            if time.monotonic() > limit:
                raise GaveUp(f"Not ready after {seconds:.0f} seconds.\n{self._all_last_words()}")
            self._look()
            time.sleep(0.1)
        return True

    def watch(self) -> None:
        """Returns when told to end. GaveUp when a program cannot be kept running."""
        while not self.ending:
            self._look()
            time.sleep(0.3)

    def _look(self) -> None:
        for program in self.programs:
            if program.alive or self.ending:
                continue
            since = time.monotonic() - RESTART_WINDOW_SECONDS
            if sum(start > since for start in program.starts) > MOST_RESTARTS:
                raise GaveUp(f"{program.name} keeps ending. It said:\n{program.last_words()}")
            time.sleep(1)
            program.start(self.environment)

    def _all_last_words(self) -> str:
        return "\n".join(f"{p.name}: {p.last_words(5)}" for p in self.programs)
