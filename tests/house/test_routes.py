"""Every route of the URL map, tried by every role, a stranger and another organisation's member."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from core.actors import may
from core.permissions import PERMISSIONS
from tenants.models import RESERVED
from tenants.roles import Role
from tests.world import World

# Values for the arguments of addresses; a missing object answers 404 to those who may look.
SAMPLES = {"number": 1, "pk": 1, "id": 1, "code": "1", "period": 202604, "batch": 1, "journal": 1}


def walk(patterns: Any, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.app_name in ("account",) or "allauth" in str(entry.urlconf_name):
                continue
            yield from walk(entry.url_patterns, route)
        else:
            yield route, entry


# Said before anything is looked at, so it tells nobody anything.
METHOD_UNKNOWN = 405

ROUTES = list(walk(get_resolver().url_patterns))
TENANT_ROUTES = [(r, e) for r, e in ROUTES if r.startswith("<slug:organisation>/")]


def address(route: str, slug: str) -> str:
    parts = []
    for part in route.replace("^", "").split("/"):
        if part.startswith("<") and part.endswith((">", ">.css", ">.csv", ">.xlsx")):
            inner = part[1 : part.index(">")]
            name = inner.split(":")[-1]
            suffix = part[part.index(">") + 1 :]
            part = (slug if name == "organisation" else str(SAMPLES.get(name, "x"))) + suffix
        parts.append(part)
    return "/" + "/".join(parts)


def test_every_route_declares_its_access() -> None:
    bare = [route for route, entry in ROUTES if not hasattr(entry.callback, "access")]
    assert bare == []


def test_no_organisation_can_hide_behind_an_address() -> None:
    everything = ROUTES + list(walk([get_resolver()]))
    first = {route.lstrip("^/").split("/")[0] for route, _entry in everything}
    first |= {settings.STATIC_URL.strip("/").split("/")[0]}
    assert {part for part in first if part and not part.startswith("<")} <= set(RESERVED)


def test_every_permission_of_a_route_exists() -> None:
    for route, entry in TENANT_ROUTES:
        permission, unsafe = entry.callback.access
        assert permission in PERMISSIONS, route
        assert unsafe is None or unsafe in PERMISSIONS, route


@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_are_sent_to_sign_in(world: World, method: str) -> None:
    client = Client()
    for route, _entry in TENANT_ROUTES:
        answer = getattr(client, method)(address(route, "eastmere"))
        if answer.status_code == METHOD_UNKNOWN:
            continue
        assert answer.status_code == 302, route
        assert answer["Location"].startswith("/account/login/"), route


@pytest.mark.parametrize("who", ["finance_manager@northdale", "charlie@nowhere"])
def test_other_organisations_look_absent(world: World, who: str) -> None:
    client = Client()
    client.force_login(world.people[who])
    for route, _entry in TENANT_ROUTES:
        for method in ("get", "post"):
            foreign = getattr(client, method)(address(route, "eastmere"))
            unknown = getattr(client, method)(address(route, "no-such-place"))
            assert foreign.status_code == unknown.status_code, route
            assert foreign.status_code in (404, METHOD_UNKNOWN), route
            mine, theirs = foreign.content, unknown.content
            assert mine.replace(b"eastmere", b"") == theirs.replace(b"no-such-place", b""), route


@pytest.mark.parametrize("role", list(Role))
def test_each_role_enters_exactly_where_it_may(world: World, role: str) -> None:
    client = Client()
    client.force_login(world.people[f"{role}@eastmere"])
    actor = world.actor(f"{role}@eastmere")
    for route, entry in TENANT_ROUTES:
        permission, unsafe = entry.callback.access
        answer = client.get(address(route, "eastmere"))
        if may(actor, permission):
            assert answer.status_code in (200, 302, 404, 405, 422), (role, route)
        else:
            assert answer.status_code == 403, (role, route)
        posted = client.post(address(route, "eastmere"))
        if posted.status_code == METHOD_UNKNOWN:
            continue
        if not may(actor, permission) or (unsafe and not may(actor, unsafe)):
            assert posted.status_code == 403, (role, route, "POST")
        else:
            assert posted.status_code < 500, (role, route, "POST")
