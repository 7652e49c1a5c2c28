"""The figures of the law that hold on a pay day, as one hash: the same hash, the same pay."""

import hashlib
from datetime import date

from payroll import calculator
from payroll.calculator.pensions import SEVERAL_EMPLOYMENTS
from payroll.law import DECLARED

# What comes of these stands in the inputs of a payslip, so that its pay does not hang on them.
HELD_BY_INPUTS = {SEVERAL_EMPLOYMENTS.name}


def law_on(day: date) -> str:
    """A hash of every value that holds on the day. Years that are added later do not change it."""
    calculator.declare_all()
    parts = []
    for name, parameter in sorted(DECLARED.items()):
        if name in HELD_BY_INPUTS:
            continue
        spans = [s for s in parameter.loaded()[1] if s.starts_on <= day < s.ends_on]
        parts.append(f"{name}={spans[0].value!r}" if spans else f"{name}=")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
