"""Two organisations full of marked rows, and the walls between them."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections, models
from django.db.backends.signals import connection_created

from core.apps import refuse_unbound
from core.management.commands.init_db import connect
from core.tenancy import TenantManager
from sla.services import load_indicators
from tests.conftest import TRUNCATE
from tests.house.planted import Planted, plant
from tests.house.walls import MODES, UNBOUND, create_unbound
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
            cursor.execute(TRUNCATE)
        admin.close()


@pytest.fixture
def walls(
    request: Any, planted: Any, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any
) -> Iterator[str]:
    """Switches walls off. A role that row security does not bind stands in for no row security."""
    managers, row_security = MODES[request.param]
    if not managers:
        monkeypatch.setattr(TenantManager, "get_queryset", models.Manager.get_queryset)
    if row_security:
        yield request.param
        return
    target = connections["default"].settings_dict
    # The house refuses such a connection, which is what another test proves.
    connection_created.disconnect(dispatch_uid="refuse_unbound")
    with django_db_blocker.unblock():
        create_unbound(target["PASSWORD"])
        connections["default"].close()
        monkeypatch.setitem(target, "USER", UNBOUND)
        yield request.param
        connections["default"].close()
    connection_created.connect(refuse_unbound, dispatch_uid="refuse_unbound")
