"""A process of its own for the tests of faults: makes runs, works, tells what came of it.

python -m tests.runs.worker VERB: make KIND KEY INPUTS, work [--once], runs, celery SCHEDULE.
"""

import json
import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sharedservices.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from core.actors import system_actor  # noqa: E402
from core.scope import scope  # noqa: E402
from runs import services  # noqa: E402
from tenants.selectors import all_organisations  # noqa: E402
from tests.runs import kinds as _kinds  # noqa: E402, F401


def organisation_id() -> int:
    return next(row.id for row in all_organisations() if row.slug == "eastmere")


def make(kind: str, key: str, inputs: dict[str, Any]) -> None:
    by = system_actor(organisation_id(), "A tester")
    with scope(acting=by.organisation_id):
        services.make_run(kind=kind, key=key, inputs=inputs, by=by)


def main(verb: str, *words: str) -> None:
    if verb == "make":
        make(words[0], words[1], json.loads(words[2]))
    elif verb == "work":
        call_command("work", once="--once" in words)
    elif verb == "runs":
        services.work_all()
    elif verb == "celery":
        from sharedservices.celery import app

        app.worker_main(["worker", "-B", "-s", words[0], "--concurrency=1", "-l", "warning"])


if __name__ == "__main__":
    main(*sys.argv[1:])
