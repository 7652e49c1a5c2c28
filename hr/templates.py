"""Templates of terms that are used nationally: text of `data/`, with the source of each value."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Template:
    """A scale with its points and allowances; the rows are those of the files, as text."""

    code: str
    name: str
    hours_name: str
    weekly_minutes: int
    leave_month: int
    leave_days: int
    source: str
    points: tuple[dict[str, str], ...]
    allowances: tuple[dict[str, str], ...]

    @property
    def first_on(self) -> date:
        """The first day on which the template says anything."""
        return min(date.fromisoformat(row["from_on"]) for row in self.points)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def templates() -> dict[str, Template]:
    """All templates by their code."""
    points, allowances = _rows("pay_points.csv"), _rows("allowances.csv")
    return {
        row["template"]: Template(
            row["template"],
            row["name"],
            row["hours_name"],
            int(row["weekly_minutes"]),
            int(row["leave_month"]),
            int(row["leave_days"]),
            row["source"],
            tuple(one for one in points if one["template"] == row["template"]),
            tuple(one for one in allowances if one["template"] == row["template"]),
        )
        for row in _rows("templates.csv")
    }
