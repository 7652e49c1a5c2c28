"""Back pay: what closed periods should have paid, as known now, less what was paid for them."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from payroll.calculator.people import Element
from payroll.calculator.wording import money
from payroll.paying.basic import Pieced, pieces_of
from payroll.paying.changes import BACK, what_changed
from payroll.paying.inputs import (
    BEGAN,
    DIFFERENCE,
    ENDED,
    KNOWN,
    OF_JOB,
    PAID,
    PERIOD,
    WHY,
    Inputs,
    Shared,
)
from payroll.paying.items import Extra

Entry = list[Any]
Piece = Sequence[Any]


def differences(
    period: int,
    shared: Shared,
    people: Sequence[Pieced],
    paid: Sequence[dict[int, int]],
    before: Sequence[Sequence[Piece]],
) -> Iterator[tuple[int, Entry]]:
    """Entries of one closed period, each with the row of its person.

    `paid` is what was paid for the period by job, earlier corrections included; `before` are the
    pieces that its payslips were worked out from.
    """
    pieces = pieces_of(shared, people)
    jobs = set(pieces.job.tolist()) | {job for one in paid for job in one}
    for job in sorted(jobs):
        now = pieces.of_job(len(people), job).tolist()
        for row, known in enumerate(now):
            then = paid[row].get(job, 0)
            if known != then:
                why = what_changed(job, before[row], people[row].pieces)
                days = (shared.first.isoformat(), shared.last.isoformat())
                yield row, [period, *days, job, known, then, known - then, why]


def within(entries: Sequence[Entry], available: int) -> list[Entry]:
    """The entries in the order of their periods; together they take no more than is available.

    What cannot be taken now is found again by the next run, since it was not posted.
    """
    found = []
    left = max(available, 0) + sum(max(one[DIFFERENCE], 0) for one in entries)
    for one in sorted(entries, key=lambda entry: (entry[BEGAN], entry[OF_JOB])):
        pence = max(one[DIFFERENCE], -left) if one[DIFFERENCE] < 0 else one[DIFFERENCE]
        left += min(pence, 0)
        if pence:
            found.append([*one[:DIFFERENCE], pence, *one[WHY:]])
    return found


def back_of(people: Sequence[Inputs]) -> tuple[Extra, ...]:
    """Back pay of everybody, a line for each period and job that is corrected."""
    kinds = {(e[BEGAN], int(e[PERIOD]), int(e[OF_JOB])): e for one in people for e in one.back}
    found = []
    for (_, period, job), entry in sorted(kinds.items(), key=lambda pair: pair[0]):
        amount = np.array(
            [
                sum(e[DIFFERENCE] for e in one.back if (e[PERIOD], e[OF_JOB]) == (period, job))
                for one in people
            ],
            dtype=np.int64,
        )
        said = partial(_workings, people, period, job)
        element = Element(back_name(entry), amount, said, minimum_wage=False)
        found.append(Extra(BACK, job, period, element))
    return tuple(found)


def back_name(entry: Sequence[Any]) -> str:
    """«Back pay, 1 October 2026 to 31 October 2026», with the job from the second on."""
    days = [f"{date.fromisoformat(entry[n]):%-d %B %Y}" for n in (BEGAN, ENDED)]
    return f"Back pay, {days[0]} to {days[1]}" + (
        f", job {entry[OF_JOB]}" if entry[OF_JOB] > 1 else ""
    )


def _workings(people: Sequence[Inputs], period: int, job: int, i: int) -> list[str]:
    said = []
    for one in people[i].back:
        if (one[PERIOD], one[OF_JOB]) != (period, job):
            continue
        whole = one[KNOWN] - one[PAID]
        said.append(
            f"As it is known now the period pays {money(one[KNOWN])}; {money(one[PAID])} was paid"
            f" for it: {money(whole)}. {one[WHY]}."
        )
        if whole != one[DIFFERENCE]:
            said.append(
                f"Of that {money(one[DIFFERENCE])} is taken now, as no more is left of this pay;"
                " the rest follows."
            )
    return said
