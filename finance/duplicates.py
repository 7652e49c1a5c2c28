"""When two invoices may be one: four grades, each with its reason. A pure calculator.

A stops (the same supplier and the same number), the others are a reason to look. Most invoices
that share supplier, amount and date are real ones: a care home bills the same fee for each
resident. What a supplier does as a rule is therefore no sign; in nine councils' published payments
that leaves one invoice in fifty to look at instead of one in six.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from events.verbs import counted
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


def is_usual(days: Mapping[date, int]) -> bool:
    """Whether a supplier sends one amount several times a day as a rule.

    `days` counts the invoices of that amount by invoice date, the new one among them: three on one
    day are a rule, and so are two on each of two days.
    """
    return max(days.values()) > 2 or sum(number > 1 for number in days.values()) > 1


def likeness(
    new: Facts, old: Facts, group: frozenset[int] = frozenset(), usual: bool = False
) -> Likeness | None:
    """How alike two invoices are, or None.

    `group` are suppliers that are the same party; `usual` as `is_usual` has it of this amount,
    which counts only for an invoice that has a number of its own.
    """
    same_supplier = old.supplier_id == new.supplier_id or old.supplier_id in group
    same_number = bool(new.reference) and old.reference == new.reference
    same_gross = old.gross_pence == new.gross_pence
    if same_supplier and same_number:
        return Likeness("A", "The same supplier and the same invoice number.")
    if not same_gross:
        return None
    usual = usual and bool(new.reference)
    if same_supplier and old.invoice_on == new.invoice_on and not usual:
        return Likeness("B", "The same supplier, amount and invoice date.")
    if same_number:
        return Likeness("C", "The same amount and invoice number from another supplier.")
    apart = abs((old.invoice_on - new.invoice_on).days)
    if same_supplier and apart <= NEAR_DAYS and nearly_same(new.reference, old.reference):
        return Likeness(
            "D", f"The same amount {counted(apart, 'day')} apart and nearly the same number."
        )
    return None
