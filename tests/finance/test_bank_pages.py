"""The bank in the browser and for programs: sent, accepted, chosen by hand, undone, signed."""

import json
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.scope import scope
from finance.models import BankReconciliation, BankStatement, Payment, SourceFile
from tests.documents import text_of
from tests.finance import statement_files as made
from tests.finance.bank_books import bank_account, bank_says, fill, line, opened, paid, released
from tests.world import World


class Desk:
    """An officer at Eastmere with a released run, and what they ask for."""

    def __init__(self, world: World) -> None:
        self.world, self.by = world, opened(world)
        with scope(acting=self.by.organisation_id):
            self.run = released(world, self.by, 7_500, 333)
        self.client = self.as_role("finance_officer")

    def as_role(self, role: str, slug: str = "eastmere") -> Client:
        client = Client()
        client.force_login(self.world.people[f"{role}@{slug}"])
        return client

    def at(self, name: str, **given: Any) -> str:
        return reverse(name, kwargs={"organisation": "eastmere", **given})

    def send(self, data: bytes, name: str = "s.xml") -> Any:
        file = SimpleUploadedFile(name, data)
        return self.client.post(self.at("bank_upload"), {"file": file}, follow=True)

    def shown(self, name: str, client: Client | None = None, **given: Any) -> str:
        return (client or self.client).get(self.at(name, **given)).content.decode()


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def test_a_statement_is_sent_and_what_is_certain_is_matched(desk: Desk) -> None:
    page = desk.send(made.camt053([paid(7_833), paid(250, text="ACCOUNT CHARGES")]))
    said = page.content.decode()
    assert "The total of PAY-1, 2 payments for 18 June" in said
    assert "A charge of the bank" in said
    assert "Nothing was done" in desk.send(made.camt053([paid(7_833), paid(250, text="ACCOUNT"
        " CHARGES")])).content.decode()  # fmt: skip
    assert "1 of £2.50" in desk.shown("bank")


@pytest.mark.parametrize("scope_", ["some", "all"])
def test_suggestions_are_accepted_in_bulk(desk: Desk, scope_: str) -> None:
    desk.send(made.camt053([paid(250, text="ACCOUNT CHARGES"), paid(90, text="BANK FEES")]))
    with scope(acting=desk.by.organisation_id):
        chosen = {"lines": [line().pk]} if scope_ == "some" else {"scope": "all"}
    page = desk.client.post(desk.at("bank_accept", number=1), chosen, follow=True)
    assert f"Matched: {1 if scope_ == 'some' else 2}." in page.content.decode()
    page = desk.client.post(desk.at("bank_accept", number=1), {}, follow=True)
    assert "Select entries" in page.content.decode()


def test_an_entry_is_matched_by_hand_and_the_match_undone(desk: Desk) -> None:
    """A run and a fee in one debit; what is left unsaid is all that remains."""
    desk.send(made.camt053([paid(7_858, text="MIXED")]))
    where = desk.at("bank_line", number=1, line=1)
    said = desk.shown("bank_line", number=1, line=1)
    assert "PAY-1: 2 payments" in said and "PMT-2 to Supplier P2X333" in said
    run = {"items": [f"run-{desk.run.pk}"], "account": "54800", "why": "With its fee"}
    wrong = desk.client.post(where, {**run, "amount": "-30.00"})
    assert wrong.status_code == 422
    assert "does not come to the entry" in wrong.content.decode()
    assert f'value="run-{desk.run.pk}" id="item-run-{desk.run.pk}" checked' in (
        wrong.content.decode()
    )
    page = desk.client.post(where, run, follow=True)
    assert "MAT-1 explains −£78.58." in page.content.decode()
    said = desk.shown("bank_match", number=1)
    assert "With its fee" in said and "54800" in said and "PMT-1 to" in said
    undo = desk.at("bank_match", number=1)
    assert desk.client.post(undo, {"reason": ""}).status_code == 422
    page = desk.client.post(undo, {"reason": "Another fee"}, follow=True)
    assert "Another fee" in page.content.decode()
    refused = desk.client.post(undo, {"reason": "Undone, says Ms Hale"})
    assert refused.status_code == 422 and refused.context["form"].errors
    assert 'value="Undone, says Ms Hale"' in refused.content.decode()
    with scope(acting=desk.by.organisation_id):
        assert line().matched_pence == 0


