"""Works off runs and deliveries and seals events by asking PostgreSQL, without Redis or Celery."""

import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from core.rounds import go_round
from events import services as events
from runs import services

SEAL_SECONDS = 60


def everything() -> int:
    """Runs, then deliveries and what comes round; returns how much was done."""
    return services.work_all() + events.deliver_waiting() + go_round(timezone.now())


class Command(BaseCommand):
    help = "Does what waits, without Redis; with --once, stops when nothing is left."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        sealed: float | None = None
        while True:
            if sealed is None or time.monotonic() - sealed > SEAL_SECONDS:
                self.work(events.seal_all, patient=not options["once"])
                sealed = time.monotonic()
            done = self.work(everything, patient=not options["once"])
            if options["once"] and not services.waiting():
                return
            if not done:
                time.sleep(1.0)

    def work(self, act: Callable[[], int], *, patient: bool) -> int:
        """One round. Who is patient outlives a restart of PostgreSQL and asks again later."""
        try:
            return act()
        except (DatabaseError, InterfaceError) as error:
            # A server that ends does not always say so by an OperationalError.
            if not patient or (connection.connection and connection.is_usable()):
                raise
            self.stderr.write(f"PostgreSQL is away: {error}")
            connection.close()
            return 0
