"""One person's row of a payment as lines with their workings, in plain sentences that add up."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from payroll.calculator.attachments import Kind
from payroll.calculator.payment import Payment, Recovered
from payroll.calculator.rounding import Flags
from payroll.calculator.wording import money

TAX_LINE, NIC_LINE = "Income tax", "National Insurance"
ORDER_NAMES = {
    Kind.CHILD_MAINTENANCE: "Child maintenance order",
    Kind.COURT: "Court order (priority)",
    Kind.FINE: "Order for a fine",
    Kind.COUNCIL_TAX: "Council tax order",
    Kind.EARNINGS_ARRESTMENT: "Earnings arrestment",
    Kind.MAINTENANCE_ARRESTMENT: "Current maintenance arrestment",
    Kind.DIRECT_EARNINGS: "Direct earnings attachment (DWP)",
    Kind.JUDGMENT: "Court order (judgment debt)",
}


@dataclass(frozen=True)
class Line:
    """A line of the answer: what is paid is above zero, what is taken below."""

    name: str
    amount: int
    workings: tuple[str, ...]


def payslip_lines(payment: Payment, i: int) -> tuple[Line, ...]:
    """The lines of person `i`; they add up to the net pay of the statement.

    Tax and National Insurance always stand there, other lines where there is something to say.
    """
    always = (TAX_LINE, NIC_LINE)
    found = [
        Line(element.name, int(element.amount[i]), tuple(element.workings(i)))
        for element in payment.people.elements
    ]
    found += _deductions(payment, i)
    return tuple(line for line in found if line.amount or line.workings or line.name in always)


def _deductions(payment: Payment, i: int) -> Iterator[Line]:
    def taken(name: str, column: np.ndarray, workings: list[str]) -> Line:
        return Line(name, -int(column[i]), tuple(workings))

    names = payment.statement.names
    yield _recovered(payment.gross_recovered, i, "Overpayment taken back")
    for_pension = np.array(payment.people.sacrificed_for_pension, dtype=bool)
    asked, sacrificed = payment.people.asked[:, i], payment.sacrificed
    yield taken(
        "Salary sacrifice",
        sacrificed.allowed.sum(axis=0) - sacrificed.pension,
        sacrificed.workings(i, but_pension=True) if asked[~for_pension].any() else [],
    )
    saved = (int(one[i]) for one in payment.nic_saved)
    yield taken(
        "Pension by salary sacrifice",
        sacrificed.pension,
        sacrificed.pension_workings(i, *saved) if asked[for_pension].any() else [],
    )
    pension = payment.pensions
    yield taken("Pension contribution", pension.deducted, pension.workings(i))
    gift = payment.people.gift[i]
    giving = payment.giving
    yield taken("Payroll giving", giving.deducted, giving.workings(i) if gift else [])
    yield taken(TAX_LINE, payment.tax.tax, payment.tax.workings(i))
    yield taken(NIC_LINE, payment.employee_nic, nic_workings(payment, i))
    cut = payment.settled.loan_workings(i) if (payment.people.orders.person == i).any() else []
    loans = payment.loans
    for name, column, due, said in (
        ("Student loan", payment.student_loan, loans.undergraduate, loans.student_workings(i)),
        (
            *("Postgraduate loan", payment.postgraduate_loan),
            *(loans.postgraduate, loans.postgraduate_workings(i)),
        ),
    ):
        yield taken(name, column, [*said, *(cut if column[i] < due[i] else [])])
    yield from _orders(payment, i)
    yield _recovered(payment.net_recovered, i, names[-1])


def nic_workings(payment: Payment, i: int) -> list[str]:
    """How contributions came about; a director's on the year, where it is settled."""
    at = np.flatnonzero(payment.people.directors.person == i)
    if at.size and payment.directors.annual[at[0]]:
        return payment.directors.workings(int(at[0]))
    if (jointly := payment.people.jointly.person == i).any():
        return _jointly(payment, i, jointly)
    before = payment.people.liable_before
    if payment.nic_together is None or before is None or not before[i]:
        return payment.nic.workings(i)
    whole, nic = payment.nic_together, payment.nic
    return [
        f"{money(before[i])} was paid before in the same earnings period, and counts with this.",
        *whole.workings(i),
        f"Less what was due then, {money(whole.employee[i] - nic.employee[i])} of the employee and"
        f" {money(whole.employer[i] - nic.employer[i])} of the employer: now"
        f" {money(nic.employee[i])} and {money(nic.employer[i])}.",
    ]