def test_what_cannot_be_read_says_so_beside_the_file(desk: Desk) -> None:
    assert "does not add up" in desk.send(made.camt053(closing=1)).content.decode()
    assert "of no account" in desk.send(made.camt053(number="11111111")).content.decode()
    with scope(acting=desk.by.organisation_id):
        assert SourceFile.objects.count() == 0


def test_columns_are_chosen_on_a_page(desk: Desk) -> None:
    odd = made.HEADINGS.replace("Debit Amount", "Soll").replace("Credit Amount", "Haben")
    page = desk.send(made.csv([paid(5)], headings=odd), "b.csv")
    said = page.content.decode()
    assert "what do the columns hold?" in said and "Soll" in said
    columns = {"column_0": "booked_on", "column_4": "text", "column_8": "balance"}
    where = desk.at("bank_file", number=1)
    wrong = desk.client.post(where, columns)
    assert wrong.status_code == 422
    assert "No column was found for the amount" in wrong.content.decode()
    amounts = {"column_2": "sort_code", "column_3": "account", "column_6": "paid_out",
               "column_7": "paid_in"}  # fmt: skip
    page = desk.client.post(where, columns | amounts, follow=True)
    assert "Statement BST-1" in page.content.decode()


def test_a_report_shows_what_was_done_and_what_was_not(desk: Desk) -> None:
    page = desk.send(made.arucs([("PMT-2", 333, "B"), ("GIRO 4", 1, "0")]))
    said = desk.shown("bank_report", number=1)
    assert page.status_code == 200
    assert "Reversed: what it paid is owed again" in said
    assert "No such payment left here" in said
    assert "The account is closed" in said
    assert "It was reversed on" in desk.shown("payment_return", number=2)


def test_a_person_records_what_the_bank_said(desk: Desk) -> None:
    said = desk.shown("payment", number=1)
    assert "This payment did not arrive" in said
    where = desk.at("payment_return", number=1)
    assert desk.client.post(where, {"kind": "returned", "reason": ""}).status_code == 422
    given = {"kind": "returned", "reason": "Closed, says Mr Lowe on 22 June"}
    assert "tried to pay" in desk.client.post(where, given, follow=True).content.decode()
    refused = desk.client.post(where, {**given, "reason": "Again, says Ms Hale"})
    assert refused.status_code == 422 and refused.context["form"].errors
    assert "Again, says Ms Hale" in refused.content.decode()
    answer = desk.at("payment_run_answer", number=1)
    given = {"answer": "unknown", "reason": "No reply on 18 June"}
    page = desk.client.post(answer, given, follow=True)
    assert "Answer of the bank recorded: unknown" in page.content.decode()
    with scope(acting=desk.by.organisation_id):
        assert Payment.objects.get(number=2).answer == "unknown"


def test_a_month_is_prepared_signed_and_taken_back(committed_world: World) -> None:
    desk = Desk(committed_world)
    with scope(acting=desk.by.organisation_id):
        bank_says(desk.by, [paid(7_833), (date(2026, 6, 30), -40, "", "ODD ENTRY")])
        key = {"account": bank_account().pk, "period": 202606}
    said = desk.shown("reconciliation", **key)
    assert "ODD ENTRY" in said and "Prepare for signature" in said
    page = desk.client.post(desk.at("reconciliation_prepare", **key), follow=True)
    assert "It waits for a second person" in page.content.decode()
    assert 'value="sign"' not in desk.shown("reconciliation", **key)
    boss = desk.as_role("centre_manager", "centre")
    page = boss.post(desk.at("reconciliation_sign", **key), {"act": "sign"}, follow=True)
    assert "The sheet is frozen" in page.content.decode()
    file = desk.client.get(desk.at("reconciliation_csv", **key)).content.decode("utf-8-sig")
    assert "State,Signed" in file and "ODD ENTRY,'-0.40" in file.replace(",-0.40", ",'-0.40")
    document = desk.client.get(desk.at("reconciliation_pdf", **key)).content
    said = text_of(document)
    assert "State: Signed" in said and "ODD ENTRY" in said and "−£0.40" in said
    page = boss.post(
        desk.at("reconciliation_sign", **key), {"act": "unsign", "reason": "Wrong"}, follow=True
    )
    assert "The signature is taken back" in page.content.decode()
    with scope(acting=desk.by.organisation_id):
        assert BankReconciliation.objects.get().state == "unsigned"


