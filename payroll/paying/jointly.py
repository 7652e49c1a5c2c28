"""Several employments of one person: what counts jointly, and how HMRC is told of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from payroll.calculator.payment import Payment
from payroll.calculator.pension_schemes import Scheme
from payroll.calculator.pensions import SEVERAL_EMPLOYMENTS, SeveralEmployments
from payroll.calculator.people import ALONE, Jointly
from payroll.paying.inputs import (
    BASIS,
    BESIDE,
    FROM,
    FULL,
    ITS_NUMBER,
    ITS_PAID_BEFORE,
    ITS_PAY,
    MINUTES,
    OWN_NUMBER,
    UNTIL,
    Inputs,
    basic_of,
)


class Employed(NamedTuple):
    """One employment of a person, as it is looked at beside the others."""

    number: int
    inputs: Inputs
    liable: int | None  # its pay of this run that counts; None where this run does not pay it
    annual: int


def jointly_of(people: Sequence[Inputs]) -> Jointly:
    """One row for each employment that counts, of everybody for whom it does."""
    rows = [
        row
        for person, one in enumerate(people)
        if one.jointly
        for row in _rows(person, one.jointly[OWN_NUMBER], one.jointly[BESIDE])
    ]
    if not rows:
        return ALONE
    person, number, own, *amounts = (np.array(column) for column in zip(*rows, strict=True))
    return Jointly(person, number, own, *amounts)


def _rows(person: int, number: int, beside: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    others = [
        (person, one[ITS_NUMBER], False, one[ITS_PAY] or 0, *one[ITS_PAID_BEFORE:])
        for one in beside
    ]
    return sorted([(person, number, True, 0, 0, 0), *others])


def counted_jointly(day: date, employed: Sequence[Employed]) -> list[tuple[Inputs, str]]:
    """The inputs of one person's employments with what counts beside each, and what to look at.

    Contributions are worked out on the pay of all of them, but for pay after leaving, which has an
    earnings period of its own; and on each alone where their letters differ, or one is a
    directorship, whose earnings period is the year.
    """
    counting = [one for one in employed if not one.inputs.left]
    alone = _why_alone(counting)
    if not alone:
        counting = [one for one in counting if one.liable is not None or one.inputs.liable_before]
    found = []
    for one in employed:
        others = [other for other in counting if other is not one]
        counts = not alone and others and any(other is one for other in counting)
        entries = [
            [other.number, other.liable, other.inputs.liable_before, other.inputs.loans]
            for other in others
        ]
        inputs = replace(
            one.inputs, jointly=[one.number, entries] if counts else [],
            beside=_beside(day, one, employed),
        )  # fmt: skip
        found.append((inputs, "" if one.inputs.left else alone))
    return found


def _why_alone(counting: Sequence[Employed]) -> str:
    """Why contributions of several employments are worked out on each, in words."""
    if len(counting) > 1 and any(one.inputs.director for one in counting):
        return "One of several employments is a directorship"
    if len({one.inputs.letter for one in counting}) > 1:
        letters = ", ".join(f"{one.inputs.letter} in {one.number}" for one in counting)
        return f"The letters of several employments differ, {letters}"
    return ""


def _beside(day: date, one: Employed, employed: Sequence[Employed]) -> int:
    """Pay of a year in the employments that choose the band of the pension with this one."""
    scheme = one.inputs.scheme
    if scheme not in _COMBINING or _COMBINING[scheme](SEVERAL_EMPLOYMENTS.on(day)) != "same_rate":
        return 0
    rate = _rate(one)
    return sum(
        other.annual
        for other in employed
        if rate and other is not one and other.inputs.scheme == scheme
        and _rate(other) == rate and _at_once(one, other)
    )  # fmt: skip


_COMBINING: Mapping[int, Callable[[SeveralEmployments], str]] = {
    Scheme.NHS: lambda said: said.nhs,
    Scheme.LGPS: lambda said: said.lgps,
}


def _rate(one: Employed) -> tuple[int, int] | None:
    """Full-time pay of a year and minutes of a full week; of who works part time at one rate."""
    pieces = basic_of(one.inputs.pieces)
    until = max((piece[UNTIL] for piece in pieces), default="")
    last = [piece for piece in pieces if piece[UNTIL] == until]
    rates = {(piece[FULL], piece[BASIS]) for piece in last}
    if len(rates) != 1:
        return None
    rate: tuple[int, int] = rates.pop()
    return rate if sum(piece[MINUTES] for piece in last) < rate[1] else None


def _at_once(one: Employed, other: Employed) -> bool:
    """Whether both are held on a day of the period, or to its end where no days are paid."""
    spans = [
        (min(piece[FROM] for piece in pieces), max(piece[UNTIL] for piece in pieces))
        for pieces in (one.inputs.pieces, other.inputs.pieces)
    ]
    (first, until), (began, ended) = spans
    return until == ended or max(first, began) < min(until, ended)


def told(
    payment: Payment, people: Sequence[Inputs]
) -> dict[int, tuple[None, dict[str, list[int]]]]:
    """By place, for payslips whose pay counts jointly, what HMRC is told by letter: pay, bands of
    the FPS, the employer's and employee's contributions, as `of_the_year` has them.

    The lowest number of those that the run pays tells of all of them, the others of nothing
    (HMRC's manual, NIM11545: under just one of the employments).
    """
    nic = payment.nic
    jointly = payment.people.jointly
    now = payment.liable.copy()
    np.add.at(now, jointly.person, jointly.now)
    employee, employer = payment.nic_due[0], payment.nic_due[1]
    columns = (now, nic.at_lower, nic.lower_to_primary, nic.primary_to_upper, employer, employee)
    return {
        place: (
            None,
            {people[place].letter: [int(one[place]) for one in columns]}
            if _tells(people[place].jointly)
            else {},
        )
        for place in np.unique(jointly.person).tolist()
    }


def _tells(jointly: Sequence[Any]) -> bool:
    paid = [one[ITS_NUMBER] for one in jointly[BESIDE] if one[ITS_PAY] is not None]
    return bool(jointly[OWN_NUMBER] < min(paid, default=jointly[OWN_NUMBER] + 1))
