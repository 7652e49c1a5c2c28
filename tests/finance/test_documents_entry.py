"""Entering from a document: what is kept, what is shown beside the form, totals, the next one."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.errors import Clash, NotAllowed, NotFound, Refused
from core.scope import scope
from finance.models import Invoice, InvoiceDocument
from finance.rules import INV15, INV16, INV17, INV18, INV19, INV22
from finance.selectors.documents import document_by_id, waiting_documents
from finance.services import documents as services
from finance.services.documents import attach_document, bring_back, keep_document, set_aside
from finance.services.invoices import enter_invoice
from tests.finance.payables import entry, invoice, prepare, supplier
from tests.finance.pdf_documents import pdf_of
from tests.world import TODAY, World

PDF, PNG = b"%PDF-1.4 one", b"\x89PNG\r\n\x1a\n two"
DOCUMENTS, NEW = "/eastmere/invoices/documents/", "/eastmere/invoices/new/"


@pytest.fixture
def ready(world: World, client: Client) -> World:
    prepare(world)
    client.force_login(world.people["finance_officer@eastmere"])
    return world


def kept(world: World, data: bytes = PDF, name: str = "one.pdf") -> InvoiceDocument:
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        return keep_document(name=name, data=data, by=by)[0]


def filled(code: str, **changes: str) -> dict[str, str]:
    """A form of one line: £100 and £20 VAT."""
    given = {"supplier": code, "supplier_ref": "D-1", "invoice_on": "1/6/2026"}
    given |= {"received_on": "2/6/2026", "stated": "120", "action": "enter"}
    given |= {"line-TOTAL_FORMS": "1", "line-INITIAL_FORMS": "0"}
    given |= {"line-0-description": "Paper", "line-0-account": "54300"}
    return {**given, "line-0-vat_code": "SR-IN", "line-0-net": "100", **changes}


def test_documents_are_kept_once_and_by_what_they_are(
    ready: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = ready.actor("finance_officer@eastmere")
    first = kept(ready)
    assert (first.kind, first.invoice_id) == ("application/pdf", None)
    assert kept(ready, PNG, "two.png").kind == "image/png"
    owner = supplier(ready)
    monkeypatch.setattr(services, "DOCUMENTS", replace(services.DOCUMENTS, most_bytes=20))
    with scope(acting=by.organisation_id):
        assert keep_document(name="again.pdf", data=PDF, by=by) == (first, False)
        for data, rule in ((b"<html>", INV16), (b"", INV16), (PDF * 2, INV17), (PNG, INV22)):
            with pytest.raises(Refused) as refusal:
                keep_document(name="evil.pdf", data=data, by=by)
            assert refusal.value.rule is rule
        row = enter_invoice(entry=entry(owner), by=by, as_of=TODAY)
        attach_document(document=first, invoice=row, by=by)
        first.refresh_from_db()
        with pytest.raises(Refused) as refusal:
            attach_document(document=first, invoice=row, by=by)
        assert refusal.value.rule is INV18


def test_several_are_sent_and_what_is_none_is_named(ready: World, client: Client) -> None:
    assert "Everything is entered" in client.get(DOCUMENTS).content.decode()
    files = [SimpleUploadedFile("a.pdf", PDF), SimpleUploadedFile("b.exe", b"MZ")]
    page = client.post(DOCUMENTS, {"files": files}, follow=True).content.decode()
    assert "1 new." in page and "b.exe" in page and "a.pdf" in page
    assert "Select at least one file" in client.post(DOCUMENTS, follow=True).content.decode()


def test_bytes_are_shown_to_our_own_pages_only(ready: World, client: Client) -> None:
    row = kept(ready)
    answer = client.get(f"{DOCUMENTS}{row.pk}/")
    assert answer.content == PDF and answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    owner = supplier(ready)
    page = client.get(f"{NEW}?document={row.pk}&supplier={owner.code}")
    assert f'src="{DOCUMENTS}{row.pk}/#navpanes=0&amp;view=FitH"' in page.content.decode()
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert "frame-src" not in client.get(DOCUMENTS)["Content-Security-Policy"]
    assert f"document={row.pk}" in client.get(f"{NEW}?document={row.pk}&q=harrow").content.decode()
    with scope(acting=ready.id("eastmere")), pytest.raises(NotFound):
        document_by_id(ready.actor("auditor@eastmere"), row.pk)


def test_save_and_next_takes_the_next_document(ready: World, client: Client) -> None:
    one, two = kept(ready), kept(ready, PNG, "two.png")
    code = supplier(ready).code
    answer = client.post(f"{NEW}?document={one.pk}", filled(code, action="next"))
    assert answer["Location"] == f"{NEW}?document={two.pk}"
    answer = client.post(
        f"{NEW}?document={two.pk}", filled(code, action="next", supplier_ref="D-2")
    )
    assert answer["Location"] == NEW
    with scope(acting=ready.id("eastmere")):
        first = Invoice.objects.get(supplier_ref="D-1")
        assert InvoiceDocument.objects.get(pk=one.pk).invoice_id == first.pk
    page = client.get(f"/eastmere/invoices/{first.number}/").content.decode()
    assert "Document: one.pdf" in page and "Entered from one.pdf" in page


def test_whose_it_is_is_suggested_with_the_reason(ready: World, client: Client) -> None:
    joiner = supplier(ready, "Harrow Joinery Limited")
    taxed = supplier(ready, "Oak & Sons", vat_number="GB980780684")
    listed = supplier(ready, "Elm Yard", company_number="01234567")
    supplier(ready, "Oak")
    supplier(ready, "Harrow Joinery Ltd", slug="northdale")
    paper = pdf_of(
        "Harrow Joinery Ltd, High Street, Harrow", "VAT no. GB 980 7806 84", "Oak doors, 01234567"
    )
    row = kept(ready, paper)
    page = client.get(f"{NEW}?document={row.pk}")
    assert [(one.supplier.pk, one.reason) for one in page.context["likely"]] == [
        (taxed.pk, "Its VAT number stands on the document."),
        (listed.pk, "Its company number stands on the document."),
        (joiner.pk, "Its name stands on the document."),
    ]
    assert f'href="?supplier={joiner.code}&amp;document={row.pk}"' in page.content.decode()
    # What is looked for goes before what is likely, and a picture says nothing.
    assert client.get(f"{NEW}?document={row.pk}&q=elm").context["likely"] == []
    picture = kept(ready, PNG, "two.png")
    assert client.get(f"{NEW}?document={picture.pk}").context["likely"] == []


def test_lines_are_held_to_the_total_and_to_their_codes(ready: World, client: Client) -> None:
    row, code = kept(ready), supplier(ready).code
    address = f"{NEW}?document={row.pk}"
    wrong = filled(code, stated="130", **{"line-0-vat": "15"})
    sums = client.post(
        address, {**wrong, "action": "totals"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "-£15.00 from the invoice" in sums.replace("\N{MINUS SIGN}", "-")
    assert "SR-IN of £100.00 is £20.00, £15.00 is given" in sums
    answer = client.post(address, wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert str(INV15.__doc__).split(".")[0] in page
    # What was typed is still there, with the document beside it.
    for typed in ('value="D-1"', 'value="130"', 'value="Paper"', f"{DOCUMENTS}{row.pk}/"):
        assert typed in page
    with scope(acting=ready.id("eastmere")):
        assert not Invoice.objects.exists()
        assert InvoiceDocument.objects.get(pk=row.pk).invoice_id is None


@pytest.mark.parametrize("given", ["x", "999999", "9" * 30])
def test_unknown_documents(ready: World, client: Client, given: Any) -> None:
    answer = client.get(f"{NEW}?document={given}")
    assert answer.status_code == (404 if given == "999999" else 200)
    invoice(ready, supplier(ready))


def test_what_is_no_invoice_is_set_aside_and_brought_back(ready: World, client: Client) -> None:
    by, document = ready.actor("finance_officer@eastmere"), kept(ready)
    row, where = invoice(ready, supplier(ready)), f"{DOCUMENTS}{document.pk}/aside/"
    assert client.get(where).status_code == 200
    assert client.post(where, {"text": " "}).status_code == 422
    answer = client.post(where, {"text": "A newsletter"}, follow=True).content.decode()
    assert "one.pdf is set aside" in answer and "Everything is entered" in answer
    shown = client.get(f"{DOCUMENTS}?which=aside").content.decode()
    assert f"{by.name}: A newsletter" in shown
    with scope(acting=by.organisation_id):
        document.refresh_from_db()
        assert list(waiting_documents(by.organisation_id)) == []
        with pytest.raises(Clash):
            set_aside(document=document, reason="Again", by=by)
        with pytest.raises(Clash):
            attach_document(document=document, invoice=row, by=by)
        with pytest.raises(NotAllowed):
            bring_back(document=document, by=ready.actor("auditor@eastmere"))
    assert (
        "waits for its invoice again"
        in client.post(where, {"x": "1"}, follow=True).content.decode()
    )
    with scope(acting=by.organisation_id):
        document.refresh_from_db()
        assert (document.aside_at, document.aside_reason) == (None, "")
        with pytest.raises(Refused) as refusal:
            bring_back(document=document, by=by)
        assert refusal.value.rule is INV19
        attach_document(document=document, invoice=row, by=by)
        document.refresh_from_db()
        with pytest.raises(Refused) as refusal:
            set_aside(document=document, reason="x", by=by)
        assert refusal.value.rule is INV18
    assert client.get(where).status_code == 422
    answer = client.post(where, {"text": "No invoice, says Ms Hale"})
    assert answer.status_code == 422 and answer.context["form"].errors
    assert "No invoice, says Ms Hale" in answer.content.decode()
