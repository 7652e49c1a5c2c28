"""Orders that attach earnings, from the inputs of people to the columns of the calculator."""

from collections.abc import Sequence

import numpy as np

from payroll.calculator.attachments import NO_END, Kind, Orders
from payroll.paying.inputs import (
    ARREARS,
    LEFT,
    MADE,
    NORMAL,
    NUMBER,
    ORDER_KIND,
    PROTECTED,
    PROTECTED_ARREARS,
    Inputs,
    Shared,
)

NO_TABLE = -1
# By the kind on record: that of the calculator, and the place of its table there.
KINDS = {
    "child_maintenance": (Kind.CHILD_MAINTENANCE, NO_TABLE),
    "court": (Kind.COURT, NO_TABLE),
    "fine": (Kind.FINE, 2),
    "council_tax_england": (Kind.COUNCIL_TAX, 0),
    "council_tax_wales": (Kind.COUNCIL_TAX, 1),
    "earnings_arrestment": (Kind.EARNINGS_ARRESTMENT, 3),
    "maintenance_arrestment": (Kind.MAINTENANCE_ARRESTMENT, NO_TABLE),
    "direct_earnings": (Kind.DIRECT_EARNINGS, NO_TABLE),
    "direct_earnings_higher": (Kind.DIRECT_EARNINGS, NO_TABLE),
    "judgment": (Kind.JUDGMENT, NO_TABLE),
}


def orders_of(shared: Shared, people: Sequence[Inputs]) -> Orders:
    """One row an order, in the order of people and of their inputs."""
    given = [order for one in people for order in one.orders]
    kinds = [KINDS[order[ORDER_KIND]] for order in given]

    def column(place: int) -> np.ndarray:
        return np.array([order[place] for order in given], dtype=np.int64)

    return Orders(
        person=np.array([n for n, one in enumerate(people) for _ in one.orders], dtype=np.int64),
        kind=np.array([kind for kind, _ in kinds], dtype=np.int64),
        made_on=np.array([order[MADE] for order in given], dtype="datetime64[D]"),
        number=column(NUMBER),
        table=np.array([table for _, table in kinds], dtype=np.int64),
        higher=np.array([one[ORDER_KIND] == "direct_earnings_higher" for one in given], dtype=bool),
        normal=column(NORMAL),
        days=np.full(len(given), (shared.until - shared.first).days, dtype=np.int64),
        protected=column(PROTECTED),
        arrears=column(ARREARS),
        protected_arrears=column(PROTECTED_ARREARS),
        outstanding=np.array(
            [NO_END if one[LEFT] is None else one[LEFT] for one in given], dtype=np.int64
        ),
    )
