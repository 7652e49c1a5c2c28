"""Writes docs/rules.md: every rule of the product with the sentence that people read."""

from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from core.rules import Rule

HEAD = "# Rules\n\nMade by `manage.py list_rules`. The code names the rule in tests and answers.\n"


def catalogue() -> str:
    """The page as text: one table for each app, rules by code."""
    import_module(settings.ROOT_URLCONF)  # leads to every page, and so to every rule
    by_app: dict[str, list[type[Rule]]] = {}
    for rule in Rule.catalogue.values():
        app = rule.__module__.split(".")[0]
        if (settings.BASE_DIR / app).is_dir() and app != "tests":
            by_app.setdefault(app, []).append(rule)
    parts = [HEAD]
    for app in sorted(by_app):
        parts.append(f"\n## {app}\n\n| rule | says |\n|---|---|\n")
        for rule in sorted(by_app[app], key=lambda r: r.__name__):
            parts.append(f"| {rule.__name__} | {' '.join((rule.__doc__ or '').split())} |\n")
    return "".join(parts)


class Command(BaseCommand):
    help = "Writes docs/rules.md from the rules in the code."

    def handle(self, *args: Any, **options: Any) -> None:
        Path(settings.BASE_DIR / "docs" / "rules.md").write_text(catalogue(), encoding="utf-8")
        self.stdout.write("docs/rules.md is up to date.")
