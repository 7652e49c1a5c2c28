"""Electronic invoices: their facts, the sums they must keep, and what is refused unread."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from finance.einvoices import (
    NotAnEInvoice,
    RulesUnusable,
    check,
    check_totals,
    installed_rules,
    read_einvoice,
)
from tests.finance.ubl_documents import credit_note, invoice

FORMATS = Path(__file__).resolve().parents[3] / "shared" / "data" / "formats"
SHEET = """<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
 xmlns:svrl="http://purl.oclc.org/dsdl/svrl"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <xsl:template match="/"><svrl:schematron-output>
  <xsl:if test="not(//cbc:DueDate)">
   <svrl:failed-assert id="DUE-1" flag="fatal" location="/*:Invoice[1]/*:DueDate[1]">
    <svrl:text>[DUE-1]-A due date must be given.</svrl:text></svrl:failed-assert></xsl:if>
  <xsl:if test="//cbc:BuyerReference = 'Highways'">
   <svrl:successful-report id="REF-1" role="warning" location="/">
    <svrl:text>[REF-1] Buyer references are numbers.</svrl:text></svrl:successful-report></xsl:if>
 </svrl:schematron-output></xsl:template></xsl:stylesheet>"""
SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
 targetNamespace="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">
 <xs:element name="Invoice"><xs:complexType><xs:sequence>
  <xs:any minOccurs="1" maxOccurs="{most}" processContents="skip"/></xs:sequence>
 </xs:complexType></xs:element></xs:schema>"""


def test_facts_of_an_invoice() -> None:
    """The header, parties, totals, lines and what came with it."""
    facts = read_einvoice(invoice())
    assert (facts.kind, facts.number, facts.sign) == ("Invoice", "INV-2041", 1)
    assert (facts.issued_on, facts.due_on) == (date(2026, 10, 1), date(2026, 10, 31))
    assert (facts.order_reference, facts.buyer_reference) == ("PO-77", "Highways")
    assert facts.seller.name == "Kestrel Aggregates Ltd"
    assert facts.seller.trading_name == "Kestrel"
    assert (facts.seller.vat_number, facts.seller.endpoint) == ("GB123456782", "0088:5000000000012")
    assert facts.buyer.name == "Anyshire Council"
    assert (facts.totals.net, facts.totals.vat, facts.totals.payable) == (270, 44, 314)
    first = facts.lines[0]
    assert (first.quantity, first.unit, first.price) == (Decimal("12.5"), "TNE", 16)
    assert (first.name, first.vat_category, first.vat_rate) == ("Limestone, 20 mm", "S", 20)
    assert facts.adjustments[0].signed == 20
    assert facts.accounts[0].number == "GB29NWBK60161331926819"
    assert [(a.name, a.content) for a in facts.attachments] == [("sheet.csv", b"a,b\n")]


def test_a_credit_note_counts_the_other_way() -> None:
    """Its totals are positive as stated, and its quantities are found under their own name."""
    facts = read_einvoice(credit_note())
    assert (facts.kind, facts.sign, facts.totals.payable) == ("CreditNote", -1, 314)
    assert [line.quantity for line in facts.lines] == [Decimal("12.5"), 2]
    assert check_totals(facts) == []


@pytest.mark.parametrize(
    ("before", "after", "codes"),
    [
        (">250.00</cbc:LineExt", ">251.00</cbc:LineExt", {"BR-CO-10", "BR-CO-13"}),
        (">20.00</cbc:ChargeTotal", ">21.00</cbc:ChargeTotal", {"BR-CO-12", "BR-CO-13"}),
        (">270.00</cbc:TaxExcl", ">270.01</cbc:TaxExcl", {"BR-CO-13", "BR-CO-15"}),
        (">314.00</cbc:TaxIncl", ">314.01</cbc:TaxIncl", {"BR-CO-15", "BR-CO-16"}),
        (">314.00</cbc:Payable", ">300.00</cbc:Payable", {"BR-CO-16"}),
        (">44.00</cbc:TaxAmount", ">43.00</cbc:TaxAmount", {"BR-CO-14", "BR-CO-15"}),
        (">220.00</cbc:TaxableAmount", ">225.00</cbc:TaxableAmount", {"BR-CO-17", "BR-S-08"}),
        ("<cbc:ID>Z</cbc:ID>", "<cbc:ID>E</cbc:ID>", {"BR-E-08", "BR-Z-01"}),
        (">16.00</cbc:PriceAmount", ">16.10</cbc:PriceAmount", {"PEPPOL-EN16931-R120"}),
    ],
)
def test_broken_sums_are_named(before: str, after: str, codes: set[str]) -> None:
    """Each changed figure is found under the rule that it breaks, and nothing else is."""
    found = check_totals(read_einvoice(invoice((before, after))))
    assert {finding.code for finding in found} == codes
    assert {finding.severity for finding in found} == {"fatal"}


