"""Overpayments: a plan that was agreed to, its instalments in the pay run, and what is owed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.errors import Refused
from core.invariants import problems
from core.scope import scope
from events.models import Event
from hr.models import Employment
from payroll.models import PayRun, Payslip, RecoveryPlan, RecoveryTaken
from payroll.models import PayslipLine as Line
from payroll.selectors.slips import explained
from payroll.services.recovery import NewPlan, end_plan, enter_plan
from payroll.services.replaying import replay
from payroll.services.runs import recalculate_some
from tests.payroll.pay_runs import calculated, committed, group, paid, payroll, periods, person
from tests.world import World

BOSS = "finance_manager@eastmere"


def agreed(**given: Any) -> NewPlan:
    on = timezone.localdate()
    plan = NewPlan(on, "Paid twice", 300_00, 200_00, 120_00, agreed_on=on, from_on=on)
    return replace(plan, **given)


@pytest.fixture
def office(world: World) -> Actor:
    """The payroll officer of two people."""
    return payroll(world, person(1), person(2))


def entered(by: Actor, number: int = 1, **given: Any) -> RecoveryPlan:
    with scope(acting=by.organisation_id):
        someone = Employment.objects.get(number=number)
        return enter_plan(employment=someone, plan=agreed(**given), by=by)


def lines(run: PayRun, number: int = 1) -> dict[str, int]:
    rows = Line.objects.filter(payslip__pay_run=run, payslip__number=number)
    return {one.kind: one.amount_pence for one in rows}


def left(run: PayRun) -> tuple[int, int, int]:
    one = RecoveryTaken.objects.get(payslip__pay_run=run)
    return one.taken_pence, one.gross_left_pence, one.net_left_pence


def cost(run: PayRun) -> int:
    """Salaries in the run's journal."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(l.amount_pence) FROM finance_journalline l"
            " JOIN finance_coding c ON c.organisation_id = l.organisation_id AND c.id = l.coding_id"
            " JOIN finance_account a ON a.organisation_id = c.organisation_id"
            "  AND a.id = c.account_id WHERE l.batch_id = %s AND a.code = '51000'",
            [run.batch_id],
        )
        return int(cursor.fetchone()[0])


def test_instalments_come_off_gross_pay_until_nothing_is_owed(world: World, office: Actor) -> None:
    plan = entered(office)
    with scope(acting=office.organisation_id):
        # The tax year ends in April: three pay days from the end of next month lie in it or not.
        days = periods(group(office))[:3]
        same = [one.pays_on < date(plan.overpaid_on.year + 1, 4, 6) for one in days]
    found = []
    for day in days:
        run = paid(committed(calculated(office, day), office, world.actor(BOSS)), office)
        with scope(acting=office.organisation_id):
            found.append(left(run))
            slip = Payslip.objects.get(pay_run=run, number=1)
            assert lines(run)["overpaid"] == -found[-1][0]
            assert slip.taxable_pence == slip.gross_pence - found[-1][0] - slip.pension_pence
            assert cost(run) == run.results["gross"] - found[-1][0]
            assert replay(pay_run=run, by=office).agrees
            said = explained(slip)
            assert said.agrees
            line = next(one for one in said.lines if one.name == "Overpayment taken back")
            assert "Still owed" in line.workings[-1]
    assert same == [True] * 3
    assert found == [(12000, 18000, 12000), (12000, 6000, 4000), (6000, 0, 0)]
    with scope(acting=office.organisation_id):
        plan.refresh_from_db()
        assert plan.state == RecoveryPlan.State.REPAID
        verbs = Event.objects.filter(subject_id=plan.pk, subject_key="payroll.recovery")
        assert verbs.filter(verb="payroll.recovery.repaid").count() == 1
        assert list(problems(office.organisation_id)) == []


def test_after_the_tax_year_it_comes_off_net_pay_and_lowers_what_pay_costs(
    world: World, office: Actor
) -> None:
    before = calculated(office)
    with scope(acting=office.organisation_id):
        net = Payslip.objects.get(number=1).net_pence
    entered(office, overpaid_on=timezone.localdate() - timedelta(days=400))
    with scope(acting=office.organisation_id):
        one = Employment.objects.get(number=1)
        run = recalculate_some(pay_run=before, employments=[one.pk], by=office)
        assert left(run) == (12000, 12000, 8000)
        assert lines(run)["overpaid_before"] == -12000
        slip = Payslip.objects.get(number=1)
        assert slip.net_pence == net - 12000
        assert slip.taxable_pence == slip.gross_pence - slip.pension_pence
    run = committed(run, office, world.actor(BOSS))
    with scope(acting=office.organisation_id):
        assert cost(run) == run.results["gross"] - 12000
        assert list(problems(office.organisation_id)) == []
        assert replay(pay_run=run, by=office).agrees
        with pytest.raises(IntegrityError, match="committed"), transaction.atomic():
            RecoveryTaken.objects.all().delete()


