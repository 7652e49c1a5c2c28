"""What is different from the payslip before, and why, in sentences whose amounts add up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from payroll.calculator.wording import money
from payroll.paying.directors import STANDARD
from payroll.paying.inputs import (
    BASIS,
    BESIDE,
    ELEMENT,
    FROM,
    FULL,
    ITS_NUMBER,
    ITS_PAY,
    JOB,
    METHOD,
    MINUTES,
    OF_JOB,
    ORDER,
    PERIOD,
    POINT,
    SETTLES,
    TITLE,
    UNTIL,
    WHY,
    Inputs,
    Shared,
    allowance_of,
    basic_of,
)

BASIC, BACK, EXTRA, TAX, NIC, PENSION = "basic", "back", "extra", "tax", "nic", "pension"
ALLOWED = "allowance"
ORDERS = "orders"
AWAY_KINDS = (
    *("ssp", "smp", "sap", "spp", "shpp", "spbp", "sncp"),
    *("included", "stopped"),
)
# In how an allowance is reckoned, if it is a share of the point (`hr.selectors.pay`).
SHARE_OF = "% of "
Key = tuple[str, int, int]
"""A line of a payslip: its kind, its job, and the element, period or allowance it names; else 0."""


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
    if kind == ALLOWED:
        return _why_basic(job, before, now, named)
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
    if kind == NIC and (why := _why_director(before, now)):
        return why
    if kind == NIC and (now.inputs.jointly or before.inputs.jointly) and _beside(before, now):
        return "the pay of other employments here counts with it, and is not what it was"
    if kind == PENSION and now.inputs.beside != before.inputs.beside:
        return "the pay of other employments here chooses the rate with it, and is not what it was"
    if kind == PENSION and now.inputs.refund:
        return "what was paid before opting out is given back"
    if kind == PENSION and (now.inputs.arrears or before.inputs.arrears):
        return "contributions of the time since the enrolment are taken with one pay"
    if kind == PENSION and before.inputs.scheme != now.inputs.scheme:
        return "the pension scheme changed"
    if kind == ORDERS:
        return _why_ordered(before, now)
    if kind in (NIC, PENSION) and _pay(before) != _pay(now):
        return "it follows the pay"
    return "it was worked out anew"


def _why_director(before: Slip, now: Slip) -> str:
    """What the method of a director has to do with it; nothing while it is that of everybody."""
    if now.inputs.director and not before.inputs.director:
        return "this is the first pay that counts as a director's"
    if not now.inputs.director:
        return "this pay does not count as a director's" if before.inputs.director else ""
    if now.inputs.director[SETTLES]:
        return "the year of a director is settled with this pay"
    standard = now.inputs.director[METHOD] == STANDARD
    return "a director's contributions follow the pay of the tax year so far" if standard else ""


def _beside(before: Slip, now: Slip) -> bool:
    """Whether other employments are paid otherwise than they were."""
    pay = [
        {other[ITS_NUMBER]: other[ITS_PAY] for other in one.inputs.jointly[BESIDE]}
        if one.inputs.jointly
        else {}
        for one in (before, now)
    ]
    return pay[0] != pay[1]


def _why_ordered(before: Slip, now: Slip) -> str:
    kept, new = ({order[ORDER] for order in one.inputs.orders} for one in (before, now))
    if new - kept:
        return "an order was received"
    return "an order is paid off or was ended" if kept - new else "it follows the pay"


def _pay(slip: Slip) -> int:
    kinds = (BASIC, ALLOWED, BACK, EXTRA, *AWAY_KINDS)
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
    mine = [[piece for piece in pieces if piece[JOB] == job] for pieces in (before, now)]
    old, new = basic_of(mine[0]), basic_of(mine[1])
    if not old:
        return "The job was not paid then"
    if not new:
        return "The job was not held then"
    said = [
        *_what(old[-1], new[-1]),
        *_allowances(*mine, other_point=old[-1][FULL] != new[-1][FULL]),
    ]
    words = "; ".join(said) or "the days of the job are others"
    return f"{words[0].upper()}{words[1:]}"


def _allowances(
    old: Sequence[Sequence[Any]], new: Sequence[Sequence[Any]], *, other_point: bool
) -> Iterator[str]:
    """Allowances that came, went, are paid for other days, or are worth something else.

    That a share follows a point which is worth something else is not said.
    """
    was, now = _by_allowance(old), _by_allowance(new)
    for key in sorted({*was, *now}):
        name = (now.get(key) or was[key])[0][TITLE]
        if key not in was:
            yield f"{name} is paid"
        elif key not in now:
            yield f"{name} is not paid"
        elif _spans(was[key]) != _spans(now[key]):
            yield f"{name} is paid for other days"
        elif (then := was[key][-1])[FULL] != (last := now[key][-1])[FULL] and not (
            other_point and SHARE_OF in last[POINT]
        ):
            yield f"{name} is worth {money(last[FULL])} a year instead of {money(then[FULL])}"


def _by_allowance(pieces: Sequence[Sequence[Any]]) -> dict[int, list[Sequence[Any]]]:
    found: dict[int, list[Sequence[Any]]] = {}
    for piece in pieces:
        if key := allowance_of(piece):
            found.setdefault(key, []).append(piece)
    return found


def _spans(pieces: Sequence[Sequence[Any]]) -> tuple[str, str]:
    return pieces[0][FROM], pieces[-1][UNTIL]


def _why_basic(job: int, before: Slip, now: Slip, allowance: int = 0) -> str:
    old, new = _pieces(before, job, allowance), _pieces(now, job, allowance)
    what = "allowance" if allowance else "job"
    if not old:
        return f"this {what} was not paid before"
    if not new:
        return f"this {what} is not paid any more"
    said = [*_what(old[-1], new[-1]), *_days("this time", now, new), *_days("before", before, old)]
    return "; ".join(said) or "it was worked out anew"


def _pieces(slip: Slip, job: int, allowance: int) -> list[Sequence[Any]]:
    return [
        piece
        for piece in slip.inputs.pieces
        if piece[JOB] == job and allowance_of(piece) == allowance
    ]


def _what(old: Sequence[Any], new: Sequence[Any]) -> Iterator[str]:
    """What the job is now instead of what it was, as it stood at the end of each period."""
    allowance = allowance_of(new)
    if old[TITLE] != new[TITLE]:
        yield f"the post is {new[TITLE]} instead of {old[TITLE]}"
    if allowance and old[FULL] != new[FULL]:
        yield f"it is worth {money(new[FULL])} a year instead of {money(old[FULL])}"
    elif old[POINT] != new[POINT] and not allowance:
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
