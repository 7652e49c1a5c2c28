"""A supplier's statement held against our books: what each line is here, and the two balances.

Every line says what both sides have of it, so that their balance less ours is the sum of the
differences, whatever the lines are. Ours is what is open of all invoices that are on the statement
or dated until its day, posted or not; what is held or disputed is owed as well.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from core.actors import Actor
from core.errors import NotFound
from core.templatetags.web import day, pounds
from finance.keys import nearly_same
from finance.models import (
    Allocation,
    Invoice,
    Payment,
    Supplier,
    SupplierStatement,
    SupplierStatementLine,
)
from finance.reading.supplier_statement import Line

Outcome = SupplierStatementLine.Outcome
State = Invoice.State
_PAID = re.compile(r"payment|paid|receipt|remittance|bacs|cash|cheque|thank you", re.I)


@dataclass(frozen=True)
class Compared:
    """A line of theirs or an invoice of ours, with what either side has of it in pence."""

    line: Line | None
    outcome: Outcome
    words: str
    their_pence: int = 0
    our_pence: int = 0
    invoice_id: int | None = None
    reference: str = ""
    dated_on: date | None = None


class _Books:
    """What we have of a supplier; each invoice and payment answers one line at most."""

    def __init__(self, supplier: Supplier, lines: Sequence[Line]) -> None:
        here = {"organisation_id": supplier.organisation_id, "supplier_id": supplier.pk}
        keys = sorted({line.key for line in lines if line.key})
        wanted = Q(ref_norm__in=keys) | Q(state__in=Invoice.OPEN_STATES)
        self.invoices = list(Invoice.objects.filter(wanted, **here).order_by("id"))
        self.by_key: dict[str, list[Invoice]] = defaultdict(list)
        for row in self.invoices:
            self.by_key[row.ref_norm].append(row)
        paid = [row.pk for row in self.invoices if row.state == State.PAID]
        live = Allocation.objects.filter(
            organisation_id=supplier.organisation_id, invoice_id__in=paid, live=True
        )
        self.paid_in = dict(live.values_list("invoice_id", "payment__number"))
        credited = [-line.pence for line in lines if line.pence < 0]
        payments = Payment.objects.filter(
            amount_pence__in=credited, state=Payment.State.RELEASED, **here
        )
        self.payments = list(payments.order_by("paid_on", "id"))
        self.used: set[int] = set()

    def by_number(self, line: Line) -> Invoice | None:
        """The one of that number; of several the one of that amount, then one that is open."""
        free = [row for row in self.by_key.get(line.key, ()) if row.pk not in self.used]
        return min(free, key=lambda row: _rank(row, line), default=None) if line.key else None

    def by_amount(self, line: Line) -> Invoice | None:
        """An open one of that amount with nearly that number."""
        for row in self.invoices:
            free = row.pk not in self.used and row.open_pence == line.pence
            if free and row.state != State.REVERSED and nearly_same(line.key, row.ref_norm):
                return row
        return None

    def payment(self, line: Line) -> Payment | None:
        """A payment of that amount, the nearest in time, taken once."""
        same = [one for one in self.payments if one.amount_pence == -line.pence]
        if not same:
            return None
        near = line.dated_on
        found = min(same, key=lambda one: abs((one.paid_on - near).days) if near else 0)
        self.payments.remove(found)
        return found


def _rank(row: Invoice, line: Line) -> tuple[bool, bool, int]:
    return row.gross_pence != line.pence, row.state not in Invoice.OPEN_STATES, row.pk


def compare(supplier: Supplier, statement_on: date, lines: Sequence[Line]) -> list[Compared]:
    """Every line of theirs in its order, then what is open here and not on it."""
    books = _Books(supplier, lines)
    found = [_compared(books, line) for line in lines]
    for row in books.invoices:
        left_out = row.pk not in books.used and row.state in Invoice.OPEN_STATES
        if left_out and row.invoice_on <= statement_on:
            words = f"{row}: {_standing(row)}"
            of_ours = {"invoice_id": row.pk, "reference": row.supplier_ref}
            of_ours |= {"our_pence": row.open_pence, "dated_on": row.invoice_on}
            found.append(Compared(None, Outcome.OURS, words, **of_ours))
    return found


def _compared(books: _Books, line: Line) -> Compared:
    if line.brought:
        words = "Ask which invoices it stands for."
        return Compared(line, Outcome.BROUGHT, words, their_pence=line.pence)
    row, words = books.by_number(line), ""
    if row is None and not (line.pence < 0 and _PAID.search(f"{line.text} {line.reference}")):
        row = books.by_amount(line)
        words = f"They write {line.reference}, ours says {row.supplier_ref}. " if row else ""
    if row is not None:
        books.used.add(row.pk)
        return _against(books, line, row, words)
    if line.pence < 0:
        payment = books.payment(line)
        if payment is not None:
            words = f"PMT-{payment.number} of {day(payment.paid_on)}"
            return Compared(line, Outcome.PAYMENT, words, their_pence=line.pence)
        if _PAID.search(f"{line.text} {line.reference}"):
            words = "No payment of this amount was made to them. Ask what it was."
            return Compared(line, Outcome.UNKNOWN, words, their_pence=line.pence)
    what = "A credit note" if line.pence < 0 else "An invoice"
    words = f"{what} of this number has not come in."
    return Compared(line, Outcome.MISSING, words, their_pence=line.pence)


def _against(books: _Books, line: Line, row: Invoice, words: str) -> Compared:
    """A line beside the invoice that it means."""
    stands = row.state in Invoice.OPEN_STATES
    ours = row.open_pence if stands else 0
    same = line.pence in (row.gross_pence, row.open_pence)
    outcome = Outcome.DIFFERS
    if row.state == State.REVERSED:
        words += f"{row} was reversed here: {row.hold_text}"
    elif not same:
        words += f"{row} is {pounds(row.gross_pence)} here. {_standing(row, books)}"
    elif row.state == State.PAID:
        outcome, words = Outcome.PAID, f"{words}{row}: {_standing(row, books)}"
    else:
        stopped = row.state in (State.HELD, State.DISPUTED)
        outcome = Outcome.HELD if stopped else Outcome.AGREES
        words += f"{row}: {_standing(row)}"
    return Compared(line, outcome, words, their_pence=line.pence, our_pence=ours, invoice_id=row.pk)


def _standing(row: Invoice, books: _Books | None = None) -> str:
    """Where an invoice stands here, as one would tell the supplier."""
    if row.state == State.PAID:
        number = books.paid_in.get(row.pk) if books else None
        return f"paid on {day(row.paid_on)}" + (f" in PMT-{number}" if number else "")
    if row.state in (State.HELD, State.DISPUTED):
        cause = row.hold_text or row.hold_cause.replace("_", " ")
        owner = f" {row.owner_name} is on it." if row.owner_name else ""
        return f"{row.get_state_display().lower()}: {cause}.{owner}"
    if row.state == State.POSTED:
        return f"to be paid by {day(row.due_on)}"
    return row.get_state_display().lower()


def supplier_statements(
    organisation_ids: Sequence[int], supplier_code: str = ""
) -> QuerySet[SupplierStatement]:
    """The newest first; of one supplier where its code is given."""
    rows = SupplierStatement.objects.filter(organisation_id__in=list(organisation_ids))
    if supplier_code:
        rows = rows.filter(supplier__code=supplier_code)
    return rows.select_related("supplier").defer("content_sealed").order_by("-made_at", "-id")


def statement_by_number(actor: Actor, number: int) -> SupplierStatement:
    """With its supplier. NotFound for a number that none has here."""
    rows = SupplierStatement.objects.filter(organisation_id=actor.organisation_id, number=number)
    found = rows.select_related("supplier").first()
    if found is None:
        raise NotFound("There is no such statement.")
    return found


def lines_of(statement: SupplierStatement, outcome: str = "") -> QuerySet[SupplierStatementLine]:
    """As they stand on it, and after them what is in our books alone."""
    rows = SupplierStatementLine.objects.filter(
        organisation_id=statement.organisation_id, statement_id=statement.pk
    )
    if outcome:
        rows = rows.filter(outcome=outcome)
    # They were written in this order.
    return rows.select_related("invoice").order_by("id")


@dataclass(frozen=True)
class Part:
    """Lines of one outcome: how many, and pence on either side."""

    outcome: str
    number: int
    their_pence: int
    our_pence: int

    @property
    def label(self) -> str:
        return str(Outcome(self.outcome).label)

    @property
    def difference_pence(self) -> int:
        return self.their_pence - self.our_pence


def parts_of(statement: SupplierStatement) -> list[Part]:
    """What leads from our balance to theirs, in the order of the outcomes."""
    sums: dict[str, Any] = {"n": Count("row_no"), "t": Sum("their_pence"), "o": Sum("our_pence")}
    rows = SupplierStatementLine.objects.filter(
        organisation_id=statement.organisation_id, statement_id=statement.pk
    )
    found = rows.order_by().values_list("outcome").annotate(**sums)
    by_outcome = {row[0]: Part(row[0], row[1], int(row[2]), int(row[3])) for row in found}
    return [by_outcome[name] for name in Outcome.values if name in by_outcome]


def asking_text(statement: SupplierStatement, ours: str, by: str) -> str:
    """What to write to the supplier: what has not come, and what is of another amount."""
    wanted = (Outcome.MISSING, Outcome.BROUGHT, Outcome.DIFFERS)
    lines = list(lines_of(statement).filter(outcome__in=wanted))
    missing = [_asked(one) for one in lines if one.outcome != Outcome.DIFFERS]
    other = [f"{_asked(one)}; {one.words}" for one in lines if one.outcome == Outcome.DIFFERS]
    if not missing and not other:
        return ""
    parts = [f"We have compared your statement of {day(statement.statement_on)} with our books."]
    if missing:
        parts += ["", "These have not reached us. Please send copies:", *missing]
    if other:
        parts += ["", "Of these our books say otherwise. Please tell us which is right:", *other]
    return "\n".join([*parts, "", by, ours])


def _asked(one: SupplierStatementLine) -> str:
    when = f" of {day(one.dated_on)}" if one.dated_on else ""
    return f"- {one.reference or one.text}{when}, {pounds(one.their_pence)}"
