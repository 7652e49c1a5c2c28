"""Attachment orders: entered, taken in the pay run in their order, carried on, paid off, ended."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.errors import Clash, Refused
from core.invariants import problems
from core.scope import scope
from events.models import Event
from hr.models import Employment
from payroll.models import OrderTaken, PayOrder, PayRun, Payslip
from payroll.models import PayslipLine as Line
from payroll.selectors.slips import explained, sentences
from payroll.services.orders import NewOrder, end_order, enter_order
from payroll.services.replaying import replay
from payroll.services.runs import recalculate_some
from tests.finance.test_payments_faults import at_once
from tests.payroll.pay_runs import calculated, committed, group, paid, payroll, periods, person
from tests.world import World

BOSS = "finance_manager@eastmere"


def facts(kind: str = "direct_earnings", **given: Any) -> NewOrder:
    on = timezone.localdate()
    values = {"reference": "DEA 1", "creditor": "DWP", "made_on": on, "received_on": on}
    return NewOrder(kind=kind, **{**values, **given})


COUNCIL: dict[str, Any] = {"kind": "council_tax_england", "creditor": "Other Council"}
CHILD: dict[str, Any] = {"kind": "child_maintenance", "creditor": "CMS", "normal_pence": 5_000_000}


@pytest.fixture
def office(world: World) -> Actor:
    """The payroll officer of two people."""
    return payroll(world, person(1), person(2))


def entered(by: Actor, number: int = 1, **given: Any) -> PayOrder:
    with scope(acting=by.organisation_id):
        someone = Employment.objects.get(number=number)
        return enter_order(employment=someone, order=facts(**given), by=by)


def taken(run: PayRun) -> dict[str, OrderTaken]:
    rows = OrderTaken.objects.filter(payslip__pay_run=run).select_related("order")
    return {one.order.reference: one for one in rows}


def lines(run: PayRun, number: int = 1) -> dict[str, int]:
    rows = Line.objects.filter(payslip__pay_run=run, payslip__number=number)
    return {one.kind: one.amount_pence for one in rows}


def attachable(run: PayRun, number: int = 1) -> int:
    found = lines(run, number)
    return sum(found.get(kind, 0) for kind in ("basic", "tax", "nic", "pension"))


def owed(run: PayRun) -> int:
    """What the run's journal owes to creditors of orders."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT -sum(l.amount_pence) FROM finance_journalline l"
            " JOIN finance_coding c ON c.organisation_id = l.organisation_id AND c.id = l.coding_id"
            " JOIN finance_account a ON a.organisation_id = c.organisation_id"
            "  AND a.id = c.account_id WHERE l.batch_id = %s AND a.code = '21525'",
            [run.batch_id],
        )
        return int(cursor.fetchone()[0] or 0)


def test_an_order_is_taken_owed_to_its_creditor_and_can_be_worked_out_again(
    world: World, office: Actor
) -> None:
    entered(office)
    run = calculated(office)
    with scope(acting=office.organisation_id):
        net = attachable(run)
        rate = {True: 20, False: 15}[net > 2_240_00]
        expected = (net * rate + 50) // 100
        assert lines(run)["orders"] == -expected
        assert "orders" not in lines(run, 2)
    run = paid(committed(run, office, world.actor(BOSS)), office)
    with scope(acting=office.organisation_id):
        assert owed(run) == expected
        assert list(problems(office.organisation_id)) == []
        assert replay(pay_run=run, by=office).agrees
        slip = Payslip.objects.get(pay_run=run, number=1)
        assert slip.net_pence == net - expected
        found = explained(slip)
        assert found.agrees
        line = next(one for one in found.lines if one.name.startswith("Direct earnings"))
        assert line.amount == -expected
        assert "Protected earnings" in " ".join(line.workings)


