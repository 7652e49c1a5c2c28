"""`make check` neither asks nor leaves anything on the machine of who runs it."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import psutil
from django.conf import settings
from django.db import connection

from tenants.services import mark_demonstration


def test_the_demonstration_does_not_fail_the_check(committed: None, tmp_path: Path) -> None:
    mark_demonstration()
    at = connection.settings_dict
    demonstration = f"postgresql://app_rw@/{at['NAME']}?host={quote(str(at['HOST']))}"
    # A socket's path may have some hundred characters only, which leaves no room for deep folders.
    temporary = Path("/tmp") / f"check-{os.getpid()}"
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "tools/check_project.py"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": demonstration, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [one for one in psutil.process_iter() if str(temporary) in " ".join(cmdline(one))] == []
    left = {path.name for path in temporary.iterdir()}
    assert left <= {"runtime-0", ".lockfile"}, left
    for path in temporary.iterdir():
        path.unlink() if path.is_file() else path.rmdir()
    temporary.rmdir()


def cmdline(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []
