"""Compares a file of test figures with the calculator, row by row, and counts by area."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from payroll.calculator.rounding import MOST
from payroll.vectors.areas import NotCovered, work_out
from payroll.vectors.reading import BadFile, Row

PENNY = 1
_MOST_SAID = 20


@dataclass
class Tally:
    exact: int = 0
    within_a_penny: int = 0
    different: int = 0
    not_covered: int = 0

    def add(self, kind: str) -> None:
        setattr(self, kind, getattr(self, kind) + 1)

    @property
    def counts(self) -> tuple[int, int, int, int]:
        return self.exact, self.within_a_penny, self.different, self.not_covered

    def as_dict(self) -> dict[str, int]:
        return vars(self).copy()


@dataclass(frozen=True)
class Difference:
    """A row with figures that are not ours: those figures in pence (expected, ours)."""

    id: str
    line: int
    area: str
    check: str
    listed: bool
    figures: dict[str, tuple[int, int]]
    workings: list[str]


@dataclass(frozen=True)
class Missing:
    id: str
    line: int
    area: str
    why: str


@dataclass
class Report:
    rows: int = 0
    total: Tally = field(default_factory=Tally)
    areas: dict[str, Tally] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    not_covered: list[Missing] = field(default_factory=list)

    @property
    def unlisted(self) -> list[Difference]:
        """The differences that the file itself does not note."""
        return [one for one in self.differences if not one.listed]


def check_rows(rows: Iterable[Row]) -> Report:
    """Every row worked out and compared. `BadFile` names all cells that cannot be read."""
    report = Report()
    bad = []
    for row in rows:
        report.rows += 1
        try:
            kind = _check(row, report)
        except BadFile as error:
            bad.append(str(error))
            continue
        for tally in (report.total, report.areas.setdefault(row["area"], Tally())):
            tally.add(kind)
    if bad:
        more = [f"So do {len(bad) - _MOST_SAID} more rows."] if len(bad) > _MOST_SAID else []
        raise BadFile("\n".join([*bad[:_MOST_SAID], *more]))
    return report


def _check(row: Row, report: Report) -> str:
    """The column of the count to which the row belongs; a difference is kept in the report."""
    try:
        worked = work_out(row)
    except NotCovered as reason:
        report.not_covered.append(Missing(row["id"], row.line, row["area"], str(reason)))
        return "not_covered"
    figures = {name: pair for name, pair in worked.figures.items() if pair[0] != pair[1]}
    if not figures:
        return "exact"
    sizes = {name: abs(expected - ours) for name, (expected, ours) in figures.items()}
    report.differences.append(
        Difference(
            id=row["id"],
            line=row.line,
            area=row["area"],
            check=row["independent_check"],
            listed=all(size <= noted(row, name) for name, size in sizes.items()),
            figures=figures,
            workings=worked.workings,
        )
    )
    return "within_a_penny" if max(sizes.values()) <= PENNY else "different"


def noted(row: Row, figure: str) -> int:
    """The largest difference in pence that a row's `independent_check` allows in a figure.

    `within_0.01` and `differs_by_1_pound` say how much. A `suspect` row is wrong in its source, so
    no difference from it says anything; where its notes name the employer, only in those figures.
    """
    check = row["independent_check"]
    if check == "suspect":
        employers = "er_" in figure or "do not assert employer" not in row["notes"]
        return MOST if employers else 0
    if found := re.fullmatch(r"within_([0-9]+\.[0-9]{2})", check):
        return int(Fraction(found[1]) * 100)
    if found := re.fullmatch(r"differs_by_([0-9]+)_pounds?", check):
        return int(found[1]) * 100
    return 0