def test_orders_are_taken_in_the_order_of_the_law_and_protect_earnings(
    world: World, office: Actor
) -> None:
    entered(office, reference="DEA")
    later = {"received_on": timezone.localdate(), "made_on": timezone.localdate()}
    earlier = {**later, "made_on": timezone.localdate() - timedelta(days=30)}
    entered(office, **COUNCIL, reference="CT later", debt_pence=900_000, **later)
    entered(office, **COUNCIL, reference="CT", debt_pence=900_000, **earlier)
    run = committed(calculated(office), office, world.actor(BOSS))
    with scope(acting=office.organisation_id):
        found, net = taken(run), attachable(run)
        # By Schedule 4: 17% of the first 2,020 and half of the rest, or 17% below it.
        assert net < 2_020_00
        first = net * 17 // 100
        assert abs(found["CT"].deducted_pence - first) <= 1
        left = net - found["CT"].deducted_pence
        assert found["CT later"].wanted_pence < found["CT"].wanted_pence
        assert found["CT later"].deducted_pence <= left * 17 // 100 + 1
        # The DEA is read on all of net earnings, leaves 60% of them, and comes last.
        dea = found["DEA"]
        assert dea.protected_pence == -(-net * 60 // 100)
        whole = sum(one.deducted_pence for one in found.values())
        assert net - whole >= dea.protected_pence
        assert lines(run)["orders"] == -whole == -owed(run)
        slip = explained(Payslip.objects.get(pay_run=run, number=1))
        assert slip.agrees
        assert [one.name for one in slip.lines].count("Council tax order") == 2


def test_what_could_not_be_taken_is_carried_to_the_next_pay_day(
    world: World, office: Actor
) -> None:
    entered(office, **CHILD)
    with scope(acting=office.organisation_id):
        first, second = periods(group(office))[:2]
    run = committed(calculated(office, first), office, world.actor(BOSS))
    with scope(acting=office.organisation_id):
        before = taken(run)["DEA 1"]
        assert before.protected_pence == -(-attachable(run) * 60 // 100)
        assert before.deducted_pence == attachable(run) - before.protected_pence
        assert before.arrears_pence == 5_000_000 - before.deducted_pence > 0
    later = committed(calculated(office, second), office, world.actor(BOSS))
    with scope(acting=office.organisation_id):
        now = taken(later)["DEA 1"]
        assert now.wanted_pence == 5_000_000 + before.arrears_pence
        assert now.arrears_pence == now.wanted_pence - now.deducted_pence
        assert replay(pay_run=later, by=office).agrees


def test_a_debt_is_taken_to_the_penny_and_then_no_more(world: World, office: Actor) -> None:
    order = entered(office, debt_pence=10_050)
    with scope(acting=office.organisation_id):
        first, second = periods(group(office))[:2]
    run = calculated(office, first)
    with scope(acting=office.organisation_id):
        assert lines(run)["orders"] == -10_050
        order.refresh_from_db()
        assert order.state == PayOrder.State.ACTIVE
    committed(run, office, world.actor(BOSS))
    later = calculated(office, second)
    with scope(acting=office.organisation_id):
        order.refresh_from_db()
        assert order.state == PayOrder.State.PAID
        assert Event.objects.filter(verb="payroll.order.paid_off", subject_id=order.pk).count() == 1
        assert "orders" not in lines(later)
        assert list(problems(office.organisation_id)) == []


def test_a_calculation_is_made_anew_with_what_is_on_record(world: World, office: Actor) -> None:
    run = calculated(office)
    order = entered(office)
    with scope(acting=office.organisation_id):
        assert "orders" not in lines(run)
        one = Employment.objects.get(number=1)
        run = recalculate_some(pay_run=run, employments=[one.pk], by=office)
        run = recalculate_some(pay_run=run, employments=[one.pk], by=office)
        assert lines(run)["orders"] < 0
        assert OrderTaken.objects.count() == 1
        end_order(order=order, reason="Recalled by the DWP", by=office)
        run = recalculate_some(pay_run=run, employments=[one.pk], by=office)
        assert "orders" not in lines(run)
        assert not OrderTaken.objects.exists()
        with pytest.raises(Clash):
            end_order(order=order, reason="Again", by=office)


def test_a_payslip_says_that_an_order_came(world: World, office: Actor) -> None:
    with scope(acting=office.organisation_id):
        first, second = periods(group(office))[:2]
    committed(calculated(office, first), office, world.actor(BOSS))
    entered(office)
    later = committed(calculated(office, second), office, world.actor(BOSS))
    with scope(acting=office.organisation_id):
        said = sentences(explained(Payslip.objects.get(pay_run=later, number=1)))
    assert any("because an order was received." in one for one in said)


def test_what_was_taken_is_final_with_its_run(world: World, office: Actor) -> None:
    entered(office)
    committed(calculated(office), office, world.actor(BOSS))
    with scope(acting=office.organisation_id):
        with pytest.raises(IntegrityError, match="committed"), transaction.atomic():
            OrderTaken.objects.all().delete()
        assert OrderTaken.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ({"normal_pence": 5}, "PRL26", "Normal deduction: leave it empty"),
        ({**CHILD, "normal_pence": 0}, "PRL26", "Normal deduction: enter it"),
        ({"protected_pence": 5}, "PRL26", "Protected earnings: leave it empty"),
        (COUNCIL, "PRL26", "Debt: enter what is owed"),
        ({"received_on": date(2020, 1, 1)}, "PRL26", "Day received: it is not before"),
    ],
)
def test_what_does_not_fit_the_kind_is_said_by_field(
    office: Actor, given: dict[str, Any], code: str, words: str
) -> None:
    with pytest.raises(Refused, match=words) as error:
        entered(office, **given)
    assert error.value.code == code


