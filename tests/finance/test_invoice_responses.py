"""Invoice responses: what suppliers are told as their electronic invoices move, and how."""

import re
from datetime import date, datetime
from html import unescape
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from lxml import etree

from core.actors import Actor
from core.errors import NotFound, Refused
from core.scope import scope
from events.models import Event
from finance.einvoices.facts import EInvoice
from finance.einvoices.reading import read_einvoice
from finance.einvoices.responses import (
    CLARIFIED,
    ORDER,
    RESPONSE,
    Clarification,
    addressed,
    as_xml,
    comes_after,
)
from finance.models import Invoice, InvoiceResponse, SourceFile, Supplier
from finance.rules_einvoices import EIN06
from finance.selectors.responses import responses_to_collect
from finance.services import invoices
from finance.services.einvoices import receive_einvoice
from finance.services.invoices_bulk import hold_invoices
from finance.services.responses import answer_suppliers, hand_over
from tenants.models import Organisation
from tests.finance import payables, payment_books
from tests.finance.test_einvoices_pages import at, choices
from tests.finance.ubl_documents import credit_note, invoice
from tests.world import TODAY, World

# The elements of transaction T111 in their order, as its specification lists them; a star may be
# missing, a plus may be there more than once.
T111 = """
CustomizationID ProfileID ID IssueDate IssueTime* Note*
SenderParty SenderParty/EndpointID SenderParty/PartyIdentification*
SenderParty/PartyLegalEntity SenderParty/PartyLegalEntity/RegistrationName SenderParty/Contact*
ReceiverParty ReceiverParty/EndpointID ReceiverParty/PartyIdentification*
ReceiverParty/PartyLegalEntity ReceiverParty/PartyLegalEntity/RegistrationName
DocumentResponse DocumentResponse/Response DocumentResponse/Response/ResponseCode
DocumentResponse/Response/EffectiveDate* DocumentResponse/Response/Status+
DocumentResponse/Response/Status/StatusReasonCode+ DocumentResponse/Response/Status/StatusReason+
DocumentResponse/DocumentReference DocumentResponse/DocumentReference/ID
DocumentResponse/DocumentReference/IssueDate* DocumentResponse/DocumentReference/DocumentTypeCode
DocumentResponse/IssuerParty* DocumentResponse/RecipientParty*
"""
REASONS = "NON REF LEG REC QUA DEL PRI QTY ITM PAY UNR FIN PPD OTH"
ACTIONS = "NOA PIN NIN CNF CNP CNA OTH"
NOTHING = Clarification()
AT = datetime(2026, 10, 5, 14, 30, 2, tzinfo=ZoneInfo("Europe/London"))


def message(status: str = "AB", because: Clarification = NOTHING) -> Any:
    facts: EInvoice = read_einvoice(invoice())
    to = addressed(facts)
    assert to is not None
    made = {"key": "k-1", "at": AT, "effective_on": date(2026, 10, 4)}
    return etree.fromstring(as_xml(status=status, to=to, because=because, **made))  # type: ignore[arg-type]


def paths(node: Any, above: str = "") -> list[str]:
    """The elements in document order, by their path below the root."""
    found = []
    for child in node:
        here = f"{above}{etree.QName(child).localname}"
        found += [here, *paths(child, f"{here}/")]
    return found


def said(node: Any, name: str) -> str:
    return str(node.xpath(f"string(//*[local-name()='{name}'])"))


@pytest.mark.parametrize("status", ORDER)
def test_the_elements_stand_in_the_order_of_the_specification(status: str) -> None:
    because = Clarification("OTH", "PIN", "Why") if status in CLARIFIED else NOTHING
    found = paths(message(status, because))
    known = [name.rstrip("*+") for name in T111.split()]
    assert set(found) <= set(known)
    assert {name for name in T111.split() if name[-1] not in "*+"} <= set(found)
    once = [name for name in found if "Response/Status" not in name]
    assert once == sorted(once, key=known.index) and len(once) == len(set(once))
    assert ("DocumentResponse/Response/Status" in found) == (status in CLARIFIED)


