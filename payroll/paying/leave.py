"""Family pay of who is away: its weeks, and those after the employment."""

from collections.abc import Iterator, Sequence

import numpy as np

from payroll.calculator.average_earnings import Average
from payroll.calculator.dates import as_dates
from payroll.calculator.parental_pay import (
    KINDS,
    PARENTAL_PAY,
    Kind,
    Leaves,
    ParentalPayDue,
    parental_pay,
)
from payroll.calculator.wording import day_text
from payroll.paying.inputs import (
    ABSENCE,
    AWAY_KIND,
    EARNED,
    EMPLOYED_TO,
    FIRST,
    LIMIT,
    PER,
    WEEKS,
    WEEKS_BEFORE,
    Shared,
    outlasts,
    worked_of,
)
from payroll.paying.reckoned import (
    FAMILY_LINES,
    ONE_DAY,
    Absent,
    Reckoned,
    Row,
    average_words,
    bounds,
    chosen,
    days_of,
    whole,
    within,
)


def family_pay(shared: Shared, people: Sequence[Absent], found: Reckoned) -> None:
    """What the leaves of these people bring for the days of the period, into `found`."""
    rows = [(n, row) for n, row in chosen(people, sick=False) if row[EARNED] is not None]
    if not rows:
        return
    leaves = Leaves(
        person=np.array([n for n, _ in rows], dtype=np.int64),
        kind=np.array([KINDS.index(Kind(row[AWAY_KIND])) for _, row in rows], dtype=np.int64),
        starts_on=days_of(rows, FIRST), weeks=whole(rows, WEEKS),
        weeks_before=whole(rows, WEEKS_BEFORE),
        average=Average(whole(rows, EARNED), whole(rows, PER)), lower_limit=whole(rows, LIMIT),
        entitled=np.ones(len(rows), dtype=bool), lost=_lost(rows),
    )  # fmt: skip
    PARENTAL_PAY.on(shared.last)
    versions = [(span.starts_on, span.value) for span in PARENTAL_PAY.loaded()[1]]
    first, last = bounds(shared)
    ends = as_dates([row[EMPLOYED_TO] if outlasts(row) else shared.last for _, row in rows])
    due = parental_pay(leaves, versions, first, np.minimum(last, ends))
    late = parental_pay(leaves, versions, np.maximum(first, ends + ONE_DAY), last)
    for at, (n, row) in enumerate(rows):
        line = FAMILY_LINES[Kind(row[AWAY_KIND])]
        found.amounts[line][n] += due.due[at] + late.due[at]
        found.late[line][n] += late.due[at]
        if within(shared, row):
            words = _family_words(row, due.workings(at), late, at)
            found.said[line][n] += [average_words(row), *words, *_worked(shared, row)]
            if not due.due[at] and not late.due[at]:
                why = words[0] if words else "The weeks of pay are used up."
                found.unpaid[n].append(f"Absence {row[ABSENCE]}: {why.rstrip('.')}")


def _lost(rows: Sequence[tuple[int, Row]]) -> list[tuple[int, np.datetime64]]:
    """Days of work beyond those that the law allows, by the place of the leave."""
    return [
        (at, np.datetime64(day, "D"))
        for at, (_, row) in enumerate(rows)
        for day, nth, most in worked_of(row)
        if nth > most
    ]


def _worked(shared: Shared, row: Row) -> Iterator[str]:
    """A sentence of each day of work of the period."""
    for day, nth, most in worked_of(row):
        if shared.first.isoformat() <= day <= shared.last.isoformat():
            when = day_text(np.datetime64(day, "D"))
            stays = "the statutory pay of its week stays" if nth <= most else (
                "no statutory pay for its week"
            )  # fmt: skip
            yield f"Worked on {when}, day {nth} of {most} that may be worked: {stays}."


def _family_words(row: Row, words: list[str], late: ParentalPayDue, at: int) -> list[str]:
    if not late.due[at]:
        return words
    last = day_text(np.datetime64(row[EMPLOYED_TO], "D"))
    return [
        *words,
        f"Employment ended on {last}: this pay is due for the weeks after it too.",
        *late.workings(at),
    ]
