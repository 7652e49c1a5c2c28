"""What is different from the payslip before, and why, in sentences whose amounts add up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from payroll.calculator.wording import money
from payroll.paying.inputs import (
    BASIS,
    ELEMENT,
    FROM,
    FULL,
    JOB,
    MINUTES,
    OF_JOB,
    ORDER,
    PERIOD,
    POINT,
    TITLE,
    UNTIL,
    WHY,
    Inputs,
    Shared,
)

BASIC, BACK, EXTRA, TAX, NIC, PENSION = "basic", "back", "extra", "tax", "nic", "pension"
ORDERS = "orders"
AWAY_KINDS = (
    *("ssp", "smp", "sap", "spp", "shpp", "spbp", "sncp"),
    *("included", "stopped"),
)
Key = tuple[str, int, int]
"""A line of a payslip: its kind, its job, and the element or period it names; else 0."""


@dataclass(frozen=True)
class Slip:
    """A payslip as it is compared: amounts by line, what it was worked out from."""

    shared: Shared
    inputs: Inputs
    lines: Mapping[Key, int]
    net: int
    taxable: int


@dataclass(frozen=True)
class Change:
    """One line that is not what it was: by how much, above zero for more money, and why."""

    key: Key
    pence: int
    why: str


def changes(before: Slip, now: Slip) -> list[Change]:
    """Every line that changed, in the order of a payslip. They sum to the change of net pay."""
    keys = list(dict.fromkeys([*now.lines, *before.lines]))
    found = [
        Change(key, pence, _why(key, before, now))
        for key in keys
        if (pence := now.lines.get(key, 0) - before.lines.get(key, 0))
    ]
    assert sum(one.pence for one in found) == now.net - before.net
    return found


def _why(key: Key, before: Slip, now: Slip) -> str:
    kind, job, named = key
    if kind == BACK:
        entries = [e for e in now.inputs.back if (e[PERIOD], e[OF_JOB]) == (named, job)]
        return entries[0][WHY] if entries else "it was in the pay before and is not in this one"
    if named:
        return _why_claimed(named, before, now)
    if kind in AWAY_KINDS:
        return "the days away are others than in the pay before"
    if kind == BASIC:
        return _why_basic(job, before, now)
    if kind == TAX:
        return _why_tax(before, now)
    if kind == NIC and before.inputs.letter != now.inputs.letter:
        return f"the letter is {now.inputs.letter} instead of {before.inputs.letter}"
    if kind == PENSION and now.inputs.refund:
        return "what was paid before opting out is given back"
    if kind == PENSION and before.inputs.scheme != now.inputs.scheme:
        return "the pension scheme changed"
    if kind == ORDERS:
        return _why_ordered(before, now)
    if kind in (NIC, PENSION) and _pay(before) != _pay(now):
        return "it follows the pay"
    return "it was worked out anew"


def _why_ordered(before: Slip, now: Slip) -> str:
    kept, new = ({order[ORDER] for order in one.inputs.orders} for one in (before, now))
    if new - kept:
        return "an order was received"
    return "an order is paid off or was ended" if kept - new else "it follows the pay"


def _pay(slip: Slip) -> int:
    kinds = (BASIC, BACK, EXTRA, *AWAY_KINDS)
    return sum(pence for (kind, _, _), pence in slip.lines.items() if kind in kinds)


def _why_claimed(element: int, before: Slip, now: Slip) -> str:
    """What was claimed of an element of pay, this time and the time before."""
    counts = [sum(item[ELEMENT] == element for item in one.inputs.items) for one in (now, before)]
    said = [f"{n} claim{'' if n == 1 else 's'}" if n else "none" for n in counts]
    return f"{said[0]} of it came in for this pay and {said[1]} for the one before"


def _why_tax(before: Slip, now: Slip) -> str:
    codes = [f"{one.code}{'' if one.cumulative else ' X'}" for one in (before.inputs, now.inputs)]
    if codes[0] != codes[1]:
        return f"the tax code is {codes[1]} instead of {codes[0]}"
    if before.taxable != now.taxable:
        return f"taxable pay is {money(now.taxable)} instead of {money(before.taxable)}"
    return "tax is worked out on all pay of the tax year so far"


def what_changed(job: int, before: Sequence[Sequence[Any]], now: Sequence[Sequence[Any]]) -> str:
    """Why a job of a period pays something else than it did, from its pieces then and now."""
    old, new = ([piece for piece in pieces if piece[JOB] == job] for pieces in (before, now))
    if not old:
        return "The job was not paid then"
    if not new:
        return "The job was not held then"
    said = "; ".join(_what(old[-1], new[-1])) or "the days of the job are others"
    return f"{said[0].upper()}{said[1:]}"


def _why_basic(job: int, before: Slip, now: Slip) -> str:
    old, new = _pieces(before, job), _pieces(now, job)
    if not old:
        return "this job was not paid before"
    if not new:
        return "this job is not paid any more"
    said = [*_what(old[-1], new[-1]), *_days("this time", now, new), *_days("before", before, old)]
    return "; ".join(said) or "it was worked out anew"


def _pieces(slip: Slip, job: int) -> list[Sequence[Any]]:
    return [piece for piece in slip.inputs.pieces if piece[JOB] == job]


def _what(old: Sequence[Any], new: Sequence[Any]) -> Iterator[str]:
    """What the job is now instead of what it was, as it stood at the end of each period."""
    if old[TITLE] != new[TITLE]:
        yield f"the post is {new[TITLE]} instead of {old[TITLE]}"
    if old[POINT] != new[POINT]:
        yield f"the point is {new[POINT]} instead of {old[POINT]}"
    elif old[FULL] != new[FULL]:
        yield f"the point is worth {money(new[FULL])} a year instead of {money(old[FULL])}"
    if (old[MINUTES], old[BASIS]) != (new[MINUTES], new[BASIS]):
        yield f"hours are {new[MINUTES] / 60:g} a week instead of {old[MINUTES] / 60:g}"


def _days(when: str, slip: Slip, pieces: Sequence[Sequence[Any]]) -> Iterator[str]:
    """The days that were paid, where they are not the whole period, or changed within it."""
    period = (slip.shared.until - slip.shared.first).days
    paid = sum((_date(p[UNTIL]) - _date(p[FROM])).days for p in pieces)
    if paid < period:
        yield f"{when} {paid} of {period} days were paid"
    elif len(pieces) > 1:
        yield f"{when} the job changed within the period"


def _date(text: str) -> date:
    return date.fromisoformat(text)
