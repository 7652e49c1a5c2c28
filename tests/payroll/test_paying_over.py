"""What committed runs owe to others: by creditor and month, paid over once by two people."""

import csv
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.errors import NotAllowed, NotFound, Refused
from core.invariants import problems
from core.scope import scope
from events.models import Event
from finance.models import Liability, Payment, PaymentFile, PaymentRun
from finance.paying.files import content_of
from finance.services.payments import cancel_run, release_run, take_out_payments
from finance.services.returns import return_payment
from hr.models import Employment
from payroll.calculator.periods import Frequency
from payroll.models import PayDue, PayMember, PayRun
from payroll.owing import due_on, hmrc_reference, month_of
from payroll.selectors.dues import Key, controls_of, owed_here
from payroll.services.due_files import take_contributions, take_parts
from payroll.services.orders import NewOrder, enter_order
from tests.finance.test_payments_faults import at_once
from tests.payroll.owed_books import owed, payees, proposed, released, set_up
from tests.payroll.pay_runs import (
    calculated,
    committed,
    group,
    next_month_end,
    payroll,
    periods,
    person,
)
from tests.world import World

BOSS = "finance_manager@eastmere"


@pytest.fixture
def office(world: World) -> Actor:
    """The payroll officer of two people, one of them with an order of the DWP."""
    by = payroll(world, person(1), person(2))
    with scope(acting=by.organisation_id):
        on = timezone.localdate()
        order = NewOrder("direct_earnings", "DEA 1", "DWP", made_on=on, received_on=on)
        enter_order(employment=Employment.objects.get(number=1), order=order, by=by)
    set_up(by)
    return by


@pytest.fixture
def run(world: World, office: Actor) -> PayRun:
    return committed(calculated(office), office, world.actor(BOSS))


def apart(by: Actor) -> list[int]:
    with scope(acting=by.organisation_id):
        return [one.difference for one in controls_of(by.organisation_id)]


def test_a_committed_run_owes_its_creditors_what_its_payslips_withheld(
    world: World, office: Actor
) -> None:
    waiting = calculated(office)
    assert owed(office) == {}
    run = committed(waiting, office, world.actor(BOSS))
    found, sums = owed(office), run.results
    assert found["hmrc"].owed == sums["tax"] + sums["nic"] + sums["employer_nic"]
    assert found["pension"].owed == sums["pension"] + sums["employer_pension"]
    assert found["order"].owed > 0
    assert set(found) == {"hmrc", "pension", "order"}
    assert {one.state for one in found.values()} == {"Owed"}
    with scope(acting=office.organisation_id):
        balances = {one.code: one.balance for one in controls_of(office.organisation_id)}
        assert balances["21510"] == sums["tax"]
        assert balances["21520"] == found["pension"].owed
        assert list(problems(office.organisation_id)) == []
    assert apart(office) == [0] * 7


def test_it_is_paid_over_once_by_two_people_and_clears_the_control_accounts(
    world: World, office: Actor, run: PayRun
) -> None:
    before = owed(office)
    payment_run = proposed(office)
    again = proposed(office, [one.key for one in before.values()])
    assert again == payment_run
    assert payment_run.total_pence == sum(one.owed for one in before.values())
    assert {one.state for one in owed(office).values()} == {"Proposed"}
    with scope(acting=office.organisation_id), pytest.raises(NotAllowed):
        total = payment_run.total_pence
        release_run(run=payment_run, typed_total_pence=total, version=1, by=office)
    done = released(world, payment_run)
    assert done.state == PaymentRun.State.RELEASED
    assert owed(office) == {}
    assert {one.state for one in owed(office, unpaid=False).values()} == {"Paid over"}
    assert proposed(office, [one.key for one in before.values()]) == payment_run
    with scope(acting=office.organisation_id):
        assert Liability.objects.count() == 3
        balances = {one.code: one.balance for one in controls_of(office.organisation_id)}
        assert balances.pop("21500") == run.results["net"]  # committed, and not paid yet
        assert list(balances.values()) == [0] * 6
        assert list(problems(office.organisation_id)) == []
        verbs = Event.objects.filter(verb="payroll.over.proposed")
        assert verbs.count() == 1


