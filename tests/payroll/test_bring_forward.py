"""A group that was paid elsewhere brings pay and tax of the year along, before its first run."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from core.actors import Actor
from core.errors import NotAllowed, Refused
from core.scope import scope
from payroll.calculator.periods import year_start
from payroll.models import PayGroup, PayMember, PayPeriod
from payroll.services.groups import bring_forward
from tests.payroll.pay_runs import calculated, group, payroll, periods, person
from tests.world import World


@pytest.fixture
def office(world: World) -> Actor:
    """Two people who joined long ago, in no group yet."""
    by = payroll(world, person(1), person(2))
    with scope(acting=by.organisation_id):
        group(by)
    return by


def first(by: Actor) -> PayPeriod:
    with scope(acting=by.organisation_id):
        return periods(PayGroup.objects.get())[0]


def brought(by: Actor) -> dict[int, tuple[int, int, int]]:
    names = ("brought_year", "brought_pay_pence", "brought_tax_pence")
    with scope(acting=by.organisation_id):
        rows = PayMember.objects.values_list("employment__number", *names)
        return {number: (year, pay, tax) for number, year, pay, tax in rows}


def where(name: str, *arguments: int) -> str:
    return reverse(name, args=["eastmere", *arguments])


def test_everybody_without_figures_has_what_today_would_have_paid(office: Actor) -> None:
    period = first(office)
    with scope(acting=office.organisation_id):
        assert bring_forward(period=period, by=office) == 2
    found = brought(office)
    year = year_start(period.pays_on).year
    assert found[1] == found[2] and found[1][0] == year
    assert found[1][1] > found[1][2] > 0
    with scope(acting=office.organisation_id):
        PayMember.objects.filter(employment__number=1).update(brought_pay_pence=5)
        PayMember.objects.filter(employment__number=2).update(brought_year=year - 1)
        assert bring_forward(period=period, by=office) == 1
    assert (brought(office)[1][1], brought(office)[2]) == (5, found[2])


def test_once_a_run_was_begun_it_is_refused(world: World, office: Actor) -> None:
    period = first(office)
    with pytest.raises(NotAllowed), scope(acting=office.organisation_id):
        bring_forward(period=period, by=world.actor("finance_manager@eastmere"))
    calculated(office, period)
    with pytest.raises(Refused) as refused, scope(acting=office.organisation_id):
        bring_forward(period=period, by=office)
    assert refused.value.code == "BRF01"


def test_the_board_leads_there_and_asks_whether_it_is_meant(
    world: World, office: Actor, client: Client
) -> None:
    client.force_login(world.people["payroll_officer@eastmere"])
    page = where("pay_bring_forward", first(office).pk)
    assert f'href="{page}"' in client.get(where("pay_board")).content.decode()
    answer = client.post(page, {"sure": ""})
    assert answer.status_code == 422 and "Confirm that no figures" in answer.content.decode()
    assert brought(office) == {}
    assert client.post(page, {"sure": "on"}).status_code == 302
    assert len(brought(office)) == 2
    client.force_login(world.people["finance_manager@eastmere"])
    assert f'href="{page}"' not in client.get(where("pay_board")).content.decode()
    assert client.get(page).status_code == 403


def test_programs_bring_forward(world: World, office: Actor, client: Client) -> None:
    client.force_login(world.people["payroll_officer@eastmere"])
    address = where("api_pay_bringing_forward", first(office).pk)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    answer = client.post(address, {}, content_type="application/json", headers=key)
    assert (answer.status_code, answer.json()) == (200, {"people": 2})
