"""An administrator gives, changes and ends rights: never their own, never more than they reach."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from access.rules import ACC10, ACC11, ACC12, ACC13, ACC14, ACC15
from access.services.grants import change_right, end_right, grant_right
from core.errors import Clash, NotAllowed, NotFound, Refused
from core.scope import scope
from events.models import Event
from tenants.models import Grant, Person, Unit
from tenants.roles import Role
from tenants.services import create_person, give_role
from tests.days import today
from tests.world import SINCE, World

LIST = "/eastmere/rights/"
ADMIN = "administrator@eastmere"
R = Role


def signed_in(world: World, who: str = ADMIN) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def grants_of(world: World, person: Person, slug: str = "eastmere") -> list[Grant]:
    with scope(acting=world.id(slug)):
        return list(Grant.objects.filter(person=person).order_by("pk"))


def do(world: World, service: Any, who: str = ADMIN, **given: Any) -> Grant:
    by = world.actor(who)
    given = {"from_on": today(), "reason": "Cover", "today": today(), **given}
    with scope(acting=by.organisation_id):
        row: Grant = service(**given, by=by)
        return row


def refused(world: World, rule: Any, service: Any, who: str = ADMIN, **given: Any) -> None:
    with pytest.raises(Refused) as info:
        do(world, service, who, **given)
    assert info.value.rule is rule


def form(**changes: Any) -> dict[str, Any]:
    first = f"{today():%d/%m/%Y}"
    return {"role": "auditor", "from_on": first, "reason": "Reviews payables", **changes}


def test_a_right_given_and_ended_applies_at_once_in_the_same_visit(world: World) -> None:
    person, admin = world.people["staff@eastmere"], signed_in(world)
    visit = signed_in(world, "staff@eastmere")
    assert visit.get("/eastmere/trail/").status_code == 403
    mine = f"{LIST}{person.pk}/"
    assert admin.post(f"{mine}give/", form()).status_code == 302
    assert visit.get("/eastmere/trail/").status_code == 200
    row = grants_of(world, person)[-1]
    shown = admin.get(mine).content.decode()
    assert "Reviews payables" in shown and "by Administrator of eastmere" in shown
    ended = admin.post(f"{mine}{row.pk}/end/", form(reason="Has left the team"))
    assert ended.status_code == 302
    assert visit.get("/eastmere/trail/").status_code == 403
    assert "Has left the team" in admin.get(mine).content.decode()


def test_a_newcomer_is_made_once_and_keeps_the_name_they_have(world: World) -> None:
    admin = signed_in(world)
    said = form(email="New.One@eastmere.example", name="New  One", limit="£1,250")
    said |= {"role": "manager", "until_on": f"{today() + timedelta(days=9):%d/%m/%Y}"}
    assert admin.post(f"{LIST}new/", said).status_code == 302
    person = Person.objects.get(email="new.one@eastmere.example")
    (row,) = grants_of(world, person)
    assert (person.name, row.limit_pence) == ("New One", 125_000)
    assert row.valid.upper == today() + timedelta(days=10)
    assert (
        admin.post(f"{LIST}new/", {**said, "name": "Other", "role": "auditor"}).status_code == 302
    )
    person.refresh_from_db()
    assert person.name == "New One"


def test_nobody_touches_rights_of_their_own(world: World) -> None:
    me, admin = world.people[ADMIN], signed_in(world)
    refused(world, ACC10, grant_right, person=me, role=R.FINANCE_MANAGER)
    own = grants_of(world, me)[0]
    refused(world, ACC10, end_right, grant_id=own.pk)
    refused(world, ACC10, change_right, grant_id=own.pk, unit_id=None, limit_pence=1, until=None)
    said = admin.post(f"{LIST}{me.pk}/give/", form())
    assert said.status_code == 422 and "Another administrator can" in said.content.decode()
    assert "another administrator changes them" in admin.get(f"{LIST}{me.pk}/").content.decode()


def test_nobody_gives_more_than_they_reach(world: World) -> None:
    lesser = create_person(email="lesser@eastmere.example", name="Lesser")
    world.people["lesser@eastmere"] = lesser
    staff = world.people["staff@eastmere"]
    with scope(acting=world.id("eastmere")):
        unit = {row.code: row for row in Unit.objects.all()}
        give_role(
            person=lesser, role=R.ADMINISTRATOR, since=SINCE, unit=unit["100"], limit_pence=500_00
        )
    give: dict[str, Any] = {"service": grant_right, "who": "lesser@eastmere", "person": staff}
    give |= {"role": R.MANAGER}
    inside = {"unit_id": unit["110"].pk, "limit_pence": 500_00}
    for beyond in (
        {**inside, "unit_id": None},
        {**inside, "unit_id": unit["200"].pk},
        {**inside, "limit_pence": 500_01},
        {**inside, "limit_pence": None},
    ):
        refused(world, ACC11, **give, **beyond)
    assert do(world, **give, **inside).unit_id == unit["110"].pk
    officer = grants_of(world, world.people["finance_officer@eastmere"])[0]
    refused(world, ACC11, end_right, "lesser@eastmere", grant_id=officer.pk)


def test_days_units_and_doubles_are_looked_at(world: World) -> None:
    give: dict[str, Any] = {"service": grant_right, "person": world.people["staff@eastmere"]}
    give |= {"role": R.MANAGER}
    yesterday = today() - timedelta(days=1)
    refused(world, ACC12, **give, from_on=yesterday)
    refused(world, ACC12, **give, until=today())
    with scope(acting=world.id("northdale")):
        foreign = Unit.objects.order_by("-pk")[0].pk
    refused(world, ACC15, **give, unit_id=foreign)
    do(world, **give)
    refused(world, ACC13, **give, from_on=today() + timedelta(days=40))


def test_a_change_keeps_what_was_and_says_both(world: World) -> None:
    person = world.people["manager@eastmere"]
    old = grants_of(world, person)[0]
    given = {"unit_id": None, "limit_pence": 900_00, "until": None}
    do(world, change_right, grant_id=old.pk, **given)
    was, now = grants_of(world, person)
    assert (was.limit_pence, was.valid.upper) == (500_000, today())
    assert (now.limit_pence, now.valid.lower) == (900_00, today())
    with scope(acting=world.id("eastmere")):
        event = Event.objects.get(verb="access.grant.changed")
    assert "£5,000.00" in event.data["before"] and "£900.00" in event.data["now"]
    with pytest.raises(Clash):
        do(world, change_right, grant_id=old.pk, **given)


def test_a_change_that_is_refused_leaves_the_right_as_it_was(world: World) -> None:
    person, admin = world.people["manager@eastmere"], signed_in(world)
    (old,) = grants_of(world, person)
    long_ago = form(until_on="01/01/2021", limit="9")
    answer = admin.post(f"{LIST}{person.pk}/{old.pk}/change/", long_ago)
    assert answer.status_code == 422 and "end after they begin" in answer.content.decode()
    (now,) = grants_of(world, person)
    assert now.valid.upper is None


def test_one_administrator_stays(world: World) -> None:
    second = create_person(email="second@eastmere.example", name="Second")
    world.people["second@eastmere"] = second
    until = today() + timedelta(days=1)
    with scope(acting=world.id("eastmere")):
        give_role(person=second, role=R.ADMINISTRATOR, since=SINCE, until=until)
    (last,) = grants_of(world, world.people[ADMIN])
    given = {"service": end_right, "who": "second@eastmere", "grant_id": last.pk}
    refused(world, ACC14, **given, from_on=until)
    do(world, **given, from_on=today())
    assert grants_of(world, world.people[ADMIN])[0].valid.upper == today()


def test_another_organisation_is_not_there(world: World) -> None:
    """A person of two: each sees its own part, and neither touches the other's."""
    person = world.people["staff@eastmere"]
    with scope(acting=world.id("northdale")):
        other = give_role(person=person, role=R.AUDITOR, since=SINCE)
    admin = signed_in(world)
    page = admin.get(f"{LIST}{person.pk}/").content.decode()
    assert "Auditor" not in page and "northdale" not in page.lower()
    with pytest.raises(NotFound):
        do(world, end_right, grant_id=other.pk)
    stranger = world.people["manager@northdale"].pk
    assert admin.get(f"{LIST}{stranger}/").status_code == 404
    assert admin.get(f"{LIST}{person.pk}/{other.pk}/end/").status_code == 404