def test_each_payee_is_quoted_the_reference_it_asks_for(
    world: World, office: Actor, run: PayRun
) -> None:
    done = released(world, proposed(office))
    with scope(acting=office.organisation_id):
        month = month_of("hmrc", run.pays_on)
        wanted = hmrc_reference("120PA00012345", month)
        assert len(wanted) == 17
        for kind in ("bacs18", "pain001"):
            file = PaymentFile.objects.get(payment_run=done, format=kind)
            text = b"".join(content_of(file)).decode()
            for reference in (wanted, "EASTMERE 77", "DEA 1"):
                assert reference in text, (kind, reference)
            assert "PMT-" not in text or kind == "pain001"


def test_references_and_days_are_those_of_the_tax_month() -> None:
    assert month_of("hmrc", date(2026, 12, 5)) == date(2026, 11, 6)
    assert month_of("hmrc", date(2026, 12, 6)) == date(2026, 12, 6)
    assert month_of("hmrc", date(2027, 1, 5)) == date(2026, 12, 6)
    assert month_of("pension", date(2026, 12, 5)) == date(2026, 12, 1)
    assert hmrc_reference("120PA00012345", date(2026, 4, 6)) == "120PA000123452701"
    assert hmrc_reference("120PA00012345", date(2027, 3, 6)) == "120PA000123452712"
    # 22 November 2026 is a Sunday, and banks are closed on 25 and 28 December.
    assert due_on(date(2026, 10, 6), 22) == date(2026, 11, 20)
    assert due_on(date(2026, 11, 6), 22) == date(2026, 12, 22)
    assert due_on(date(2026, 11, 1), 28) == date(2026, 12, 24)
    assert due_on(date(2026, 12, 6), 22) == date(2027, 1, 22)


def test_what_was_taken_out_or_came_back_is_owed_again(
    world: World, office: Actor, run: PayRun
) -> None:
    first = proposed(office)
    with scope(acting=office.organisation_id):
        number = Payment.objects.get(liability__reference="DEA 1").number
        officer = world.actor("finance_officer@eastmere")
        take_out_payments(run=first, numbers=[number], version=1, by=officer)
    assert owed(office)["order"].state == "Owed"
    second = proposed(office, [owed(office)["order"].key])
    assert second != first
    assert second.payments == 1
    released(world, first)
    released(world, second)
    assert owed(office) == {}
    with scope(acting=office.organisation_id):
        payment = Payment.objects.get(liability__reference="DEA 1", state="released")
        return_payment(payment=payment, kind="returned", reason="Closed", by=officer)
    assert owed(office)["order"].left == payment.amount_pence
    assert apart(office) == [0] * 7
    third = released(world, proposed(office))
    assert third.total_pence == payment.amount_pence
    with scope(acting=office.organisation_id):
        assert Liability.objects.count() == 3
        assert list(problems(office.organisation_id)) == []


def test_a_cancelled_proposal_owes_it_again_and_the_database_pays_nothing_twice(
    world: World, office: Actor, run: PayRun
) -> None:
    first = proposed(office)
    with scope(acting=office.organisation_id):
        cancel_run(run=first, version=1, by=world.actor("finance_officer@eastmere"))
    assert owed(office)["hmrc"].state == "Owed"
    second = proposed(office)
    assert second != first
    with scope(acting=office.organisation_id), pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(payment_run=first).update(state="proposed")


def test_what_a_later_run_of_the_month_owes_is_paid_besides(world: World, office: Actor) -> None:
    with scope(acting=office.organisation_id):
        tenth = next_month_end().replace(day=10)
        days = periods(group(office, code="W", frequency=Frequency.WEEKLY, anchor_on=tenth))[:2]
    boss, runs, keys = world.actor(BOSS), [], set()
    for day in days:
        committed(calculated(office, day), office, boss)
        keys.add(owed(office)["pension"].key)
        runs.append(proposed(office, list(keys)))
    assert len(keys) == 1
    assert len({one.pk for one in runs}) == 2
    assert owed(office)["pension"].proposed == sum(one.total_pence for one in runs)
    assert owed(office)["pension"].left == 0


