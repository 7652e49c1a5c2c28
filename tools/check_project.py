"""Checks that need a database: migrations complete, deployment settings sound.

They run on a server of their own in a temporary folder, gone at the end: what the demonstration or
`DATABASE_URL` holds is neither looked at nor changed.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What would lead to a database of somebody else.
OTHERS = ("DATABASE_", "REDIS_", "COMMONWELL_", "SECRET_KEY", "DJANGO_")
STEPS = (
    ("init_db",),
    ("migrate", "--verbosity", "0"),
    ("makemigrations", "--check", "--dry-run"),
    ("check", "--deploy", "--fail-level", "WARNING", "--database", "default"),
)


def check(folder: Path) -> int:
    """The exit code of the first step that fails, or 0."""
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(OTHERS)},
        "COMMONWELL_VAR": str(folder),
        "HTTPS": "True",
        "DEMO": "False",
        "SECRET_KEY": "only-for-this-check-" + "k7Q2" * 12,
    }
    for words in STEPS:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False)  # noqa: S603
        if done.returncode:
            return done.returncode
    return 0


def main() -> int:
    from sharedservices.embedded import stop_postgres

    with tempfile.TemporaryDirectory(prefix="commonwell-check-") as name:
        try:
            return check(Path(name))
        finally:
            stop_postgres(Path(name) / "postgres")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