def test_others_look_or_are_turned_away(world: World) -> None:
    person = world.people["staff@eastmere"].pk
    auditor, officer = signed_in(world, "auditor@eastmere"), signed_in(world, "hr_officer@eastmere")
    assert "Give a right" not in auditor.get(f"{LIST}{person}/").content.decode()
    assert auditor.post(f"{LIST}{person}/give/", form()).status_code == 403
    assert officer.get(LIST).status_code == 403
    with pytest.raises(NotAllowed):
        do(world, grant_right, "auditor@eastmere", person=world.people[ADMIN], role=R.STAFF)


def test_the_list_is_searched_and_exported(world: World) -> None:
    admin = signed_in(world)
    names = admin.get(LIST).content.decode()
    assert "Auditor of eastmere" in names and "Member of staff of eastmere" not in names
    assert "Service centre agent of centre" in names
    assert "Member of staff of eastmere" in admin.get(f"{LIST}?role=all").content.decode()
    found = admin.get(f"{LIST}?q=HR_OFF&role=all").context["rows"]
    assert [row["cells"][0] for row in found] == ["HR officer of eastmere"]
    assert "Nobody matches" in admin.get(f"{LIST}?q=zzz").content.decode()
    told = admin.get(f"{LIST}export/?role=manager").content.decode("utf-8-sig")
    assert "Rows,1" in told and "Manager,,,5000.00,2020-01-01,," in told
    assert admin.get(f"{LIST}export/?format=xlsx").content[:2] == b"PK"
