"""The facts and the calendar of an organisation: what may change, with a reason, from today on."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.errors import Clash, NotAllowed, Refused
from core.scope import scope
from core.working_time import is_working_day
from tenants.models import ClosureDay, Organisation
from tenants.rules import TEN12, TEN13, TEN14
from tenants.selectors import working_calendar
from tenants.services.place import change_organisation, close_days, open_day
from tests.world import World

ADMIN = "administrator@eastmere"
# A week without a bank holiday, long before the end of what is known of them.
MONDAY = date(2027, 6, 14)


def signed_in(world: World, who: str = ADMIN) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def do(world: World, service: Any, who: str = ADMIN, **given: Any) -> Any:
    by = world.actor(who, "eastmere")
    with scope(acting=by.organisation_id):
        return service(**given, reason="Agreed by the board", by=by)


def refused(world: World, rule: Any, service: Any, **given: Any) -> None:
    with pytest.raises(Refused) as info:
        do(world, service, **given)
    assert info.value.rule is rule


def facts(**changes: str) -> dict[str, str]:
    said = {"name": "Eastmere", "short_name": "Eastmere", "standing": "partner"}
    return {**said, "brand_colour": "#1f4e5f", **changes}


def test_an_organisation_is_changed_with_a_reason(world: World) -> None:
    admin = signed_in(world)
    sent = facts(name="Eastmere Council", brand_colour="#7A2048", standing="client")
    answer = admin.post("/eastmere/organisation/change/", {**sent, "reason": "New charter"})
    assert answer.status_code == 302
    page = admin.get("/eastmere/organisation/").content.decode()
    assert "New charter" in page and "Client: buys services" in page
    assert "colour before: #1f4e5f, now: #7a2048" in page
    assert "#7a2048" in Client().get("/brand/eastmere.css").content.decode()
    assert "Organisations of the centre" not in page


def test_white_words_stay_readable(world: World) -> None:
    refused(world, TEN12, change_organisation, **facts(brand_colour="#ffdd00"))
    # 4.54 to 1, and just beneath it.
    do(world, change_organisation, **facts(brand_colour="#767676"))
    refused(world, TEN12, change_organisation, **facts(brand_colour="#777777"))
    said = signed_in(world).post(
        "/eastmere/organisation/change/", {**facts(brand_colour="red"), "reason": "Why"}
    )
    assert said.status_code == 422 and "Write the colour like #1f4e5f." in said.content.decode()


def test_the_centre_sees_all_and_changes_those_it_works_for(world: World) -> None:
    manager = signed_in(world, "centre_manager@centre")
    page = manager.get("/centre/organisation/").content.decode()
    assert "Organisations of the centre" in page and "/northdale/organisation/" in page
    found = manager.get("/centre/organisation/?q=NORTHD").content.decode()
    assert "/northdale/organisation/" in found and "/eastmere/organisation/" not in found
    assert "No organisation matches" in manager.get("/centre/organisation/?q=zzz").content.decode()
    do(world, change_organisation, "centre_manager@centre", **facts(short_name="EMC"))
    assert Organisation.Standing.PARTNER in facts().values()
    with pytest.raises(NotAllowed):
        do(world, change_organisation, "auditor@eastmere", **facts(name="Mine"))
    auditor = signed_in(world, "auditor@eastmere")
    assert "Change it" not in auditor.get("/eastmere/organisation/").content.decode()
    assert signed_in(world, "staff@eastmere").get("/eastmere/organisation/").status_code == 403


def test_closed_days_count_at_once_and_can_be_opened(world: World) -> None:
    admin, sunday = signed_in(world), MONDAY - timedelta(days=1)
    sent = {"first_on": f"{sunday:%d/%m/%Y}", "last_on": f"{MONDAY + timedelta(days=1):%d/%m/%Y}"}
    answer = admin.post("/eastmere/calendar/close/", {**sent, "reason": "Moving offices"})
    assert answer.status_code == 302
    page = admin.get("/eastmere/calendar/?year=2027").content.decode()
    assert "Closed 2 days from 14 June 2027 to 15 June 2027" in page and "Bank holiday" in page
    here = world.id("eastmere")
    with scope(acting=here):
        assert not is_working_day(working_calendar(here), MONDAY)
        first = ClosureDay.objects.order_by("day")[0].pk
    opened = admin.post(f"/eastmere/calendar/{first}/open/", {"reason": "The move is later"})
    assert opened.status_code == 302
    with scope(acting=here):
        assert is_working_day(working_calendar(here), MONDAY)
    assert "The move is later" in admin.get("/eastmere/calendar/").content.decode()
    assert admin.get(f"/eastmere/calendar/{first}/open/").status_code == 404
    with pytest.raises(Clash):
        do(world, open_day, number=first, today=timezone.localdate())


def test_days_that_have_been_stay_as_they_were(world: World) -> None:
    def close(first: date, last: date, rule: Any) -> None:
        refused(world, rule, close_days, first_on=first, last_on=last, today=MONDAY)

    close(MONDAY - timedelta(days=1), MONDAY, TEN13)
    close(MONDAY, MONDAY - timedelta(days=1), TEN13)
    close(MONDAY, MONDAY + timedelta(days=31), TEN13)
    close(date(2029, 1, 2), date(2029, 1, 2), TEN13)
    close(MONDAY + timedelta(days=5), MONDAY + timedelta(days=6), TEN14)
    assert do(world, close_days, first_on=MONDAY, last_on=MONDAY, today=MONDAY) == 1
    close(MONDAY, MONDAY, TEN14)
    with scope(acting=world.id("eastmere")):
        number = ClosureDay.objects.get().pk
    refused(world, TEN13, open_day, number=number, today=MONDAY)
