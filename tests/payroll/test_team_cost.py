"""Team cost against establishment and budget, which tells nobody what one person is paid."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.scope import scope
from hr.models import PayValue
from hr.selectors.budget import budgeted_pay
from payroll.models import PayCost
from payroll.selectors.team import months_of, teams, total_pence, unit_costs
from payroll.views.team import newest
from tests.payroll.pay_runs import calculated, committed, next_month_end, payroll, person
from tests.world import World

BOSS = "finance_manager@eastmere"


@pytest.fixture
def office(world: World) -> Actor:
    """Three clerks of one unit and a gardener, paid once."""
    office = payroll(world, person(1), person(2), person(3), person(4, post="P2", point="09"))
    committed(calculated(office), office, world.actor(BOSS))
    return office


def month() -> date:
    return next_month_end().replace(day=1)


def test_cost_of_units_is_what_payslips_cost(world: World, office: Actor) -> None:
    with scope(acting=office.organisation_id):
        costs = unit_costs(office)
        rows = list(PayCost.objects.all())
        assert [(one.people, one.month) for one in costs] == [(3, month()), (1, month())]
        whole = sum(one.pay_pence + one.nic_pence + one.pension_pence for one in rows)
        assert total_pence(costs, month()) == whole > 0
        on = timezone.localdate()
        clerks, gardeners = teams(office, costs, month(), on)
        assert (clerks.budgeted, gardeners.budgeted) == (200, 100)
        assert (clerks.cost, gardeners.cost) == (costs[0], costs[1])
        assert [one.cost for one in teams(office, costs, on.replace(day=1), on)] == [None, None]
        assert months_of(costs) == [month()]


def test_budgeted_pay_is_the_top_of_each_grade(world: World, office: Actor) -> None:
    on = timezone.localdate()
    with scope(acting=office.organisation_id):
        values = [one for one in PayValue.objects.select_related("pay_point")
                  if one.from_on <= on and (one.to_on is None or one.to_on > on)]  # fmt: skip
        tops = {
            grade: max(v.annual_pence for v in values if v.pay_point.grade == grade)
            for grade in ("G2", "G3")
        }
        found = sorted(budgeted_pay(office, on).values())
    assert found == sorted([round(tops["G2"] * 2 / 12), round(tops["G3"] / 12)])


def test_the_pay_of_one_person_is_told_to_nobody_who_may_not_see_payslips(
    world: World, office: Actor
) -> None:
    with scope(acting=office.organisation_id):
        seen = unit_costs(office)
        auditor = unit_costs(world.actor("auditor@eastmere"))
        assert [one.pay_pence for one in auditor] == [seen[0].pay_pence, None]
        clerks = (seen[0].pay_pence or 0) + (seen[0].on_cost_pence or 0)
        assert total_pence(auditor, month()) == clerks
    url = reverse("team_cost", args=["eastmere"])
    client = Client()
    client.force_login(world.people["auditor@eastmere"])
    text = client.get(url).content.decode()
    assert "Not shown" in text
    assert "Fewer than 3" in text
    gardener = f"{(seen[1].pay_pence or 0) / 100:,.2f}"
    assert gardener not in text
    sent = client.get(url, {"format": "csv", "of": "posts-and-cost-by-unit"})
    assert gardener not in sent.content.decode()
    client.force_login(world.people["payroll_officer@eastmere"])
    assert gardener in client.get(url).content.decode()
    for other in ("staff", "board_member", "finance_officer"):
        client.force_login(world.people[f"{other}@eastmere"])
        assert client.get(url).status_code == 403


def test_a_month_to_come_that_a_late_run_pays_for_is_not_the_one_shown_first() -> None:
    autumn = [date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)]
    assert newest(autumn, date(2026, 11, 27)) == date(2026, 11, 1)
    assert newest(autumn, date(2026, 12, 1)) == date(2026, 12, 1)
    assert newest(autumn, date(2026, 9, 30)) == date(2026, 12, 1)
    assert newest([], date(2026, 9, 30)) is None


def test_a_manager_sees_the_units_that_are_theirs(world: World, office: Actor) -> None:
    by = world.actor("manager@eastmere")
    paths = [right.unit_path for right in by.rights]
    with scope(acting=by.organisation_id):
        found = unit_costs(by)
    assert all(any(one.path.startswith(path) for path in paths) for one in found)
    client = Client()
    client.force_login(world.people["manager@eastmere"])
    home = client.get(reverse("organisation_home", args=["eastmere"])).content.decode()
    assert reverse("team_cost", args=["eastmere"]) in home
    assert reverse("pay_claims", args=["eastmere"]) in home
