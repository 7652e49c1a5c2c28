"""The API asked at random by its own schema, as each role: no faults, nothing undocumented."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis.openapi.checks import UndefinedContentType, UndefinedStatusCode

from portal.reference import schema
from sla.services import load_indicators
from tenants.roles import Role
from tests.conftest import committing
from tests.house.planted import Planted, plant
from tests.world import World, build_world

# Those who may do most, and one who may do next to nothing.
ROLES = (
    *(Role.FINANCE_OFFICER, Role.FINANCE_MANAGER, Role.HR_OFFICER, Role.ADMINISTRATOR),
    *(Role.AUDITOR, Role.STAFF),
)
EXAMPLES = 3


@pytest.fixture(scope="module")
def clients(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Client]]:
    """Somebody of each role of an organisation that is full of rows."""
    with committing(django_db_blocker):
        world: World = build_world()
        load_indicators()
        plant(world, "eastmere")
        found = {}
        for role in ROLES:
            found[str(role)] = Client()
            found[str(role)].force_login(world.people[f"{role}@eastmere"])
        yield found


@pytest.mark.parametrize("role", ROLES)
def test_no_call_fails_and_every_answer_is_documented(clients: Any, role: str) -> None:
    loaded = schemathesis.openapi.from_dict(schema())
    asked = 0
    for result in loaded.get_all_operations():
        operation = result.ok()
        strategy = operation.as_strategy()

        @settings(
            max_examples=EXAMPLES,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy)
        def ask(case: Any) -> None:
            nonlocal asked
            asked += 1
            _ask(clients[role], case)

        ask()
    assert asked > 100


def _ask(client: Client, case: Any) -> None:
    pass
