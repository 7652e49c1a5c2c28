"""Who should have been enrolled in closed periods is from that day on; what is owed is taken."""

from datetime import timedelta

import pytest

from core.actors import Actor
from core.invariants import problems
from core.scope import scope
from payroll.calculator.pension_schemes import Scheme
from payroll.models import PayException, PayPeriod, PensionLetter
from payroll.selectors.slips import explained, sentences
from payroll.services.enrolment import opt_out
from payroll.services.replaying import replay
from tests.payroll.pay_runs import calculated, committed, group, payroll, periods, person
from tests.payroll.test_enrolment_in_runs import (
    BOSS,
    FULL,
    SOME,
    at,
    enrols,
    found,
    give,
    slip,
    whose,
)
from tests.world import World

Office = tuple[Actor, Actor, list[PayPeriod]]


@pytest.fixture
def office(world: World) -> Office:
    """Two months are closed before anybody says how the employer enrols."""
    by, boss = payroll(world, person(1, **FULL), person(2, **SOME)), world.actor(BOSS)
    with scope(acting=by.organisation_id):
        days = periods(group(by, scheme=Scheme.NONE.value, employer_rate_percent=0))
    for one in days[:2]:
        committed(calculated(by, one), by, boss)
    return by, boss, days


def test_settings_recorded_late_enrol_from_the_day_and_take_what_was_not_taken(
    office: Office,
) -> None:
    by, boss, (first, _, third, fourth, *_) = office
    with scope(acting=by.organisation_id):
        enrols(by)
    run = calculated(by, third)
    with scope(acting=by.organisation_id):
        (asked,) = PayException.objects.filter(pay_run=run, cause="enrolment")
        assert asked.number == 1
    run = committed(run, by, boss)
    assert found(by) == [("enrolled", first.starts_on.isoformat())]
    assert found(by, 2) == [("assessed", third.starts_on.isoformat())]
    now = slip(by, run)
    with scope(acting=by.organisation_id):
        letter = PensionLetter.objects.get(status__employment__number=1)
        assert letter.due_on == first.starts_on + timedelta(weeks=6)
        shown = explained(now)
        assert shown.agrees
        assert replay(pay_run=run, by=by).agrees
        assert list(problems(by.organisation_id)) == []
    later = committed(calculated(by, fourth), by, boss)
    usual = slip(by, later)
    # The pay of the months is the same: what the fourth took was owed of three.
    assert usual.pension_pence > 0
    assert now.pension_pence == 3 * usual.pension_pence
    assert now.employer_pension_pence == 3 * usual.employer_pension_pence
    owed = f"For pay since then £{2 * usual.pension_pence / 100:.2f} is taken"
    assert owed in asked.text, asked.text
    said = [one for line in shown.lines for one in line.workings]
    assert any(one.startswith("For pay since the enrolment that nothing") for one in said), said
    with scope(acting=by.organisation_id):
        told = sentences(explained(usual))
        assert any("since the enrolment are taken with one pay" in one for one in told), told
        assert list(problems(by.organisation_id)) == []


def test_opting_out_gives_all_of_it_back(office: Office) -> None:
    by, boss, (_, _, third, fourth, *_) = office
    with scope(acting=by.organisation_id):
        enrols(by)
    run = committed(calculated(by, third), by, boss)
    now = slip(by, run)
    with scope(acting=by.organisation_id):
        give(by, third.starts_on)
        opt_out(employment=whose(), by=by, at=at(third.starts_on + timedelta(days=10)))
    back = slip(by, calculated(by, fourth))
    assert (back.pension_pence, back.employer_pension_pence) == (
        -now.pension_pence, -now.employer_pension_pence,
    )  # fmt: skip


def test_what_is_late_is_not_postponed_and_periods_before_the_settings_stay(
    office: Office,
) -> None:
    by, _, (_, second, third, *_) = office
    with scope(acting=by.organisation_id):
        enrols(by, from_on=second.ends_on, postponement_months=3)
    run = calculated(by, third)
    now = slip(by, run)
    # The settings hold for periods that end on or after their day.
    assert now.inputs["enrolment"][:3] == ["enrolled", 3, second.starts_on.isoformat()]
    assert now.inputs["arrears"][0] * 2 == now.pension_pence
