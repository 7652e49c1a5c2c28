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
PAGES, CALLS = r"(^|/)views", r"^api"
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
RIGHTS = "rights, tokens and sign-in need a person who showed who is there"
BANK_AND_PRIVATE = "whole bank details and private details are shown to people"
FILE = "a file is looked through by a person; calls do the same one by one"
PAY = "somebody's pay is shown to people"
OWN = "how one person wants to be told, or a letter to one person"
# Acts of pages that have no call on purpose, each with the reason. Any other act needs one.
ON_PURPOSE = {
    **{
        ("access", name): RIGHTS
        for name in (
            *("agree_acceptance", "ask_acceptance", "change_right", "claim_domain"),
            *("confirm_rights", "drop_domain", "end_acceptance", "end_reviewed", "end_right"),
            *("end_sessions", "end_token", "finish_review", "found_and_invite", "grant_newcomer"),
            "invite",
            *("grant_right", "keep_rights"),
            *("make_token", "note_change", "open_review", "plan_rights", "reset_factors"),
            *("set_mail_sender", "set_provider", "verify_domain"),
        )
    },
    **{("approvals", name): OWN for name in ("choose_notices", "read_link")},
    ("events", "set_up_webhook"): "its secret is shown once, to who sets it up",
    ("events", "end_webhook"): "who is told of events is decided by who showed who is there",
    **{("tenants", name): FILE for name in ("keep_days", "plan_days")},
    **{("finance", name): FILE for name in ("keep_layouts", "plan_layouts")},
    **{("approvals", name): FILE for name in ("plan_route_steps", "propose_routes")},
    **{("sla", name): FILE for name in ("plan_targets", "propose_targets")},
    **{("hr", name): FILE for name in ("keep_codes", "plan_codes", "keep_posts", "plan_posts")},
    ("finance", "look_at_bank"): BANK_AND_PRIVATE,
    ("finance", "note_download"): "files with whole bank details are taken away by people",
    ("finance", "be_on"): "it says that a person has a page open",
    ("hr", "look_at_private"): BANK_AND_PRIVATE,
    ("hr", "look_at_reason"): "why somebody is sick is shown to people, one look at a time",
    ("hr", "change_private"): BANK_AND_PRIVATE,
    **{("payroll", name): PAY for name in ("look_at_history", "look_at_payslip", "look_at_year")},
    **{("payroll", name): PAY for name in ("look_at_notices", "look_at_pension")},
    **{
        ("payroll", name): "a person asks in their own name; what payroll is told, it records"
        for name in ("ask_to_join", "opt_out")
    },
    **{("tenants", name): RIGHTS for name in ("check_founding", "plan_foundings")},
    ("payroll", "change_own_account"): "a person says where their own pay goes, and confirms it",
    ("payroll", "look_at_earnings"): PAY,
    ("payroll", "ask_question"): "a person asks about their own payslip, in their own name",
    **{("payroll", name): PAY for name in ("make_fps", "take_fps", "make_eps", "take_eps")},
    **{("payroll", name): PAY for name in ("take_parts", "take_contributions")},
    ("payroll", "take_certificate"): PAY,
    ("payroll", "wrong_particulars"): FILE,
    ("payroll", "confirm_guesses"): "a person has read all of them; a call confirms one",
    ("payroll", "note_download"): "files with everybody's pay and account are taken by people",
}
HEAD = """# What programs can do, and what only people can

Every act that changes something is a service; pages and calls of the API use the same ones, under
the same permissions. This page was made from the code (`tools/list_calls.py` makes it anew; the
suite sees to it that no act loses its call): for each act of a page, whether a call of
[the API](api.md) uses it too. {both} of {all} acts have a
call; those without one on purpose say why. A look at bank details, private details or payslips
is an act, as it is recorded. Calls that read are not on this page: they are in
[openapi.yaml](openapi.yaml).
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
        for path in _python(app, r"services\b|paying/|^webhooks"):
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


def _without(act: Act) -> str:
    reason = ON_PURPOSE.get((act.app, act.name), "")
    return f"page only: {reason}" if reason else "page only"


def without_call() -> set[tuple[str, str]]:
    """Acts of pages that no call of the API uses."""
    return (acts().keys() & used_by(PAGES)) - used_by(CALLS)


def page() -> str:
    known = acts()
    on_pages, in_calls = used_by(PAGES), used_by(CALLS)
    shown: dict[str, list[tuple[Act, bool]]] = defaultdict(list)
    for key in sorted(known.keys() & on_pages):
        shown[known[key].app].append((known[key], key in in_calls))
    everything = [called for rows in shown.values() for _, called in rows]
    lines = [HEAD.format(both=sum(everything), all=len(everything))]
    for app, title in APPS.items():
        if shown[app]:
            lines += [f"## {title}\n", "| Act | What it does | Call |", "| --- | --- | --- |"]
            lines += [
                f"| `{act.name}` | {act.says} | {'yes' if called else _without(act)} |"
                for act, called in shown[app]
            ]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
