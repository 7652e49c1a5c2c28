"""The Cross Industry Invoice says the same as UBL, under the same rules, and is booked alike."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from core.scope import scope
from finance.einvoices import NotAnEInvoice, check, check_totals, installed_rules, read_einvoice
from finance.models import Invoice, InvoiceResponse, SourceFile
from tests.finance import payables
from tests.finance.cii_documents import cross_industry
from tests.finance.test_einvoices import SCHEMA
from tests.finance.test_einvoices_pages import at, choices, send
from tests.finance.ubl_documents import credit_note, invoice
from tests.world import World

URI = """<ram:AdditionalReferencedDocument><ram:IssuerAssignedID>Plan</ram:IssuerAssignedID>
 <ram:URIID>https://kestrel.example/plan</ram:URIID></ram:AdditionalReferencedDocument>
 </ram:ApplicableHeaderTradeAgreement>"""


def test_it_says_what_the_same_invoice_says_in_ubl() -> None:
    facts = read_einvoice(cross_industry())
    assert facts == read_einvoice(invoice())
    assert check_totals(facts) == []


def test_a_credit_note_is_told_by_its_type() -> None:
    facts = read_einvoice(cross_industry((">380<", ">381<")))
    assert (facts.kind, facts.sign) == ("CreditNote", -1)
    assert replace(facts, type_code="") == replace(read_einvoice(credit_note()), type_code="")


def test_an_address_is_kept_as_one() -> None:
    facts = read_einvoice(cross_industry(("</ram:ApplicableHeaderTradeAgreement>", URI)))
    assert [(one.name, one.address) for one in facts.attachments] == [
        ("sheet.csv", ""),
        ("Plan", "https://kestrel.example/plan"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "codes"),
    [
        (">250.00</ram:LineTotal", ">251.00</ram:LineTotal", {"BR-CO-10", "BR-CO-13"}),
        (">20.00</ram:ChargeTotal", ">21.00</ram:ChargeTotal", {"BR-CO-12", "BR-CO-13"}),
        (">270.00</ram:TaxBasis", ">270.01</ram:TaxBasis", {"BR-CO-13", "BR-CO-15"}),
        (">314.00</ram:Grand", ">314.01</ram:Grand", {"BR-CO-15", "BR-CO-16"}),
        (">314.00</ram:Due", ">300.00</ram:Due", {"BR-CO-16"}),
        (">44.00</ram:TaxTotal", ">43.00</ram:TaxTotal", {"BR-CO-14", "BR-CO-15"}),
        (">220.00</ram:Basis", ">225.00</ram:Basis", {"BR-CO-17", "BR-S-08"}),
        (">16.00</ram:ChargeAmount", ">16.10</ram:ChargeAmount", {"PEPPOL-EN16931-R120"}),
        (">314.00</ram:Due", ">314.005</ram:Due", {"BR-CO-16", "BR-DEC-18"}),
    ],
)
def test_broken_sums_are_named(before: str, after: str, codes: set[str]) -> None:
    found = check_totals(read_einvoice(cross_industry((before, after))))
    assert {finding.code for finding in found} == codes


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("<ram:ID>INV-2041</ram:ID>", "", "ExchangedDocument: ram:ID is missing"),
        (">20261001<", ">20261301<", "DateTimeString: “20261301” is not a date"),
        (">314.00</ram:Due", ">1e9</ram:Due", "“1e9” is not a number"),
        ("YSxiCg==", "YSxi!Cg==", "the attachment Sheet is not Base64"),
        (":SellerTradeParty>", ":Nobody>", "who the parties are"),
        ("ram:SpecifiedLineTradeSettlement>", "ram:Nothing>", "is not whole"),
        ("ram:DuePayableAmount>", "ram:Nothing>", "ram:DuePayableAmount is missing"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(before: str, after: str, words: str) -> None:
    document = cross_industry().decode()
    assert before in document
    with pytest.raises(NotAnEInvoice, match=words):
        read_einvoice(document.replace(before, after).encode())


def test_the_schema_of_ubl_is_not_asked_about_it(tmp_path: Path) -> None:
    """One element at most: no invoice would pass."""
    (tmp_path / "UBL-Invoice-2.1.xsd").write_text(SCHEMA.format(most=1))
    rules = installed_rules(tmp_path)
    assert check(cross_industry(), read_einvoice(cross_industry()), rules) == []
    assert check(invoice(), read_einvoice(invoice()), rules) != []


def test_it_is_entered_to_the_penny_and_answered(client: Client, world: World) -> None:
    payables.prepare(world)
    payables.supplier(world, "Kestrel Aggregates Ltd")
    client.force_login(world.people["finance_officer@eastmere"])
    page = send(client, cross_industry()).url
    html: Any = client.get(page).content.decode()
    assert "Limestone, 20 mm" in html and "314.00 GBP" in html
    assert client.post(page, choices(html)).status_code == 302
    with scope(acting=world.id("eastmere")):
        made = Invoice.objects.get()
        assert (made.net_pence, made.vat_pence, made.gross_pence) == (27_000, 4_400, 31_400)
        assert made.lines.count() == 3
        statuses = InvoiceResponse.objects.order_by("id").values_list("status", flat=True)
        assert list(statuses) == ["AB", "IP"]
        sent = bytes(SourceFile.objects.get().content)
    given = client.get(at("einvoice_document", number=1))
    assert given.content == sent == cross_industry()
