"""The tables by which orders take a part of earnings: council tax, fines, DEA, arrestments.

Every row is read the same way: a fixed sum and a rate, of the whole of net earnings or of the
excess over where the row begins, but not less than a minimum.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from payroll.calculator.dates import Whole
from payroll.calculator.figures import AttachmentBand
from payroll.calculator.rounding import half_down, half_up
from payroll.law import RATE_ONE, Parameter, Pence, Rate

Frequency = Literal["weekly", "fortnightly", "four_weekly", "monthly"]
WEEKS: dict[str, int] = {"weekly": 1, "fortnightly": 2, "four_weekly": 4}


@dataclass(frozen=True)
class Row:
    """Earnings above `above` lose `plus` and `rate` of the whole or of the excess."""

    above: Pence
    rate: Rate
    of: Literal["whole", "excess"]
    plus: Pence
    at_least: Pence


@dataclass(frozen=True)
class Table:
    half_a_penny: Literal["up", "down"]
    weekly: tuple[Row, ...]
    monthly: tuple[Row, ...]


COUNCIL_TAX_ENGLAND = Parameter("attachment_council_tax_england", Table)
COUNCIL_TAX_WALES = Parameter("attachment_council_tax_wales", Table)
FINES = Parameter("attachment_fines", Table)
EARNINGS_ARRESTMENT = Parameter("attachment_scottish_earnings_arrestment", Table)


def direct_earnings_table(bands: tuple[AttachmentBand, ...]) -> Table:
    """The bands of direct earnings attachment, standard or higher, as a table."""

    def rows(ends: list[Pence | None]) -> tuple[Row, ...]:
        starts = [Pence(0), *(end for end in ends if end is not None)]
        return tuple(
            Row(start, band.rate, "whole", Pence(0), Pence(0))
            for start, band in zip(starts, bands, strict=True)
        )

    return Table("up", rows([band.week for band in bands]), rows([band.month for band in bands]))


def table_deduction(net: Whole, table: Table, frequency: Frequency) -> Whole:
    """What `table` takes from each net pay of that frequency, in pence.

    Pay for several weeks is read at its average for a week and the week's deduction multiplied,
    which is the weekly table with every sum multiplied; the penny is then rounded once.
    """
    weeks = WEEKS.get(frequency, 1)
    rows = table.monthly if frequency == "monthly" else table.weekly
    starts = np.array([row.above * weeks for row in rows])
    at = np.maximum(np.searchsorted(starts, net, side="left") - 1, 0)

    def column(values: list[int]) -> Whole:
        return np.array(values, dtype=np.int64)[at]

    over = column([row.above * weeks if row.of == "excess" else 0 for row in rows])
    plus = column([row.plus * weeks for row in rows])
    least = column([row.at_least * weeks for row in rows])
    rounded = half_down if table.half_a_penny == "down" else half_up
    part = rounded((net - over) * column([row.rate for row in rows]), RATE_ONE)
    return np.maximum(plus + part, least)