def test_what_a_message_says() -> None:
    root = message("UQ", Clarification("REF", "PIN", "No order <7>"))
    assert root.tag == f"{{{RESPONSE}}}ApplicationResponse"
    assert said(root, "CustomizationID") == "urn:fdc:peppol.eu:poacc:trns:invoice_response:3"
    assert said(root, "ProfileID") == "urn:fdc:peppol.eu:poacc:bis:invoice_response:3"
    assert (said(root, "IssueDate"), said(root, "IssueTime")) == ("2026-10-05", "14:30:02+01:00")
    ends = root.xpath("//*[local-name()='EndpointID']")
    assert [(end.get("schemeID"), end.text) for end in ends] == [
        ("0060", "60000000000029"),
        ("0088", "5000000000012"),
    ]
    names = root.xpath("//*[local-name()='RegistrationName']/text()")
    assert names == ["Anyshire Council", "Kestrel Aggregates Ltd"]
    codes = root.xpath("//*[local-name()='StatusReasonCode']")
    assert [(code.get("listID"), code.text) for code in codes] == [
        ("OPStatusReason", "REF"),
        ("OPStatusAction", "PIN"),
    ]
    assert said(root, "StatusReason") == "No order <7>"
    reference = root.xpath("//*[local-name()='DocumentReference']/*/text()")
    assert reference == ["INV-2041", "2026-10-01", "380"]
    assert said(root, "EffectiveDate") == "2026-10-04"


def test_the_codes_are_those_of_the_lists() -> None:
    assert {str(code) for code in InvoiceResponse.Status} <= set(ORDER)
    assert {str(code) for code in InvoiceResponse.Reason} <= set(REASONS.split())
    assert {str(code) for code in InvoiceResponse.Action} <= set(ACTIONS.split())


@pytest.mark.parametrize(
    ("status", "told", "allowed"),
    [
        ("PD", "", True),
        ("AP", "AB IP UQ", True),
        ("UQ", "AB UQ", False),
        ("IP", "AB UQ", False),
        ("RE", "AB AP", False),
        ("PD", "AB AP", True),
        ("PD", "AB RE", False),
        ("AP", "PD", False),
    ],
)
def test_the_order_never_goes_back(status: str, told: str, allowed: bool) -> None:
    assert comes_after(status, told.split()) is allowed


@pytest.mark.parametrize(
    "change",
    [
        ('<cbc:EndpointID schemeID="0060">60000000000029</cbc:EndpointID>', ""),
        ('<cbc:EndpointID schemeID="0088">', "<cbc:EndpointID>"),
        (">5000000000012<", f">{'5' * 130}<"),
    ],
)
def test_without_the_addresses_of_both_nobody_is_answered(change: tuple[str, str]) -> None:
    assert addressed(read_einvoice(invoice(change))) is None


# In the books.


@pytest.fixture
def office(world: World) -> Actor:
    """A finance officer who can pay, with the supplier of the documents."""
    by = payment_books.books(world)
    with scope(acting=by.organisation_id):
        row = payment_books.supplier(by, "K1")
        Supplier.objects.filter(pk=row.pk).update(name="Kestrel", vat_number="123456782")
    return by


def receive(by: Actor, data: bytes | None = None) -> SourceFile:
    return receive_einvoice(name="kestrel.xml", data=data or invoice(), by=by)[0]


def entered(by: Actor, file: SourceFile, state: str = "received") -> Invoice:
    """An invoice of the document, as if it had been entered and moved on."""
    row = payment_books.invoice(by, Supplier.objects.get(), 31_400)
    Invoice.objects.filter(pk=row.pk).update(
        origin="einvoice", source_file_id=file.pk, state=state, **UNPOSTED
    )
    return payables.again(row)


UNPOSTED: dict[str, Any] = {"journal_id": None, "batch_id": None, "period": None}


def told() -> list[tuple[str, str, str, str]]:
    rows = InvoiceResponse.objects.order_by("id")
    return [(row.status, row.reason, row.action, row.words) for row in rows]


def codes() -> list[str]:
    return [status for status, *_ in told()]


def test_what_comes_in_is_acknowledged_once(office: Actor) -> None:
    with scope(acting=office.organisation_id):
        receive(office)
        receive(office)
        assert told() == [("AB", "", "", "")]
        row = InvoiceResponse.objects.get()
        root = etree.fromstring(bytes(row.content))
        assert said(root, "ID") == str(row.message_id) and said(root, "ResponseCode") == "AB"
        assert Event.objects.filter(verb="finance.einvoice.answered").count() == 1


def test_a_broken_one_is_rejected_by_its_rule(office: Actor) -> None:
    with scope(acting=office.organisation_id):
        receive(office, invoice((">314.00</cbc:Payable", ">300.00</cbc:Payable")))
        ((status, reason, action, words),) = told()
    assert (status, reason, action) == ("RE", "LEG", "NIN")
    assert words.startswith("BR-CO-16: Gross less prepaid come to 314.00")


def test_a_credit_note_is_answered_as_one(office: Actor) -> None:
    with scope(acting=office.organisation_id):
        receive(office, credit_note().replace(b">380</cbc:InvoiceTypeCode", b"/"))
        assert InvoiceResponse.objects.get().document_type == "381"


