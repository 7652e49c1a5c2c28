"""Electronic invoices in the browser: received, matched, entered to the penny, or refused."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.invariants import problems
from core.scope import scope
from finance.models import Invoice, InvoiceLine, SourceFile
from tests.finance import payables
from tests.finance.ubl_documents import credit_note, invoice
from tests.world import World


@pytest.fixture
def office(client: Client, world: World) -> Client:
    """The finance officer, at a council with books and one supplier of the documents."""
    payables.prepare(world)
    client.force_login(world.people["finance_officer@eastmere"])
    return client


def at(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"organisation": "eastmere", **kwargs})


def send(client: Client, data: bytes, name: str = "kestrel.xml"):
    file = SimpleUploadedFile(name, data, content_type="application/xml")
    return client.post(at("file_upload"), {"file": file, "purpose": "published"})


def choices(html: str, **changes: str) -> dict[str, str]:
    """The form as the page offers it, with an account chosen."""
    day = timezone.localdate()
    given = {"received_on": f"{day:%d/%m/%Y}", "account": "54300", "unit": ""}
    given["supplier"] = re.search(r'name="supplier" value="([^"]*)"', html)[1]
    for name in re.findall(r'name="(vat_\d+)"', html):
        select = html.split(f'name="{name}"')[1].split("</select>")[0]
        given[name] = re.search(r'value="([^"]+)" selected', select)[1]
    return given | changes


def here(world: World):
    return scope(acting=world.id("eastmere"))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"name": "Kestrel (North)", "vat_number": "123456782"}, "VAT number on the document"),
        ({"name": "Kestrel", "company_number": "01234567"}, "company number on the document"),
        ({"name": "KESTREL AGGREGATES LTD."}, "name on the document"),
    ],
)
def test_the_sender_is_found(office: Client, world: World, facts: dict, words: str) -> None:
    payables.supplier(world, **facts)
    sent = send(office, invoice())
    assert sent.url == at("einvoice", number=1)
    html = office.get(sent.url).content.decode()
    assert f"The {words} is this supplier&#x27;s." in html
    assert "To be paid" in html and "314.00 GBP" in html
    assert "Limestone, 20 mm" in html and "Carriage" in html
    assert "It is addressed to Anyshire Council." in html


def test_an_invoice_is_entered_to_the_penny(office: Client, world: World) -> None:
    """Its own lines, the carriage as one of them, VAT by part, and the way back to the file."""
    payables.supplier(world, "Kestrel Aggregates Ltd")
    page = send(office, invoice()).url
    entered = office.post(page, choices(office.get(page).content.decode()))
    assert entered.status_code == 302
    with here(world):
        made = Invoice.objects.get()
        assert (made.origin, made.supplier_ref) == ("einvoice", "INV-2041")
        assert (made.net_pence, made.vat_pence, made.gross_pence) == (27_000, 4_400, 31_400)
        lines = InvoiceLine.objects.order_by("line_no")
        assert [(x.description, x.vat_code, x.net_pence, x.vat_pence) for x in lines] == [
            ("Limestone, 20 mm", "SR-IN", 20_000, 4_000),
            ("Carriage", "SR-IN", 2_000, 400),
            ("Safety handbook", "ZR-IN", 5_000, 0),
        ]
        file = SourceFile.objects.get()
        assert (file.state, file.loaded_pence, made.source_file_id) == ("loaded", 31_400, file.pk)
        here_id = file.organisation_id
        # The posted total of the file is what the invoice says, and nothing but that is noticed.
        assert [one.text for one in problems(here_id)] == []
        SourceFile.objects.update(total_pence=31_401)
        assert [one.text for one in problems(here_id)] == [
            "file 1 has 2 rows of 31401 pence; accounted for: 1 of 31400"
        ]
        SourceFile.objects.update(total_pence=31_400)
    html = office.get(page).content.decode()
    assert "It was entered as" in html and "Enter this invoice" not in html
    office.post(page, {"supplier": "", "account": "54300"})
    with here(world):
        assert Invoice.objects.count() == 1


def test_a_line_for_nothing_is_booked_nowhere(office: Client, world: World) -> None:
    """Suppliers list what they give free of charge."""
    payables.supplier(world, "Kestrel Aggregates Ltd")
    free = (
        "<cac:InvoiceLine><cbc:ID>3</cbc:ID><cbc:LineExtensionAmount>0.00"
        "</cbc:LineExtensionAmount><cac:Item><cbc:Name>Sample</cbc:Name>"
        "<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent>"
        "</cac:ClassifiedTaxCategory></cac:Item></cac:InvoiceLine></Invoice>"
    )
    page = send(office, invoice(("</Invoice>", free))).url
    assert office.post(page, choices(office.get(page).content.decode())).status_code == 302
    with here(world):
        assert Invoice.objects.get().gross_pence == 31_400
        assert InvoiceLine.objects.count() == 3


def test_rules_that_cannot_be_used_are_said_in_words(
    office: Client, world: World, settings: Any, tmp_path: Path
) -> None:
    settings.EINVOICE_RULES = str(tmp_path / "nowhere")
    answer = send(office, invoice())
    assert answer.status_code == 422
    assert "The official rules on this server cannot be used." in answer.content.decode()


def test_odd_pennies_of_vat_stay_with_the_largest_line(office: Client, world: World) -> None:
    """VAT of the whole may differ from that of its lines by rounding; it is what is asked for."""
    payables.supplier(world, "Kestrel Aggregates Ltd")
    document = invoice(
        (">44.00</cbc:TaxAmount>", ">44.02</cbc:TaxAmount>"),
        (">44.00</cbc:TaxAmount>", ">44.02</cbc:TaxAmount>"),
        (">314.00</cbc:TaxIncl", ">314.02</cbc:TaxIncl"),
        (
            "<cbc:PayableAmount",
            "<cbc:PayableRoundingAmount>-0.02</cbc:PayableRoundingAmount><cbc:PayableAmount",
        ),
    )
    page = send(office, document).url
    office.post(page, choices(office.get(page).content.decode()))
    with here(world):
        assert Invoice.objects.get().gross_pence == 31_400
        lines = InvoiceLine.objects.order_by("line_no").values_list("net_pence", "vat_pence")
        assert list(lines) == [(20_000, 4_002), (2_000, 400), (5_000, 0), (-2, 0)]


def test_the_list_of_files_says_what_each_holds_and_waits_for(office: Client) -> None:
    send(office, invoice())
    table = SimpleUploadedFile("june.csv", b"Supplier,Date,Comment\nAcme,30/04/2019,x\n")
    office.post(at("file_upload"), {"file": table, "purpose": "published"})
    unread, document = [row["cells"] for row in office.get(at("files")).context["rows"]]
    assert unread[1] == "Published payments" and "columns to be confirmed" in unread[2]
    assert unread[3:6] == ["", "", ""]
    assert document[1] == "Electronic invoice" and ">To be entered<" in document[2]
    assert document[3] != ""


def test_a_document_to_this_organisation_needs_no_second_look(office: Client, world: World) -> None:
    page = send(office, invoice(("Anyshire Council", "EASTMERE"))).url
    assert "It is addressed to" not in office.get(page).content.decode()


def test_a_credit_note_reduces_what_is_owed(office: Client, world: World) -> None:
    payables.supplier(world, "Kestrel Aggregates Ltd")
    page = send(office, credit_note()).url
    html = office.get(page).content.decode()
    assert "Credit note" in html
    office.post(page, choices(html))
    with here(world):
        assert Invoice.objects.get().gross_pence == -31_400


def test_a_broken_document_is_refused_by_its_rule(office: Client, world: World) -> None:
    """It is kept as refused, says which sum does not hold, and cannot be entered."""
    payables.supplier(world, "Kestrel Aggregates Ltd")
    page = send(office, invoice((">314.00</cbc:Payable", ">300.00</cbc:Payable"))).url
    html = office.get(page).content.decode()
    assert "Gross less prepaid come to 314.00, but the amount to be paid is 300.00." in html
    assert "BR-CO-16" in html and "Enter this invoice" not in html
    office.post(page, {"supplier": "S1", "account": "54300", "received_on": "01/10/2026"})
    with here(world):
        assert SourceFile.objects.get().state == "refused"
        assert not Invoice.objects.exists()


PREPAID = "<cbc:PrepaidAmount>14.00</cbc:PrepaidAmount><cbc:PayableAmount"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (invoice().replace(b"GBP", b"EUR"), "This one is in EUR"),
        (
            invoice(
                ("<cbc:PayableAmount", PREPAID), (">314.00</cbc:Payable", ">300.00</cbc:Payable")
            ),
            "was paid before it came",
        ),
        (invoice().replace(b"<cbc:ID>Z<", b"<cbc:ID>AE<"), "Safety handbook: VAT category AE"),
    ],
)
def test_what_cannot_be_booked_says_so(
    office: Client, world: World, document: bytes, words: str
) -> None:
    payables.supplier(world, "Kestrel Aggregates Ltd")
    page = send(office, document).url
    answer = office.post(page, choices(office.get(page).content.decode()))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with here(world):
        assert SourceFile.objects.get().state == "uploaded"
        assert not Invoice.objects.exists()


def test_an_unknown_sender_is_looked_for(office: Client, world: World) -> None:
    """The page offers suppliers like the name, a search, and the way to add one."""
    payables.supplier(world, "Kestrel Quarries")
    payables.supplier(world, "Harrow Paper")
    page = send(office, invoice()).url
    html = office.get(page).content.decode()
    assert "Whose is it?" in html and "Kestrel Quarries" in html and "Harrow" not in html
    chosen = office.get(page, {"supplier": re.search(r"\?supplier=([^\"]+)", html)[1]})
    assert "Chosen by you." in chosen.content.decode()
    none = office.get(page, {"q": "Zebra", "other": "1"}).content.decode()
    assert "No supplier matches “Zebra”." in none


def test_the_same_document_twice(office: Client, world: World) -> None:
    """The same bytes lead to the first; other bytes with the same number ask for a reason."""
    payables.supplier(world, "Kestrel Aggregates Ltd")
    page = send(office, invoice()).url
    office.post(page, choices(office.get(page).content.decode()))
    again = send(office, invoice(), "renamed.xml")
    assert again.url == page
    assert "This file came in before" in office.get(page).content.decode()
    other = send(office, invoice((">Kestrel<", ">Kestrel Stone<"))).url
    given = choices(office.get(other).content.decode())
    refused = office.post(other, given)
    assert refused.status_code == 422
    assert "Error: " in refused.content.decode()
    office.post(other, given | {"confirmed_reason": "Second delivery"})
    with here(world):
        assert Invoice.objects.count() == 2


def test_what_is_no_invoice_is_not_kept(office: Client, world: World) -> None:
    answer = send(office, b"<Order/>")
    assert answer.status_code == 422
    assert (
        "Send a UBL 2.1 Invoice or CreditNote, or a Cross Industry Invoice"
        in answer.content.decode()
    )
    with here(world):
        assert not SourceFile.objects.exists()


def test_the_document_is_given_back_as_it_came(office: Client, world: World) -> None:
    send(office, invoice())
    answer = office.get(at("einvoice_document", number=1))
    assert answer.content == invoice()
    assert answer["Content-Disposition"].startswith("attachment")
    assert office.get(at("file", number=1)).url == at("einvoice", number=1)
    assert office.get(at("file_preview", number=1)).url == at("file", number=1)


def test_the_time_to_pay_counts_from_receipt(office: Client, world: World) -> None:
    supplier = payables.supplier(world, "Kestrel Aggregates Ltd")
    page = send(office, invoice()).url
    received = timezone.localdate() - timedelta(days=5)
    html = office.get(page).content.decode()
    office.post(page, choices(html, received_on=f"{received:%d/%m/%Y}"))
    with here(world):
        assert Invoice.objects.get().due_on == received + timedelta(days=supplier.terms_days)
