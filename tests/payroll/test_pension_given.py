"""Pay given up for a pension is paid into it: whoever adds up what pay costs counts it once."""

from typing import Any

import pytest
from django.utils import timezone

from core.actors import Actor
from core.scope import scope
from payroll.calculator.periods import Frequency, period_of, year_start
from payroll.models import PayRun, Payslip
from payroll.selectors.charges import charges_to_date
from payroll.selectors.contributions import contributors_of
from payroll.services.references import record_references
from payroll.variance import AMOUNTS, causes_of, together
from tests.payroll.pay_runs import calculated, committed, group, payroll, periods, person
from tests.payroll.test_notices import recorded
from tests.payroll.test_pay_measures import stored
from tests.payroll.test_payment_summaries import GIVEN
from tests.world import World

BOSS = "finance_manager@eastmere"
GIVEN_UP = 50_00


@pytest.fixture
def office(world: World) -> Actor:
    return payroll(world, person(1), person(2))


def run_with_it(world: World, office: Actor) -> PayRun:
    recorded(office, pension_pence=GIVEN_UP)
    return committed(calculated(office), office, world.actor(BOSS))


def borne(slip: Payslip) -> Any:
    return slip.gross_pence + slip.employer_nic_pence + slip.employer_pension_pence


def test_what_pay_costs_has_it_once(world: World, office: Actor) -> None:
    run = run_with_it(world, office)
    assert run.results["pension_given"] == GIVEN_UP
    found = stored(office)
    with scope(acting=office.organisation_id):
        slips = list(Payslip.objects.filter(pay_run=run))
        costs = [sum((c.pay_pence, c.nic_pence, c.pension_pence)) for s in slips
                 for c in s.costs.all()]  # fmt: skip
    assert found["cost"] == sum(map(borne, slips)) - GIVEN_UP == sum(costs)


def test_the_file_of_contributions_has_it_as_the_employers(world: World, office: Actor) -> None:
    run = run_with_it(world, office)
    with scope(acting=office.organisation_id):
        slip = Payslip.objects.get(pay_run=run, number=1)
        month = run.pays_on.replace(day=1)
        one, other = contributors_of(office.organisation_id, slip.inputs["scheme"], month)
    assert one.employer == slip.employer_pension_pence
    assert one.employer > other.employer
    assert one.pensionable == other.pensionable - GIVEN_UP


def test_the_levy_is_on_pay_that_is_left(world: World, office: Actor) -> None:
    with scope(acting=office.organisation_id):
        record_references(**GIVEN, claims_allowance=False, levy_share_pence=0, by=office,
                          at=timezone.now())  # fmt: skip
    run = run_with_it(world, office)
    with scope(acting=office.organisation_id):
        slips = Payslip.objects.filter(pay_run=run)
        bill = sum(slips.values_list("gross_pence", flat=True)) - GIVEN_UP
        year = year_start(run.pays_on).year
        month = period_of(run.pays_on, Frequency.MONTHLY).number
        levy = charges_to_date(office.organisation_id, year, month).levy
    assert levy == bill * 5 // 1000


def test_the_change_it_makes_is_that_of_pension(world: World, office: Actor) -> None:
    with scope(acting=office.organisation_id):
        first, second = periods(group(office))[:2]
    before = committed(calculated(office, first), office, world.actor(BOSS))
    recorded(office, pension_pence=GIVEN_UP, from_on=second.starts_on)
    now = calculated(office, second)
    found = {row.cause: row for row in causes_of(now.variance)}
    total = together(list(found.values()))
    for name, amount in AMOUNTS.items():
        assert getattr(total, name) == amount(now.results) - amount(before.results), name
    assert found.keys() == {"pension", "deductions"}
    with scope(acting=office.organisation_id):
        slips = [Payslip.objects.get(pay_run=run, number=1) for run in (before, now)]
    grown = slips[1].employer_pension_pence - slips[0].employer_pension_pence
    # Given up by the person it costs the employer nothing; its own part falls with the pay.
    assert found["pension"].employer == grown - GIVEN_UP < 0
    assert found["pension"].gross == 0
