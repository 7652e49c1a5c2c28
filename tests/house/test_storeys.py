"""Imports and references go down, never up, never sideways; private rooms stay private."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest
from django.apps import apps

from tests.house.source import APPS, ROOT, sources, tree_of

PRIVATE = {"views", "api", "tasks", "handlers", "bulk"}
# Where the edges of an app are wired up: addresses, and what is registered when it is ready.
WIRING = {"urls", "api_urls", "apps"}


def storeys() -> list[list[str]]:
    """The storeys as the contract has them, from the highest; apps of one storey together."""
    contract = ConfigParser()
    contract.read(ROOT / ".importlinter")
    layers = contract["importlinter:contract:storeys"]["layers"].split("\n")
    return [layer.replace("|", " ").split() for layer in layers if layer.strip()]


def height(app: str) -> int:
    return next(-place for place, layer in enumerate(storeys()) if app in layer)


def test_every_app_has_a_storey() -> None:
    local = {c.name for c in apps.get_app_configs() if (ROOT / c.name).is_dir()}
    assert {app for layer in storeys() for app in layer} == local == set(APPS)


def test_every_module_has_a_room() -> None:
    """Over each app there is a contract that breaks at a module which no layer names."""
    contract = ConfigParser()
    contract.read(ROOT / ".importlinter")
    held = [
        app
        for name in contract.sections()
        if contract[name].get("exhaustive") == "True"
        for app in contract[name]["containers"].split()
    ]
    assert sorted(held) == sorted(APPS)
    left_out = {c.get("exhaustive_ignores", "migrations").strip() for c in contract.values()}
    assert left_out == {"migrations"}


def test_imports_hold_their_contracts() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_references_between_tables_go_down() -> None:
    found = []
    for model in apps.get_models():
        own = model._meta.app_label
        for field in model._meta.local_fields:
            target = field.related_model._meta.app_label if field.related_model else own
            if own in APPS and target in APPS and target != own and height(target) >= height(own):
                found.append(f"{model.__name__}.{field.name} -> {target}")
    assert found == []


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every module or member that is imported from an app."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def trespasses(path: Path, tree: ast.Module) -> list[str]:
    """Imports of a private room by another app, or by a room beneath it in its own."""
    app, room = path.parts[0], path.parts[1].removesuffix(".py")
    found = []
    for line, name in imported(tree):
        owner, _, rest = name.partition(".")
        entered = rest.split(".")[0]
        if owner not in APPS or entered not in PRIVATE:
            continue
        edge = room == entered or room in WIRING or entered == "bulk"
        if owner != app or not edge:
            found.append(f"{path}:{line} {name}")
    return found


def test_private_rooms_stay_private() -> None:
    # Whoever makes a run rings the bell for it: the one task that a service knows.
    bell = "runs.tasks.work_waiting"
    found = [
        line
        for path in sources()
        for line in trespasses(path.relative_to(ROOT), tree_of(path))
        if not line.endswith(bell)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("finance/api.py", "from finance.views.invoices import read_query"),
        ("finance/selectors/files.py", "from finance import views"),
        ("portal/views.py", "from sla.bulk import compute"),
        ("sharedservices/demo/books.py", "import finance.bulk.posting"),
    ],
)
def test_a_trespass_is_seen(path: str, line: str) -> None:
    assert len(trespasses(Path(path), ast.parse(line))) == 1


def test_no_app_asks_another_apps_tables() -> None:
    """A selector for rows, a service for writes; only `core` and one's own models have .objects."""
    found = []
    for path in sources():
        app = path.relative_to(ROOT).parts[0]
        if app == "sharedservices":
            continue
        tree = tree_of(path)
        foreign = {
            name.rsplit(".", 1)[1]
            for _, name in imported(tree)
            if ".models." in name and name.split(".")[0] in APPS and name.split(".")[0] != app
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in ("objects", "_default_manager")
                and isinstance(node.value, ast.Name)
                and node.value.id in foreign
            ):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.value.id}.objects")
    assert found == []
