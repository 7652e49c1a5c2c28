"""Writes the anchors of the audit trail into a file, to be kept where this system cannot reach."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from events.selectors import anchors
from events.services import seal_all


class Command(BaseCommand):
    help = "Seals what happened so far and writes the last seal of every organisation to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where the file goes; it is never replaced")

    def handle(self, *args: Any, **options: Any) -> None:
        seal_all()
        now = timezone.now()
        content = {"published_at": now.isoformat(), "anchors": [vars(one) for one in anchors()]}
        options["folder"].mkdir(parents=True, exist_ok=True)
        path = options["folder"] / f"anchor-{now:%Y%m%dT%H%M%S%fZ}.json"
        with path.open("x", encoding="utf-8") as handle:
            json.dump(content, handle, indent=1, default=str)
        self.stdout.write(str(path))
