"""Calls of the API by people of the cast, each with a key of its own."""

import uuid
from typing import Any

from django.test import Client

from tests.world import World


def call(world: World, who: str, where: str, given: Any = None, slug: str = "eastmere") -> Any:
    """What the organisation's address answers somebody: a GET, or a POST of what is given."""
    client, where = Client(), f"/api/v1/{slug}/{where}"
    client.force_login(world.people[who if "@" in who else f"{who}@{slug}"])
    if given is None:
        return client.get(where)
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    return client.post(where, given, "application/json", headers=headers)


def code(answer: Any) -> tuple[int, str]:
    """The status, and the rule that says no."""
    return answer.status_code, answer.json().get("code", "")
