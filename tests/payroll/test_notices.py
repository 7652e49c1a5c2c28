"""Loans to repay, gifts to charity and pay given up: recorded by a paper, taken by the pay run."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.errors import Refused
from core.invariants import problems
from core.scope import scope
from events.models import Event
from hr.models import Employment
from payroll.calculator.periods import year_start
from payroll.models import PayNotice, PayRun, Payslip, PayslipLine
from payroll.selectors.slips import explained
from payroll.services.notices import NewNotice, record_notice
from payroll.services.replaying import replay
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
    return payroll(world, person(1), person(2))


def recorded(by: Actor, number: int = 1, **given: Any) -> PayNotice:
    facts = {"from_on": timezone.localdate(), "paper": "Notice of today"}
    with scope(acting=by.organisation_id):
        someone = Employment.objects.get(number=number)
        return record_notice(employment=someone, notice=NewNotice(**{**facts, **given}), by=by)


def lines(run: PayRun, number: int = 1) -> dict[str, int]:
    rows = PayslipLine.objects.filter(payslip__pay_run=run, payslip__number=number)
    return {one.kind: one.amount_pence for one in rows}


def owed(run: PayRun, account: str) -> int:
    """What the run's journal posts to an account."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(l.amount_pence), 0) FROM finance_journalline l"
            " JOIN finance_coding c ON c.organisation_id = l.organisation_id AND c.id = l.coding_id"
            " JOIN finance_account a ON a.organisation_id = c.organisation_id"
            "  AND a.id = c.account_id WHERE l.batch_id = %s AND a.code = %s",
            [run.batch_id, account],
        )
        return int(cursor.fetchone()[0])


def test_a_run_takes_what_holds_on_its_pay_day(world: World, office: Actor) -> None:
    recorded(office, loans="2", gift_pence=5_00, from_on=timezone.localdate() - timedelta(days=9))
    recorded(office, loans="PGL", gift_pence=10_00, sacrifice_pence=45_50)
    recorded(office, gift_pence=99_00, from_on=next_month_end() + timedelta(days=1))
    run = committed(calculated(office), office, world.actor(BOSS))
    with scope(acting=office.organisation_id):
        taken, other = lines(run), lines(run, 2)
        slip, twin = (Payslip.objects.get(pay_run=run, number=n) for n in (1, 2))
        assert (taken["giving"], taken["sacrifice"]) == (-10_00, -45_50)
        assert taken["postgraduate"] < 0 and taken["postgraduate"] % 100 == 0
        assert not {"giving", "sacrifice", "postgraduate"} & other.keys()
        # Both lower taxable pay; the sacrifice alone lowers National Insurance too.
        assert taken["nic"] > other["nic"]
        less = -taken["pension"] + other["pension"]
        assert slip.taxable_pence == twin.taxable_pence - 55_50 - less
        assert owed(run, "21526") == -10_00
        assert owed(run, "21512") == taken["postgraduate"]
        assert replay(pay_run=run, by=office).agrees
        assert list(problems(office.organisation_id)) == []


def test_a_later_notice_takes_the_place_of_one(world: World, office: Actor) -> None:
    recorded(office, loans="PGL", gift_pence=10_00)
    recorded(office, paper="SL2, stop")
    run = calculated(office)
    with scope(acting=office.organisation_id):
        assert not {"postgraduate", "giving"} & lines(run).keys()
        assert PayNotice.objects.count() == 2
        assert Event.objects.filter(verb="payroll.notice.recorded").count() == 2


def test_a_gift_or_sacrifice_keeps_to_the_pay(world: World, office: Actor) -> None:
    recorded(office, sacrifice_pence=50_000_00)
    run = calculated(office)
    with scope(acting=office.organisation_id):
        slip = Payslip.objects.get(pay_run=run, number=1)
        # The minimum wage of the hours worked stays.
        assert slip.gross_pence + lines(run)["sacrifice"] > 0
        assert slip.net_pence > 0


