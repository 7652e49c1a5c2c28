"""Loads the catalogue of indicators as dated definitions; safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand

from sla.services import load_indicators


class Command(BaseCommand):
    help = "Brings the stored definitions of indicators to what the catalogue says."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_indicators()} definitions written.")
