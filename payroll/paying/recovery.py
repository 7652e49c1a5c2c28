"""Plans of recovery, from the inputs of people to the columns of the calculator."""

from collections.abc import Sequence

import numpy as np

from payroll.calculator.dates import Whole
from payroll.calculator.overpayments import Plans
from payroll.paying.inputs import GROSS_OWED, INSTALMENT, KEPT, NET_OWED, SAME_YEAR, Inputs


def plans_of(people: Sequence[Inputs]) -> tuple[Plans, Whole]:
    """One row a plan, and the row of its person. Only what was agreed to is on record."""
    given = [plan for one in people for plan in one.plans]

    def column(place: int) -> np.ndarray:
        return np.array([plan[place] for plan in given], dtype=np.int64)

    plans = Plans(
        gross_owed=column(GROSS_OWED), net_owed=column(NET_OWED), instalment=column(INSTALMENT),
        agreed=np.ones(len(given), dtype=bool),
        same_tax_year=np.array([plan[SAME_YEAR] for plan in given], dtype=bool),
        available=np.zeros(len(given), dtype=np.int64), protected=column(KEPT),
    )  # fmt: skip
    return plans, np.array([n for n, one in enumerate(people) for _ in one.plans], dtype=np.int64)
