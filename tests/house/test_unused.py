"""Nothing stands in the product that only its own tests call."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.house.source import ROOT, sources

# These decorators call nothing by themselves; any other one registers what it decorates.
SILENT = ("cache", "lru_cache", "contextmanager", "dataclass", "total_ordering")
PATH = re.compile(r"[\w.]+")
# Names that a framework looks for, and classes that it finds because they are there.
FRAMEWORK = re.compile(r".+(Config|Scheme)$")
# What the product does not use yet and why it stays.
KEPT = {
    "add_working_minutes": (
        "the clock of service levels, proved by worked examples: its first pages are of cases"
    ),
    "restate": "contributions of closed periods as now known: for the back pay of the pay run",
}


def defined(tree: ast.Module) -> Iterator[str]:
    """Functions and classes of a module that nothing calls by their place alone."""
    for node in tree.body:
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or FRAMEWORK.match(node.name):
            continue
        decorators = [ast.unparse(d).split("(")[0].rsplit(".", 1)[-1] for d in node.decorator_list]
        if set(decorators) <= set(SILENT):
            yield node.name


def spoken(tree: ast.Module) -> Iterator[str]:
    """Every name that a module uses: in code, or within a string such as a dotted path."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and PATH.fullmatch(str(node.value)):
            yield from str(node.value).split(".")


def unused(
    modules: Iterable[tuple[str, ast.Module]], others: Iterable[ast.Module] = ()
) -> set[str]:
    trees = list(modules)
    said = Counter(name for _, tree in trees for name in spoken(tree))
    said.update(name for tree in others for name in spoken(tree))
    return {f"{where}:{n}" for where, tree in trees for n in defined(tree) if not said[n]}


def parsed(paths: Iterable[Path]) -> list[tuple[str, ast.Module]]:
    return [
        (path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in paths
    ]


def test_whatever_there_is_has_a_use_in_the_product() -> None:
    migrations = parsed(p for p in ROOT.glob("*/migrations/*.py"))
    tools = parsed((ROOT / "tools").glob("*.py"))
    found = unused(parsed(sources()), [tree for _, tree in [*migrations, *tools]])
    assert {name.split(":")[1] for name in found} == set(KEPT), found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def idle(): ...", {"m:idle"}),
        ("@cache\ndef idle(): ...", {"m:idle"}),
        ("@shared_task\ndef rung(): ...", set()),
        ("def used(): ...\nused()", set()),
        ("def named(): ...\nHANDLER = 'portal.views.named'", set()),
        ("class Idle: ...", {"m:Idle"}),
    ],
)
def test_what_has_no_use_is_seen(text: str, found: set[str]) -> None:
    assert unused([("m", ast.parse(text))]) == found