def test_one_category_and_rate_twice_is_named() -> None:
    """The lines under it would be booked once for each."""
    second = (
        "<cac:TaxSubtotal><cbc:TaxableAmount>0.00</cbc:TaxableAmount>"
        "<cbc:TaxAmount>0.00</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID>"
        "<cbc:Percent>20.00</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>"
    )
    found = check_totals(read_einvoice(invoice(("</cac:TaxTotal>", second))))
    assert "BR-CO-18" in {finding.code for finding in found}


def test_the_sums_of_a_good_invoice_hold() -> None:
    assert check_totals(read_einvoice(invoice())) == []


def test_line_prices_bind_only_peppol_documents() -> None:
    """EN 16931 has no such rule, so other documents are warned about."""
    other = invoice((">16.00</cbc:PriceAmount", ">17.00</cbc:PriceAmount"), ("peppol", "other"))
    assert [(f.code, f.severity) for f in check_totals(read_einvoice(other))] == [
        ("PEPPOL-EN16931-R120", "warning")
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not xml at all", "not well-formed"),
        (b"<Order xmlns='urn:x'/>", "is a Order. Send a UBL 2.1 Invoice"),
        (invoice(("INV-", ""), ("2041", "")), "cbc:ID is missing"),
        (invoice(("2026-10-01", "2026-13-01")), "IssueDate: “2026-13-01” is not a date"),
        (invoice((">314.00</cbc:Payable", ">1e9</cbc:Payable")), "“1e9” is not a number"),
        (invoice((">314.00</cbc:Payable", ">NaN</cbc:Payable")), "“NaN” is not a number"),
        (invoice((">314.00</cbc:Payable", ">3_14</cbc:Payable")), "“3_14” is not a number"),
        (invoice((">314.00</cbc:Payable", f">{'9' * 29}</cbc:Payable")), "is not a number"),
        (invoice(("INV-", "I" * 80)), "cbc:ID has more than 80 characters"),
        (invoice(("YSxiCg==", "YSxi!Cg==")), "is not Base64"),
        (b"<!DOCTYPE Invoice [<!ENTITY a 'b'>]>" + invoice().split(b"?>", 1)[1], "document type"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(NotAnEInvoice, match=words.replace(".", r"\.")):
        read_einvoice(content)


def test_bombs_and_foreign_files_stay_shut(tmp_path: Path) -> None:
    """Entities are never expanded, and no file of the machine is read."""
    secret = tmp_path / "secret.txt"
    secret.write_text("open sesame")
    body = invoice(("INV-", "&x;"))[len('<?xml version="1.0" encoding="UTF-8"?>') :]
    layers = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))
    bombs = [
        f"<!DOCTYPE Invoice [<!ENTITY e0 'lol'>{layers}<!ENTITY x '&e9;'>]>",
        f"<!DOCTYPE Invoice [<!ENTITY x SYSTEM 'file://{secret}'>]>",
    ]
    for bomb in bombs:
        with pytest.raises(NotAnEInvoice) as refused:
            read_einvoice(bomb.encode() + body)
        assert "sesame" not in str(refused.value)


def test_official_rules_are_used_where_installed(tmp_path: Path) -> None:
    """A stylesheet that writes SVRL; the schema goes before it; our sums fill what it lacks."""
    (tmp_path / "house.xslt").write_text(SHEET)
    rules = installed_rules(tmp_path)
    assert rules.names == ("house",)
    late = invoice(
        (" <cbc:DueDate>2026-10-31</cbc:DueDate>\n", ""), (">314.00</cbc:P", ">9</cbc:P")
    )
    found = check(late, read_einvoice(late), rules)
    assert [(f.code, f.severity, f.where, f.rules) for f in found] == [
        ("DUE-1", "fatal", "/Invoice[1]/DueDate[1]", "house"),
        ("REF-1", "warning", "", "house"),
        ("BR-CO-16", "fatal", "", ""),
    ]
    assert found[0].message == "A due date must be given."


