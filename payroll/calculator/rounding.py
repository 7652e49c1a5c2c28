"""The roundings of the law, named, on rows of whole numbers only.

Every function takes a numerator in parts and how many parts make one unit of the answer: half of
each of `pence` is `half_up(pence * 50, 100)`. On amounts below zero they mirror, so that taking
back what was paid gives the same pennies.
"""

from typing import cast

import numpy as np
from numpy.typing import NDArray

Amounts = NDArray[np.int64]
Flags = NDArray[np.bool_]

# The most that one amount may be, in pence: its product with a rate in hundredths of one per
# cent still fits 64 bits after a further factor of ten thousand.
MOST = 10**10


def down(parts: Amounts, per: int | Amounts) -> Amounts:
    """Towards zero."""
    return _mirrored(parts, np.abs(parts) // per)


def up(parts: Amounts, per: int | Amounts) -> Amounts:
    """Away from zero."""
    return _mirrored(parts, -(-np.abs(parts) // per))


def half_up(parts: Amounts, per: int | Amounts) -> Amounts:
    """To the nearest; exactly half goes away from zero."""
    return _mirrored(parts, (2 * np.abs(parts) + per) // (2 * per))


def half_down(parts: Amounts, per: int | Amounts) -> Amounts:
    """To the nearest; exactly half goes towards zero."""
    return _mirrored(parts, -((per - 2 * np.abs(parts)) // (2 * per)))


def _mirrored(parts: Amounts, magnitude: object) -> Amounts:
    # The stubs lose the type of a division by "a number or a row"; the values are int64.
    return np.where(parts < 0, -cast(Amounts, magnitude), cast(Amounts, magnitude))


def amounts(values: object, name: str, *, least: int = 0, most: int = MOST) -> Amounts:
    """`values` as one int64 row of pence. `ValueError` names what is no such thing."""
    row = np.asarray(values)
    if row.dtype.kind not in "iu" or row.ndim != 1:
        raise ValueError(f"{name} must be one row of whole pence, not {row.dtype} {row.shape}.")
    row = row.astype(np.int64, copy=False)
    if row.size and (row.min() < least or row.max() > most):
        raise ValueError(f"{name} must be between {least} and {most} pence.")
    return row
