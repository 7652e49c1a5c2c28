"""What people can do on pages, against what programs can do: made from the code.

.venv/bin/python tools/list_calls.py > docs/api-calls.md
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
APPS = {
    "access": "Sign-in and rights",
    "approvals": "Approvals",
    "benchmarking": "Comparison and packs",
    "events": "Trail and deliveries",
    "finance": "Finance",
    "hr": "Staff",
    "payroll": "Pay",
    "runs": "Runs",
    "sla": "Measures",
    "tenants": "Organisations",
}
HEAD = """# What programs can do, and what only people can

Every act that changes something is a service; pages and calls of the API use the same ones, under
the same permissions. This page was made from the code (`tools/list_calls.py` makes it anew; the
suite sees to it that no act loses its call): for each act of a page, whether a call of
[the API](api.md) uses it too. {both} of {all} acts have a
call. A look at bank details, private details or payslips is an act, as it is recorded. Calls that
read are not on this page: they are in [openapi.yaml](openapi.yaml).
"""


@dataclass(frozen=True)
class Act:
    app: str
    name: str
    says: str


def acts() -> dict[tuple[str, str], Act]:
    """Services: functions that are told who acts, by app and name."""
    found = {}
    for app in APPS:
        for path in _python(app, r"services\b|paying/"):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                    continue
                if any(argument.arg == "by" for argument in node.args.kwonlyargs):
                    first = (ast.get_docstring(node) or "").split("\n")[0].replace("|", "/")
                    found[app, node.name] = Act(app, node.name, first)
    return found


def _python(app: str, pattern: str) -> Iterator[Path]:
    for path in sorted((ROOT / app).rglob("*.py")):
        if re.search(pattern, path.relative_to(ROOT / app).as_posix()):
            yield path


def used_by(pattern: str) -> set[tuple[str, str]]:
    """Names of services that the modules import, or take from a module of services."""
    names: set[tuple[str, str]] = set()
    for app in [*APPS, "portal"]:
        for path in _python(app, pattern):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            modules: dict[str, str] = {}
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and node.module:
                    owner = node.module.split(".")[0]
                    for each in node.names:
                        names.add((owner, each.name))
                        modules[each.asname or each.name] = owner
            for node in ast.walk(tree):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    owner = modules.get(node.value.id, "")
                    names.add((owner, node.attr))
    return names


def page() -> str:
    known = acts()
    on_pages, in_calls = used_by(r"views"), used_by(r"^api")
    shown: dict[str, list[tuple[Act, bool]]] = defaultdict(list)
    for key in sorted(known.keys() & on_pages):
        shown[known[key].app].append((known[key], key in in_calls))
    everything = [called for rows in shown.values() for _, called in rows]
    lines = [HEAD.format(both=sum(everything), all=len(everything))]
    for app, title in APPS.items():
        if shown[app]:
            lines += [f"## {title}\n", "| Act | What it does | Call |", "| --- | --- | --- |"]
            lines += [
                f"| `{act.name}` | {act.says} | {'yes' if called else 'page only'} |"
                for act, called in shown[app]
            ]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
