"""The tables by which orders take a part of earnings: council tax, fines, arrestments.

Every row is read the same way: a fixed sum and a rate, of the whole of net earnings or of the
excess over where the row begins, but not less than a minimum. Exactly half a penny stays with the
person: the Scottish regulations say so, the English and Welsh ones say nothing.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from payroll.calculator.dates import Whole
from payroll.calculator.periods import Frequency
from payroll.calculator.rounding import half_down
from payroll.law import RATE_ONE, Parameter, Pence, Rate


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
    weekly: tuple[Row, ...]
    monthly: tuple[Row, ...]


COUNCIL_TAX_ENGLAND = Parameter("attachment_council_tax_england", Table)
COUNCIL_TAX_WALES = Parameter("attachment_council_tax_wales", Table)
FINES = Parameter("attachment_fines", Table)
EARNINGS_ARRESTMENT = Parameter("attachment_scottish_earnings_arrestment", Table)


def table_deduction(net: Whole, table: Table, frequency: Frequency) -> Whole:
    """What `table` takes from each net pay of that frequency, in pence.

    Pay for several weeks is read at its average for a week and the week's deduction multiplied,
    which is the weekly table with every sum multiplied; the penny is then rounded once.
    """
    weeks = frequency.span
    rows = table.monthly if frequency is Frequency.MONTHLY else table.weekly
    starts = np.array([row.above * weeks for row in rows])
    at = np.maximum(np.searchsorted(starts, net, side="left") - 1, 0)

    def column(values: list[int]) -> Whole:
        return np.array(values, dtype=np.int64)[at]

    over = column([row.above * weeks if row.of == "excess" else 0 for row in rows])
    plus = column([row.plus * weeks for row in rows])
    least = column([row.at_least * weeks for row in rows])
    part = half_down((net - over) * column([row.rate for row in rows]), RATE_ONE)
    return np.maximum(plus + part, least)
