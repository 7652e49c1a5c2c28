"""Net pay that comes back is reversed once, owed again, and paid again once by two people."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.models import Notice
from core.actors import Actor
from core.errors import NotAllowed, NotFound, Refused
from core.invariants import problems
from core.scope import scope
from core.templatetags.web import pounds
from events.models import Event
from finance.models import BankMatch, BankReportItem, Journal
from finance.services.statements import receive_bank_file
from hr.services.accounts import NewAccount, ask_account, put_accounts_in_force
from payroll.models import PayAgain, PayAgainPart, PayFile, PayPayment, PayReturn, PayRun, Payslip
from payroll.selectors.dues import controls_of
from payroll.selectors.returns import file_again, payment_words, with_payments
from payroll.selectors.runs import bytes_of, files_of
from payroll.services.paying import note_download, written_again
from payroll.services.paying_again import cancel_again, propose_again, release_again
from payroll.services.returns import return_file, return_pay
from tests.finance.statement_files import arucs, mt940_in_words, pain002
from tests.finance.test_payments_faults import at_once
from tests.finance.test_payments_release import balance
from tests.payroll.pay_runs import calculated, committed, paid, payroll, person
from tests.world import World

SUN = "200417"
BOSS, CLERK = "finance_manager@eastmere", "payroll_officer@eastmere"


@pytest.fixture
def office(world: World) -> Actor:
    """The payroll officer of three people; the first is the member of staff who signs in."""
    staff = world.people["staff@eastmere"]
    return payroll(world, person(1, email=staff.email, name=staff.name), person(2), person(3))


@pytest.fixture
def boss(world: World) -> Actor:
    return world.actor(BOSS)


@pytest.fixture
def run(office: Actor, boss: Actor) -> PayRun:
    return paid(committed(calculated(office), office, boss), office)


def back(run: PayRun, by: Actor, employee: int = 1, **given: Any) -> PayReturn:
    facts = {"kind": "returned", "reason": "Told on the telephone", **given}
    return return_pay(pay_run=run, employee=employee, by=by, at=timezone.now(), **facts)


def propose(run: PayRun, by: Actor, *employees: int, **given: Any) -> PayAgain:
    facts = {"pays_on": run.pays_on, "at": timezone.now(), **given}
    return propose_again(pay_run=run, employees=employees or [1], by=by, **facts)


def release(again: PayAgain, by: Actor) -> PayAgain:
    return release_again(again=again, typed_total_pence=again.total_pence, by=by, at=timezone.now())


def report(world: World, data: bytes) -> None:
    by = world.actor("finance_officer@eastmere")
    receive_bank_file(name="report.xml", data=data, by=by)


def results() -> list[tuple[str, str]]:
    return list(BankReportItem.objects.order_by("id").values_list("result", "maker"))


def payment(employee: int) -> PayPayment:
    rows = PayPayment.objects.filter(payslip__number=employee)
    return rows.order_by("-again")[0]


def true(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert list(problems(world.id("eastmere"))) == []


def test_it_is_reversed_paid_again_by_two_people_and_can_come_back_once_more(
    world: World, office: Actor, boss: Actor, run: PayRun
) -> None:
    with scope(acting=office.organisation_id):
        assert balance("21500") == 0
        made = back(run, office)
        # It is known today; the ledger has it on the pay day, which lies ahead.
        today = timezone.localdate()
        assert (made.kind, made.returned_on) == ("returned", today)
        posted = Journal.objects.get(batch_id=made.batch_id)
        assert posted.posting_date == max(run.pays_on, today)
        assert balance("21500") == -made.amount_pence
        true(world)
        control = controls_of(office.organisation_id)[0]
        assert (control.code, control.balance, control.difference) == (
            "21500", made.amount_pence, 0,
        )  # fmt: skip
        again = propose(run, office)
        assert (again.payments, again.total_pence) == (1, made.amount_pence)
        done = release(again, boss)
        assert (done.state, balance("21500")) == ("released", 0)
        second = payment(1)
        assert (second.again, second.amount_pence) == (1, made.amount_pence)
        files = list(PayFile.objects.filter(pay_again=again).order_by("format"))
        assert [file.format for file in files] == ["bacs18", "pain001"]
        assert [one.pay_again for one in files_of(run)] == [None, None]
        assert f"SALARY {second.number}" in bytes_of(file_again(again, "bacs18")).decode()
        for file in files:
            assert b"".join(written_again(file=file)) == bytes_of(file)
            note_download(file=file, by=office)
        true(world)
        once_more = back(run, office, kind="unpaid")
        assert once_more.payment == second
        third = release(propose(run, office), boss)
        assert (payment(1).again, third.payments, balance("21500")) == (2, 1, 0)
        true(world)
        with pytest.raises(IntegrityError), transaction.atomic():
            PayReturn.objects.create(
                **{f.attname: getattr(made, f.attname) for f in PayReturn._meta.local_fields
                   if f.name != "id"}
            )  # fmt: skip


def test_reports_of_the_bank_reverse_it_once(world: World, run: PayRun) -> None:
    with scope(acting=run.organisation_id):
        first, second, third = (payment(number) for number in (1, 2, 3))
        answer = arucs(
            [
                (f"SALARY {first.number}", first.amount_pence, "B"),
                (f"SALARY {second.number}", second.amount_pence + 1, "0"),
                ("SALARY 990001", 1, "0"),
            ],
            sun=SUN,
        )  # fmt: skip
        report(world, answer)
        report(world, answer)
        told = [(f"SALARY {first.number}", first.amount_pence, "B")]
        report(world, arucs(told, sun=SUN, advice="002"))
        report(world, arucs(told, sun="111111", advice="003"))
        assert results() == [
            ("reversed", "Net pay"), ("amount", "Net pay"), ("no_payment", ""),
            ("before", "Net pay"), ("file", "Net pay"),
        ]  # fmt: skip
        row = PayReturn.objects.get()
        assert (row.payment, row.reason_code) == (first, "B")
        assert row.bank_report is not None
        serial = PayFile.objects.filter(pay_run=run)[0].serial
        name = f"PAY-{third.number}"
        report(world, pain002([(name, "RJCT", "AC04")], file=f"{SUN}-999999", message="R-2"))
        report(world, pain002([(name, "RJCT", "AC04")], file=f"{SUN}-{serial}", message="R-3"))
        assert results()[-2:] == [("file", "Net pay"), ("reversed", "Net pay")]
        assert PayReturn.objects.get(payment=third).kind == "unpaid"
        assert balance("21500") == -first.amount_pence - third.amount_pence
        true(world)


def test_a_file_that_the_bank_turns_down_comes_back_whole(world: World, run: PayRun) -> None:
    with scope(acting=run.organisation_id):
        serial = PayFile.objects.filter(pay_run=run)[0].serial
        back(run, world.actor(CLERK), employee=2)
        report(world, pain002([], group="RJCT", file=f"{SUN}-{serial}"))
        assert [result for result, _ in results()] == ["reversed", "before", "reversed"]
        assert balance("21500") == -run.results["net"]
        event = Event.objects.filter(verb="payroll.run.came_back").order_by("-id")[0]
        assert event.data["payments"] == 2
        true(world)


def test_the_entry_of_the_statement_ticks_off_what_came_back(
    world: World, office: Actor, run: PayRun
) -> None:
    with scope(acting=office.organisation_id):
        made = back(run, office)
        day = run.pays_on
        entries = [[(day, -run.results["net"]), (day, made.amount_pence)]]
        report(world, mt940_in_words(SUN, "66372004", "SALARY", entries, 0))
        found = BankMatch.objects.order_by("amount_pence")
        assert [(one.way, one.amount_pence) for one in found] == [
            ("ledger", -run.results["net"]), ("ledger", made.amount_pence),
        ]  # fmt: skip
        true(world)


def test_who_may_not_and_what_cannot(world: World, office: Actor, boss: Actor, run: PayRun) -> None:
    with scope(acting=office.organisation_id):
        for who in (boss, world.actor("auditor@eastmere")):
            with pytest.raises(NotAllowed):
                back(run, who)
        with pytest.raises(NotFound):
            back(run, office, employee=77)
        given: Any
        for given, code in (({"reason": " "}, "PRL13"),):
            with pytest.raises(Refused) as refused:
                back(run, office, **given)
            assert refused.value.code == code
        back(run, office)
        with pytest.raises(Refused, match="only once"):
            back(run, office)
        today = timezone.localdate()
        for employees, given, code in (
            ((2,), {}, "PRT02"), ((1, 2), {}, "PRT02"),
            ((1,), {"pays_on": today}, "PRT04"),
            ((1,), {"pays_on": today + timedelta(days=900)}, "PRT04"),
        ):  # fmt: skip
            with pytest.raises(Refused) as refused:
                propose(run, office, *employees, **given)
            assert refused.value.code == code
        again = propose(run, office)
        with pytest.raises(Refused) as refused:
            propose(run, office)
        assert refused.value.code == "PRT02"
        with pytest.raises(NotAllowed):
            release(again, office)
        with pytest.raises(Refused) as refused:
            release_again(again=again, typed_total_pence=1, by=boss, at=timezone.now())
        assert refused.value.code == "PRT06"
        cancel_again(again=again, by=office, at=timezone.now())
        with pytest.raises(Refused) as refused:
            release(again, boss)
        assert refused.value.code == "PRT08"
        release(propose(run, office), boss)
        assert PayPayment.objects.filter(again=1).count() == 1
        true(world)


def test_who_proposed_it_does_not_release_it_even_behind_the_back_of_the_rules(
    office: Actor, run: PayRun
) -> None:
    with scope(acting=office.organisation_id):
        back(run, office)
        again = propose(run, office)
        with (
            pytest.raises(IntegrityError, match="paid_again_by_a_second_person"),
            transaction.atomic(),
        ):
            PayAgain.objects.filter(pk=again.pk).update(
                state="released", released_by_id=office.person_id, released_at=timezone.now()
            )


def test_nobody_deals_with_pay_of_their_own(world: World, boss: Actor) -> None:
    clerk = world.people[CLERK]
    by = payroll(world, person(1, email=clerk.email, name=clerk.name), person(2))
    run = paid(committed(calculated(by), by, boss), by)
    with scope(acting=by.organisation_id), pytest.raises(Refused) as refused:
        back(run, by)
    assert refused.value.code == "PRL25"


def test_a_closed_account_is_not_paid_again_before_another_has_cooled_off(
    world: World, office: Actor, boss: Actor, run: PayRun
) -> None:
    staff = world.actor("staff@eastmere")
    with scope(acting=office.organisation_id):
        back(run, office, code="B")
        with pytest.raises(Refused, match="change it under My pay") as refused:
            propose(run, office)
        assert refused.value.code == "PRT03"
        new = NewAccount("309634", "87654321", "S Taff")
        change = ask_account(new=new, by=staff, at=timezone.now())
        with pytest.raises(Refused, match="another cools off until"):
            propose(run, office)
    put_accounts_in_force(as_of=timezone.now() + (change.from_on - timezone.localdate()))
    with scope(acting=office.organisation_id):
        again = propose(run, office)
        proposed = PayAgainPart.objects.get()
        PayAgainPart.objects.update(details=payment(1).details)
        with pytest.raises(Refused) as refused:
            release(again, boss)
        assert refused.value.code == "PRT07"
        PayAgainPart.objects.update(details=proposed.details)
        release(again, boss)
        assert payment(1).details.account_ending == "4321"
        assert "30963487654321" in bytes_of(file_again(again, "bacs18")).decode()


def test_the_person_is_told_without_figures_and_sees_it_on_the_payslip(
    world: World, office: Actor, boss: Actor, run: PayRun
) -> None:
    own = Client()
    own.force_login(world.people["staff@eastmere"])
    page = reverse("my_payslip", args=["eastmere", run.number])
    assert "came back" not in own.get(page).content.decode()
    with scope(acting=office.organisation_id):
        made = back(run, office)
        notice = Notice.objects.get(about=f"pay-return:{made.pk}")
        assert notice.person_id == world.people["staff@eastmere"].pk
        assert not any(mark in notice.title + notice.body for mark in "£0123456789")
        slip = with_payments(Payslip.objects.filter(pay_run=run)).get(number=1)
        assert payment_words(slip)[-1] == "It is still owed, and payroll pays it again."
    said = own.get(page).content.decode()
    assert "The payment came back on" in said
    with scope(acting=office.organisation_id):
        release(propose(run, office), boss)
        assert Notice.objects.filter(about=f"pay-again:{made.pk}").exists()
    said = own.get(page).content.decode()
    assert "It was paid again on" in said
    assert "still owed" not in said


def test_what_a_rehearsal_made_never_comes_back(world: World) -> None:
    by, boss = payroll(world, person(1)), world.actor(BOSS)
    world.becomes("rehearsal")
    run = paid(committed(calculated(by), by, boss), by)
    for status in ("rehearsal", "live"):
        world.becomes(status)
        with scope(acting=by.organisation_id):
            with pytest.raises(Refused, match="a rehearsal made"):
                back(run, by)
    with scope(acting=by.organisation_id):
        one = payment(1)
        report(world, arucs([(f"SALARY {one.number}", one.amount_pence, "B")], sun=SUN))
        assert results() == [("no_payment", "")]


def test_two_who_release_at_once_pay_once(committed_world: World) -> None:
    world = committed_world
    by, boss = payroll(world, person(1)), world.actor(BOSS)
    run = paid(committed(calculated(by), by, boss), by)
    with scope(acting=by.organisation_id):
        back(run, by)
        again = propose(run, by)

    def go() -> str:
        with scope(acting=by.organisation_id):
            try:
                return str(release(again, boss).state)
            except Refused as refused:
                return refused.code

    assert sorted(at_once(go, go)) == ["PRT08", "released"]
    with scope(acting=by.organisation_id):
        assert PayPayment.objects.filter(again=1).count() == 1


def test_by_the_pages(world: World, office: Actor, run: PayRun) -> None:
    clerk, boss = Client(), Client()
    clerk.force_login(world.people[CLERK])
    boss.force_login(world.people[BOSS])
    page = reverse("pay_returns", args=["eastmere", run.number])
    assert "Nothing came back" in clerk.get(page).content.decode()
    assert page in clerk.get(reverse("pay_run", args=["eastmere", run.number])).content.decode()
    given = {"employee": "2", "kind": "returned", "code": "", "reason": "Rang: closed"}
    assert clerk.post(page, {**given, "employee": ""}).status_code == 422
    assert clerk.post(page, given)["Location"] == page
    refused = clerk.post(page, given)
    assert (refused.status_code, "only once" in refused.content.decode()) == (422, True)
    shown = clerk.get(page).content.decode()
    assert "Rang: closed" in shown
    assert "••••0002" in shown
    assert boss.get(page).status_code == 403
    day = run.pays_on.strftime("%d/%m/%Y")
    propose_at = reverse("pay_returns_again", args=["eastmere", run.number])
    url = clerk.post(propose_at, {"employees": ["2"], "pays_on": day})["Location"]
    seen = boss.get(url).content.decode()
    assert "You are the second person" in seen
    assert "Person 2" not in seen
    assert "Person 2" in clerk.get(url).content.decode()
    with scope(acting=office.organisation_id):
        again = PayAgain.objects.get()
    assert boss.post(url, {"total": "1.00"}).status_code == 422
    assert clerk.post(url, {"total": "1.00"}).status_code == 403
    total = f"{again.total_pence / 100:.2f}"
    assert boss.post(url, {"total": total}).status_code == 302
    file = reverse("pay_again_file", args=["eastmere", again.number, "bacs18"])
    assert clerk.get(file).status_code == 200
    assert boss.get(file).status_code == 403
    listed = clerk.get(reverse("pay_run", args=["eastmere", run.number])).content.decode()
    assert "Paid again on" in listed


def test_a_file_that_was_turned_down_comes_back_whole_by_hand(
    world: World, office: Actor, boss: Actor, run: PayRun, client: Client
) -> None:
    with scope(acting=office.organisation_id):
        first = back(run, office, 2)
        left = sum(PayPayment.objects.values_list("amount_pence", flat=True)) - first.amount_pence
    client.force_login(world.people[CLERK])
    url = reverse("pay_returns", args=["eastmere", run.number])
    sent = {"whole": "1", "whole_reason": "Turned down, told by telephone"}
    wrong = client.post(url, {**sent, "whole_total": f"{(left + 1) / 100:.2f}"})
    assert wrong.status_code == 422 and "not the total" in wrong.content.decode()
    told = client.post(url, {**sent, "whole_total": f"{left / 100:.2f}"}, follow=True)
    assert "2 payments are reversed: the pay is owed again." in told.content.decode()
    with scope(acting=office.organisation_id):
        rows = PayReturn.objects.order_by("payment__payslip__number")
        assert [(one.payment.payslip.number, one.kind) for one in rows] == [
            (1, "unpaid"), (2, "returned"), (3, "unpaid"),
        ]  # fmt: skip
        assert balance("21500") == -left - first.amount_pence
        true(world)
        with pytest.raises(Refused) as refused:
            return_file(pay_run=run, typed_total_pence=0, reason="Again", by=office,
                        at=timezone.now())  # fmt: skip
        assert refused.value.code == "PRT01"
    assert "turned the whole file down" not in client.get(url).content.decode()
    # All of it is proposed in one act, and released by somebody else.
    again = reverse("pay_returns_again", args=["eastmere", run.number])
    asked = {"action": "all", "pays_on": run.pays_on.isoformat()}
    assert client.post(again, asked).status_code == 302
    with scope(acting=office.organisation_id):
        made = PayAgain.objects.get()
        assert (made.payments, made.total_pence) == (3, left + first.amount_pence)
        with pytest.raises((NotAllowed, Refused)):
            release(made, office)
        release(made, boss)
        assert balance("21500") == 0
        true(world)


def test_all_that_came_back_is_one_list_with_filters_totals_and_a_file(
    world: World, office: Actor, boss: Actor, run: PayRun, client: Client
) -> None:
    with scope(acting=office.organisation_id):
        owed, paid_again = back(run, office, 2), back(run, office, 3, kind="unpaid")
        release(propose(run, office, 3), boss)
    client.force_login(world.people[CLERK])
    url = reverse("pay_returns_all", args=["eastmere"])

    def shown(**given: str) -> list[str]:
        return [row["label"] for row in client.get(url, given).context["rows"]]

    def people(**given: str) -> list[int]:
        found = client.get(url, given).context["page"].object_list
        return sorted(one.payment.payslip.number for one in found)

    assert shown() == [str(run)] * 2
    assert people(state="owed") == people(kind="returned") == people(q="2") == [2]
    assert people(state="again") == people(kind="unpaid") == [3]
    assert people(state="proposed") == people(since="2999-01-01") == people(q="4") == []
    assert people(until="2999-01-01", since="2020-01-01", state="nonsense") == [2, 3]
    totals = client.get(url).context["totals"]
    both = owed.amount_pence + paid_again.amount_pence
    assert totals == {
        "count": 2, "pence": both, "owed_count": 1, "owed_pence": owed.amount_pence,
    }  # fmt: skip
    file = client.get(url, {"format": "csv", "state": "owed"}).content.decode("utf-8-sig")
    assert "Where it stands,Owed" in file and f'Of that owed,"{pounds(owed.amount_pence)}"' in file
    assert f"{owed.amount_pence / 100:.2f},Owed" in file
    where = "/api/v1/eastmere/pay-returns/"

    def told(**given: str) -> list[tuple[int, int]]:
        rows = client.get(where, given).json()["results"]
        return [(row["pay_run"], row["employee"]) for row in rows]

    assert sorted(told()) == [(run.number, 2), (run.number, 3)]
    assert told(state="owed") == told(text="2") == [(run.number, 2)]
    assert told(kind="unpaid") == [(run.number, 3)]
    assert told(since="2999-01-01") == []
    assert client.get(where, {"state": "nonsense"}).status_code == 400
    client.force_login(world.people["manager@eastmere"])
    assert client.get(url).status_code == client.get(where).status_code == 403
