"""An electronic invoice beside what is known here: its sender as a supplier, its VAT as codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from finance.einvoices import (
    EInvoice,
    Finding,
    RulesUnusable,
    check,
    installed_rules,
    read_einvoice,
    xml_of,
)
from finance.einvoices.facts import Party, VatPart
from finance.keys import name_key
from finance.models import SourceFile, Supplier
from finance.rules_einvoices import EIN05
from finance.vat import VatCode, purchase_codes

FEW = 20
NO_VAT = {"Z": "ZR-IN", "E": "EX-IN", "O": "OS"}


@dataclass(frozen=True)
class Sender:
    """The supplier that sent the document, and in words how that is known."""

    supplier: Supplier
    reason: str


@dataclass(frozen=True)
class Document:
    """A stored document, read again from its bytes."""

    file: SourceFile
    facts: EInvoice
    findings: tuple[Finding, ...]

    @property
    def broken(self) -> tuple[Finding, ...]:
        """What keeps it from being entered."""
        return tuple(found for found in self.findings if found.severity == "fatal")


def document(file: SourceFile) -> Document:
    """The facts and findings of a file whose purpose is `einvoice`."""
    content = xml_of(file.content)
    facts = read_einvoice(content)
    return Document(file, facts, tuple(findings(content, facts)))


def findings(content: bytes, facts: EInvoice) -> list[Finding]:
    """What the document breaks, by the official rules too where they are installed."""
    folder = settings.EINVOICE_RULES
    try:
        official = installed_rules(Path(folder)) if folder else None
    except RulesUnusable as error:
        raise EIN05.refuse(str(error)) from error
    return check(content, facts, official)


def sender_of(organisation_id: int, seller: Party) -> Sender | None:
    """By VAT number, else by company number, else by the only supplier of that name."""
    number, company = _digits(seller.vat_number), seller.company_number
    name = name_key(seller.name)
    ways = (
        ("VAT number", "vat_number", {number, f"GB{number}"} if number else set()),
        ("company number", "company_number", {company} - {""}),
        ("name", "name_norm", {name} - {""}),
    )
    alike = Q()
    for _, field, values in ways:
        alike |= Q(**{f"{field}__in": values})
    found = list(Supplier.objects.filter(alike, organisation_id=organisation_id)[:FEW])
    for said, field, values in ways:
        same = [supplier for supplier in found if getattr(supplier, field) in values]
        if len(same) == 1:
            return Sender(same[0], f"The {said} on the document is this supplier's.")
    return None


def _digits(vat_number: str) -> str:
    """The digits of a British VAT number; a foreign one is left as it is."""
    number = vat_number.upper().replace(" ", "").replace("-", "")
    return number.removeprefix("GB") if number.startswith("GB") else number


def vat_choices(part: VatPart) -> Sequence[VatCode]:
    """The VAT codes that a part of the breakdown may have here; none for a reverse charge."""
    codes = purchase_codes()
    if part.category in NO_VAT:
        return [codes[NO_VAT[part.category]]]
    if part.category != "S":
        return []
    rate = part.rate or Decimal(0)
    return [code for code in codes.values() if code.rate_percent == rate and rate]