def _jointly(payment: Payment, i: int, mine: Flags) -> list[str]:
    """Of somebody with several employments: the pay of each, what is due, and the part of this."""
    whole, several = payment.nic_together, payment.people.jointly
    assert whole is not None
    others = np.flatnonzero(mine & ~several.own)
    beside = [f"{money(several.now[n])} in employment {several.number[n]}" for n in others]
    said = [
        f"The pay of all employments here counts together: {money(payment.liable[i])} in this one,"
        f" {', '.join(beside)}."
    ]
    paid = several.before[others].sum()
    if payment.people.liable_before is not None:
        paid += payment.people.liable_before[i]
    if paid:
        said.append(f"{money(paid)} was paid before in the same earnings period, and counts too.")
    said += whole.workings(i)
    employee, employer = (int(one[i]) for one in payment.nic_due)
    if paid:
        said.append(
            f"Less what was due then, {money(whole.employee[i] - employee)} of the employee and"
            f" {money(whole.employer[i] - employer)} of the employer: now {money(employee)} and"
            f" {money(employer)}."
        )
    said.append(
        "Each payslip bears its part by its pay: of the employee's"
        f" {money(employee)} this one takes {money(payment.employee_nic[i])}, of the employer's"
        f" {money(employer)} it bears {money(payment.employer_nic[i])}."
    )
    return said


def _orders(payment: Payment, i: int) -> Iterator[Line]:
    settled = payment.settled
    for row in np.flatnonzero(settled.orders.person == i):
        name = ORDER_NAMES[Kind(int(settled.orders.kind[row]))]
        said = settled.workings(int(row))
        yield Line(name, -int(settled.deducted[row] + settled.fee[row]), tuple(said))


def _recovered(recovered: Recovered, i: int, name: str) -> Line:
    at = np.flatnonzero(recovered.person == i)
    said = recovered.result.workings(int(at[0])) if at.size else []
    return Line(name, -int(recovered.total[i]), tuple(said))


def employer_lines(payment: Payment, i: int) -> tuple[Line, ...]:
    """What the employer pays for person `i` besides the gross pay left after sacrifice."""
    pension = int(payment.sacrificed.pension[i])
    given_up = int(payment.sacrificed.allowed[:, i].sum()) - pension
    said = f"What is given up by salary sacrifice is spent on it: {money(given_up)}."
    paid_in = f"What is given up for a pension is paid into it: {money(pension)}."
    lines = (
        Line("Pay before deductions", int(payment.pay[i]), (_before_deductions(payment, i),)),
        Line("Benefits for salary given up", given_up, (said,) if given_up else ()),
        Line("Pension for salary given up", pension, (paid_in,) if pension else ()),
        Line(NIC_LINE, int(payment.employer_nic[i]), tuple(nic_workings(payment, i)[-1:])),
        Line(
            "Pension contribution",
            int(payment.pensions.employer[i]),
            tuple(payment.pensions.employer_workings(i)),
        ),
    )
    return tuple(line for line in lines if line.amount)


def _before_deductions(payment: Payment, i: int) -> str:
    parts = [f"Pay of {money(payment.gross[i])}"]
    if back := int(payment.gross_recovered.total[i]):
        parts.append(f"less {money(back)} overpaid and taken back")
    if given_up := int(payment.sacrificed.allowed[:, i].sum()):
        parts.append(f"less {money(given_up)} given up")
    return f"{' '.join(parts)} is {money(payment.pay[i])}." if len(parts) > 1 else f"{parts[0]}."
