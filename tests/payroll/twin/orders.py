"""Attachment of earnings for one person in plain Python, order by order, from the regulations."""

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import ceil

from payroll.calculator.attachment_tables import Table

NO_END = 2**62
WEEKS = {"weekly": 1, "fortnightly": 2, "four_weekly": 4, "monthly": 1}
FIRST = {"child", "court", "fine", "council tax"}
ARRESTMENTS = {"earnings arrestment", "maintenance arrestment"}


@dataclass(frozen=True)
class Order:
    kind: str
    made_on: date
    number: int
    table: Table | None
    higher: bool
    normal: int
    days: int
    protected: int
    arrears: int
    protected_arrears: int
    outstanding: int


@dataclass(frozen=True)
class Outcome:
    deducted: int
    fee: int
    arrears: int
    protected_arrears: int
    outstanding: int
    protected: int
    kept: int  # what the person still has after this deduction, before fees


def by_table(net: int, table: Table, frequency: str) -> int:
    weeks = WEEKS[frequency]
    each = Fraction(net, weeks)
    rows = table.monthly if frequency == "monthly" else table.weekly
    row = [row for row in rows if each > row.above or row.above == 0][-1]
    base = each if row.of == "whole" else each - row.above
    exact = base * row.rate * weeks / 10_000
    whole, rest = divmod(exact, 1)
    return max(row.plus * weeks + int(whole) + (rest > Fraction(1, 2)), row.at_least * weeks)


# Net earnings up to (a week, a month) and the rates of the DWP's guide, standard and higher.
DIRECT = [
    (100, 430, 0, 5), (160, 690, 3, 6), (220, 950, 5, 10), (270, 1_160, 7, 14),
    (375, 1_615, 11, 22), (520, 2_240, 15, 30), (10**9, 10**9, 20, 40),
]  # fmt: skip


def direct(net: int, higher: bool, frequency: str) -> int:
    ends = [
        month if frequency == "monthly" else week * WEEKS[frequency] for week, month, *_ in DIRECT
    ]
    rates = [above if higher else below for *_, below, above in DIRECT]
    rate = next(rate for end, rate in zip(ends, rates, strict=True) if net <= end * 100)
    return (net * rate * 2 + 100) // 200  # to the nearest penny


def turn(order: Order) -> tuple[int, date, int]:
    if order.kind in FIRST:
        place = 0
    elif order.kind in ARRESTMENTS:
        place = 1 if order.kind == "earnings arrestment" else 2
    else:
        place = 3
    return place, order.made_on, order.number


def settle(
    net: int, student: int, postgraduate: int, floor: int, orders: list[Order], frequency: str,
    *, share: int = 6000, daily: int = 2466, most_fee: int = 100,
) -> tuple[dict[int, Outcome], int, int, int]:  # fmt: skip
    """(outcomes by number, student loan, postgraduate loan, fees)."""
    done: dict[int, Outcome] = {}
    left = net
    ordered = sorted(orders, key=turn)

    def one(order: Order) -> None:
        nonlocal left
        sixty = ceil(Fraction(net * share, 10_000))
        protected, asked, threshold = order.protected, order.normal, 0
        if order.kind in ("child", "direct"):
            protected = max(order.protected, sixty)
        if order.kind == "maintenance arrestment":
            protected, asked = daily * order.days, order.normal * order.days
        if order.kind in ("child", "court"):
            asked += order.arrears
        if order.kind == "court":
            threshold = order.protected_arrears
        if order.table is not None:
            asked = by_table(left, order.table, frequency)
        if order.kind == "direct":
            asked = direct(net, order.higher, frequency)
        room = max(left - protected - threshold, 0)
        taken = min(asked, room, order.outstanding)
        short = max(threshold + protected - left, 0) if order.kind == "court" else 0
        left -= taken
        debt = order.outstanding if order.outstanding >= NO_END else order.outstanding - taken
        arrears = min(asked - taken, debt) if order.kind in ("child", "court") else 0
        done[order.number] = Outcome(taken, 0, arrears, short, debt, protected, left)

    first = [order for order in ordered if turn(order)[0] < 3]
    for order in first:
        one(order)
    stopped = any(
        order.kind in ARRESTMENTS | {"fine", "council tax"} and order.outstanding > 0
        for order in first
    )
    stated = [done[order.number].protected for order in first if order.kind in ("child", "court")]
    room = 0 if stopped else max(left - max(stated, default=0), 0)
    student = min(student, room // 100 * 100)
    postgraduate = min(postgraduate, (room - student) // 100 * 100)
    left -= student + postgraduate
    for order in ordered:
        if turn(order)[0] == 3:
            one(order)
    fees = 0
    for order in ordered:
        if done[order.number].deducted:
            fee = min(max(left - fees - floor, 0), most_fee)
            fees += fee
            done[order.number] = replace(done[order.number], fee=fee)
    return done, student, postgraduate, fees
