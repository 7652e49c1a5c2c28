"""Writes docs/indicators.md: every indicator, what feeds it, or why it is not measured yet."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from sla.catalogue import Entry, entries
from sla.registry import MEASURES, Kind

HEAD = """# Indicators

Made by `manage.py list_indicators` from `sla/data/indicators.csv` and what the apps declare.
A KPI can have a target; a KAI is a volume and is never judged; an input KPI is the organisation's
own part of the work. Numerator and denominator are stored apart, by organisation and month.
"""


def catalogue() -> str:
    """The page as text: the live indicators by kind, then the others by function."""
    found = entries()
    live = [entry for entry in found if entry.numerator]
    waiting = [entry for entry in found if not entry.numerator]
    parts = [HEAD, f"\n{len(found)} are defined: {len(live)} live, {len(waiting)} not yet.\n"]
    for kind in Kind:
        rows = [entry for entry in live if entry.kind == kind]
        parts.append(f"\n## Live: {kind} ({len(rows)})\n\n| code | name | above the line | below |")
        parts.append("\n|---|---|---|---|\n")
        parts += [
            f"| {e.code} | {e.name} | {_label(e.numerator)} | {_label(e.denominator)} |\n"
            for e in rows
        ]
    for function in dict.fromkeys(entry.function for entry in waiting):
        rows = [entry for entry in waiting if entry.function == function]
        parts.append(f"\n## Not yet: {function} ({len(rows)})\n\n| code | name | why |\n")
        parts.append("|---|---|---|\n")
        parts += [_why(entry) for entry in rows]
    return "".join(parts)


def _label(key: str) -> str:
    return MEASURES[key].label if key else "–"


def _why(entry: Entry) -> str:
    return f"| {entry.code} | {entry.name} | {entry.not_live} |\n"


class Command(BaseCommand):
    help = "Writes docs/indicators.md from the catalogue and the code."

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR / "docs" / "indicators.md")
        path.write_text(catalogue(), encoding="utf-8")
        self.stdout.write("docs/indicators.md is up to date.")
