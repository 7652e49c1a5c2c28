"""When two invoices may be one: four grades, each with its reason. A pure calculator.

A stops (the same supplier and the same number), the others are a reason to look: in published
data most invoices that share supplier, amount and date are two real ones.
"""

from dataclasses import dataclass
from datetime import date

from finance.keys import nearly_same

NEAR_DAYS = 45


@dataclass(frozen=True)
class Facts:
    """What is compared of an invoice. `reference` is normal (`finance.keys`)."""

    supplier_id: int
    reference: str
    gross_pence: int
    invoice_on: date


@dataclass(frozen=True)
class Likeness:
    """A grade from A (surely the same) to D (look once) and the reason as a sentence."""

    grade: str
    reason: str


def likeness(new: Facts, old: Facts, group: frozenset[int] = frozenset()) -> Likeness | None:
    """How alike two invoices are, or None. `group` are suppliers that are the same party."""
    same_supplier = old.supplier_id == new.supplier_id or old.supplier_id in group
    same_number = bool(new.reference) and old.reference == new.reference
    same_gross = old.gross_pence == new.gross_pence
    if same_supplier and same_number:
        return Likeness("A", "The same supplier and the same invoice number.")
    if not same_gross:
        return None
    if same_supplier and old.invoice_on == new.invoice_on:
        return Likeness("B", "The same supplier, amount and invoice date.")
    if same_number:
        return Likeness("C", "The same amount and invoice number from another supplier.")
    apart = abs((old.invoice_on - new.invoice_on).days)
    if same_supplier and apart <= NEAR_DAYS and nearly_same(new.reference, old.reference):
        return Likeness("D", f"The same amount {apart} days apart and nearly the same number.")
    return None