def test_documents_that_break_the_schema_are_not_checked_further(tmp_path: Path) -> None:
    (tmp_path / "house.xslt").write_text(SHEET)
    (tmp_path / "UBL-Invoice-2.1.xsd").write_text(SCHEMA.format(most=3))
    strict = installed_rules(tmp_path)
    found = strict.check(invoice())
    assert strict.names == ("UBL 2.1 schema", "house")
    assert {finding.code for finding in found} == {"UBL-XSD"}
    (tmp_path / "UBL-Invoice-2.1.xsd").write_text(SCHEMA.format(most="unbounded"))
    installed_rules.cache_clear()
    assert [f.code for f in installed_rules(tmp_path).check(invoice())] == ["REF-1"]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (None, "", "holds no UBL schema"),
        ("bad.xslt", "<nonsense/>", "no usable stylesheet"),
        ("UBL-Invoice-2.1.xsd", "<nonsense/>", "no usable schema"),
        ("some.sch", "<schema xmlns='http://purl.oclc.org/dsdl/schematron'/>", "needs SchXslt"),
    ],
)
def test_unusable_rules_say_so(tmp_path: Path, name: str | None, text: str, words: str) -> None:
    if name:
        (tmp_path / name).write_text(text)
    with pytest.raises(RulesUnusable, match=words):
        installed_rules(tmp_path)
    with pytest.raises(RulesUnusable, match="no folder"):
        installed_rules(tmp_path / "nowhere")


def test_the_command_prints_facts_and_findings(tmp_path: Path) -> None:
    """Exact figures as text; one bad file makes the whole command fail, and names how many."""
    good, bad, none = tmp_path / "good.xml", tmp_path / "bad.xml", tmp_path / "none.xml"
    good.write_bytes(invoice())
    bad.write_bytes(invoice((">314.00</cbc:Payable", ">300.00</cbc:Payable")))
    out = StringIO()
    with pytest.raises(CommandError, match="2 of 3 break a fatal rule"):
        call_command("read_invoice", str(good), str(bad), str(none), "--json", stdout=out)
    shown = json.loads(out.getvalue())
    assert shown["checked_against"] == ["EN 16931 sums"]
    assert [file["accepted"] for file in shown["files"]] == [True, False, False]
    assert shown["files"][0]["facts"]["totals"]["payable"] == "314.00"
    assert [f["code"] for f in shown["files"][1]["findings"]] == ["BR-CO-16"]
    assert shown["files"][2]["facts"] is None
    out = StringIO()
    call_command("read_invoice", str(good), stdout=out)
    assert "net 270.00, VAT 44.00, gross 314.00, to pay 314.00" in out.getvalue()


@pytest.mark.skipif(not FORMATS.is_dir(), reason="the sample documents are not on this machine")
def test_samples_are_read_to_their_figures() -> None:
    """Every figure that the list of samples states."""
    listed = json.loads((FORMATS / "MANIFEST.json").read_text())
    samples = [entry for entry in listed if entry["file"].startswith("shared/ubl/")]
    assert len(samples) == 13
    for entry in samples:
        facts = read_einvoice((FORMATS / "ubl" / Path(entry["file"]).name).read_bytes())
        totals = facts.totals
        words = (facts.kind, facts.number, facts.currency, facts.seller.name, facts.buyer.name)
        assert words == tuple(entry[k] for k in ("type", "id", "currency", "supplier", "buyer"))
        assert str(facts.issued_on) == entry["issue_date"]
        assert str(facts.due_on or "") == entry["due_date"]
        assert (facts.order_reference, len(facts.lines)) == (entry["order_ref"], entry["lines"])
        figures = (totals.lines, totals.net, totals.vat, totals.gross, totals.payable)
        stated = ("line_total", "net", "vat", "gross", "payable")
        assert figures == tuple(Decimal(entry[name]) for name in stated), entry["file"]
        fatal = [f.code for f in check_totals(facts) if f.severity == "fatal"]
        assert fatal == [], entry["file"]
