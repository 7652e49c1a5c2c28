"""Causes by which a run differs from the run before, in words and in their order. No tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# What is compared, out of the control totals of a run.
AMOUNTS: dict[str, Callable[[Mapping[str, int]], int]] = {
    "gross": lambda totals: totals["gross"],
    "net": lambda totals: totals["net"],
    "employer": lambda totals: (
        totals["gross"]
        - totals["pension_given"]
        + totals["employer_nic"]
        + totals["employer_pension"]
    ),
}
CAUSES = {
    "starters": "Starters",
    "leavers": "Leavers",
    "award": "Pay awards and grades",
    "hours": "Hours and jobs",
    "allowances": "Allowances",
    "claims": "Hours and expenses claimed",
    "statutory": "Statutory pay and time away",
    "back": "Back pay and overpayments",
    "code": "Tax codes",
    "pension": "Pension",
    "deductions": "Tax, National Insurance and other deductions",
    "other": "Other: parts of periods, and rounding",
}


@dataclass(frozen=True)
class CauseOfChange:
    """What one cause changed, in pence."""

    cause: str
    gross: int
    net: int
    employer: int

    @property
    def label(self) -> str:
        return CAUSES[self.cause]


def causes_of(stored: Mapping[str, Any]) -> list[CauseOfChange]:
    """What is stored with a run, in order; nothing where there was no run before."""
    found = stored.get("causes", {})
    return [CauseOfChange(cause, *found[cause]) for cause in CAUSES if cause in found]


def together(rows: list[CauseOfChange]) -> CauseOfChange:
    """All of them: the change of the totals. It bears no cause."""
    sums = [sum(getattr(row, name) for row in rows) for name in AMOUNTS]
    return CauseOfChange("", *sums)
