"""Who bears pay, National Insurance and pension: shared out by the basic pay of the pieces."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from payroll.calculator.dates import Whole
from payroll.calculator.rounding import Amounts
from payroll.paying.basic import Pieces
from payroll.paying.inputs import SHARES, Inputs

WHOLE = 10_000


@dataclass(frozen=True)
class Costs:
    """One row a bearer of a person: a unit, or another organisation; the absent one is 0."""

    person: Whole
    unit: Whole
    other: Whole
    pay: Amounts
    nic: Amounts
    pension: Amounts
    expenses: Amounts


def costs_of(people: Sequence[Inputs], pieces: Pieces, *totals: Amounts) -> Costs:
    """Pay, National Insurance, pension and expenses, each shared out to the last penny.

    Who has no basic pay costs their first bearer.
    """
    rows: list[tuple[int, int, int, int]] = []
    for at, piece in enumerate(pieces.given):
        who, amount = int(pieces.person[at]), int(pieces.amount[at])
        rows.extend(
            (who, unit or 0, other or 0, amount * size // WHOLE)
            for unit, other, size in piece[SHARES]  # type: ignore[attr-defined]
        )
    found = np.array(rows, dtype=np.int64).reshape(-1, 4)
    keys, place = np.unique(found[:, :3], axis=0, return_inverse=True)
    weight = np.zeros(len(keys), dtype=np.int64)
    np.add.at(weight, place.ravel(), found[:, 3])
    person = keys[:, 0]
    columns = (_shared(total, person, weight) for total in totals)
    return Costs(person, keys[:, 1], keys[:, 2], *columns)


def _shared(total: Amounts, person: Whole, weight: Whole) -> Amounts:
    """Parts of each person's total by weight, which sum to it: what lies between two floors."""
    if not person.size:
        return weight
    begins = np.ones(len(person), dtype=bool)
    begins[1:] = person[1:] != person[:-1]
    first = np.flatnonzero(begins)
    place = np.cumsum(begins) - 1
    whole = np.add.reduceat(weight, first)
    running = np.cumsum(weight)
    running = running - np.where(first > 0, running[first - 1], 0)[place]
    # Without any weight the first bearer has it all: the running share is whole from the start.
    share, of = np.where(whole[place] > 0, running, 1), np.where(whole > 0, whole, 1)[place]
    upto = total[person] * share // of
    before = np.concatenate([[0], upto[:-1]])
    before[first] = 0
    return upto - before
