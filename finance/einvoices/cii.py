"""Reads the Cross Industry Invoice of UN/CEFACT (D16B), as EN 16931 and Factur-X use it.

Source: EN 16931-3-3, the binding of the business terms to this syntax.
"""

from decimal import Decimal

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
    UNECE,
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
    words,
)

ROOT = f"{{{UNECE}CrossIndustryInvoice:100}}CrossIndustryInvoice"
# UNTDID 1001: what is owed back is told by the type alone.
CREDIT_NOTES = ("81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532")
DEAL = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement"
PAY = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement"
ACCOUNT = "ram:PayeePartyCreditorFinancialAccount"
ITEMS = "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem"
CONTEXT = "rsm:ExchangedDocumentContext"


def read_cii(root: Node) -> EInvoice:
    """The facts of a document. `NotAnEInvoice` says in words what is wrong and where."""
    document = _there(root, "rsm:ExchangedDocument")
    type_code = text(document, "ram:TypeCode")
    return EInvoice(
        kind="CreditNote" if type_code in CREDIT_NOTES else "Invoice",
        type_code=type_code,
        number=needed(document, "ram:ID"),
        issued_on=needed_day(document, "ram:IssueDateTime/udt:DateTimeString"),
        due_on=day(
            root, f"{PAY}/ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString"
        ),
        currency=needed(root, f"{PAY}/ram:InvoiceCurrencyCode"),
        seller=_party(root, f"{DEAL}/ram:SellerTradeParty"),
        buyer=_party(root, f"{DEAL}/ram:BuyerTradeParty"),
        totals=_totals(root),
        lines=tuple(_line(node) for node in every(root, ITEMS)),
        vat=tuple(_vat_part(node) for node in every(root, f"{PAY}/ram:ApplicableTradeTax")),
        adjustments=_adjustments(_there(root, PAY)),
        order_reference=text(root, f"{DEAL}/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
        buyer_reference=text(root, f"{DEAL}/ram:BuyerReference"),
        contract_reference=text(
            root, f"{DEAL}/ram:ContractReferencedDocument/ram:IssuerAssignedID"
        ),
        preceding=texts(root, f"{PAY}/ram:InvoiceReferencedDocument/ram:IssuerAssignedID"),
        accounting_cost=text(root, f"{PAY}/ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID"),
        customisation=text(
            root, f"{CONTEXT}/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
        ),
        profile=text(
            root, f"{CONTEXT}/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"
        ),
        note=text(document, "ram:IncludedNote/ram:Content"),
        payee=text(root, f"{PAY}/ram:PayeeTradeParty/ram:Name"),
        accounts=_accounts(root),
        payment_reference=text(root, f"{PAY}/ram:PaymentReference"),
        attachments=_attachments(root),
    )


def _there(root: Node, path: str) -> Node:
    node = one(root, path)
    if node is None:
        raise NotAnEInvoice(f"The document is not whole: {path} is missing.")
    return node


def _party(root: Node, path: str) -> Party:
    node = one(root, path)
    if node is None:
        raise NotAnEInvoice(f"The document does not say who the parties are: {path} is missing.")
    vat = [
        each
        for each in every(node, "ram:SpecifiedTaxRegistration/ram:ID")
        if each.get("schemeID") == "VA"
    ]
    return Party(
        name=text(node, "ram:Name"),
        trading_name=text(node, "ram:SpecifiedLegalOrganization/ram:TradingBusinessName"),
        vat_number=words(vat[0]) if vat else "",
        company_number=text(node, "ram:SpecifiedLegalOrganization/ram:ID"),
        endpoint=with_scheme(node, "ram:URIUniversalCommunication/ram:URIID"),
        town=text(node, "ram:PostalTradeAddress/ram:CityName"),
        postcode=text(node, "ram:PostalTradeAddress/ram:PostcodeCode"),
        country=text(node, "ram:PostalTradeAddress/ram:CountryID"),
        email=text(node, "ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:URIID"),
    )


def _totals(root: Node) -> Totals:
    node = _there(root, f"{PAY}/ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    return Totals(
        lines=needed_number(node, "ram:LineTotalAmount"),
        net=needed_number(node, "ram:TaxBasisTotalAmount"),
        gross=needed_number(node, "ram:GrandTotalAmount"),
        payable=needed_number(node, "ram:DuePayableAmount"),
        vat=_vat_total(root, node),
        allowances=number(node, "ram:AllowanceTotalAmount") or ZERO,
        charges=number(node, "ram:ChargeTotalAmount") or ZERO,
        prepaid=number(node, "ram:TotalPrepaidAmount") or ZERO,
        rounding=number(node, "ram:RoundingAmount") or ZERO,
    )


def _vat_total(root: Node, node: Node) -> Decimal | None:
    """BT-110: the total in the document's currency; a second one may be in the seller's own."""
    currency = text(root, f"{PAY}/ram:InvoiceCurrencyCode")
    totals = [
        total
        for total in every(node, "ram:TaxTotalAmount")
        if total.get("currencyID", currency) == currency
    ]
    return decimal(totals[0]) if totals else None


def _vat_part(node: Node) -> VatPart:
    return VatPart(
        category=text(node, "ram:CategoryCode"),
        rate=number(node, "ram:RateApplicablePercent"),
        taxable=needed_number(node, "ram:BasisAmount"),
        vat=needed_number(node, "ram:CalculatedAmount"),
        exemption=text(node, "ram:ExemptionReason") or text(node, "ram:ExemptionReasonCode"),
    )


def _adjustments(parent: Node) -> tuple[Adjustment, ...]:
    return tuple(
        Adjustment(
            charge=text(node, "ram:ChargeIndicator/udt:Indicator").lower() in ("true", "1"),
            amount=needed_number(node, "ram:ActualAmount"),
            reason=text(node, "ram:Reason"),
            vat_category=text(node, "ram:CategoryTradeTax/ram:CategoryCode"),
            vat_rate=number(node, "ram:CategoryTradeTax/ram:RateApplicablePercent"),
        )
        for node in every(parent, "ram:SpecifiedTradeAllowanceCharge")
    )


def _line(node: Node) -> Line:
    settled = _there(node, "ram:SpecifiedLineTradeSettlement")
    quantity = one(node, "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity")
    price = "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice"
    return Line(
        id=text(node, "ram:AssociatedDocumentLineDocument/ram:LineID"),
        name=text(node, "ram:SpecifiedTradeProduct/ram:Name")
        or text(node, "ram:SpecifiedTradeProduct/ram:Description"),
        net=needed_number(
            settled, "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
        ),
        quantity=None if quantity is None else decimal(quantity),
        unit="" if quantity is None else quantity.get("unitCode", ""),
        price=number(node, f"{price}/ram:ChargeAmount"),
        price_base=number(node, f"{price}/ram:BasisQuantity"),
        adjustments=_adjustments(settled),
        vat_category=text(settled, "ram:ApplicableTradeTax/ram:CategoryCode"),
        vat_rate=number(settled, "ram:ApplicableTradeTax/ram:RateApplicablePercent"),
        order_line=text(
            node, "ram:SpecifiedLineTradeAgreement/ram:BuyerOrderReferencedDocument/ram:LineID"
        ),
        accounting_cost=text(settled, "ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID"),
    )


def _accounts(root: Node) -> tuple[Account, ...]:
    return tuple(
        Account(
            number=text(node, f"{ACCOUNT}/ram:IBANID")
            or text(node, f"{ACCOUNT}/ram:ProprietaryID"),
            name=text(node, f"{ACCOUNT}/ram:AccountName"),
            branch=text(node, "ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID"),
        )
        for node in every(root, f"{PAY}/ram:SpecifiedTradeSettlementPaymentMeans")
        if one(node, ACCOUNT) is not None
    )


def _attachments(root: Node) -> tuple[Attachment, ...]:
    """Documents inside the invoice; a reference without one is no attachment."""
    found = every(root, f"{DEAL}/ram:AdditionalReferencedDocument")
    kept = ("ram:AttachmentBinaryObject", "ram:URIID")
    return tuple(_attachment(each) for each in found if any(one(each, x) is not None for x in kept))


def _attachment(node: Node) -> Attachment:
    name = text(node, "ram:IssuerAssignedID")
    inside = one(node, "ram:AttachmentBinaryObject")
    if inside is None:
        return Attachment(name, address=text(node, "ram:URIID"))
    content = attached(inside, name)
    return Attachment(inside.get("filename") or name, inside.get("mimeCode", ""), content)
