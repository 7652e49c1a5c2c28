"""Works off waiting runs and deliveries by asking PostgreSQL, without Redis or Celery."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, connection

from events import services as events
from runs import services


class Command(BaseCommand):
    help = "Does what waits, without Redis; with --once, stops when nothing is left."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            done = self.work(patient=not options["once"])
            if options["once"] and not services.waiting():
                return
            if not done:
                time.sleep(1.0)

    def work(self, *, patient: bool) -> int:
        """One round. Who is patient outlives a restart of PostgreSQL and asks again later."""
        try:
            return services.work_all() + events.deliver_waiting()
        except (OperationalError, InterfaceError) as error:
            if not patient:
                raise
            self.stderr.write(f"PostgreSQL is away: {error}")
            connection.close()
            return 0
