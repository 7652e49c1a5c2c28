"""A load is all there or not at all, and a second person takes it back as a whole."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from core.errors import NotAllowed, Refused
from core.invariants import problems
from core.scope import scope
from events.models import Event
from finance.models import (
    Allocation,
    Invoice,
    Journal,
    Payment,
    PaymentRun,
    Period,
    Reversal,
    SourceFile,
    SourceRow,
)
from finance.services.files import load_file, receive_file
from finance.services.invoices import submit_for_approval
from finance.services.taking_back import take_back_load
from runs.models import Chunk, Run
from runs.services import retry_run, work_all
from tests.finance import payables
from tests.finance.files_in import PUBLISHED, RECEIVED, load
from tests.finance.test_files_load import balances
from tests.world import World

AT = date(2026, 6, 15)
BOSS = "finance_manager@eastmere"


def take_back(world: World, file: SourceFile, who: str = BOSS, reason: str = "Wrong month") -> Run:
    by = world.actor(who)
    with scope(acting=by.organisation_id):
        run = take_back_load(file=file, reason=reason, by=by, as_of=AT)
    work_all()
    with scope(acting=by.organisation_id):
        return Run.objects.get(pk=run.pk)


def wrong(world: World) -> list[str]:
    with scope(readable={world.id("eastmere")}):
        return [f"{one.name}: {one.text}" for one in problems(world.id("eastmere"))]


def test_everything_of_the_load_is_undone_and_stays_in_the_books(world: World) -> None:
    other = load(world, PUBLISHED.replace("T", "Z"), name="other.csv")
    with scope(acting=world.id("eastmere")):
        before = balances()
    file = load(world)
    run = take_back(world, file)
    assert (run.state, run.problem) == ("finished", "")
    with scope(acting=world.id("eastmere")):
        mine = Invoice.objects.filter(source_file_id=file.pk)
        assert set(mine.values_list("state", "allocated_pence", "paid_on", "hold_text")) == {
            ("reversed", 0, None, "Wrong month")
        }
        assert Invoice.objects.filter(source_file_id=other.pk, state="paid").count() == 7
        assert balances() == before
        assert Journal.objects.count() == 36
        assert Reversal.objects.count() == 12
        assert sorted(Payment.objects.values_list("state", flat=True)) == (
            ["released"] * 4 + ["reversed"] * 4
        )
        runs = PaymentRun.objects.order_by("pay_on").values_list("payments", "total_pence")
        assert list(runs) == [(1, 120_000), (3, 19_200)]
        assert Allocation.objects.filter(live=True).count() == 7
        assert SourceRow.objects.filter(source_file=file).count() == 15
        assert SourceFile.objects.get(pk=file.pk).state == "reversed"
        told = Event.objects.filter(subject_key="finance.file", subject_id=file.pk)
        asked, done = told.order_by("-id")[1], told.order_by("-id")[0]
        assert (asked.verb, asked.person_id) == (
            "finance.file.take_back_asked",
            world.people[BOSS].pk,
        )
        assert (done.verb, done.data["invoices"], done.data["journals"]) == (
            *("finance.file.taken_back", 8, 12),
        )
    assert wrong(world) == []


def test_what_was_taken_back_can_be_sent_again(world: World) -> None:
    take_back(world, load(world))
    again = load(world)
    assert (again.number, again.state, again.rows_loaded) == (2, "loaded", 9)
    with scope(acting=world.id("eastmere")):
        assert Invoice.objects.filter(source_file_id=again.pk, duplicate_grade="A").count() == 0
        assert Invoice.objects.filter(source_file_id=again.pk, state="paid").count() == 7
    assert wrong(world) == []
    take_back(world, again)
    assert wrong(world) == []


def test_who_may_and_for_which_reason(world: World) -> None:
    file = load(world)
    for who in ("finance_officer@eastmere", "centre_agent@eastmere", "auditor@eastmere"):
        with pytest.raises(NotAllowed):
            take_back(world, file, who)
    with pytest.raises(Refused, match="Say in a sentence why"):
        take_back(world, file, reason="  ")
    with scope(acting=world.id("eastmere")):
        Run.objects.filter(pk=file.run_id).update(made_by_id=world.people[BOSS].pk)
    with pytest.raises(Refused) as refused:
        take_back(world, file)
    assert refused.value.code == "FIL06"


def test_it_refuses_what_has_gone_further_and_names_it(world: World) -> None:
    payables.prepare(world, "eastmere")
    file = load(world, RECEIVED, name="june.csv", purpose="invoices")
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        row = Invoice.objects.filter(state="received").order_by("number").first()
        submit_for_approval(invoice=row, version=row.version, by=by)
    with pytest.raises(Refused, match=rf"INV-{row.number} \(waits for approval\)\.") as refused:
        take_back(world, file)
    assert refused.value.code == "FIL08"


def test_an_invoice_in_a_proposed_payment_is_named(world: World) -> None:
    file = load(world)
    place = world.id("eastmere")
    with scope(acting=place):
        excess = Invoice.objects.get(supplier_ref="T6")
        bacs = PaymentRun.objects.create(
            organisation_id=place, number=900, due_to=AT, pay_on=AT, made_by_name="N",
            made_at="2026-06-01T00:00Z",
        )  # fmt: skip
        payment = Payment.objects.create(
            organisation_id=place, payment_run=bacs, number=900, supplier_id=excess.supplier_id,
            amount_pence=1, paid_on=AT,
        )  # fmt: skip
        Allocation.objects.create(
            organisation_id=place, payment=payment, invoice=excess, amount_pence=-3_000
        )
    with pytest.raises(Refused, match=rf"INV-{excess.number} \(in PAY-900\)\."):
        take_back(world, file)
    with scope(acting=place):
        assert not Invoice.objects.filter(state="reversed").exists()


def test_invoices_that_were_not_posted_are_reversed_without_a_journal(world: World) -> None:
    file = load(world, RECEIVED, name="june.csv", purpose="invoices")
    assert take_back(world, file).state == "finished"
    with scope(acting=world.id("eastmere")):
        assert set(Invoice.objects.values_list("state", flat=True)) == {"reversed"}
        assert not Journal.objects.exists()
    assert wrong(world) == []


def held_load(world: World, monkeypatch: pytest.MonkeyPatch) -> SourceFile:
    """Of several parts the last cannot be posted: its month is closed."""
    monkeypatch.setattr("finance.kinds.ROWS_OF_A_PART", 4)
    by = world.actor("finance_officer@eastmere")
    load(world, PUBLISHED.replace("T", "Y"), name="before.csv")
    with scope(acting=by.organisation_id):
        for status in ("soft", "closed"):
            Period.objects.filter(period=201905).update(status=status)
        received = receive_file(
            name="april.csv", data=PUBLISHED.encode(), purpose="published", by=by
        )
        load_file(file=received.file, by=by)
    work_all()
    with scope(acting=by.organisation_id):
        return SourceFile.objects.get(pk=received.file.pk)


def test_a_part_that_fails_leaves_nothing_of_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = held_load(world, monkeypatch)
    with scope(acting=world.id("eastmere")):
        run = Run.objects.get(pk=file.run_id)
        assert (file.state, run.state, run.rows_done, run.rows_underway) == (
            *("reading", "held", 0, 0),
        )
        assert "May 2019 is not" in run.problem
        assert not Invoice.objects.filter(source_file_id=file.pk).exists()
        assert not SourceRow.objects.filter(source_file=file).exists()
        assert Journal.objects.count() == 12
    assert wrong(world) == []


def test_a_held_load_is_set_aside_and_not_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = held_load(world, monkeypatch)
    run = take_back(world, file)
    assert (run.pk, run.state) == (file.run_id, "cancelled")
    with scope(acting=world.id("eastmere")):
        assert SourceFile.objects.get(pk=file.pk).state == "reversed"
        with pytest.raises(Refused):
            retry_run(run=run, by=world.actor("finance_officer@eastmere"))
        Chunk.objects.get(run=run)
        file.refresh_from_db()
    with pytest.raises(Refused) as refused:
        take_back(world, file)
    assert refused.value.code == "FIL07"


def test_page_asks_why_and_the_run_does_it(client: Client, world: World) -> None:
    file = load(world)
    here = {"organisation": "eastmere", "number": file.number}
    where = reverse("file_taking_back", kwargs=here)
    client.force_login(world.people["finance_officer@eastmere"])
    assert where not in client.get(reverse("file", kwargs=here)).content.decode()
    assert client.get(where).status_code == 403
    client.force_login(world.people[BOSS])
    assert where in client.get(reverse("file", kwargs=here)).content.decode()
    assert "£1,362.00 in all" in client.get(where).content.decode()
    assert client.post(where, {"reason": ""}).status_code == 422
    answer = client.post(where, {"reason": "Wrong month"}, follow=True).content.decode()
    assert "eastmere-2019-04.csv is being taken back by RUN-2." in answer
    work_all()
    after = client.get(reverse("file", kwargs=here)).content.decode()
    assert "Taken back" in after
    assert where not in after
    assert "8 invoices and 4 payments undone by 12 journals" in after


def test_programs_ask_for_it_once_however_often(client: Client, world: World) -> None:
    file = load(world)
    where = f"/api/v1/eastmere/files/{file.number}/taking-back/"
    client.force_login(world.people["finance_officer@eastmere"])
    assert client.post(where, {"reason": "Wrong month"}).status_code == 403
    client.force_login(world.people[BOSS])
    assert client.post(where, {}).status_code == 400
    for key in ("one", "two"):
        headers = {"Idempotency-Key": key}
        answer = client.post(where, {"reason": "Wrong month"}, headers=headers)
        assert (answer.status_code, answer.json()) == (202, {"run": 2, "state": "planned"})
    work_all()
    with scope(acting=world.id("eastmere")):
        assert SourceFile.objects.get().state == "reversed"
    headers = {"Idempotency-Key": "three"}
    refused = client.post(where, {"reason": "Wrong month"}, headers=headers)
    assert refused.json()["code"] == "FIL07"


def test_command_does_it_for_a_person_who_may(world: World) -> None:
    file = load(world)
    words = ("take_back_load", "eastmere", str(file.number), "--reason", "Wrong month", "--person")
    with pytest.raises(CommandError, match="You cannot reverse invoices"):
        call_command(*words, world.people["auditor@eastmere"].email)
    with pytest.raises(CommandError, match="Nobody with the address"):
        call_command(*words, "nobody@example.org")
    said = StringIO()
    call_command(*words, world.people[BOSS].email, stdout=said)
    assert said.getvalue() == "eastmere-2019-04.csv: taken back by RUN-2.\n"
    with scope(acting=world.id("eastmere")):
        assert SourceFile.objects.get().state == "reversed"
