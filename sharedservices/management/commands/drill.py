"""The restore drill as a command: what it did, how long recovery took, and nothing left behind."""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from sharedservices.drill import DrillFailed, drill


class Command(BaseCommand):
    help = "Backs up, restores beside, and checks what came back; the running server is only read."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--record", type=Path, help="adds the result to this file, a line each")

    def handle(self, *args: Any, **options: Any) -> None:
        # The server's own user has to come through to what is its own within.
        with tempfile.TemporaryDirectory(prefix="cw-drill-") as name:
            Path(name).chmod(0o711)
            try:
                report = drill(
                    settings.ADMIN_DATABASE,
                    settings.DATABASES["default"]["NAME"],
                    Path(name) / "d",
                    home=settings.POSTGRES_HOME if settings.EMBEDDED_POSTGRES else None,
                )
            except DrillFailed as error:
                raise CommandError(str(error), returncode=2) from error
        for words, took in report.steps:
            self.stdout.write(f"{took:8.2f} s  {words}")
        for words in report.missing:
            self.stdout.write(f"Not done: {words}")
        self.stdout.write(f"Restored in {report.restored:.2f} s. Everything is as it was.")
        if options["record"]:
            facts: dict[str, Any] = {
                "at": timezone.now().isoformat(),
                "restored_seconds": report.restored,
            }
            facts["missing"] = report.missing
            with options["record"].open("a", encoding="utf-8") as file:
                file.write(json.dumps({**facts, "steps": report.steps}) + "\n")
