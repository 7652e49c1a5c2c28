"""Documents are found by the words on them, and a PDF that carries an invoice is read by it."""

import pytest
from django.test import Client

from core.scope import scope
from finance.einvoices import NotAnEInvoice, read_einvoice
from finance.formats.pdf_parts import MOST_PAGES, carried_xml, words_in
from finance.models import DocumentWord, Invoice
from finance.selectors.documents import documents_with
from finance.services.documents import attach_document, keep_document
from tests.finance import payables
from tests.finance.cii_documents import cross_industry
from tests.finance.pdf_documents import pdf_of
from tests.finance.test_einvoices_pages import at, choices, send
from tests.finance.ubl_documents import invoice as ubl_invoice
from tests.world import World

PAPER = pdf_of("Harrow Joinery, oak doors for St. Mary's", "Order PO-4711/2 of 3 June")


def test_words_of_the_first_pages_are_taken_and_broken_files_have_none() -> None:
    words = set(words_in(PAPER))
    assert {"HARROW", "OAK", "DOORS", "PO-4711/2", "JUNE"} <= words
    assert "OF" in words and "3" not in words
    many = pdf_of(*[f"leaf{number}" for number in range(MOST_PAGES + 2)])
    assert set(words_in(many)) == {f"LEAF{number}" for number in range(MOST_PAGES)}
    for broken in (b"%PDF-1.4 one", PAPER[:200], PAPER[:-700], b"%PDF-1.7\n" + b"\xff" * 5_000):
        assert carried_xml(broken) == []
        assert isinstance(words_in(broken), list)


def test_documents_are_found_by_all_words_and_the_beginning_of_the_last(
    world: World, client: Client
) -> None:
    payables.prepare(world)
    by, north = world.actor("finance_officer@eastmere"), world.actor("finance_officer@northdale")
    with scope(acting=by.organisation_id):
        first = keep_document(name="oak.pdf", data=PAPER, by=by)[0]
        keep_document(name="pine.pdf", data=pdf_of("Harrow Joinery, pine shelves"), by=by)
        assert keep_document(name="oak again.pdf", data=PAPER, by=by) == (first, False)
        assert DocumentWord.objects.filter(document=first, word="OAK").count() == 1

        def found(text: str) -> list[str]:
            return [one.name for one in documents_with(by, text)]

        assert found("harrow") == ["pine.pdf", "oak.pdf"]
        assert found("harrow doo") == found("po-4711") == ["oak.pdf"]
        assert found("doo harrow") == found("%") == found("elm") == []
    with scope(acting=north.organisation_id):
        assert list(documents_with(north, "harrow")) == []
    client.force_login(world.people["finance_officer@eastmere"])
    where = "/eastmere/invoices/documents/?q="
    page = client.get(where + "oak").content.decode()
    assert "oak.pdf" in page and "pine.pdf" not in page
    assert "No document has all of these words" in client.get(where + "elm").content.decode()
    made = payables.invoice(world, payables.supplier(world), "A-1")
    with scope(acting=by.organisation_id):
        attach_document(document=first, invoice=made, by=by)
    assert f"Entered as {made}" in client.get(where + "oak").content.decode()
    called = client.get("/api/v1/eastmere/documents/?words=oak").json()
    assert [one["name"] for one in called["results"]] == ["oak.pdf"]


@pytest.mark.parametrize("xml", [cross_industry(), ubl_invoice()], ids=["cii", "ubl"])
def test_a_hybrid_is_read_by_what_it_carries(xml: bytes) -> None:
    assert read_einvoice(pdf_of("Seen by people", factur_xml=xml)) == read_einvoice(xml)


@pytest.mark.parametrize(
    ("paper", "words"),
    [
        (PAPER, "carries no electronic invoice"),
        (b"%PDF-1.4 broken", "carries no electronic invoice"),
        (pdf_of("Two", a_xml=b"<a/>", b_xml=b"<b/>"), "carries 2 XML files"),
        (pdf_of("Other", a_xml=b"<a/>"), "Cross Industry Invoice"),
    ],
    ids=["plain", "broken", "two", "other"],
)
def test_other_papers_are_refused_in_words(paper: bytes, words: str) -> None:
    with pytest.raises(NotAnEInvoice, match=words):
        read_einvoice(paper)


def test_a_hybrid_is_entered_and_given_back_as_it_came(client: Client, world: World) -> None:
    payables.prepare(world)
    payables.supplier(world, "Kestrel Aggregates Ltd")
    client.force_login(world.people["finance_officer@eastmere"])
    paper = pdf_of("Seen by people", factur_xml=cross_industry())
    page = send(client, paper, name="hybrid.pdf").url
    answer = client.post(page, choices(client.get(page).content.decode()))
    assert answer.status_code == 302
    with scope(acting=world.id("eastmere")):
        assert Invoice.objects.get().gross_pence == 31_400
    document = client.get(at("einvoice_document", number=1))
    assert (document.content, document["Content-Type"]) == (paper, "application/pdf")
