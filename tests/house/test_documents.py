"""Documents that are made from the code agree with it."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from core.management.commands.list_rules import catalogue
from sla.management.commands.list_indicators import catalogue as indicators
from tools.list_calls import page as calls

LONGEST_LINE = 120
# Set by the image, or never there: switches for whoever develops.
NOT_FOR_CONTAINERS = {"COMMONWELL_VAR", "DEBUG"}
ROOT = Path(__file__).resolve().parents[2]


def test_rules_page_is_current() -> None:
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == catalogue()


def test_indicators_page_is_current() -> None:
    assert (ROOT / "docs" / "indicators.md").read_text(encoding="utf-8") == indicators()


def test_schema_of_the_api_is_current() -> None:
    made = SchemaGenerator().get_schema(request=None, public=True)
    kept = (ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8")
    assert kept == OpenApiYamlRenderer().render(made, renderer_context={}).decode()


def test_no_act_loses_its_call() -> None:
    """The page may be behind with new acts: tools/list_calls.py > docs/api-calls.md."""
    kept = (ROOT / "docs" / "api-calls.md").read_text(encoding="utf-8")
    told = {line.split("|")[1] for line in kept.splitlines() if line.endswith("| yes |")}
    now = {line.split("|")[1] for line in calls().splitlines() if line.endswith("| yes |")}
    assert len(told) > 10 and told - now == set()


def test_every_setting_is_documented_and_reaches_the_containers() -> None:
    readers = r'environment\.\w+\(\s*"([A-Z_]+)"'
    settings = (ROOT / "sharedservices" / "settings.py").read_text(encoding="utf-8")
    names = set(re.findall(readers, settings)) - NOT_FOR_CONTAINERS
    composed = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    told = {name for one in composed["services"].values() for name in one.get("environment", ())}
    assert len(names) > 20
    assert names - told == set()
    document = "\n".join(page.read_text(encoding="utf-8") for page in pages())
    assert {name for name in names if f"`{name}`" not in document} == set()


def test_only_the_migrations_know_owner_and_administrator() -> None:
    composed = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    knowing = {"DATABASE_OWNER_URL", "DATABASE_ADMIN_URL"}
    told = [
        n for n, one in composed["services"].items() if knowing & set(one.get("environment", ()))
    ]
    assert told == ["migrate"]


def pages() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def prose(page: Path) -> Iterator[tuple[int, str]]:
    """Lines by number, without those that cannot be broken: of tables, of code."""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith(("|", "    ")):
            yield number, line


def test_prose_is_wrapped() -> None:
    long = [
        f"{page.relative_to(ROOT)}:{number}"
        for page in pages()
        for number, line in prose(page)
        if len(line) > LONGEST_LINE
    ]
    assert long == []


def test_links_between_documents_lead_somewhere() -> None:
    links = [
        (page, target)
        for page in pages()
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    ]
    assert len(links) > 10
    assert [
        f"{p.name} -> {target}" for p, target in links if not (p.parent / target).exists()
    ] == []


def test_tests_that_the_security_page_names_exist() -> None:
    text = (ROOT / "docs" / "security" / "asvs.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text)
    assert len(named) > 40
    assert [
        f"{path}::{name}"
        for path, name in named
        if f"def {name or 'test_'}" not in (ROOT / path).read_text(encoding="utf-8")
    ] == []


def test_no_requirement_of_the_security_page_was_forgotten() -> None:
    """Each of the 253 stands somewhere; whole sections stand with their number alone."""
    text = (ROOT / "docs" / "security" / "asvs.md").read_text(encoding="utf-8")
    kept = (ROOT / "tests" / "data" / "asvs-5.0.0-level-2.txt").read_text(encoding="utf-8")
    wanted = [
        (section, f"{section}.{number}")
        for section, _, numbers in (line.partition(": ") for line in kept.splitlines())
        for number in numbers.split()
    ]
    assert len(wanted) == 253
    said = set(re.findall(r"(?<![\d.])\d+\.\d+\.\d+", text))
    whole = set(re.findall(r"(?<=[( ])\d+\.\d+(?=[,)])", text))
    assert "WebRTC (17)" in text
    assert [
        number
        for section, number in wanted
        if number not in said and section not in whole and not section.startswith("17.")
    ] == []
