"""Delegations for programs: the rules and the people of the pages."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from tests.world import World

LIST = "/api/v1/eastmere/delegations/"


def client_of(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[f"{who}@eastmere"])
    return client


def make(world: World, who: str, to: str, after: int = 0, **more: Any) -> Any:
    on = timezone.localdate() + timedelta(days=after)
    body = {"to_person": world.people[f"{to}@eastmere"].pk, "first_on": f"{on}", "last_on": f"{on}"}
    where = f"{LIST}new/"
    return client_of(world, who).post(where, {**body, **more}, content_type="application/json")


def test_it_is_made_seen_by_both_and_ended_by_who_made_it(world: World) -> None:
    made = make(world, "finance_officer", "finance_manager", reason="Leave")
    assert made.status_code == 201, made.content
    told = made.json()
    assert told["first_on"] == told["last_on"] == f"{timezone.localdate()}"
    for who, seen in (("finance_officer", 1), ("finance_manager", 1), ("manager", 0)):
        assert len(client_of(world, who).get(LIST).json()["results"]) == seen, who
    end = f"{LIST}{told['number']}/end/"
    assert client_of(world, "manager").post(end).status_code == 404
    ended = client_of(world, "finance_officer").post(end).json()
    assert ended["ended_at"] and ended["last_on"] is None
    assert client_of(world, "finance_officer").post(end).status_code == 409


def test_the_rules_of_the_page(world: World) -> None:
    assert make(world, "finance_officer", "finance_officer").json()["code"] == "APR10"
    assert make(world, "finance_officer", "staff").json()["code"] == "APR12"
    assert make(world, "finance_officer", "manager", after=-1).json()["code"] == "APR13"
    assert make(world, "staff", "manager").status_code == 403
    assert client_of(world, "auditor").get(LIST).json()["results"] == []
