"""UBL documents for tests, written out so that one thing at a time can be broken."""

INVOICE = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
 <cbc:ID>INV-<!-- a comment in the middle -->2041</cbc:ID>
 <cbc:IssueDate>2026-10-01</cbc:IssueDate>
 <cbc:DueDate>2026-10-31</cbc:DueDate>
 <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
 <cbc:DocumentCurrencyCode>GBP</cbc:DocumentCurrencyCode>
 <cbc:BuyerReference>Highways</cbc:BuyerReference>
 <cac:OrderReference><cbc:ID>PO-77</cbc:ID></cac:OrderReference>
 <cac:AdditionalDocumentReference><cbc:ID>Sheet</cbc:ID><cac:Attachment>
  <cbc:EmbeddedDocumentBinaryObject mimeCode="text/csv" filename="sheet.csv">YSxiCg==
  </cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>
 <cac:AccountingSupplierParty><cac:Party>
  <cbc:EndpointID schemeID="0088">5000000000012</cbc:EndpointID>
  <cac:PartyName><cbc:Name>Kestrel</cbc:Name></cac:PartyName>
  <cac:PostalAddress><cbc:CityName>Leeds</cbc:CityName><cbc:PostalZone>LS1 1AA</cbc:PostalZone>
   <cac:Country><cbc:IdentificationCode>GB</cbc:IdentificationCode></cac:Country>
  </cac:PostalAddress>
  <cac:PartyTaxScheme><cbc:CompanyID>GB123456782</cbc:CompanyID>
   <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyLegalEntity><cbc:RegistrationName>Kestrel Aggregates Ltd</cbc:RegistrationName>
   <cbc:CompanyID>01234567</cbc:CompanyID></cac:PartyLegalEntity>
 </cac:Party></cac:AccountingSupplierParty>
 <cac:AccountingCustomerParty>
  <cac:Party><cbc:EndpointID schemeID="0060">60000000000029</cbc:EndpointID>
  <cac:PartyLegalEntity><cbc:RegistrationName>Anyshire Council</cbc:RegistrationName>
  </cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
 <cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>
  <cbc:PaymentID>K2041</cbc:PaymentID>
  <cac:PayeeFinancialAccount><cbc:ID>GB29NWBK60161331926819</cbc:ID></cac:PayeeFinancialAccount>
 </cac:PaymentMeans>
 <cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>
  <cbc:AllowanceChargeReason>Carriage</cbc:AllowanceChargeReason>
  <cbc:Amount currencyID="GBP">20.00</cbc:Amount>
  <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent></cac:TaxCategory>
 </cac:AllowanceCharge>
 <cac:TaxTotal><cbc:TaxAmount currencyID="GBP">44.00</cbc:TaxAmount>
  <cac:TaxSubtotal><cbc:TaxableAmount currencyID="GBP">220.00</cbc:TaxableAmount>
   <cbc:TaxAmount currencyID="GBP">44.00</cbc:TaxAmount>
   <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent></cac:TaxCategory>
  </cac:TaxSubtotal>
  <cac:TaxSubtotal><cbc:TaxableAmount currencyID="GBP">50.00</cbc:TaxableAmount>
   <cbc:TaxAmount currencyID="GBP">0.00</cbc:TaxAmount>
   <cac:TaxCategory><cbc:ID>Z</cbc:ID><cbc:Percent>0</cbc:Percent></cac:TaxCategory>
  </cac:TaxSubtotal></cac:TaxTotal>
 <cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="GBP">250.00</cbc:LineExtensionAmount>
  <cbc:TaxExclusiveAmount currencyID="GBP">270.00</cbc:TaxExclusiveAmount>
  <cbc:TaxInclusiveAmount currencyID="GBP">314.00</cbc:TaxInclusiveAmount>
  <cbc:ChargeTotalAmount currencyID="GBP">20.00</cbc:ChargeTotalAmount>
  <cbc:PayableAmount currencyID="GBP">314.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
 <cac:InvoiceLine><cbc:ID>1</cbc:ID>
  <cbc:InvoicedQuantity unitCode="TNE">12.5</cbc:InvoicedQuantity>
  <cbc:LineExtensionAmount currencyID="GBP">200.00</cbc:LineExtensionAmount>
  <cac:Item><cbc:Name>Limestone, 20 mm</cbc:Name>
   <cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20.0</cbc:Percent>
   </cac:ClassifiedTaxCategory></cac:Item>
  <cac:Price><cbc:PriceAmount currencyID="GBP">16.00</cbc:PriceAmount></cac:Price>
 </cac:InvoiceLine>
 <cac:InvoiceLine><cbc:ID>2</cbc:ID>
  <cbc:InvoicedQuantity unitCode="C62">2</cbc:InvoicedQuantity>
  <cbc:LineExtensionAmount currencyID="GBP">50.00</cbc:LineExtensionAmount>
  <cac:Item><cbc:Name>Safety handbook</cbc:Name>
   <cac:ClassifiedTaxCategory><cbc:ID>Z</cbc:ID><cbc:Percent>0</cbc:Percent>
   </cac:ClassifiedTaxCategory></cac:Item>
  <cac:Price><cbc:PriceAmount currencyID="GBP">25.00</cbc:PriceAmount></cac:Price>
 </cac:InvoiceLine>
</Invoice>
"""


def invoice(*changes: tuple[str, str]) -> bytes:
    """The invoice with each text replaced once; a change that changes nothing is an error."""
    document = INVOICE
    for before, after in changes:
        assert before in document, before
        document = document.replace(before, after, 1)
    return document.encode()


def credit_note() -> bytes:
    """The same sums as a credit note."""
    document = INVOICE.replace("InvoiceLine>", "CreditNoteLine>").replace(
        "InvoicedQuantity", "CreditedQuantity"
    )
    document = document.replace("<Invoice ", "<CreditNote ").replace("</Invoice>", "</CreditNote>")
    return document.replace("xsd:Invoice-2", "xsd:CreditNote-2").encode()