def test_months_that_there_cannot_be_are_absent(desk: Desk) -> None:
    with scope(acting=desk.by.organisation_id):
        key = bank_account().pk
    for act in ("reconciliation", "reconciliation_csv", "reconciliation_prepare"):
        for period in (202613, 0, 99999999):
            answer = desk.client.post if act.endswith("prepare") else desk.client.get
            assert answer(desk.at(act, account=key, period=period)).status_code == 404


def test_programs_send_read_and_match(desk: Desk) -> None:
    data = made.camt053([paid(7_833), paid(250, text="ACCOUNT CHARGES")])
    send = desk.at("api_bank_files")
    for status in (201, 200):
        file = SimpleUploadedFile("s.xml", data)
        assert desk.client.post(send, {"file": file}).status_code == status
    bad = desk.client.post(send, {"file": SimpleUploadedFile("s.xml", data[:-9])})
    assert bad.status_code == 400 and "not well-formed" in bad.json()["detail"]
    foreign = SimpleUploadedFile("s.xml", made.camt053(number="11111111"))
    refused = desk.client.post(send, {"file": foreign})
    assert (refused.status_code, refused.json()["code"]) == (422, "BNK01")
    with scope(acting=desk.by.organisation_id):
        assert SourceFile.objects.count() == 1  # nothing is kept of what was refused
    (account,) = desk.client.get(desk.at("api_bank_accounts")).json()
    assert (account["unmatched"], account["unmatched_total"]) == (1, "2.50")
    page = desk.client.get(desk.at("api_bank_statements")).json()
    assert [row["closing"] for row in page["results"]] == ["919.17"]
    read = desk.client.get(desk.at("api_bank_statement", number=1)).json()
    assert [(row["matched"], row["suggestion"]) for row in read["lines"]] == [
        ("-78.33", ""),
        ("0.00", "A charge of the bank"),
    ]
    match = desk.at("api_bank_matches", number=1)
    body = {"data": json.dumps({"entries": [2]}), "content_type": "application/json"}
    matched = desk.client.post(match, **body, headers={"Idempotency-Key": "one"})
    assert matched.json()[0]["why"] == "A charge of the bank"
    again = desk.client.post(match, **body, headers={"Idempotency-Key": "two"})
    assert again.status_code == 400 and "matched already" in again.json()["detail"]


def test_pages_of_statements_have_an_address_for_those_before(desk: Desk) -> None:
    with scope(acting=desk.by.organisation_id):
        one = bank_says(desk.by, [paid(7_833)]).statements[0]
        rows = [vars(one) | {"id": None, "number": n, "fingerprint": f"{n}", "entries": 0,
                             "closing_pence": one.opening_pence} for n in range(2, 60)]  # fmt: skip
        names = {f.attname for f in BankStatement._meta.concrete_fields}
        BankStatement.objects.bulk_create(
            BankStatement(**{k: v for k, v in row.items() if k in names}) for row in rows
        )
    first = desk.client.get(desk.at("api_bank_statements")).json()
    assert len(first["results"]) == 50
    second = desk.client.get(first["next"]).json()
    assert (len(second["results"]), second["next"]) == (9, None)


def test_the_filled_books_show_every_kind_of_row(committed_world: World) -> None:
    desk = Desk(committed_world)
    with scope(acting=desk.by.organisation_id):
        payment = Payment.objects.order_by("id")[0]
    keys = fill(desk.by, payment, many=2)
    said = desk.shown("bank_account", account=keys["bank_account"])
    assert "BST-2" in said and "Waits for a second person" in said
    assert "Undone" in desk.shown("bank_match", number=keys["match"] + 1)
