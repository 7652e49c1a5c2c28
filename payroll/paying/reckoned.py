"""What absences bring, as it is reckoned: kinds of lines, whose absences, amounts and sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from payroll.calculator.dates import Dates, Whole, as_dates
from payroll.calculator.parental_pay import Kind
from payroll.calculator.rounding import Amounts, half_up
from payroll.calculator.wording import money
from payroll.paying.inputs import AWAY_KIND, EARNED, FIRST, LAST, OF, PER, Shared

SICKNESS = "sickness"
INCLUDED, STOPPED = "included", "stopped"
SICK_LINE = "ssp"
FAMILY_LINES = {
    Kind.MATERNITY: "smp",
    Kind.ADOPTION: "sap",
    Kind.PATERNITY: "spp",
    Kind.SHARED: "shpp",
    Kind.BEREAVEMENT: "spbp",
    Kind.NEONATAL: "sncp",
}
NAMES = {
    SICK_LINE: "Statutory sick pay",
    **{line: f"Statutory {kind} pay" for kind, line in FAMILY_LINES.items()},
    "shpp": "Statutory shared parental pay",
    INCLUDED: "Statutory pay that basic pay holds",
    STOPPED: "Basic pay stopped while away",
}
AWAY_KINDS = tuple(NAMES)
ONE_DAY = np.timedelta64(1, "D")
Row = Sequence[Any]


class Absent(Protocol):
    """Whoever has jobs and absences."""

    @property
    def pieces(self) -> Sequence[Sequence[Any]]: ...
    @property
    def away(self) -> Sequence[Row]: ...


@dataclass(frozen=True)
class Reckoned:
    """By kind of line: pence and sentences, a row a person; `minutes` of work that is not paid.

    `unpaid` says of each absence that brings nothing why it does not; `allowed` is what stops of
    allowances, which the minimum wage does not count; `late` is the part of family pay for days
    after the employment.
    """

    amounts: Mapping[str, Amounts]
    late: Mapping[str, Amounts]
    said: Mapping[str, list[list[str]]]
    unpaid: list[list[str]]
    minutes: Whole
    allowed: Amounts


def chosen(people: Sequence[Absent], sick: bool) -> list[tuple[int, Row]]:
    """Absences of one class, with the row of their person."""
    return [
        (n, row)
        for n, one in enumerate(people)
        for row in one.away
        if (row[AWAY_KIND] == SICKNESS) == sick
    ]


def whole(rows: Sequence[tuple[int, Row]], place: int) -> Whole:
    return np.array([row[place] for _, row in rows], dtype=np.int64)


def days_of(rows: Sequence[tuple[int, Row]], place: int) -> Dates:
    return as_dates([row[place] for _, row in rows])


def bounds(shared: Shared) -> tuple[np.datetime64, np.datetime64]:
    return np.datetime64(shared.first, "D"), np.datetime64(shared.last, "D")


def within(shared: Shared, row: Row) -> bool:
    return row[FIRST] <= shared.last.isoformat() and row[LAST] >= shared.first.isoformat()


def average_words(row: Row) -> str:
    return f"Average weekly earnings {money(int(half_up(row[EARNED], row[PER])))}: {row[OF]}."
