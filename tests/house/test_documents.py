"""Documents that are made from the code agree with it."""

from pathlib import Path

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from core.management.commands.list_rules import catalogue
from sla.management.commands.list_indicators import catalogue as indicators

ROOT = Path(__file__).resolve().parents[2]


def test_rules_page_is_current() -> None:
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == catalogue()


def test_indicators_page_is_current() -> None:
    assert (ROOT / "docs" / "indicators.md").read_text(encoding="utf-8") == indicators()


def test_schema_of_the_api_is_current() -> None:
    made = SchemaGenerator().get_schema(request=None, public=True)
    kept = (ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8")
    assert kept == OpenApiYamlRenderer().render(made, renderer_context={}).decode()
