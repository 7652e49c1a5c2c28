"""The organisation by program: units, closed days and facts, by the rules of the pages."""

from typing import Any

import pytest

from core.scope import scope
from tenants.models import ClosureDay
from tests.calls import call, code
from tests.days import in_days, today
from tests.world import World


def parks(**given: Any) -> dict[str, Any]:
    return {"code": "131", "name": "Parks", "part_of": "100", "from_on": str(today()), **given}


def units(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"units": list(rows), "reason": "The new directorate"}


def test_units_are_planned_and_then_kept(world: World) -> None:
    plan = {"units": [parks()]}
    (planned,) = call(world, "administrator", "units/plan/", plan).json()
    assert (planned["code"], planned["new"], planned["refusals"]) == ("131", True, [])
    found = call(world, "administrator", "units/?q=Parks").json()["results"]
    assert found == []
    kept = call(world, "administrator", "units/keeping/", units(parks()))
    assert kept.status_code == 200
    (there,) = call(world, "administrator", "units/?q=Parks").json()["results"]
    assert (there["code"], there["part_of"], there["last_on"]) == ("131", "100", None)


def test_a_rule_refuses_all_of_them(world: World) -> None:
    ring = parks(code="132", part_of="132")
    (planned,) = call(world, "administrator", "units/plan/", {"units": [ring]}).json()
    (said,) = {one["code"] for one in planned["refusals"]}
    assert code(call(world, "administrator", "units/keeping/", units(parks(), ring))) == (422, said)
    assert call(world, "administrator", "units/?q=Parks").json()["results"] == []
    assert call(world, "auditor", "units/keeping/", units(parks())).status_code == 403
    assert (
        call(world, "administrator@northdale", "units/keeping/", units(parks())).status_code == 404
    )


def test_days_are_closed_and_opened(world: World) -> None:
    monday = in_days(14 - today().weekday())
    given = {"first_on": str(monday), "reason": "The offices move"}
    past = {**given, "first_on": str(in_days(-3))}
    assert code(call(world, "administrator", "calendar/closing/", past)) == (422, "TEN13")
    closed = call(world, "administrator", "calendar/closing/", given)
    assert (closed.status_code, closed.json()) == (201, {"closed": 1})
    assert code(call(world, "administrator", "calendar/closing/", given)) == (422, "TEN14")
    with scope(readable={world.id("eastmere")}):
        number = ClosureDay.objects.get(day=monday).pk
    days = call(world, "administrator", f"calendar/?year={monday.year}").json()
    assert {"day": str(monday), "why": "The offices move", "number": number} in days
    assert {"day": f"{monday.year}-12-25", "why": "Bank holiday", "number": None} in days
    assert call(world, "administrator", "calendar/?year=1800").status_code == 400
    assert call(world, "finance_officer", "calendar/").status_code == 403
    where, why = f"calendar/{number}/opening/", {"reason": "They are needed"}
    assert call(world, "administrator", "calendar/990001/opening/", why).status_code == 404
    assert call(world, "finance_manager", where, why).status_code == 403
    assert call(world, "administrator", where, why).json() == {"opened": str(monday)}


def test_the_colour_must_carry_white_words(world: World) -> None:
    given = {"brand_colour": "#ffffff", "reason": "The new style"}
    assert code(call(world, "administrator", "organisation/change/", given)) == (422, "TEN12")
    before = call(world, "administrator", "organisation/").json()
    dark = {**given, "brand_colour": "#1f4e5f"}
    after = call(world, "administrator", "organisation/change/", dark).json()
    assert after == {**before, "brand_colour": "#1f4e5f"}


@pytest.mark.parametrize("unit", [{"code": "a b"}, {"mood": "good"}, {"holder": "nobody"}])
def test_what_cannot_be_read_is_said(world: World, unit: dict[str, Any]) -> None:
    assert (
        call(world, "administrator", "units/plan/", {"units": [parks(**unit)]}).status_code == 400
    )
