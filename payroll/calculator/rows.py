"""Rows that cannot be worked out, refused by their number."""

import numpy as np

from payroll.calculator.rounding import Flags


def refuse(wrong: Flags, words: str) -> None:
    """`ValueError` with the first row for which `wrong` is true and what to do about it."""
    if wrong.any():
        raise ValueError(f"Row {int(np.flatnonzero(wrong)[0])}: {words}")
