"""What each table and column holds, how it is guarded, how long it is kept: made from the code.

.venv/bin/python tools/list_classes.py > docs/security/classes.md
"""

import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HEAD = """# What is kept of whom

Made from `sharedservices/classes.py` by `tools/list_classes.py`; the suite holds the tables to it.

The product deletes nothing of the books, of pay and of people by itself: what has to be kept, and
for how long, an organisation says in rules of its own. Sessions, answers to calls, links and signs
of presence end by themselves. An organisation that leaves takes all of its rows with it
(`exit_pack`), and the operator removes what is left.

| Level | Holds | Guarded by | Kept |
| --- | --- | --- | --- |
"""
TABLE = """
Beside a table stand its columns of a higher level.

| Table | Level | Columns of a higher level |
| --- | --- | --- |
"""


def page() -> str:
    """The whole page."""
    from sharedservices.classes import PROMISES

    levels = "".join(
        f"| {level.name.lower()} | {one.holds} | {one.guarded} | {one.kept} |\n"
        for level, one in PROMISES.items()
    )
    return HEAD + levels + TABLE + "".join(_row(model) for model in _tables())


def _tables() -> list[Any]:
    from django.apps import apps

    return sorted(apps.get_models(), key=lambda model: model._meta.label)


def _row(model: Any) -> str:
    from sharedservices.classes import TABLES, columns_of

    label = model._meta.label
    level = TABLES[label]
    higher = [
        f"`{name}` {one.name.lower()}" for name, one in columns_of(model).items() if one > level
    ]
    return f"| {label} | {level.name.lower()} | {', '.join(higher)} |\n"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sharedservices.settings")
    import django

    django.setup()
    sys.stdout.write(page())
