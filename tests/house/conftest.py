"""Two organisations full of marked rows, and the walls between them."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from sla.services import load_indicators
from tests import databases
from tests.house.planted import Planted, plant
from tests.house.walls import standing
from tests.world import World, build_world

Marked = tuple[World, Planted, Planted]


@pytest.fixture(scope="session")
def garden(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[str, Marked]]:
    """A database with the world and its two planted organisations, made once to be copied."""
    name = f"{databases.here()}_garden"
    with django_db_blocker.unblock():
        databases.drop(name)
        databases.copy(databases.here(), name)
        with databases.within(name):
            world = build_world()
            load_indicators()
            found = world, plant(world, "eastmere"), plant(world, "northdale")
        yield name, found
        databases.drop(name)


@pytest.fixture(scope="module")
def planted(garden: tuple[str, Marked], django_db_blocker: Any) -> Iterator[Marked]:
    """The world and its two planted organisations, committed, for all tests of this file."""
    name, found = garden
    with django_db_blocker.unblock():
        databases.copy(name, f"{name}_copy")
        with databases.using(f"{name}_copy"):
            yield deepcopy(found)


@pytest.fixture
def walls(request: Any, planted: Any, django_db_blocker: Any) -> Iterator[str]:
    """Switches walls off."""
    with django_db_blocker.unblock(), standing(request.param):
        yield request.param
