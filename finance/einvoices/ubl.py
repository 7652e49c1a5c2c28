"""Reads UBL 2.1 invoices and credit notes.

Whatever is optional in EN 16931 may be missing; what a person needs to book the document must be
there and readable.
"""

from decimal import Decimal
from typing import Literal, cast

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
from finance.einvoices.nodes import (
    UBL,
    Node,
    attached,
    day,
    decimal,
    every,
    needed,
    needed_day,
    needed_number,
    number,
    one,
    text,
    texts,
    with_scheme,
)

ROOTS = {f"{{{UBL}{kind}-2}}{kind}": kind for kind in ("Invoice", "CreditNote")}


def read_ubl(root: Node) -> EInvoice:
    """The facts of a document of `ROOTS`. `NotAnEInvoice` says in words what is wrong and where."""
    kind = cast(Literal["Invoice", "CreditNote"], ROOTS[root.tag])
    return EInvoice(
        kind=kind,
        type_code=text(root, f"cbc:{kind}TypeCode"),
        number=needed(root, "cbc:ID"),
        issued_on=needed_day(root, "cbc:IssueDate"),
        due_on=day(root, "cbc:DueDate") or day(root, "cac:PaymentMeans/cbc:PaymentDueDate"),
        currency=needed(root, "cbc:DocumentCurrencyCode"),
        seller=_party(root, "cac:AccountingSupplierParty/cac:Party"),
        buyer=_party(root, "cac:AccountingCustomerParty/cac:Party"),
        totals=_totals(root),
        lines=tuple(_line(node, kind) for node in every(root, f"cac:{kind}Line")),
        vat=_vat_parts(root),
        adjustments=_adjustments(root),
        order_reference=text(root, "cac:OrderReference/cbc:ID"),
        buyer_reference=text(root, "cbc:BuyerReference"),
        contract_reference=text(root, "cac:ContractDocumentReference/cbc:ID"),
        preceding=texts(root, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"),
        accounting_cost=text(root, "cbc:AccountingCost"),
        customisation=text(root, "cbc:CustomizationID"),
        profile=text(root, "cbc:ProfileID"),
        note=text(root, "cbc:Note"),
        payee=text(root, "cac:PayeeParty/cac:PartyName/cbc:Name"),
        accounts=_accounts(root),
        payment_reference=text(root, "cac:PaymentMeans/cbc:PaymentID"),
        attachments=_attachments(root),
    )


def _party(root: Node, path: str) -> Party:
    node = one(root, path)
    if node is None:
        raise NotAnEInvoice(f"The document does not say who the parties are: {path} is missing.")
    trading = text(node, "cac:PartyName/cbc:Name")
    vat = [
        text(scheme, "cbc:CompanyID")
        for scheme in every(node, "cac:PartyTaxScheme")
        if text(scheme, "cac:TaxScheme/cbc:ID").upper() == "VAT"
    ]
    return Party(
        name=text(node, "cac:PartyLegalEntity/cbc:RegistrationName") or trading,
        trading_name=trading,
        vat_number=vat[0] if vat else "",
        company_number=text(node, "cac:PartyLegalEntity/cbc:CompanyID"),
        endpoint=with_scheme(node, "cbc:EndpointID"),
        town=text(node, "cac:PostalAddress/cbc:CityName"),
        postcode=text(node, "cac:PostalAddress/cbc:PostalZone"),
        country=text(node, "cac:PostalAddress/cac:Country/cbc:IdentificationCode"),
        email=text(node, "cac:Contact/cbc:ElectronicMail"),
    )


def _totals(root: Node) -> Totals:
    node = one(root, "cac:LegalMonetaryTotal")
    if node is None:
        raise NotAnEInvoice("The document states no totals: cac:LegalMonetaryTotal is missing.")
    return Totals(
        lines=needed_number(node, "cbc:LineExtensionAmount"),
        net=needed_number(node, "cbc:TaxExclusiveAmount"),
        gross=needed_number(node, "cbc:TaxInclusiveAmount"),
        payable=needed_number(node, "cbc:PayableAmount"),
        vat=_vat_total(root),
        allowances=number(node, "cbc:AllowanceTotalAmount") or ZERO,
        charges=number(node, "cbc:ChargeTotalAmount") or ZERO,
        prepaid=number(node, "cbc:PrepaidAmount") or ZERO,
        rounding=number(node, "cbc:PayableRoundingAmount") or ZERO,
    )


def _vat_total(root: Node) -> Decimal | None:
    """BT-110: the total in the document's currency; a second one may be in the seller's own."""
    currency = text(root, "cbc:DocumentCurrencyCode")
    totals = [
        node
        for node in every(root, "cac:TaxTotal/cbc:TaxAmount")
        if node.get("currencyID", currency) == currency
    ]
    return decimal(totals[0]) if totals else None


def _vat_parts(root: Node) -> tuple[VatPart, ...]:
    return tuple(
        VatPart(
            category=text(node, "cac:TaxCategory/cbc:ID"),
            rate=number(node, "cac:TaxCategory/cbc:Percent"),
            taxable=needed_number(node, "cbc:TaxableAmount"),
            vat=needed_number(node, "cbc:TaxAmount"),
            exemption=text(node, "cac:TaxCategory/cbc:TaxExemptionReason")
            or text(node, "cac:TaxCategory/cbc:TaxExemptionReasonCode"),
        )
        for node in every(root, "cac:TaxTotal/cac:TaxSubtotal")
    )


def _adjustments(parent: Node) -> tuple[Adjustment, ...]:
    return tuple(
        Adjustment(
            charge=text(node, "cbc:ChargeIndicator").lower() in ("true", "1"),
            amount=needed_number(node, "cbc:Amount"),
            reason=text(node, "cbc:AllowanceChargeReason"),
            vat_category=text(node, "cac:TaxCategory/cbc:ID"),
            vat_rate=number(node, "cac:TaxCategory/cbc:Percent"),
        )
        for node in every(parent, "cac:AllowanceCharge")
    )


def _line(node: Node, kind: str) -> Line:
    quantity = one(node, "cbc:InvoicedQuantity" if kind == "Invoice" else "cbc:CreditedQuantity")
    return Line(
        id=text(node, "cbc:ID"),
        name=text(node, "cac:Item/cbc:Name") or text(node, "cac:Item/cbc:Description"),
        net=needed_number(node, "cbc:LineExtensionAmount"),
        quantity=None if quantity is None else decimal(quantity),
        unit="" if quantity is None else quantity.get("unitCode", ""),
        price=number(node, "cac:Price/cbc:PriceAmount"),
        price_base=number(node, "cac:Price/cbc:BaseQuantity"),
        adjustments=_adjustments(node),
        vat_category=text(node, "cac:Item/cac:ClassifiedTaxCategory/cbc:ID"),
        vat_rate=number(node, "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent"),
        order_line=text(node, "cac:OrderLineReference/cbc:LineID"),
        accounting_cost=text(node, "cbc:AccountingCost"),
    )


def _accounts(root: Node) -> tuple[Account, ...]:
    found = every(root, "cac:PaymentMeans/cac:PayeeFinancialAccount")
    return tuple(
        Account(
            number=text(node, "cbc:ID"),
            name=text(node, "cbc:Name"),
            branch=text(node, "cac:FinancialInstitutionBranch/cbc:ID"),
        )
        for node in found
    )


def _attachments(root: Node) -> tuple[Attachment, ...]:
    """Documents inside the invoice; a reference without one is no attachment."""
    return tuple(
        _attachment(node)
        for node in every(root, "cac:AdditionalDocumentReference")
        if one(node, "cac:Attachment") is not None
    )


def _attachment(node: Node) -> Attachment:
    name = text(node, "cbc:ID")
    inside = one(node, "cac:Attachment/cbc:EmbeddedDocumentBinaryObject")
    if inside is None:
        return Attachment(name, address=text(node, "cac:Attachment/cac:ExternalReference/cbc:URI"))
    return Attachment(
        inside.get("filename") or name, inside.get("mimeCode", ""), attached(inside, name)
    )