def test_who_names_no_address_is_not_answered(office: Actor) -> None:
    with scope(acting=office.organisation_id):
        file = receive(office, invoice(('schemeID="0060"', "")))
        row = entered(office, file)
        invoices.dispute(invoice=row, version=row.version, text="Late", by=office)
        assert told() == []


def test_the_life_of_an_invoice(office: Actor, world: World) -> None:
    """Entered on the page, disputed, settled, approved, posted and paid."""
    manager = world.actor("finance_manager@eastmere")
    with scope(acting=office.organisation_id):
        file = receive(office)
    client = Client()
    client.force_login(world.people["finance_officer@eastmere"])
    page = at("einvoice", number=file.number)
    client.post(page, choices(client.get(page).content.decode()))
    with scope(acting=office.organisation_id):
        row = Invoice.objects.get()
        invoices.dispute(invoice=row, version=row.version, text="The carriage is ours", by=office)
        invoices.resolve(invoice=row, version=row.version, by=office)
        invoices.dispute(invoice=row, version=row.version, text="Again", by=office)
        invoices.resolve(invoice=row, version=row.version, by=office)
        assert codes() == ["AB", "IP", "UQ"]
        assert told()[-1] == ("UQ", "OTH", "PIN", "The carriage is ours")
        Invoice.objects.filter(pk=row.pk).update(state="submitted", made_by_id=None)
        row.refresh_from_db()
        invoices.approve(row, manager)
        assert codes() == ["AB", "IP", "UQ", "AP"]
        run = payment_books.propose(office, due_to=date(2026, 12, 31))
        payment_books.release(run, manager)
        assert codes() == ["AB", "IP", "UQ", "AP", "PD"]
    html = client.get(at("invoice", number=row.number)).content.decode()
    assert "What the supplier is told" in html and "The carriage is ours" in html
    assert html.count("Not handed to an access point yet.") == 5
    assert "Paid, " in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("cause", "answer"),
    [
        ("no_order", ("UQ", "REF", "PIN", "No purchase order is named.")),
        ("price", ("UQ", "PRI", "PIN", "The price or the quantity differs from the order.")),
        ("coding", None),
        ("bank", None),
    ],
)
def test_holds_that_the_supplier_can_answer_are_told(
    office: Actor, cause: str, answer: Any
) -> None:
    """What is settled in the house is not, nor are words for colleagues."""
    with scope(acting=office.organisation_id):
        row = entered(office, receive(office))
        given = {"cause": cause, "text": "Ask Jo", "as_of": TODAY}
        invoices.hold(invoice=row, version=row.version, by=office, **given)
        assert told()[1:] == ([answer] if answer else [])


def test_a_rejected_approval_is_a_query_without_the_words_of_the_approver(office: Actor) -> None:
    with scope(acting=office.organisation_id):
        row = entered(office, receive(office), "submitted")
        invoices.reject(row, office, "Too dear, ask Jo")
        assert told()[-1] == ("UQ", "OTH", "PIN", "The invoice is not accepted as it is.")


def test_a_reversed_one_is_rejected_and_nothing_follows(office: Actor, world: World) -> None:
    manager = world.actor("finance_manager@eastmere")
    with scope(acting=office.organisation_id):
        row = entered(office, receive(office))
        given = {"reason": "Not ours", "as_of": TODAY}
        invoices.reverse_invoice(invoice=row, version=row.version, by=manager, **given)
        assert told()[-1] == ("RE", "OTH", "NOA", "The invoice is not processed any further.")
        assert answer_suppliers(invoices=[row], by=manager) == 0


def test_after_acceptance_a_reversal_is_told_by_other_means(office: Actor) -> None:
    with scope(acting=office.organisation_id):
        row = entered(office, receive(office), "approved")
        answer_suppliers(invoices=[row], by=office)
        row.state = "reversed"
        answer_suppliers(invoices=[row], by=office)
        assert codes() == ["AB", "AP"]


def test_many_cost_what_one_costs(office: Actor, django_assert_num_queries: Any) -> None:
    """Holding three at once: an answer for each electronic one, in as many queries as for one."""
    with scope(acting=office.organisation_id):
        rows = [entered(office, receive(office, doc(number))) for number in range(3)]
        rows.append(payment_books.invoice(office, Supplier.objects.get(), 100))
        hold_invoices(
            invoice_ids=[row.pk for row in rows], cause="no_order", by=office, as_of=TODAY
        )
        assert codes() == ["AB"] * 3 + ["UQ"] * 3
        for row in rows:
            row.state = "approved"
        for some, new in ((rows[:1], 1), (rows, 2)):
            with django_assert_num_queries(3):
                assert answer_suppliers(invoices=some, by=office) == new


