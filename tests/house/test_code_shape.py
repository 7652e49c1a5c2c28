"""Sizes, floats, imports and names, measured over the whole source."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = [
    *("core", "events", "tenants", "approvals", "runs"),
    *("sla", "finance", "benchmarking", "portal", "sharedservices"),
]
# Statistics and drawings are about shapes, never about money.
FLOATS_ALLOWED = ("core/charts/", "sla/control_charts.py", "benchmarking/statistics.py")
MONEY_APPS = ("core/money.py", "finance/", "runs/", "approvals/")


def sources() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def functions() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield path, node


def test_files_are_short() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in sources()
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > 600
    }
    assert long == {}


def test_functions_are_short() -> None:
    lengths = {
        f"{p.relative_to(ROOT)}:{f.name}": (f.end_lineno or 0) - f.lineno + 1
        for p, f in functions()
    }
    assert {name: n for name, n in lengths.items() if n > 70} == {}
    ordered = sorted(lengths.values())
    assert ordered[len(ordered) // 2] <= 10


def test_no_floats_near_money() -> None:
    found = []
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(FLOATS_ALLOWED) or not name.startswith(MONEY_APPS):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float"
            names_money = isinstance(node, ast.AnnAssign) and "pence" in ast.unparse(node.target)
            wrong = is_call or (names_money and "float" in ast.unparse(node.annotation))
            if wrong:
                found.append(f"{name}:{node.lineno}")
    assert found == []


def test_no_app_asks_another_apps_tables() -> None:
    """A selector for rows, a service for writes; only `core` and one's own models have .objects."""
    found = []
    for path in sources():
        app = path.relative_to(ROOT).parts[0]
        if app == "sharedservices":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        foreign = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            and node.module
            and ".models" in f".{node.module}"
            and node.module.split(".")[0] in APPS
            and node.module.split(".")[0] != app
            for alias in node.names
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and node.attr == "objects"
                and isinstance(node.value, ast.Name)
                and node.value.id in foreign
            ):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.value.id}.objects")
    assert found == []


def test_storeys_hold() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_unscoped_back_doors() -> None:
    """`scopes_disabled`, `_base_manager`, `.raw(`, `.extra(` and `mark_safe` have no place here."""
    words = ("scopes_disabled", "_base_manager", ".raw(", ".extra(", 'using("owner")')
    found = [
        f"{p.relative_to(ROOT)}: {word}"
        for p in sources()
        for word in words
        if word in p.read_text(encoding="utf-8")
    ]
    assert found == []
