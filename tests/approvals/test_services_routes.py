"""Routes are dated, agreed by a second person, and never changed afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from approvals import services
from approvals.bands import Band, Patience
from approvals.models import Request, Route, Step
from approvals.rules import APR01, APR02, APR09, APR18, APR19, APR20
from core.errors import NotAllowed
from core.scope import scope
from tests.approvals.cast import make_day, set_bands, submit
from tests.approvals.test_services_approvals import refused_by, roles
from tests.days import in_days, today
from tests.world import World

NEW = [Band(0, None, "finance_officer", 1, "finance_manager")]


@pytest.fixture
def routed(world: World) -> World:
    set_bands(world)
    return world


def propose(world: World, who: str = "administrator", **changes: Any) -> Route:
    by = world.actor(f"{who}@eastmere")
    given = {"bands": NEW, "patience": Patience(), "from_on": today(), "reason": "Leavers"}
    with scope(acting=by.organisation_id):
        return services.propose_route(
            subject_key="tests.day", by=by, as_of=timezone.now(), **{**given, **changes}
        )


def decide(world: World, who: str, decision: Any = "approve") -> Request:
    by = world.actor(f"{who}@eastmere")
    with scope(acting=by.organisation_id):
        request = Request.objects.get(subject_key="approvals.route", state="waiting")
        return services.decide(
            request=request, decision=decision, comment="Said", by=by, as_of=timezone.now()
        )


def test_a_change_waits_for_another_person(routed: World) -> None:
    before = submit(routed, make_day(routed))
    proposed = propose(routed)
    assert roles(routed, submit(routed, make_day(routed))) == ["manager"]
    with refused_by(APR01):
        decide(routed, "administrator")
    with pytest.raises(NotAllowed):
        decide(routed, "manager")
    decide(routed, "finance_manager")
    assert roles(routed, submit(routed, make_day(routed))) == ["finance_officer"]
    assert roles(routed, before) == ["manager"]
    with scope(acting=routed.id("eastmere")):
        proposed.refresh_from_db()
        old = Route.objects.get(subject_key="tests.day", state="replaced")
        assert Step.objects.get(request_id=before.pk).request.route_id == old.pk
    assert (proposed.state, proposed.agreed_by_name) == ("agreed", "Finance manager of eastmere")


def test_the_finance_managers_change_waits_for_the_administrator(routed: World) -> None:
    propose(routed, "finance_manager")
    with refused_by(APR01):
        decide(routed, "finance_manager")
    assert decide(routed, "administrator").state == "approved"


def test_it_takes_effect_on_its_day(routed: World) -> None:
    later = in_days(10)
    propose(routed, from_on=later)
    decide(routed, "finance_manager")
    for days, role in ((9, "manager"), (10, "finance_officer")):
        at = timezone.now() + timedelta(days=days)
        assert roles(routed, submit(routed, make_day(routed), as_of=at)) == [role]


@pytest.mark.parametrize("decision", ["return", "reject"])
def test_what_is_not_agreed_changes_nothing(routed: World, decision: str) -> None:
    proposed = propose(routed)
    decide(routed, "finance_manager", decision)
    with scope(acting=routed.id("eastmere")):
        proposed.refresh_from_db()
    assert proposed.state == "refused"
    assert roles(routed, submit(routed, make_day(routed))) == ["manager"]


def test_what_cannot_be_proposed(routed: World) -> None:
    for changes, rule in (
        ({"reason": " "}, APR19),
        ({"from_on": in_days(-1)}, APR20),
        ({"patience": Patience(60, 60)}, APR20),
        ({"bands": [Band(0, None, "auditor")]}, APR09),
        ({"bands": [Band(0, None, "manager", 1, "staff")]}, APR09),
    ):
        with refused_by(rule):
            propose(routed, **changes)
    with pytest.raises(NotAllowed):
        propose(routed, "manager")


def test_nobody_but_the_system_replaces_a_route_alone(routed: World) -> None:
    by = routed.actor("administrator@eastmere")
    with scope(acting=by.organisation_id):
        with refused_by(APR18):
            services.set_routes(subject_key="tests.day", bands=NEW, by=by)
        first = services.set_routes(subject_key="tests.other", bands=NEW, by=by)
    assert first.state == "agreed"


def test_one_proposal_of_a_kind_waits_at_a_time(routed: World) -> None:
    propose(routed)
    with refused_by(APR02):
        propose(routed, "finance_manager", from_on=in_days(3))
    decide(routed, "finance_manager", "reject")
    propose(routed, "finance_manager")


def test_database_wants_a_second_person(routed: World) -> None:
    proposed = propose(routed)
    with pytest.raises(IntegrityError, match="route_agreed_by_another"):
        with scope(acting=routed.id("eastmere")):
            Route.objects.filter(pk=proposed.pk).update(agreed_by_id=proposed.made_by_id)