def doc(number: int) -> bytes:
    return invoice(("2041", f"30{number}"))


def test_a_message_stays_as_it_was_written(office: Actor) -> None:
    with scope(acting=office.organisation_id):
        receive(office)
        rows = InvoiceResponse.objects.all()
        for change in ({"status": "AP"}, {"content": b"x"}, {"words": "Paid"}):
            with pytest.raises(IntegrityError, match="stays as it was"), transaction.atomic():
                rows.update(**change)
        rows.update(handed_at=timezone.now(), handed_by_name="Jo")
        with pytest.raises(IntegrityError, match="stays as it was"), transaction.atomic():
            rows.update(handed_by_name="Somebody else")


def test_handing_over_is_done_once(office: Actor) -> None:
    with scope(acting=office.organisation_id):
        answer_suppliers(invoices=[entered(office, receive(office))], by=office)
        numbers = list(InvoiceResponse.objects.order_by("id").values_list("pk", flat=True))
        waiting = list(responses_to_collect(office.organisation_id))
        assert [row.pk for row in waiting] == numbers and len(numbers) == 2
        assert hand_over(numbers=numbers[:1], by=office) == 1
        assert hand_over(numbers=numbers, by=office) == 1
        assert hand_over(numbers=numbers, by=office) == 0
        assert not responses_to_collect(office.organisation_id)
        assert Event.objects.filter(verb="finance.einvoice.handed_over").count() == 2
        with pytest.raises(NotFound):
            hand_over(numbers=[*numbers, 990_001], by=office)


def test_a_rehearsal_reaches_nobody(office: Actor) -> None:
    with scope(acting=office.organisation_id):
        receive(office)
        pk = InvoiceResponse.objects.get().pk
        rehearse(office.organisation_id)
        assert not responses_to_collect(office.organisation_id)
        with pytest.raises(Refused) as refused:
            hand_over(numbers=[pk], by=office)
        assert refused.value.rule is EIN06


def rehearse(organisation_id: int) -> None:
    Organisation.objects.filter(pk=organisation_id).update(status="rehearsal")


def test_the_list_and_the_bytes(office: Actor, world: World) -> None:
    with scope(acting=office.organisation_id):
        receive(office)
        row = InvoiceResponse.objects.get()
    client = Client()
    client.force_login(world.people["finance_officer@eastmere"])
    html = client.get(at("invoice_responses")).content.decode()
    assert "Nothing is sent from here." in html and "INV-2041" in html and "Acknowledged" in html
    assert (
        "No invoice responses here"
        in client.get(at("invoice_responses"), {"which": "handed"}).content.decode()
    )
    answer = client.get(at("invoice_response", number=row.pk))
    assert answer.content == bytes(row.content)
    assert answer["Content-Disposition"] == (
        f'attachment; filename="invoice-response-{row.pk}-AB.xml"'
    )
    assert client.get(at("invoice_response", number=990_001)).status_code == 404


def test_three_cost_what_one_costs_and_the_list_has_its_files(office: Actor, world: World) -> None:
    client = Client()
    client.force_login(world.people["finance_officer@eastmere"])
    costs = []
    for numbers in ((0,), (1, 2)):
        with scope(acting=office.organisation_id):
            files = [receive(office, doc(number)) for number in numbers]
        pages = (at("invoice_responses"), at("einvoice", number=files[0].number))
        costs.append([int(client.get(page)["X-Queries"]) for page in pages])
    assert costs[0] == costs[1] and max(costs[0]) <= 10
    html = client.get(at("invoice_responses")).content.decode()
    assert html.count("<td") == 3 * 7 and html.count("format=csv") == 1
    link = unescape(re.search(r'href="([^"]*format=csv[^"]*)"', html)[1])  # type: ignore[index]
    file = client.get(urljoin(at("invoice_responses"), link)).content.decode()
    assert "Rows,3" in file and "Kestrel Aggregates Ltd,Acknowledged" in file


def test_an_access_point_takes_them(office: Actor, world: World) -> None:
    with scope(acting=office.organisation_id):
        receive(office)
    client = Client()
    client.force_login(world.people["finance_officer@eastmere"])
    where = "/api/v1/eastmere/invoice-responses/"
    (row,) = client.get(where).json()["results"]
    assert row["status"] == "AB" and row["xml"].startswith("<?xml")
    assert (row["sender"], row["receiver"]) == ("0060:60000000000029", "0088:5000000000012")
    for done in (1, 0):
        answer = client.post(
            f"{where}handing-over/",
            {"numbers": [row["number"]]},
            content_type="application/json",
        )
        assert answer.json() == {"handed_over": done}
    assert client.get(where).json()["results"] == []
