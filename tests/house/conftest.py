"""Two organisations full of marked rows, and the walls between them."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from core.management.commands.init_db import connect
from sla.services import load_indicators
from tests.conftest import EMPTY
from tests.house.planted import Planted, plant
from tests.house.walls import standing
from tests.world import World, build_world


@pytest.fixture(scope="module")
def planted(
    django_db_setup: None, django_db_blocker: Any
) -> Iterator[tuple[World, Planted, Planted]]:
    """The world and its two planted organisations, committed once for all tests of this file."""
    with django_db_blocker.unblock():
        world = build_world()
        load_indicators()
        yield world, plant(world, "eastmere"), plant(world, "northdale")
        connections["default"].close()
        admin = connect(os.environ["COMMONWELL_DATABASE"])
        with admin.cursor() as cursor:
            cursor.execute(EMPTY)
        admin.close()


@pytest.fixture
def walls(request: Any, planted: Any, django_db_blocker: Any) -> Iterator[str]:
    """Switches walls off."""
    with django_db_blocker.unblock(), standing(request.param):
        yield request.param