def test_those_who_ask_at_once_get_one_proposal(committed_world: World) -> None:
    by = payroll(committed_world, person(1))
    set_up(by)
    committed(calculated(by), by, committed_world.actor(BOSS))
    keys = [one.key for one in owed(by).values()]
    assert len({run.pk for run in at_once(*[lambda: proposed(by, keys)] * 3)}) == 1
    with scope(acting=by.organisation_id):
        assert PaymentRun.objects.count() == 1
        assert Liability.objects.count() == 2


def test_without_payee_account_or_reference_nothing_is_proposed(world: World) -> None:
    by = payroll(world, person(1))
    committed(calculated(by), by, world.actor(BOSS))
    with pytest.raises(Refused) as refused:
        proposed(by)
    assert refused.value.code == "OWE03"
    assert "HMRC" in refused.value.message
    with scope(acting=by.organisation_id):
        payees(by)
    with pytest.raises(Refused) as refused:
        proposed(by)
    assert refused.value.code == "OWE04"
    with pytest.raises(Refused) as refused:
        proposed(by, [Key("hmrc", 0, 0, date(2020, 1, 6))])
    assert refused.value.code == "OWE01"
    with scope(acting=by.organisation_id):
        connection.cursor().execute("UPDATE finance_supplierbank SET valid = 'empty'")
    with pytest.raises(Refused) as refused:
        proposed(by, [owed(by)["pension"].key])
    assert refused.value.code == "PAY19"
    with scope(acting=by.organisation_id):
        assert not Liability.objects.exists()
        assert not PayDue.objects.filter(liability__isnull=False).exists()


def test_another_organisation_owes_nothing_of_it(world: World, office: Actor, run: PayRun) -> None:
    theirs = payroll(world, person(1), slug="northdale")
    with scope(acting=theirs.organisation_id):
        assert owed_here(theirs.organisation_id) == []
        assert owed_here(office.organisation_id) == []
    keys = [one.key for one in owed(office).values()]
    with pytest.raises(Refused) as refused:
        proposed(theirs, keys)
    assert refused.value.code == "OWE01"


def test_the_page_shows_it_and_proposes_what_is_ticked(
    world: World, office: Actor, run: PayRun, client: Client
) -> None:
    client.force_login(world.people["payroll_officer@eastmere"])
    where = reverse("pay_dues", args=["eastmere"])
    text = client.get(where).content.decode()
    for words in ("Local Government Pension Scheme", "DWP, ORDER-1", "Pay these over", "21525"):
        assert words in text, words
    with scope(acting=office.organisation_id):
        account = run.period.pay_group.bank_account_id
    given = {"owed": [str(owed(office)["hmrc"].key)], "bank_account": account,
             "pay_on": run.pays_on.isoformat()}  # fmt: skip
    over = reverse("pay_dues_over", args=["eastmere"])
    answer = client.post(over, given, follow=True)
    assert "Somebody else releases it" in answer.content.decode()
    payees = client.get("/api/v1/eastmere/pay-payees/").json()
    page = client.get(reverse("pay_payees", args=["eastmere"])).context["rows"]
    assert len(payees) == len(page) > 1
    assert {"hmrc"} < {one["kind"] for one in payees} and all(one["supplier"] for one in payees)
    assert (
        "Choose something that committed runs owe"
        in client.post(over, {**given, "owed": []}, follow=True).content.decode()
    )
    client.force_login(world.people[BOSS])
    text = client.get(where).content.decode()
    assert "Proposed" in text
    assert "Pay these over" not in text
    assert client.post(over, given).status_code == 403


