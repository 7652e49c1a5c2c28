"""Reads UBL 2.1 invoices and credit notes.

Untrusted bytes: no document type, no entities, no network, no huge trees. Whatever is optional in
EN 16931 may be missing; what a person needs to book the document must be there and readable.
"""

import base64
import binascii
import re
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from lxml import etree

from finance.einvoices.facts import (
    ZERO,
    Account,
    Adjustment,
    Attachment,
    EInvoice,
    Line,
    NotAnEInvoice,
    Party,
    Totals,
    VatPart,
)
from finance.formats.untrusted import Node, root_of

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
NAMES = {"cac": f"{UBL}CommonAggregateComponents-2", "cbc": f"{UBL}CommonBasicComponents-2"}
ROOTS = {f"{{{UBL}{kind}-2}}{kind}": kind for kind in ("Invoice", "CreditNote")}
# Figures with a point, few enough for the sums of a ledger: nothing in trade needs more.
_NUMBER = re.compile(r"[+-]?[0-9]{1,13}(\.[0-9]{0,10})?|[+-]?\.[0-9]{1,10}")
MOST_TEXT = 80


def read_ubl(content: bytes) -> EInvoice:
    """The facts of one document. `NotAnEInvoice` says in words what is wrong and where."""
    root = parse(content)
    kind = cast(Literal["Invoice", "CreditNote"], ROOTS[root.tag])
    return EInvoice(
        kind=kind,
        type_code=_text(root, f"cbc:{kind}TypeCode"),
        number=_needed(root, "cbc:ID"),
        issued_on=_needed_day(root, "cbc:IssueDate"),
        due_on=_day(root, "cbc:DueDate") or _day(root, "cac:PaymentMeans/cbc:PaymentDueDate"),
        currency=_needed(root, "cbc:DocumentCurrencyCode"),
        seller=_party(root, "cac:AccountingSupplierParty/cac:Party"),
        buyer=_party(root, "cac:AccountingCustomerParty/cac:Party"),
        totals=_totals(root),
        lines=tuple(_line(node, kind) for node in _all(root, f"cac:{kind}Line")),
        vat=_vat_parts(root),
        adjustments=_adjustments(root),
        order_reference=_text(root, "cac:OrderReference/cbc:ID"),
        buyer_reference=_text(root, "cbc:BuyerReference"),
        contract_reference=_text(root, "cac:ContractDocumentReference/cbc:ID"),
        preceding=_texts(root, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"),
        accounting_cost=_text(root, "cbc:AccountingCost"),
        customisation=_text(root, "cbc:CustomizationID"),
        profile=_text(root, "cbc:ProfileID"),
        note=_text(root, "cbc:Note"),
        payee=_text(root, "cac:PayeeParty/cac:PartyName/cbc:Name"),
        accounts=_accounts(root),
        payment_reference=_text(root, "cac:PaymentMeans/cbc:PaymentID"),
        attachments=_attachments(root),
    )


def parse(content: bytes) -> Node:
    """The root of a UBL invoice or credit note, parsed as untrusted."""
    root = root_of(content, NotAnEInvoice)
    if root.tag not in ROOTS:
        name = etree.QName(root).localname
        raise NotAnEInvoice(
            f"The document is a {name}. Send a UBL 2.1 Invoice or CreditNote instead."
        )
    return root


def _party(root: Node, path: str) -> Party:
    node = _one(root, path)
    if node is None:
        raise NotAnEInvoice(f"The document does not say who the parties are: {path} is missing.")
    trading = _text(node, "cac:PartyName/cbc:Name")
    vat = [
        _text(scheme, "cbc:CompanyID")
        for scheme in _all(node, "cac:PartyTaxScheme")
        if _text(scheme, "cac:TaxScheme/cbc:ID").upper() == "VAT"
    ]
    return Party(
        name=_text(node, "cac:PartyLegalEntity/cbc:RegistrationName") or trading,
        trading_name=trading,
        vat_number=vat[0] if vat else "",
        company_number=_text(node, "cac:PartyLegalEntity/cbc:CompanyID"),
        endpoint=_with_scheme(node, "cbc:EndpointID"),
        town=_text(node, "cac:PostalAddress/cbc:CityName"),
        postcode=_text(node, "cac:PostalAddress/cbc:PostalZone"),
        country=_text(node, "cac:PostalAddress/cac:Country/cbc:IdentificationCode"),
        email=_text(node, "cac:Contact/cbc:ElectronicMail"),
    )


def _totals(root: Node) -> Totals:
    node = _one(root, "cac:LegalMonetaryTotal")
    if node is None:
        raise NotAnEInvoice("The document states no totals: cac:LegalMonetaryTotal is missing.")
    return Totals(
        lines=_needed_number(node, "cbc:LineExtensionAmount"),
        net=_needed_number(node, "cbc:TaxExclusiveAmount"),
        gross=_needed_number(node, "cbc:TaxInclusiveAmount"),
        payable=_needed_number(node, "cbc:PayableAmount"),
        vat=_vat_total(root),
        allowances=_number(node, "cbc:AllowanceTotalAmount") or ZERO,
        charges=_number(node, "cbc:ChargeTotalAmount") or ZERO,
        prepaid=_number(node, "cbc:PrepaidAmount") or ZERO,
        rounding=_number(node, "cbc:PayableRoundingAmount") or ZERO,
    )


def _vat_total(root: Node) -> Decimal | None:
    """BT-110: the total in the document's currency; a second one may be in the seller's own."""
    currency = _text(root, "cbc:DocumentCurrencyCode")
    totals = [
        node
        for node in _all(root, "cac:TaxTotal/cbc:TaxAmount")
        if node.get("currencyID", currency) == currency
    ]
    return _decimal(totals[0]) if totals else None


def _vat_parts(root: Node) -> tuple[VatPart, ...]:
    return tuple(
        VatPart(
            category=_text(node, "cac:TaxCategory/cbc:ID"),
            rate=_number(node, "cac:TaxCategory/cbc:Percent"),
            taxable=_needed_number(node, "cbc:TaxableAmount"),
            vat=_needed_number(node, "cbc:TaxAmount"),
            exemption=_text(node, "cac:TaxCategory/cbc:TaxExemptionReason")
            or _text(node, "cac:TaxCategory/cbc:TaxExemptionReasonCode"),
        )
        for node in _all(root, "cac:TaxTotal/cac:TaxSubtotal")
    )


def _adjustments(parent: Node) -> tuple[Adjustment, ...]:
    return tuple(
        Adjustment(
            charge=_text(node, "cbc:ChargeIndicator").lower() in ("true", "1"),
            amount=_needed_number(node, "cbc:Amount"),
            reason=_text(node, "cbc:AllowanceChargeReason"),
            vat_category=_text(node, "cac:TaxCategory/cbc:ID"),
            vat_rate=_number(node, "cac:TaxCategory/cbc:Percent"),
        )
        for node in _all(parent, "cac:AllowanceCharge")
    )


def _line(node: Node, kind: str) -> Line:
    quantity = _one(node, "cbc:InvoicedQuantity" if kind == "Invoice" else "cbc:CreditedQuantity")
    return Line(
        id=_text(node, "cbc:ID"),
        name=_text(node, "cac:Item/cbc:Name") or _text(node, "cac:Item/cbc:Description"),
        net=_needed_number(node, "cbc:LineExtensionAmount"),
        quantity=None if quantity is None else _decimal(quantity),
        unit="" if quantity is None else quantity.get("unitCode", ""),
        price=_number(node, "cac:Price/cbc:PriceAmount"),
        price_base=_number(node, "cac:Price/cbc:BaseQuantity"),
        adjustments=_adjustments(node),
        vat_category=_text(node, "cac:Item/cac:ClassifiedTaxCategory/cbc:ID"),
        vat_rate=_number(node, "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent"),
        order_line=_text(node, "cac:OrderLineReference/cbc:LineID"),
        accounting_cost=_text(node, "cbc:AccountingCost"),
    )


def _accounts(root: Node) -> tuple[Account, ...]:
    found = _all(root, "cac:PaymentMeans/cac:PayeeFinancialAccount")
    return tuple(
        Account(
            number=_text(node, "cbc:ID"),
            name=_text(node, "cbc:Name"),
            branch=_text(node, "cac:FinancialInstitutionBranch/cbc:ID"),
        )
        for node in found
    )


def _attachments(root: Node) -> tuple[Attachment, ...]:
    """Documents inside the invoice; a reference without one is no attachment."""
    return tuple(
        _attachment(node)
        for node in _all(root, "cac:AdditionalDocumentReference")
        if _one(node, "cac:Attachment") is not None
    )


def _attachment(node: Node) -> Attachment:
    name = _text(node, "cbc:ID")
    inside = _one(node, "cac:Attachment/cbc:EmbeddedDocumentBinaryObject")
    if inside is None:
        return Attachment(name, address=_text(node, "cac:Attachment/cac:ExternalReference/cbc:URI"))
    try:
        content = base64.b64decode("".join((inside.text or "").split()), validate=True)
    except binascii.Error:
        raise NotAnEInvoice(f"{_place(inside)}: the attachment {name} is not Base64.") from None
    return Attachment(inside.get("filename") or name, inside.get("mimeCode", ""), content)


def _all(node: Node, path: str) -> list[Node]:
    return node.findall(path, NAMES)


def _one(node: Node, path: str) -> Node | None:
    return node.find(path, NAMES)


def _texts(node: Node, path: str) -> tuple[str, ...]:
    return tuple(_words(found) for found in _all(node, path))


def _text(node: Node, path: str) -> str:
    found = _one(node, path)
    return "" if found is None else _words(found)


def _words(node: Node) -> str:
    return " ".join((node.text or "").split())


def _with_scheme(node: Node, path: str) -> str:
    found = _one(node, path)
    if found is None:
        return ""
    scheme = found.get("schemeID", "")
    return f"{scheme}:{_words(found)}" if scheme else _words(found)


def _needed(node: Node, path: str) -> str:
    said = _text(node, path)
    if not said:
        raise NotAnEInvoice(f"{_place(node)}: {path} is missing.")
    if len(said) > MOST_TEXT:
        raise NotAnEInvoice(f"{_place(node)}: {path} has more than {MOST_TEXT} characters.")
    return said


def _needed_number(node: Node, path: str) -> Decimal:
    found = _one(node, path)
    if found is None:
        raise NotAnEInvoice(f"{_place(node)}: {path} is missing.")
    return _decimal(found)


def _number(node: Node, path: str) -> Decimal | None:
    found = _one(node, path)
    return None if found is None else _decimal(found)


def _decimal(node: Node) -> Decimal:
    said = _words(node)
    if _NUMBER.fullmatch(said):
        return Decimal(said)
    raise NotAnEInvoice(f"{_place(node)}: “{said[:30]}” is not a number that can be booked.")


def _needed_day(node: Node, path: str) -> date:
    day = _day(node, path)
    if day is None:
        raise NotAnEInvoice(f"{_place(node)}: {path} is missing.")
    return day


def _day(node: Node, path: str) -> date | None:
    found = _one(node, path)
    if found is None or not _words(found):
        return None
    said = _words(found)
    try:
        return date.fromisoformat(said[:10])
    except ValueError:
        raise NotAnEInvoice(f"{_place(found)}: “{said[:20]}” is not a date.") from None


def _place(node: Node) -> str:
    return f"Line {node.sourceline}, {etree.QName(node).localname}"
