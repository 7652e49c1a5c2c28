"""Checks that need a database: migrations complete, deployment settings sound."""

import os
import subprocess
import sys


def main() -> int:
    environment = {
        **os.environ,
        "HTTPS": "True",
        "DEMO": "False",
        "SECRET_KEY": "only-for-this-check-" + "k7Q2" * 12,
    }
    manage = [sys.executable, "manage.py"]
    for words in (
        ["init_db"],
        ["migrate", "--database", "owner", "--verbosity", "0"],
        ["makemigrations", "--check", "--dry-run"],
        ["check", "--deploy", "--fail-level", "WARNING", "--database", "default"],
    ):
        done = subprocess.run([*manage, *words], env=environment, check=False)  # noqa: S603
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
