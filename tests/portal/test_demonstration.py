"""Becoming somebody is possible only where the flag and the marker are both set."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from core.scope import scope
from portal.personas import PERSONAS
from tenants.models import Person
from tenants.roles import Role
from tenants.services import create_person, give_role, mark_demonstration
from tests.world import SINCE, World

BE = "/demonstration/be/priya/"
START_OVER = "/demonstration/start-over/"
FIRST = PERSONAS[0]


@pytest.fixture
def priya(world: World) -> Person:
    return create_person(email=FIRST.email, name=FIRST.name)


def set_both(settings: Settings, *, flag: bool, marker: bool) -> None:
    settings.DEMO = flag
    if marker:
        mark_demonstration()


@pytest.mark.parametrize(("flag", "marker"), [(False, False), (True, False), (False, True)])
@pytest.mark.parametrize("method", ["get", "post"])
def test_one_alone_is_not_enough(
    settings: Settings, client: Client, priya: Person, flag: bool, marker: bool, method: str
) -> None:
    set_both(settings, flag=flag, marker=marker)
    unknown = getattr(client, method)("/demonstration/no/such/page/")
    for address in (BE, START_OVER):
        answer = getattr(client, method)(address)
        assert (answer.status_code, answer.content) == (404, unknown.content)
    assert client.get("/")["Location"] == "/account/login/"
    client.force_login(priya)
    page = client.get("/account/sessions/")
    assert b"app-demo" not in page.content
    assert b"demonstration" not in page.content


def test_both_show_everybody_there_is(settings: Settings, client: Client, priya: Person) -> None:
    set_both(settings, flag=True, marker=True)
    page = client.get("/")
    assert [card["persona"].key for card in page.context["cards"]] == ["priya"]
    assert [person["name"] for person in page.context["demo_people"]] == [FIRST.name]


def test_the_bar_costs_no_page_a_query(
    settings: Settings, client: Client, priya: Person, world: World
) -> None:
    with scope(acting=world.id("eastmere")):
        give_role(person=priya, role=Role.FINANCE_OFFICER, since=SINCE)
    set_both(settings, flag=True, marker=True)
    client.post(BE)
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/eastmere/")
    assert page.status_code == 200 and b"app-demo" in page.content
    places = [one["sql"] for one in asked if "ctx.memberships" in one["sql"]]
    assert len(places) == 1 and "tenants_demomarker" in places[0]
    assert sum("tenants_demomarker" in one["sql"] for one in asked) == 1


def test_being_somebody_signs_in_and_leads_to_the_thing_to_try(
    settings: Settings, client: Client, priya: Person
) -> None:
    set_both(settings, flag=True, marker=True)
    assert client.get(BE).status_code == 405
    answer = client.post(BE)
    assert answer["Location"] == FIRST.link == "/harrowmere/invoices/?state=held&cause=price"
    assert client.session["_auth_user_id"] == str(priya.pk)
    page = client.get("/")
    assert [(c["been"], c["current"]) for c in page.context["cards"]] == [(True, True)]
    told = [each["story"].key for each in page.context["stories"]]
    assert told == ["late", "duplicate", "spike", "electronic"]
    answer = client.post(BE, {"story": "duplicate"})
    assert answer["Location"] == "/harrowmere/invoices/?state=all&q=CPW-88104"
    assert client.post(BE, {"story": "bank"})["Location"] == FIRST.link


def test_nothing_of_the_person_before_is_carried_over(
    settings: Settings, client: Client, priya: Person, world: World
) -> None:
    set_both(settings, flag=True, marker=True)
    client.force_login(world.people["manager@eastmere"])
    session = client.session
    session["draft"] = "of the manager"
    session.save()
    before = client.session.session_key
    client.post(BE)
    assert "draft" not in client.session
    assert client.session.session_key != before


def test_the_ticks_can_be_taken_off(settings: Settings, client: Client, priya: Person) -> None:
    set_both(settings, flag=True, marker=True)
    client.post(BE)
    assert client.get(START_OVER).status_code == 405
    client.post(START_OVER)
    assert client.get("/").context["done"] == 0


def test_nobody_becomes_someone_outside_the_cast(
    settings: Settings, client: Client, priya: Person
) -> None:
    set_both(settings, flag=True, marker=True)
    for key in ("helen", "administrator", "charlie"):
        assert client.post(f"/demonstration/be/{key}/").status_code == 404
    priya.is_active = False
    priya.save()
    assert client.post(BE).status_code == 404


def test_changing_person_needs_the_token_of_the_page(settings: Settings, priya: Person) -> None:
    set_both(settings, flag=True, marker=True)
    assert Client(enforce_csrf_checks=True).post(BE).status_code == 403