def test_what_must_be_left_is_left_and_an_ended_plan_takes_no_more(office: Actor) -> None:
    run = calculated(office)
    with scope(acting=office.organisation_id):
        gross = Payslip.objects.get(number=1).gross_pence
    plan = entered(office, protected_pence=gross - 5_000)
    with scope(acting=office.organisation_id):
        one = Employment.objects.get(number=1)
        run = recalculate_some(pay_run=run, employments=[one.pk], by=office)
        assert left(run)[0] == 5_000
        end_plan(plan=plan, reason="Written off", by=office)
        run = recalculate_some(pay_run=run, employments=[one.pk], by=office)
        assert "overpaid" not in lines(run)
        assert not RecoveryTaken.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"net_pence": 300_01}, "Reached them: enter what"),
        ({"instalment_pence": 0}, "Instalment: enter it"),
        ({"agreed_on": date(2020, 1, 1)}, "Agreed on: it is not before"),
    ],
)
def test_what_does_not_fit_is_said_by_field(
    office: Actor, given: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refused, match=words) as error:
        entered(office, **given)
    assert error.value.code == "PRL29"


def test_one_plan_at_a_time_and_none_on_ones_own_pay(office: Actor) -> None:
    entered(office)
    with pytest.raises(Refused) as error:
        entered(office)
    assert error.value.code == "PRL30"
    with scope(acting=office.organisation_id):
        Employment.objects.filter(number=2).update(person_id=office.person_id)
    with pytest.raises(Refused) as error:
        entered(office, 2)
    assert error.value.code == "PRL25"


def test_a_plan_is_entered_seen_and_ended_on_pages_and_each_look_is_recorded(
    world: World, office: Actor
) -> None:
    client = Client()
    client.force_login(world.people["payroll_officer@eastmere"])
    on = timezone.localdate().isoformat()
    given = {"employee": "1", "why": "Paid twice", "overpaid_on": on, "gross": "300", "net": "200",
             "instalment": "25.50", "protected": "900", "agreed_on": on, "from_on": on}  # fmt: skip
    url = reverse("recovery_plan_new", args=["eastmere"])
    answer = client.post(url, {**given, "net": "301"})
    assert answer.status_code == 422
    assert "not more than was overpaid" in answer.content.decode()
    answer = client.post(url, given)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    page = client.get(answer["Location"]).content.decode()
    for words in ("£25.50 a pay day", "£300.00 gross, £200.00 net", "Nothing taken yet"):
        assert words in page
    assert "RECOVERY-1" in client.get(reverse("recovery_plans", args=["eastmere"])).content.decode()
    end = reverse("recovery_plan_end", args=["eastmere", 1])
    assert client.post(end, {"reason": "Written off"}).status_code == 302
    with scope(acting=office.organisation_id):
        assert RecoveryPlan.objects.get().state == RecoveryPlan.State.ENDED
        looks = ("payroll.recoveries.seen", "payroll.recovery.seen")
        seen = Event.objects.filter(verb__in=looks)
        assert sorted(seen.values_list("verb", flat=True)) == list(looks)
    for other in ("finance_manager", "hr_officer", "manager", "staff"):
        client.force_login(world.people[f"{other}@eastmere"])
        assert client.get(reverse("recovery_plan", args=["eastmere", 1])).status_code == 403


def test_programs_enter_and_read_plans(world: World, office: Actor) -> None:
    client = Client()
    client.force_login(world.people["payroll_officer@eastmere"])
    on = timezone.localdate().isoformat()
    sent = {"employee": 1, "why": "Paid twice", "overpaid_on": on, "gross_pence": 30000,
            "net_pence": 20000, "instalment_pence": 12000, "agreed_on": on,
            "from_on": on}  # fmt: skip
    url = "/api/v1/eastmere/recovery-plans/"
    given: dict[str, Any] = {"content_type": "application/json"}
    headers = {"Idempotency-Key": "plan-1"}
    answer = client.post(f"{url}new/", sent, headers=headers, **given)
    assert answer.status_code == 201, answer.content
    committed(calculated(office), office, world.actor(BOSS))
    found = client.get(f"{url}1/").json()["recovered"]
    assert [(one["taken"], one["gross_left"], one["net_left"]) for one in found] == [
        ("120.00", "180.00", "120.00")
    ]
