"""Measures of pay out of a committed run, overpayments and claims, as a clerk would count them."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor, system_actor
from core.scope import scope
from hr.models import Employment, StaffRequest
from hr.models.people import Assignment
from payroll.models import Payslip, RecoveryTaken
from payroll.services.recovery import NewPlan, enter_plan
from sla.models import MeasureValue
from sla.selectors import current_indicators, measure_values
from sla.services import compute_measures, load_indicators
from tests.payroll.pay_runs import (
    calculated,
    claimable,
    claims,
    committed,
    next_month_end,
    paid,
    payroll,
    person,
)
from tests.world import World

BOSS = "finance_manager@eastmere"


@pytest.fixture
def office(world: World) -> Actor:
    """The payroll officer of two people."""
    return payroll(world, person(1), person(2))


def stored(by: Actor, since: date | None = None) -> dict[str, int]:
    """Measures of pay by key, those of the month of `since` alone."""
    end = next_month_end()
    first = timezone.localdate().replace(day=1)
    compute_measures([by.organisation_id], (first, end))
    with scope(acting=by.organisation_id):
        rows = MeasureValue.objects.filter(measure__startswith="payroll.")
        rows = rows.filter(month=since or end.replace(day=1))
        return {row.measure.removeprefix("payroll."): row.value for row in rows}


def test_payslips_count_once_they_are_committed_and_in_time_once_paid(
    world: World, office: Actor
) -> None:
    run = calculated(office)
    assert "payslips" not in stored(office)
    run = committed(run, office, world.actor(BOSS))
    found = stored(office)
    with scope(acting=office.organisation_id):
        slips = list(Payslip.objects.all())
    assert found["payslips"] == len(slips) == 2
    assert found["gross"] == sum(one.gross_pence for one in slips)
    assert found["cost"] == sum(
        one.gross_pence + one.employer_nic_pence + one.employer_pension_pence for one in slips
    )
    # Its pay day is to come, so nobody is waiting for the money yet.
    assert (found["payslips_due"], found["payslips_in_time"]) == (0, 0)
    paid(run, office)
    found = stored(office)
    assert (found["payslips_due"], found["payslips_in_time"]) == (2, 2)
    assert (found["payslips_corrected"], found["overpayments"]) == (0, 0)


def test_overpayments_of_the_month_and_what_of_them_was_given_back(
    world: World, office: Actor
) -> None:
    on, here = timezone.localdate(), office.organisation_id
    with scope(acting=here):
        someone = Employment.objects.get(number=1)
        plan = NewPlan(on, "Paid twice", 300_00, 200_00, 120_00, agreed_on=on, from_on=on)
        enter_plan(employment=someone, plan=plan, by=office)
    run = calculated(office)
    month = on.replace(day=1)
    found = stored(office, month)
    assert (found["overpayments"], found["value_overpaid"]) == (1, 300_00)
    assert (found["overpaid_12m"], found["given_back_12m"]) == (300_00, 0)
    paid(committed(run, office, world.actor(BOSS)), office)
    stored(office)
    with scope(acting=here):
        taken = RecoveryTaken.objects.get()
        assert taken.gross_left_pence == 180_00
        months = list(MeasureValue.objects.filter(measure="payroll.given_back_12m"))
    # The pay day is in a month to come: nothing of it is known of that month before it began.
    assert [(one.month, one.value) for one in months] == [(month, 0)]


def test_what_comes_in_after_the_cut_off_is_late(world: World, office: Actor) -> None:
    here, period = office.organisation_id, calculated(office).period
    noon = datetime.combine(period.cut_off_on, time(12), UTC)
    with scope(acting=here):
        claimable(office, "ADA")
        claims(world, office, 1, words="ADA")
        job = Assignment.objects.get(employment__number=1)
        for late in range(3):
            StaffRequest.objects.create(
                organisation_id=here, number=900 + late, kind="change", assignment=job,
                effective_on=period.ends_on, reason="More hours", name="Person 1",
                made_by_name="HR", made_at=noon + timedelta(days=late),
            )  # fmt: skip
    found = stored(office)
    assert (found["inputs"], found["inputs_in_time"]) == (3, 1)
    today = stored(office, timezone.localdate().replace(day=1))
    assert (today["inputs"], today["inputs_in_time"]) == (1, 1)


def test_a_neighbour_is_never_counted(world: World, office: Actor) -> None:
    committed(calculated(office), office, world.actor(BOSS))
    other = system_actor(world.id("northdale"))
    assert stored(other) == {}
    assert stored(office)["payslips"] == 2


def test_the_board_shows_what_was_paid_in_time_and_overpaid(world: World, office: Actor) -> None:
    load_indicators()
    paid(committed(calculated(office), office, world.actor(BOSS)), office)
    stored(office)
    here, month = office.organisation_id, next_month_end().replace(day=1)
    with scope(acting=here):
        listed = {row.code: row for row in current_indicators(month)}
        values = measure_values([here], list(listed.values()))
        assert values.figure(here, listed["PAY-11"], month).value == Fraction(100)
        assert values.figure(here, listed["PAY-08"], month).value == 0
        assert values.figure(here, listed["PAY-K01"], month).value == 2
    client = Client()
    client.force_login(world.people["board_member@eastmere"])
    page = client.get(reverse("board", args=["eastmere"]) + f"?month={month:%Y-%m}")
    assert page.status_code == 200
    assert "Paid on the due date" in page.content.decode()


def test_a_payslip_costs_what_was_recorded_last_of_its_month(
    world: World, office: Actor, client: Client
) -> None:
    run = committed(calculated(office), office, world.actor(BOSS))
    load_indicators()
    client.force_login(world.people[BOSS])
    page = reverse("pay_costs", args=["eastmere"])
    typed = {"month": run.period.pays_on.isoformat(), "cost": "12.00", "found_by": "Ledger"}
    assert "not measured until" in client.get(page).content.decode()
    assert client.post(page, {**typed, "found_by": " "}).status_code == 422
    assert client.post(page, typed).status_code == 302
    assert client.post(page, {**typed, "cost": "8.20", "found_by": "Corrected"}).status_code == 302
    shown = client.get(page).content.decode()
    assert shown.index("Corrected") < shown.index("£12.00")
    found = stored(office)
    costed = [found[name] for name in ("service_cost", "payslips_costed", "people_costed")]
    assert costed == [8_20, 2, 2]
    with scope(acting=office.organisation_id):
        indicators = [one for one in current_indicators(timezone.localdate())
                      if one.code in ("PAY-01", "PAY-02")]  # fmt: skip
        here = office.organisation_id
        values = measure_values([here], indicators)
        for one in indicators:
            this = values.figure(here, one, run.period.pays_on.replace(day=1))
            assert this.value == Fraction(410, 100)
            without = values.figure(here, one, timezone.localdate().replace(day=1))
            assert (without.value, without.reason) == (None, one.missing)
    client.force_login(world.people["payroll_officer@eastmere"])
    assert client.post(page, typed).status_code == 403
