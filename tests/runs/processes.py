"""Processes of the tests of faults: started with an environment of their own, always ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import redis
from django.conf import settings
from django.db import connection

from sharedservices import embedded
from sharedservices.environment import written


def same_database() -> dict[str, str]:
    """The environment in which another process uses the database of this test, and no Redis."""
    at = connection.settings_dict
    return {
        "DATABASE_URL": f"postgresql://{at['USER']}@/{at['NAME']}?host={quote(str(at['HOST']))}",
        "FIELD_KEYS": written(settings.FIELD_KEYS),
        "REDIS_URL": "redis+socket:///nonexistent/redis.sock",
    }


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "tests.runs.worker", *words]


def environment(**extra: str) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if k != "COMMONWELL_DATABASE"}
    return {**inherited, "DJANGO_SETTINGS_MODULE": "sharedservices.settings", **extra}


@contextmanager
def running(log: Path, *words: str, **extra: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that goes on while the test does; terminated at the end, killed if it lingers.

    It leads a group of its own, so that a test can kill it together with its children.
    """
    with log.open("wb") as out:
        process = subprocess.Popen(
            command(*words),
            cwd=settings.BASE_DIR,
            env=environment(**extra),
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def until(holds: Callable[[], bool], seconds: int, what: str) -> None:
    """Waits until it holds; fails with `what` after so many seconds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def lose_redis(home: Path) -> None:
    """Kills the server without a chance to save anything."""
    client = redis.Redis(unix_socket_path=str(embedded.redis_socket(home)))
    os.kill(client.info("server")["process_id"], signal.SIGKILL)
