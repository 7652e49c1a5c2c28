"""No answer holds a word of another organisation: with both walls, and with either one alone.

The organisations are full of rows (`planted`).
"""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern
from django.utils import timezone

from core.scope import scope
from tenants.models import Organisation
from tenants.roles import Role
from tenants.services import create_person, give_role
from tests.house.arguments import ARGUMENTS
from tests.house.planted import Planted
from tests.house.test_routes import (
    METHOD_UNKNOWN,
    TENANT_ROUTES,
    address,
    leaks,
    new_key,
    signed_in,
    told,
    values,
)
from tests.house.walls import MODES, askers, foreign_query, stand_as_said, state_of
from tests.world import SINCE


@pytest.fixture
def outsiders(planted: Any, db: None) -> list[Client]:
    """Another organisation's manager, nobody, and people whose rights ended or did not begin."""
    world, *_ = planted
    today = timezone.localdate()
    past = create_person(email="past@x.example", name="Past")
    future = create_person(email="future@x.example", name="Future")
    with scope(acting=world.id("eastmere")):
        give_role(person=past, role=Role.FINANCE_MANAGER, since=SINCE, until=today)
        give_role(person=future, role=Role.FINANCE_MANAGER, since=today + timedelta(days=1))
    clients = [signed_in(world, who) for who in ("finance_manager@northdale", "charlie@nowhere")]
    for person in (past, future):
        clients.append(Client())
        clients[-1].force_login(person)
    return clients


def test_other_organisations_look_absent(planted: Any, outsiders: list[Client]) -> None:
    """Each answer is the one for a place that nobody knows, which is the same on every route."""
    _world, east, _north = planted
    for client in outsiders:
        unknown: dict[tuple[str, str, int], bytes] = {}
        for route, entry in TENANT_ROUTES:
            kind = "api" if route.startswith("api/") else "page"
            for method in ("get", "post"):
                foreign = getattr(client, method)(address(entry, "eastmere", east))
                assert foreign.status_code in (404, METHOD_UNKNOWN), route
                key = (kind, method, foreign.status_code)
                if key not in unknown:
                    answer = getattr(client, method)(address(entry, "no-such-place", east))
                    assert foreign.status_code == answer.status_code, route
                    unknown[key] = answer.content.replace(b"no-such-place", b"")
                assert foreign.content.replace(b"eastmere", b"") == unknown[key], route


def test_a_former_organisation_can_be_read_and_not_changed(planted: Any, db: None) -> None:
    world, east, _north = planted
    with scope(acting=world.id("eastmere")):
        Organisation.objects.filter(slug="eastmere").update(status="former")
    before = state_of(world, "eastmere")
    for role in Role:
        assert signed_in(world, f"{role}@eastmere").get("/eastmere/").status_code == 200
    for who, entries in askers(world).items():
        client = signed_in(world, who)
        for entry in entries:
            where = address(entry, "eastmere", east)
            assert client.get(where).status_code in (200, 302, 403, 404, 405, 422), (who, where)
            answer = client.post(where)
            assert answer.status_code in (403, METHOD_UNKNOWN), (who, where)
    assert "has left the service" in answer.content.decode()
    assert state_of(world, "eastmere") == before


# What is owed is named by creditor and month, as every organisation has them.
NAMED_ALIKE = {"pay_due", "pay_due_file", "pay_contributions"}


@pytest.mark.parametrize("walls", MODES, indirect=True)
def test_no_answer_holds_a_word_of_another_organisation(walls: str, planted: Any, db: None) -> None:
    """Pages of one's own, lists asked for foreign keys, and foreign keys in addresses.

    What every role is shown of its own with both walls is asked above.
    """
    world, east, north = planted
    stand_as_said(walls, world)
    before = state_of(world, "northdale")
    for who, entries in askers(world).items():
        client = signed_in(world, who)
        for entry in entries:
            where = address(entry, "eastmere", east)
            is_list = str(entry.name) not in ARGUMENTS
            for asked in (where, f"{where}?{foreign_query(north)}") if is_list else (where,):
                assert leaks(client.get(asked), "northdale") == [], (who, asked)
            own = values(str(entry.name), north) != values(str(entry.name), None)
            if own and str(entry.name) not in NAMED_ALIKE:
                _foreign_is_unknown(client, entry, north, (who, entry.name))
    assert state_of(world, "northdale") == before


def _foreign_is_unknown(client: Client, entry: URLPattern, north: Planted, where: Any) -> None:
    for method in ("get", "post"):
        asked = [address(entry, "eastmere", north), address(entry, "eastmere", None)]
        foreign, unknown = (getattr(client, method)(one, headers=new_key()) for one in asked)
        assert foreign.status_code == unknown.status_code, where
        assert foreign.status_code in (302, 403, 404, METHOD_UNKNOWN), where
        if foreign.status_code == 302:
            # Sends everybody on to where the row would be, without having looked for it.
            assert asked[0].startswith(foreign["Location"]), where
            continue
        assert told(foreign) == told(unknown), where
