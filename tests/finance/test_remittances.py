"""Remittance advice: on the page, as a document and a file, by e-mail once and no more."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.utils import timezone

from core.errors import NotAllowed, Refused
from core.scope import scope
from finance.models import Payment, PaymentRun, RemittanceAdvice, Supplier
from finance.services.remittances import send_advice, write_advice
from finance.services.returns import return_payment
from tests.documents import text_of
from tests.finance.payment_books import books, invoice, propose, release, supplier
from tests.finance.test_payments_pages import client, text
from tests.world import World


@pytest.fixture
def run(world: World) -> PaymentRun:
    """Three payments released: two suppliers with an address, one without."""
    by = books(world)
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        for code in ("A", "B", "C"):
            email = "" if code == "C" else f"accounts@{code.lower()}.example"
            row = supplier(by, code, email=email)
            invoice(by, row, 12_345, supplier_ref=f"=REF-{code}")
            invoice(by, row, -345)
        return release(propose(by), boss)


@pytest.fixture
def server(settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example"


def written(world: World, run: PaymentRun, who: str = "finance_officer@eastmere") -> int:
    by = world.actor(who)
    with scope(acting=by.organisation_id):
        return write_advice(run=run, by=by)


def test_on_paper_and_as_a_file_it_says_what_was_settled(world: World, run: PaymentRun) -> None:
    person = client(world, "auditor@eastmere")
    paper = person.get("/eastmere/payments/1/remittance.pdf")
    assert paper["Content-Type"] == "application/pdf"
    said = text_of(paper.content)
    heading = ("Remittance advice PMT-1", "pays Supplier A £120.00 for", "Pays on: 18 June 2026")
    for words in (*heading, "=REF-A", "Credit note", "−£3.45", "£123.45"):
        assert words in said
    file = person.get("/eastmere/payments/1/remittance.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(file)))
    assert ["Amount", "120.00"] in rows
    table = rows[rows.index([]) + 2 :]
    first = ["PMT-1", "2026-06-18", "INV-1", "'=REF-A", "2026-05-11", "Invoice", "123.45"]
    assert table[0] == first
    assert [row[6] for row in table] == ["123.45", "-3.45"]


def test_it_is_written_once_to_who_can_be_told(world: World, run: PaymentRun) -> None:
    officer = client(world, "finance_officer@eastmere")
    page = "/eastmere/payment-runs/1/remittances/"
    assert "Send remittance advice to 2 suppliers" in text(officer.get(page))
    assert officer.post(page).status_code == 302
    shown = text(officer.get(page))
    assert "No e-mail is sent from here." in shown
    assert "Written to accounts@a.example" in shown
    assert "The supplier has no e-mail address" in shown
    assert "Send remittance advice to" not in shown
    again = officer.post(page)
    assert (again.status_code, "PAY16" in text(again)) == (422, True)
    with scope(acting=run.organisation_id):
        assert RemittanceAdvice.objects.count() == 2
        Supplier.objects.filter(code="C").update(email="late@c.example")
    assert written(world, run) == 1
    assert "Wrote to 2 suppliers; 1 without an address" in text(
        officer.get("/eastmere/payment-runs/1/")
    )


def test_only_who_may_writes_and_only_about_what_left(world: World, run: PaymentRun) -> None:
    auditor = client(world, "auditor@eastmere")
    page = "/eastmere/payment-runs/1/remittances/"
    shown = auditor.get(page)
    assert (shown.status_code, b'<button class="govuk-button"' in shown.content) == (200, False)
    assert auditor.post(page).status_code == 403
    with pytest.raises(NotAllowed):
        written(world, run, "centre_manager@centre")
    with scope(acting=run.organisation_id):
        by = world.actor("finance_officer@eastmere")
        invoice(by, Supplier.objects.get(code="A"), 700)
        proposal = propose(by)
    with pytest.raises(Refused, match="when the run has been released"):
        written(world, proposal)


def test_each_supplier_gets_one_message_with_both_files(
    world: World, run: PaymentRun, server: None
) -> None:
    written(world, run)
    now = timezone.now()
    assert send_advice(as_of=now) == 2
    assert send_advice(as_of=now) == 0
    assert [message.to for message in mail.outbox] == [
        ["accounts@a.example"],
        ["accounts@b.example"],
    ]
    message = mail.outbox[0]
    assert message.subject == "Remittance advice PMT-1 from Eastmere"
    assert "Eastmere pays Supplier A £120.00" in str(message.body)
    (pdf_name, paper, _), (csv_name, rows, _) = message.attachments
    assert (pdf_name, csv_name) == ("remittance-PMT-1.pdf", "remittance-PMT-1.csv")
    assert "£120.00" in text_of(paper) and "INV-1" in str(rows)
    assert message.extra_headers["Message-ID"] != mail.outbox[1].extra_headers["Message-ID"]
    page = client(world, "finance_officer@eastmere").get("/eastmere/payments/1/")
    assert "Sent to accounts@a.example" in text(page)


def test_nothing_leaves_without_a_server_or_in_a_rehearsal(
    world: World, run: PaymentRun, settings: Any
) -> None:
    written(world, run)
    assert send_advice(as_of=timezone.now()) == 0
    settings.EMAIL_HOST = "mail.example"
    world.becomes("rehearsal")
    assert send_advice(as_of=timezone.now()) == 0
    world.becomes("live")
    assert send_advice(as_of=timezone.now()) == 0
    assert mail.outbox == []


def test_a_payment_that_came_back_is_not_told_of(
    world: World, run: PaymentRun, server: None
) -> None:
    written(world, run)
    by = world.actor("finance_officer@eastmere")
    with scope(acting=run.organisation_id):
        first = Payment.objects.get(number=1)
        return_payment(payment=first, kind="returned", reason="Closed", by=by)
    assert send_advice(as_of=timezone.now()) == 1
    assert mail.outbox[0].to == ["accounts@b.example"]
    shown = text(client(world, "finance_officer@eastmere").get("/eastmere/payments/1/"))
    assert "Not sent: the payment came back" in shown


def test_a_message_that_failed_says_why_and_is_tried_again(
    world: World, run: PaymentRun, server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(world, run)
    now = timezone.now()
    with monkeypatch.context() as broken:
        broken.setattr(locmem.EmailBackend, "send_messages", _unreachable)
        assert send_advice(as_of=now) == 0
    page = client(world, "finance_officer@eastmere").get("/eastmere/payment-runs/1/remittances/")
    assert "not sent yet: ConnectionRefusedError" in text(page)
    assert send_advice(as_of=now + timedelta(days=4)) == 0
    assert send_advice(as_of=now + timedelta(minutes=1)) == 2


def _unreachable(*args: Any) -> int:
    raise ConnectionRefusedError("mail.example")


def test_programs_are_told_what_was_written_to_whom(
    world: World, run: PaymentRun, server: None
) -> None:
    auditor, where = client(world, "auditor@eastmere"), "/api/v1/eastmere/payment-runs/1/advice/"
    assert {row["advice"] for row in auditor.get(where).json()["results"]} == {None}
    written(world, run)
    rows = auditor.get(where).json()["results"]
    assert [row["payment"] for row in rows] == [1, 2, 3]
    told = [row["advice"] and row["advice"]["address"] for row in rows]
    assert told == ["accounts@a.example", "accounts@b.example", None]
    assert all(row["advice"]["sent_at"] is None for row in rows[:2])
    with scope(acting=run.organisation_id):
        RemittanceAdvice.objects.filter(payment__number=1).update(sent_at=timezone.now())
    assert auditor.get(where).json()["results"][0]["advice"]["sent_at"]
    assert client(world, "staff@eastmere").get(where).status_code == 403
    assert (
        client(world, "auditor@northdale")
        .get("/api/v1/northdale/payment-runs/1/advice/")
        .status_code
        == 404
    )
