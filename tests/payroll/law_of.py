"""Figures of the law for tests: those that are not published may be used here by name."""

from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from payroll.calculator.dates import Dates, as_dates
from payroll.law import Parameter, Status

NOVEMBER = date(2026, 11, 30)
LAST_NOVEMBER = date(2025, 11, 28)
ANY = frozenset(Status)
T = TypeVar("T")


def law(parameter: Parameter[T], day: date = NOVEMBER) -> T:
    return parameter.on(day, allow=ANY)


def row(*values: int) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def days(*values: str | None) -> Dates:
    return as_dates([value or "NaT" for value in values])