def test_no_order_twice_no_third_for_council_tax_and_none_on_ones_own_pay(office: Actor) -> None:
    for number in (1, 2):
        entered(office, **COUNCIL, reference=f"CT {number}", debt_pence=1_000)
    for given, code in (({"reference": "CT 1"}, "PRL27"),
                        ({**COUNCIL, "reference": "CT 3", "debt_pence": 1}, "PRL28")):  # fmt: skip
        with pytest.raises(Refused) as error:
            entered(office, **given)
        assert error.value.code == code
    with scope(acting=office.organisation_id):
        Employment.objects.filter(number=2).update(person_id=office.person_id)
    with pytest.raises(Refused) as error:
        entered(office, 2)
    assert error.value.code == "PRL25"


def test_of_council_tax_orders_entered_at_once_two_are_kept(committed_world: World) -> None:
    by = payroll(committed_world, person(1))
    numbers = range(4)
    answers = at_once(
        *(
            lambda n=n: entered(by, **COUNCIL, reference=f"CT {n}", debt_pence=1_000)
            for n in numbers
        )
    )
    refused = [one.code for one in answers if isinstance(one, Refused)]
    assert refused == ["PRL28", "PRL28"], answers
    with scope(acting=by.organisation_id):
        assert PayOrder.objects.count() == 2


def test_an_order_is_entered_seen_and_ended_on_pages_and_each_look_is_recorded(
    world: World, office: Actor
) -> None:
    client = Client()
    client.force_login(world.people["payroll_officer@eastmere"])
    on = timezone.localdate().isoformat()
    given = {"employee": "1", "kind": "judgment", "reference": "AB/1", "creditor": "County Court",
             "made_on": on, "received_on": on, "normal": "40", "protected": "900.50",
             "debt": "1000"}  # fmt: skip
    url = reverse("pay_order_new", args=["eastmere"])
    assert (
        "Nobody here has this number"
        in client.post(url, {**given, "employee": "9"}).content.decode()
    )
    answer = client.post(url, {**given, "normal": ""})
    assert (answer.status_code, "Normal deduction: enter it" in answer.content.decode()) == (
        422,
        True,
    )
    answer = client.post(url, given)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    page = client.get(answer["Location"]).content.decode()
    for words in ("County Court", "£900.50", "£1,000.00", "Nothing taken yet"):
        assert words in page
    assert "ORDER-1" in client.get(reverse("pay_orders", args=["eastmere"])).content.decode()
    end = client.post(reverse("pay_order_end", args=["eastmere", 1]), {"reason": "Discharged"})
    assert end.status_code == 302
    with scope(acting=office.organisation_id):
        assert PayOrder.objects.get().state == PayOrder.State.ENDED
        seen = Event.objects.filter(verb__in=("payroll.order.seen", "payroll.orders.seen"))
        assert sorted(seen.values_list("verb", flat=True)) == [
            "payroll.order.seen", "payroll.orders.seen"
        ]  # fmt: skip
    for other in ("finance_manager", "hr_officer", "manager", "auditor", "staff"):
        client.force_login(world.people[f"{other}@eastmere"])
        assert client.get(reverse("pay_orders", args=["eastmere"])).status_code == 403
        assert client.get(reverse("pay_order", args=["eastmere", 1])).status_code == 403


def test_programs_enter_read_and_end_orders(world: World, office: Actor) -> None:
    client = Client()
    client.force_login(world.people["payroll_officer@eastmere"])
    on = timezone.localdate().isoformat()
    sent = {"employee": 1, "kind": "direct_earnings", "reference": "D1", "creditor": "DWP",
            "made_on": on, "received_on": on}  # fmt: skip
    given: dict[str, Any] = {"content_type": "application/json"}
    url = "/api/v1/eastmere/pay-orders/"
    headers = {"Idempotency-Key": "order-1"}
    answer = client.post(f"{url}new/", sent, headers=headers, **given)
    assert answer.status_code == 201, answer.content
    headers = {"Idempotency-Key": "order-2"}
    assert (
        client.post(f"{url}new/", {**sent, "employee": 9}, headers=headers, **given).status_code
        == 404
    )
    committed(calculated(office), office, world.actor(BOSS))
    found = client.get(f"{url}1/").json()
    assert found["debt"] is None
    assert [one["pay_run"] for one in found["taken"]] == [1]
    assert [one["state"] for one in client.get(url).json()["results"]] == ["active"]
    headers = {"Idempotency-Key": "order-3"}
    answer = client.post(f"{url}1/ending/", {"reason": "Recalled"}, headers=headers, **given)
    assert answer.json()["state"] == "ended"
