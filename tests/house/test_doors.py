"""Whatever sends something outside asks `core.outside` whether the organisation is heard there."""

import ast
from pathlib import Path

from tests.house.source import ROOT, sources, tree_of

# What opens a way outside.
DOORS = {
    *("django.core.mail", "smtplib", "ftplib", "imaplib", "http.client", "socket"),
    *("urllib.request", "requests", "core.web.outgoing"),
}
# What is sent for no organisation: the door itself, sign-in, and the operator's side.
NOBODYS = {
    "core/web/outgoing.py": "sends what `events.webhooks` asked about",
    "core/scanning.py": "asks a scanner of the operator about a file that comes in",
    "access/addresses.py": "asks who signs a person in",
    "access/providers.py": "asks who signs a person in",
    "access/services/invitations.py": "lets a person sign in, also one who rehearses",
    "access/views/sign_in.py": "waits for who signs a person in",
    "sharedservices/management/commands/demo.py": "looks whether the demonstration answers",
}


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def through(doors: set[str]) -> dict[str, set[str]]:
    found = {path.relative_to(ROOT).as_posix(): imported(path) for path in sources()}
    return {where: names for where, names in found.items() if names & doors}


def test_who_sends_asks_first() -> None:
    senders = through(DOORS)
    assert {"events/webhooks.py", "approvals/services/notices.py"} <= senders.keys()
    silent = {where for where, names in senders.items() if "core.outside" not in names}
    assert silent == NOBODYS.keys()


def test_who_makes_files_for_banks_asks_before_they_are_taken() -> None:
    for where in ("finance/services/payments.py", "payroll/services/paying.py"):
        assert "core.outside" in imported(ROOT / where)