def table(content: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The facts above a file, and its rows."""
    above, _, below = content.decode("utf-8-sig").partition("\r\n\r\n")
    return dict(csv.reader(above.splitlines())), list(csv.DictReader(below.splitlines()))


def test_what_is_owed_can_be_taken_payslip_by_payslip(
    world: World, office: Actor, run: PayRun
) -> None:
    with scope(acting=office.organisation_id):
        for one in owed_here(office.organisation_id):
            facts, rows = table(take_parts(key=one.key, by=office, at=timezone.now()))
            total = sum(Decimal(row["Amount"]) for row in rows)
            assert total * 100 == one.owed
            assert Decimal(facts["Total"]) == total
            assert {row["Pay run"] for row in rows} == {str(run)}
            if one.key.kind == "order":
                assert [row["Employee"] for row in rows] == ["1"]
        assert Event.objects.filter(verb="payroll.due.downloaded").count() == 3
        with pytest.raises(NotAllowed):
            take_parts(key=one.key, by=world.actor(BOSS), at=timezone.now())


def test_a_fund_is_told_of_every_member_and_the_totals_are_what_is_paid_over(
    world: World, office: Actor
) -> None:
    with scope(acting=office.organisation_id):
        days = periods(group(office))[:2]
    boss = world.actor(BOSS)
    first = committed(calculated(office, days[0]), office, boss)
    with scope(acting=office.organisation_id):
        PayMember.objects.filter(employment__number=2).update(scheme=0)
        PayMember.objects.filter(employment__number=1).update(half=True)
        Employment.objects.filter(number=1).update(name="=cmd()", name_norm="CMD")
    second = committed(calculated(office, days[1]), office, boss)
    files = []
    with scope(acting=office.organisation_id):
        for run in (first, second):
            key = Key("pension", 2, 0, month_of("pension", run.pays_on))
            content = take_contributions(key=key, by=office, at=timezone.now())
            files.append((key, *table(content)))
        found = {one.key: one.owed for one in owed_here(office.organisation_id)}
        for key, facts, rows in files:
            whole = sum(
                Decimal(row[f"{who} contribution"])
                for row in rows
                for who in ("Employee", "Employer")
            )
            assert whole * 100 == found[key] == Decimal(facts["Paid over"]) * 100
    (_, _, before), (_, facts, after) = files
    assert [row["Status"] for row in before] == ["Starter", "Starter"]
    assert {row["Section"] for row in before} == {"Main"}
    assert before[0]["National Insurance number"] == "AB123456C"
    assert before[0]["Scheme reference"] == "EASTMERE 77"
    one, two = after
    assert (one["Section"], one["Status"], one["Name"]) == ("50/50", "", "'=cmd()")
    assert Decimal(one["Rate %"]) * 2 == Decimal(before[0]["Rate %"])
    assert (two["Status"], two["Employee contribution"]) == ("Opted out", "0.00")
    assert facts["Members"] == "2"
    with scope(acting=office.organisation_id):
        assert Event.objects.filter(verb="payroll.contributions.downloaded").count() == 2
        with pytest.raises(NotAllowed):
            take_contributions(key=key, by=boss, at=timezone.now())
        with pytest.raises(NotFound):
            take_contributions(key=key._replace(kind="hmrc"), by=office, at=timezone.now())


def test_the_page_of_one_shows_its_runs_and_payments_and_gives_its_files(
    world: World, office: Actor, run: PayRun, client: Client
) -> None:
    key = owed(office)["pension"].key
    paid_by = released(world, proposed(office, [key]))
    client.force_login(world.people["payroll_officer@eastmere"])
    text = client.get(reverse("pay_due", args=["eastmere", str(key)])).content.decode()
    for words in (str(run), str(paid_by), "EASTMERE 77", "Released", "contribution file"):
        assert words in text, words
    for name in ("pay_due_file", "pay_contributions"):
        answer = client.get(reverse(name, args=["eastmere", str(key)]))
        assert answer["Content-Type"].startswith("text/csv")
    for wrong in ("pension.3.0.2026-12-01", "nonsense", "hmrc.0.0.2026-13-01"):
        assert client.get(reverse("pay_due", args=["eastmere", wrong])).status_code == 404
    client.force_login(world.people[BOSS])
    text = client.get(reverse("pay_due", args=["eastmere", str(key)])).content.decode()
    assert "Each download is recorded" not in text
    for name in ("pay_due_file", "pay_contributions"):
        assert client.get(reverse(name, args=["eastmere", str(key)])).status_code == 403
    with scope(acting=office.organisation_id):
        number = Payment.objects.get(payment_run=paid_by).number
    text = client.get(reverse("payment", args=["eastmere", number])).content.decode()
    assert "Local Government Pension Scheme, contributions" in text
    assert "EASTMERE 77" in text
