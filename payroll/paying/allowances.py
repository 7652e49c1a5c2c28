"""Allowances of jobs as lines of their own: pay, and none that the minimum wage counts."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from payroll.calculator.people import Element
from payroll.paying.basic import Pieces
from payroll.paying.changes import ALLOWED
from payroll.paying.inputs import JOB, TITLE, allowance_of
from payroll.paying.items import Extra


def allowances_of(pieces: Pieces, people: int) -> tuple[Extra, ...]:
    """A line for each allowance of each job. They are pensionable, taxed and bear contributions.

    The minimum wage counts none: the National Minimum Wage Regulations 2015, regulation 10(k),
    leave out what is paid for where and when somebody works.
    """
    rows = np.flatnonzero(pieces.allowance)
    keys = {
        (int(pieces.job[row]), int(pieces.allowance[row])): pieces.given[int(row)] for row in rows
    }
    return tuple(
        Extra(
            ALLOWED, job, key,
            Element(
                allowance_name(piece), pieces.of(people, job, key),
                partial(_workings, pieces, job, key), minimum_wage=False,
            ),
        )
        for (job, key), piece in sorted(keys.items(), key=lambda pair: pair[0])
    )  # fmt: skip


def allowance_name(piece: Sequence[Any]) -> str:
    """«High-cost area, Inner London», with the job from the second on."""
    return f"{piece[TITLE]}, job {piece[JOB]}" if piece[JOB] > 1 else str(piece[TITLE])


def allowance_names(pieces: Sequence[Sequence[Any]]) -> dict[tuple[str, int, int], str]:
    """Their names by the line of a payslip that they are."""
    return {
        (ALLOWED, piece[JOB], allowance_of(piece)): allowance_name(piece)
        for piece in pieces
        if allowance_of(piece)
    }


def _workings(pieces: Pieces, job: int, allowance: int, i: int) -> list[str]:
    return pieces.workings(i, job, allowance)
