"""A process of its own for the tests of faults, which works.

python -m tests.runs.worker VERB: work, runs, celery SCHEDULE.
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sharedservices.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from runs import services  # noqa: E402
from tests.runs import kinds as _kinds  # noqa: E402, F401


def main(verb: str, *words: str) -> None:
    if verb == "work":
        call_command("work")
    elif verb == "runs":
        services.work_all()
    elif verb == "celery":
        from sharedservices.celery import app

        app.worker_main(["worker", "-B", "-s", words[0], "--concurrency=1", "-l", "warning"])


if __name__ == "__main__":
    main(*sys.argv[1:])
