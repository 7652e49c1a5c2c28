"""Orders that attach earnings, taken in their legal order, each with the earnings it protects.

England and Wales: child maintenance, maintenance and fines of courts, and council tax come first,
by the date each was made, later ones on what earlier ones leave (Attachment of Earnings Act 1971
Schedule 3; SI 1992/613 regulation 42). Then student loans (CSLM18015), then benefit recovery (DEA)
and judgment debts by date. Scotland: child maintenance, earnings arrestment, current maintenance
arrestment; no student loan while an arrestment runs (CSLM18020). A conjoined arrestment is shared
out by the sheriff clerk and is not worked out here.

Orders are rows of columns. They are settled in steps: the first order of everybody, then the second
of everybody, and so on, so that a step never holds two orders of one person.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from payroll.calculator.attachment_tables import Table, table_deduction
from payroll.calculator.dates import Dates, Whole
from payroll.calculator.direct_attachments import (
    DirectAttachment,
    DirectTable,
    direct_attachment,
)
from payroll.calculator.loans import POUND
from payroll.calculator.periods import Frequency
from payroll.calculator.rounding import Flags, down, up
from payroll.calculator.rows import refuse
from payroll.calculator.wording import money
from payroll.law import RATE_ONE, Parameter, Pence, Rate

NO_END = np.int64(2**62)
"""The debt of an order that runs until it is recalled."""


class Kind(IntEnum):
    CHILD_MAINTENANCE = 1  # deduction from earnings order
    COURT = 2  # priority order with rates: maintenance, or a fine before 2004
    FINE = 3  # by the fixed tables
    COUNCIL_TAX = 4
    EARNINGS_ARRESTMENT = 5
    MAINTENANCE_ARRESTMENT = 6
    DIRECT_EARNINGS = 7  # DEA
    JUDGMENT = 8  # court order that is no priority order


# Kinds of one number are taken by the date of the order. Loans come between PRIORITY and the rest.
TURN = {
    **{Kind.CHILD_MAINTENANCE: 0, Kind.COURT: 0, Kind.FINE: 0, Kind.COUNCIL_TAX: 0},
    **{Kind.EARNINGS_ARRESTMENT: 1, Kind.MAINTENANCE_ARRESTMENT: 2},
    **{Kind.DIRECT_EARNINGS: 3, Kind.JUDGMENT: 3},
}
AFTER_LOANS = 3
CARRIES_SHORTFALL = (Kind.CHILD_MAINTENANCE, Kind.COURT)
BY_TABLE = (Kind.FINE, Kind.COUNCIL_TAX, Kind.EARNINGS_ARRESTMENT)
# While one of these runs no student loan is taken, whatever it takes itself.
STOPS_LOANS = (
    *(Kind.FINE, Kind.COUNCIL_TAX),
    *(Kind.EARNINGS_ARRESTMENT, Kind.MAINTENANCE_ARRESTMENT),
)


@dataclass(frozen=True)
class AttachmentRules:
    child_maintenance_protected: Rate
    maintenance_arrestment_protected_daily: Pence
    most_fee: Pence


ATTACHMENT_RULES = Parameter("attachment_rules", AttachmentRules)


@dataclass(frozen=True)
class Orders:
    """One row an order. What does not belong to its kind is zero."""

    person: Whole  # position in the columns of people
    kind: Whole
    made_on: Dates  # in Scotland the day it was received
    number: Whole  # settles orders of one day; unique
    table: Whole  # position in the tables given; -1: none
    higher: Flags  # DEA by the higher rates
    normal: Whole  # normal deduction of this period; a day's amount for maintenance arrestment
    days: Whole  # days since the last pay day, for maintenance arrestment
    protected: Whole  # protected earnings of this period, where the order states them
    arrears: Whole  # normal deductions not made on earlier pay days
    protected_arrears: Whole  # protected earnings not reached on earlier pay days
    outstanding: Whole  # debt left, or NO_END


@dataclass(frozen=True)
class Pay:
    """One row a person: net earnings after tax, NIC and pension, and the loans worked out."""

    net: Whole
    student_loan: Whole
    postgraduate_loan: Whole
    least_after_fees: Whole  # minimum wage pay, which a fee may not touch


@dataclass(frozen=True)
class Settled:
    """What each order takes and carries, what each person keeps; all in pence."""

    orders: Orders
    pay: Pay
    seen: Whole  # earnings that the order was read against
    wanted: Whole
    protected: Whole
    deducted: Whole
    fee: Whole
    arrears: Whole
    protected_arrears: Whole
    outstanding: Whole
    taken: Whole  # a row a person: all orders, without fees
    fees: Whole
    student_loan: Whole
    postgraduate_loan: Whole

    def workings(self, i: int) -> list[str]:
        """How order `i` was worked out, in sentences."""
        before = f", {money(self.orders.arrears[i])} of it from before" * bool(
            self.orders.arrears[i]
        )
        lines = [
            f"Earnings it is read against: {money(self.seen[i])}.",
            f"The order asks for {money(self.wanted[i])}{before}.",
            f"Protected earnings: {money(self.protected[i])}.",
            f"Deducted: {money(self.deducted[i])}, with a fee of {money(self.fee[i])}.",
        ]
        if self.arrears[i]:
            lines.append(f"Carried to the next pay day: {money(self.arrears[i])}.")
        return lines

    def loan_workings(self, person: int) -> list[str]:
        """What the orders left of the loan deductions of one person, where that is not all."""
        due = int(self.pay.student_loan[person] + self.pay.postgraduate_loan[person])
        taken = int(self.student_loan[person] + self.postgraduate_loan[person])
        if taken == due:
            return []
        kinds = self.orders.kind[self.orders.person == person]
        why = "while an order by percentage or an arrestment runs, no loan is deducted"
        if not np.isin(kinds, STOPS_LOANS).any():
            why = "orders come first and their protected earnings stay, in whole pounds"
        return [f"Loans: {money(taken)} of {money(due)} is deducted: {why}."]


class Settlement:
    """The columns while they are being settled."""

    def __init__(
        self, pay: Pay, orders: Orders, tables: tuple[Table, ...], frequency: Frequency,
        rules: AttachmentRules, direct: DirectTable,
    ) -> None:  # fmt: skip
        self.pay, self.orders, self.rules = pay, orders, rules
        self.direct = direct
        self.tables, self.frequency = tables, frequency
        count = len(orders.person)
        self.seen, self.wanted, self.protected, self.deducted, self.fee = (
            np.zeros(count, dtype=np.int64) for _ in range(5)
        )
        self.protected_arrears = orders.protected_arrears.copy()
        self.taken = np.zeros(len(pay.net), dtype=np.int64)
        self.turn = np.zeros(count, dtype=np.int64)
        for kind, turn in TURN.items():
            self.turn[orders.kind == kind] = turn

    def steps(self, chosen: Flags) -> Iterator[Whole]:
        """Positions of the first chosen order of everybody, of the second, and so on."""
        at = np.flatnonzero(chosen)
        orders = self.orders
        at = at[
            np.lexsort((orders.number[at], orders.made_on[at], self.turn[at], orders.person[at]))
        ]
        first = np.searchsorted(orders.person[at], orders.person[at], side="left")
        place = np.arange(len(at)) - first
        for step in range(int(place.max(initial=-1)) + 1):
            yield at[place == step]

    def take(self, at: Whole) -> None:
        """One step: orders of different people."""
        orders, person = self.orders, self.orders.person[at]
        kind, net = orders.kind[at], self.pay.net[person]
        left = net - self.taken[person]
        whole = kind == Kind.DIRECT_EARNINGS  # read on all of net earnings, not on what is left
        self.seen[at] = np.where(whole, net, left)
        self.protected[at] = self.protected_earnings(at)
        self.wanted[at] = self.asked(at)
        room = left - self.protected[at]
        court = kind == Kind.COURT
        room = room - np.where(court, orders.protected_arrears[at], 0)
        most = np.minimum(room, orders.outstanding[at])
        self.deducted[at] = np.maximum(np.minimum(self.wanted[at], most), 0)
        self.protected_arrears[at] = np.where(court, np.maximum(-room, 0), 0)
        self.taken[person] += self.deducted[at]

    def protected_earnings(self, at: Whole) -> Whole:
        orders, rules = self.orders, self.rules
        kind, net = orders.kind[at], self.pay.net[orders.person[at]]
        daily = rules.maintenance_arrestment_protected_daily * orders.days[at]
        # A part of a penny is kept by the person: the deduction may not reach below the share.
        share = up(net * rules.child_maintenance_protected, RATE_ONE)
        return np.select(
            [
                kind == Kind.MAINTENANCE_ARRESTMENT,
                kind == Kind.CHILD_MAINTENANCE,
                kind == Kind.DIRECT_EARNINGS,
            ],
            [daily, np.maximum(orders.protected[at], share), self.by_rates(at).protected],
            orders.protected[at],
        )

    def by_rates(self, at: Whole) -> DirectAttachment:
        """The orders as if all were DEA, read on the whole of net earnings."""
        net = self.pay.net[self.orders.person[at]]
        return direct_attachment(net, np.zeros_like(net), self.orders.higher[at], self.direct)

    def asked(self, at: Whole) -> Whole:
        orders, kind = self.orders, self.orders.kind[at]
        days = np.where(kind == Kind.MAINTENANCE_ARRESTMENT, orders.days[at], 1)
        carried = np.where(np.isin(kind, CARRIES_SHORTFALL), orders.arrears[at], 0)
        asked: Whole = orders.normal[at] * days + carried
        asked = np.where(kind == Kind.DIRECT_EARNINGS, self.by_rates(at).wanted, asked)
        for position, table in enumerate(self.tables):
            by_table = orders.table[at] == position
            net = self.seen[at][by_table]
            asked[by_table] = table_deduction(net, table, self.frequency)
        return asked

    def loans(self) -> tuple[Whole, Whole]:
        """(student loan, postgraduate loan) that the priority orders leave room for."""
        orders, pay = self.orders, self.pay
        stops = np.zeros(len(pay.net), dtype=bool)
        stops[orders.person[np.isin(orders.kind, STOPS_LOANS) & (orders.outstanding > 0)]] = True
        floor = np.zeros(len(pay.net), dtype=np.int64)
        stated = np.isin(orders.kind, CARRIES_SHORTFALL)
        np.maximum.at(floor, orders.person[stated], self.protected[stated])
        room = np.where(stops, 0, np.maximum(pay.net - self.taken - floor, 0))
        student = np.minimum(pay.student_loan, down(room, POUND) * POUND)
        postgraduate = np.minimum(pay.postgraduate_loan, down(room - student, POUND) * POUND)
        return student, postgraduate

    def take_fees(self, loans: Whole, most: int) -> Whole:
        """The fee for each deduction, as far as pay is left above the minimum wage."""
        fees = np.zeros(len(self.pay.net), dtype=np.int64)
        for at in self.steps(self.deducted > 0):
            person = self.orders.person[at]
            left = self.pay.net - self.taken - loans - fees - self.pay.least_after_fees
            self.fee[at] = np.clip(left[person], 0, most)
            fees[person] += self.fee[at]
        return fees


def settle(
    pay: Pay, orders: Orders, tables: tuple[Table, ...], frequency: Frequency,
    rules: AttachmentRules, direct: DirectTable, fee: int,
) -> Settled:  # fmt: skip
    """Every order's deduction, fee and carried amounts for one pay day.

    `fee` is what the employer keeps for each deduction, at most what the law allows.

    No deduction brings what the person keeps below the earnings that its order protects; a fee may,
    but not below `least_after_fees`. `ValueError` names a person whose net is below zero, an order
    without its table and one of a kind that is not worked out here.
    """
    if not 0 <= fee <= rules.most_fee:
        raise ValueError(f"The fee for a deduction is at most {money(rules.most_fee)}.")
    refuse(pay.net < 0, "net earnings are below zero. Settle the pay before its orders.")
    refuse(~np.isin(orders.kind, list(Kind)), "an order of this kind is not worked out here.")
    refuse(np.isin(orders.kind, BY_TABLE) & (orders.table < 0), "the order needs its table.")
    work = Settlement(pay, orders, tables, frequency, rules, direct)
    for at in work.steps(work.turn < AFTER_LOANS):
        work.take(at)
    student, postgraduate = work.loans()
    work.taken += student + postgraduate
    for at in work.steps(work.turn >= AFTER_LOANS):
        work.take(at)
    by_orders = work.taken - student - postgraduate
    work.taken = by_orders
    fees = work.take_fees(student + postgraduate, fee)
    outstanding = np.where(
        orders.outstanding >= NO_END, orders.outstanding, orders.outstanding - work.deducted
    )
    carries = np.isin(orders.kind, CARRIES_SHORTFALL)
    arrears = np.where(carries, np.minimum(work.wanted - work.deducted, outstanding), 0)
    return Settled(
        orders=orders, pay=pay, seen=work.seen, wanted=work.wanted, protected=work.protected,
        deducted=work.deducted, fee=work.fee, arrears=arrears,
        protected_arrears=work.protected_arrears, outstanding=outstanding, taken=by_orders,
        fees=fees, student_loan=student, postgraduate_loan=postgraduate,
    )  # fmt: skip
