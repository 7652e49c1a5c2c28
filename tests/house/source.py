"""The source that the house tests measure."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# From the lowest storey to the highest.
APPS = [
    *("core", "events", "tenants", "access", "approvals", "runs"),
    *("sla", "hr", "finance", "payroll", "benchmarking", "portal", "sharedservices"),
]


def sources() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
