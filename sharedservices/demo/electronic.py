"""Electronic invoices: one was entered, one waits, one broke a rule; their sender was answered."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from string import Template

from core.scope import scope
from finance.einvoices import vat_key
from finance.models import Supplier
from finance.selectors.einvoices import document
from finance.selectors.responses import responses_to_collect
from finance.services.einvoices import Treatment, enter_einvoice, receive_einvoice
from finance.services.responses import hand_over
from sharedservices.demo.people import Place
from tenants.roles import Role

SENDER, ACCOUNT, UNIT = "Cloudmere Hosting Ltd", "54400", "H90"


@dataclass(frozen=True)
class Came:
    """A document; `wrong` pounds too many are asked for in it."""

    number: str
    words: str
    pounds: int
    wrong: int = 0


DOCUMENTS = (
    Came("CMH-20117", "Hosting of the library catalogue", 840),
    Came("CMH-20131", "Hosting of school admissions", 1_260),
    Came("CMH-20134", "Hosting of the planning portal", 590, wrong=10),
)
UBL = Template("""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
 <cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
 <cbc:ID>$number</cbc:ID>
 <cbc:IssueDate>$issued</cbc:IssueDate>
 <cbc:DueDate>$due</cbc:DueDate>
 <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
 <cbc:DocumentCurrencyCode>GBP</cbc:DocumentCurrencyCode>
 <cbc:BuyerReference>Corporate services</cbc:BuyerReference>
 <cac:AccountingSupplierParty><cac:Party>
  <cbc:EndpointID schemeID="0088">5000000000128</cbc:EndpointID>
  <cac:PostalAddress><cbc:CityName>Leeds</cbc:CityName>
   <cac:Country><cbc:IdentificationCode>GB</cbc:IdentificationCode></cac:Country>
  </cac:PostalAddress>
  <cac:PartyTaxScheme><cbc:CompanyID>$vat</cbc:CompanyID>
   <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyLegalEntity><cbc:RegistrationName>$seller</cbc:RegistrationName>
  </cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
 <cac:AccountingCustomerParty><cac:Party>
  <cbc:EndpointID schemeID="0060">60000000000128</cbc:EndpointID>
  <cac:PostalAddress>
   <cac:Country><cbc:IdentificationCode>GB</cbc:IdentificationCode></cac:Country>
  </cac:PostalAddress>
  <cac:PartyLegalEntity><cbc:RegistrationName>$buyer</cbc:RegistrationName>
  </cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
 <cac:TaxTotal><cbc:TaxAmount currencyID="GBP">$tax</cbc:TaxAmount>
  <cac:TaxSubtotal><cbc:TaxableAmount currencyID="GBP">$net</cbc:TaxableAmount>
   <cbc:TaxAmount currencyID="GBP">$tax</cbc:TaxAmount>
   <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent>
    <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>
  </cac:TaxSubtotal></cac:TaxTotal>
 <cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="GBP">$net</cbc:LineExtensionAmount>
  <cbc:TaxExclusiveAmount currencyID="GBP">$net</cbc:TaxExclusiveAmount>
  <cbc:TaxInclusiveAmount currencyID="GBP">$gross</cbc:TaxInclusiveAmount>
  <cbc:PayableAmount currencyID="GBP">$gross</cbc:PayableAmount></cac:LegalMonetaryTotal>
 <cac:InvoiceLine><cbc:ID>1</cbc:ID>
  <cbc:InvoicedQuantity unitCode="C62">1</cbc:InvoicedQuantity>
  <cbc:LineExtensionAmount currencyID="GBP">$net</cbc:LineExtensionAmount>
  <cac:Item><cbc:Name>$words</cbc:Name>
   <cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent>
    <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item>
  <cac:Price><cbc:PriceAmount currencyID="GBP">$net</cbc:PriceAmount></cac:Price>
 </cac:InvoiceLine>
</Invoice>
""")


def receive_electronic(place: Place, *, today: date) -> None:
    """The access point has taken what the first sender was told first, and nothing since."""
    by = place.actor(Role.FINANCE_OFFICER, today)
    with scope(acting=place.organisation_id):
        seller = Supplier.objects.get(organisation_id=place.organisation_id, name=SENDER)
        files = [
            receive_einvoice(name=f"{one.number}.xml", data=written(one, seller, place, today),
                             by=by)[0]
            for one in DOCUMENTS
        ]  # fmt: skip
        taken = responses_to_collect(place.organisation_id).values_list("pk", flat=True)[:1]
        hand_over(numbers=list(taken), by=by)
        unit = place.units[UNIT]
        treatment = Treatment(
            supplier=seller, account_code=ACCOUNT, unit_id=unit.pk, unit_path=unit.path,
            vat_codes={vat_key("S", Decimal(20)): place.partner.vat_code},
            reason="As earlier invoices of this supplier", received_on=today,
        )  # fmt: skip
        enter_einvoice(found=document(files[0]), treatment=treatment, by=by, as_of=today)


def written(came: Came, seller: Supplier, place: Place, today: date) -> bytes:
    """The document as the sender wrote it."""
    issued, tax = today - timedelta(days=6), Decimal(came.pounds) / 5
    return UBL.substitute(
        number=came.number, issued=issued, due=issued + timedelta(days=30), vat=seller.vat_number,
        seller=seller.name, buyer=place.partner.name, words=came.words, net=f"{came.pounds}.00",
        tax=f"{tax:.2f}", gross=f"{came.pounds + tax + came.wrong:.2f}",
    ).encode()  # fmt: skip