def test_pay_given_up_for_a_pension_is_paid_into_it(world: World, office: Actor) -> None:
    recorded(office, pension_pence=50_00)
    with scope(acting=office.organisation_id):
        first, second = periods(group(office))[:2]
    run = committed(calculated(office, first), office, world.actor(BOSS))
    with scope(acting=office.organisation_id):
        slip, twin = (Payslip.objects.get(pay_run=run, number=n) for n in (1, 2))
        taken, other = lines(run), lines(run, 2)
        assert taken["pension_given"] == -50_00
        assert "sacrifice" not in taken
        # 8% and 15% of it are saved; 50 pounds go to the pension on top of the scheme's own.
        assert taken["nic"] - other["nic"] == 4_00
        assert twin.employer_nic_pence - slip.employer_nic_pence == 7_50
        assert slip.employer_pension_pence - twin.employer_pension_pence == 50_00 - 9_75
        less = -taken["pension"] + other["pension"]
        assert slip.taxable_pence == twin.taxable_pence - 50_00 - less
        found = explained(slip)
        assert found.agrees
        line = next(one for one in found.lines if one.name == "Pension by salary sacrifice")
        assert "Your employer pays £50.00 into your pension" in line.workings[0]
        assert "£4.00 less National Insurance" in line.workings[1]
        assert "£7.50 less" in line.workings[1]
        assert replay(pay_run=run, by=office).agrees
        assert list(problems(office.organisation_id)) == []
    later = calculated(office, second)
    with scope(acting=office.organisation_id):
        again = Payslip.objects.get(pay_run=later, number=1)
        same_year = year_start(first.pays_on) == year_start(second.pays_on)
        assert again.inputs["pension_given"] == (50_00 if same_year else 0)


def test_a_pension_leaves_the_minimum_wage(world: World, office: Actor) -> None:
    recorded(office, pension_pence=50_000_00)
    run = calculated(office)
    with scope(acting=office.organisation_id):
        slip = Payslip.objects.get(pay_run=run, number=1)
        assert 0 < -lines(run)["pension_given"] < slip.gross_pence
        found = explained(slip)
        line = next(one for one in found.lines if one.name == "Pension by salary sacrifice")
        assert any("may not fall below the minimum wage" in one for one in line.workings)


def test_what_does_not_fit_is_refused(world: World, office: Actor) -> None:
    for rule, given in (
        ("PRL35", {"paper": " "}), ("PRL35", {"gift_pence": -1}),
        ("PRL35", {"pension_pence": -1}), ("PRL04", {"loans": "3"}),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            recorded(office, **given)
        assert refused.value.code == rule
    with scope(acting=office.organisation_id):
        own = Employment.objects.get(number=1)
        Employment.objects.filter(pk=own.pk).update(person_id=office.person_id)
    with pytest.raises(Refused) as refused:
        recorded(office)
    assert refused.value.code == "PRL25"


def test_the_pages_record_and_list(world: World, office: Actor, client: Client) -> None:
    with scope(acting=office.organisation_id):
        group(office)
    client.force_login(world.people["payroll_officer@eastmere"])
    listing, new = (
        reverse("pay_notices", args=["eastmere"]),
        reverse("pay_notice_new", args=["eastmere"]),
    )
    assert "None yet" in client.get(listing).content.decode()
    today = timezone.localdate()
    given = {"employee": 1, "from_on": f"{today:%d/%m/%Y}", "loans": "7", "paper": "SL1"}
    assert "7 is none of" in client.post(new, given).content.decode()
    sent = client.post(new, {**given, "loans": "2", "gift": "10.50"})
    assert sent.status_code == 302
    shown = client.get(listing).content.decode()
    assert "SL1" in shown and "£10.50" in shown
    with scope(acting=office.organisation_id):
        assert Event.objects.filter(verb="payroll.notices.seen").exists()
