"""The day on which people reach State Pension age."""

from dataclasses import dataclass

import numpy as np

from payroll.calculator.dates import Dates, add_months, as_dates
from payroll.law import Parameter


@dataclass(frozen=True)
class Step:
    """The age of who was born from that day (ISO 8601) on, until the next step."""

    born_from: str
    years: int
    months: int


@dataclass(frozen=True)
class PensionAges:
    steps: tuple[Step, ...]


STATE_PENSION_AGE = Parameter("state_pension_age", PensionAges)


def pensionable_from(born: Dates, law: PensionAges) -> Dates:
    """One row a person; who was born before the first step counts as of it.

    A month without such a day is reached on its last: 66 years and 4 months after 31 July 1960 is
    30 November 2026.
    """
    starts = as_dates([step.born_from for step in law.steps])
    months = np.array([step.years * 12 + step.months for step in law.steps], dtype=np.int64)
    place = np.searchsorted(starts, born, side="right") - 1
    return add_months(born, months[np.maximum(place, 0)])
