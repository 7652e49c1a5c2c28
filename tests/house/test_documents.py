"""Documents that are made from the code agree with it."""

from pathlib import Path

from core.management.commands.list_rules import catalogue

ROOT = Path(__file__).resolve().parents[2]


def test_rules_page_is_current() -> None:
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == catalogue()
