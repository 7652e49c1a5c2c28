"""What an electronic invoice says, under the names of EN 16931's business terms (BT, BG).

Amounts and quantities are the `Decimal`s as written, in `currency`; a credit note's are positive
as it states them, and `EInvoice.sign` says which way they count.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

ZERO = Decimal(0)
Severity = Literal["fatal", "warning"]
# A VAT category and its rate; no rate counts as nought, and 20 is 20.00.
VatKey = tuple[str, Decimal]


def vat_key(category: str, rate: Decimal | None) -> VatKey:
    """What lines, allowances, charges and the breakdown are matched by."""
    return category, rate or ZERO


class NotAnEInvoice(ValueError):
    """The bytes are no electronic invoice, or state a value that cannot be read."""


@dataclass(frozen=True)
class Finding:
    """A rule that the document breaks, by its official code, and the sentence for a person.

    `rules` names the rule file that said so; it is empty for the sums checked here.
    """

    code: str
    severity: Severity
    message: str
    where: str = ""
    rules: str = ""


@dataclass(frozen=True)
class Party:
    """Seller (BG-4) or buyer (BG-7)."""

    name: str
    trading_name: str = ""
    vat_number: str = ""
    company_number: str = ""
    endpoint: str = ""
    town: str = ""
    postcode: str = ""
    country: str = ""
    email: str = ""


@dataclass(frozen=True)
class Account:
    """Where the seller asks to be paid (BG-17): an IBAN or a national number, never trusted."""

    number: str
    name: str = ""
    branch: str = ""


@dataclass(frozen=True)
class Adjustment:
    """An allowance (BG-20, BG-27) or a charge (BG-21, BG-28); the amount is never negative."""

    charge: bool
    amount: Decimal
    reason: str = ""
    vat_category: str = ""
    vat_rate: Decimal | None = None

    @property
    def signed(self) -> Decimal:
        return self.amount if self.charge else -self.amount


@dataclass(frozen=True)
class Line:
    """An invoice line (BG-25). `net` (BT-131) is after its own allowances and charges."""

    id: str
    name: str
    net: Decimal
    quantity: Decimal | None = None
    unit: str = ""
    price: Decimal | None = None
    price_base: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    vat_category: str = ""
    vat_rate: Decimal | None = None
    order_line: str = ""
    accounting_cost: str = ""


@dataclass(frozen=True)
class VatPart:
    """One category and rate of the VAT breakdown (BG-23)."""

    category: str
    rate: Decimal | None
    taxable: Decimal
    vat: Decimal
    exemption: str = ""


@dataclass(frozen=True)
class Totals:
    """Document totals (BG-22)."""

    lines: Decimal
    net: Decimal
    gross: Decimal
    payable: Decimal
    vat: Decimal | None = None
    allowances: Decimal = ZERO
    charges: Decimal = ZERO
    prepaid: Decimal = ZERO
    rounding: Decimal = ZERO


@dataclass(frozen=True)
class Attachment:
    """A document that came inside (BT-125), decoded, or an address of one (BT-124)."""

    name: str
    mime: str = ""
    content: bytes = b""
    address: str = ""


@dataclass(frozen=True)
class EInvoice:
    """The facts of one document."""

    kind: Literal["Invoice", "CreditNote"]
    type_code: str
    number: str
    issued_on: date
    currency: str
    seller: Party
    buyer: Party
    totals: Totals
    lines: tuple[Line, ...]
    vat: tuple[VatPart, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    due_on: date | None = None
    order_reference: str = ""
    buyer_reference: str = ""
    contract_reference: str = ""
    preceding: tuple[str, ...] = ()
    accounting_cost: str = ""
    customisation: str = ""
    profile: str = ""
    note: str = ""
    payee: str = ""
    accounts: tuple[Account, ...] = ()
    payment_reference: str = ""
    attachments: tuple[Attachment, ...] = ()

    @property
    def sign(self) -> int:
        """1 where the totals are owed to the seller, -1 where they are owed back."""
        return -1 if self.kind == "CreditNote" else 1
