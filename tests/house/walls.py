"""The two walls, each of which can be switched off, and what is asked of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections, models
from django.db.backends.signals import connection_created
from django.urls import URLPattern
from psycopg2 import sql

from core.actors import may
from core.apps import refuse_unbound
from core.management.commands.init_db import connect
from core.scope import scope
from core.tenancy import TenantManager, tenant_models
from finance.models import Invoice
from tenants.roles import Role
from tests.house.planted import Planted
from tests.house.test_routes import TENANT_ROUTES
from tests.world import World

UNBOUND = "app_rw_unbound"
MODES = {
    "both walls": (True, True),
    "row security alone": (False, True),
    "managers alone": (True, False),
    "no wall": (False, False),
}


@contextmanager
def standing(mode: str) -> Iterator[None]:
    """Within it only those walls stand. A role that row security does not bind stands in for none.

    What is asked has to be committed, as the connection is another one.
    """
    managers, row_security = MODES[mode]
    with pytest.MonkeyPatch.context() as patch:
        if not managers:
            patch.setattr(TenantManager, "get_queryset", models.Manager.get_queryset)
        if row_security:
            yield
            return
        target = connections["default"].settings_dict
        # The house refuses such a connection, which is what another test proves.
        connection_created.disconnect(dispatch_uid="refuse_unbound")
        create_unbound(target["PASSWORD"])
        connections["default"].close()
        patch.setitem(target, "USER", UNBOUND)
        try:
            yield
        finally:
            connections["default"].close()
            connection_created.connect(refuse_unbound, dispatch_uid="refuse_unbound")


def create_unbound(password: str) -> None:
    """A role that row security does not bind, with what else the application may do."""
    admin = connect(settings.ADMIN_DATABASE["NAME"])
    with admin.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(7305002)")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [UNBOUND])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {UNBOUND} LOGIN BYPASSRLS IN ROLE app_rw")
        if password:
            statement = sql.SQL("ALTER ROLE {} PASSWORD %s").format(sql.Identifier(UNBOUND))
            cursor.execute(statement, [password])
    admin.close()


def foreign_query(other: Planted) -> str:
    """What lists can be asked for, with the keys of another organisation."""
    keys = [v for v in other.keys.values() if isinstance(v, int)]
    asked = [
        *(f"{name}={key}" for key in keys for name in ("q", "words", "page")),
        *(f"{name}={keys[0]}" for name in ("supplier", "file", "run", "account", "id")),
        *(f"{name}={other.slug}" for name in ("partner", "organisation", "place")),
    ]
    return "&".join(asked)


def state_of(world: World, slug: str) -> list[Any]:
    """A checksum of everything that an organisation has."""
    found = []
    with scope(readable={world.id(slug)}), connection.cursor() as cursor:
        for model in tenant_models():
            table = model._meta.db_table
            cursor.execute(
                "SELECT count(*), sum(hashtextextended(t::text, 0)) FROM"
                f" {table} t WHERE organisation_id = %s",
                [world.id(slug)],
            )
            found.append((table, *cursor.fetchone()))
    return found


def readers(world: World) -> list[str]:
    """As few roles as hold every permission of a route between them."""
    wanted = {p for _r, entry in TENANT_ROUTES for p in entry.callback.access if p}
    actors = {f"{role}@eastmere": world.actor(f"{role}@eastmere") for role in Role}
    chosen: list[str] = []
    while wanted:
        held = {who: {p for p in wanted if may(actor, p)} for who, actor in actors.items()}
        chosen.append(max(held, key=lambda who: len(held[who])))
        assert held[chosen[-1]], wanted
        wanted -= held[chosen[-1]]
    return chosen


def askers(world: World) -> dict[str, list[URLPattern]]:
    """For each of those roles the routes that it opens, or may act on, before the others."""
    few = readers(world)
    actors = {who: world.actor(who) for who in few}
    asked: dict[str, list[URLPattern]] = {who: [] for who in few}
    for _route, entry in TENANT_ROUTES:
        for permission in dict.fromkeys(p for p in entry.callback.access if p):
            able = [who for who in few if may(actors[who], permission)]
            if not any(entry in asked[who] for who in able):
                asked[able[0]].append(entry)
    return asked


def stand_as_said(walls: str, world: World) -> None:
    """A wall that is off shows the other organisation's rows, one that stands does not."""
    managers, row_security = MODES[walls]
    both = {world.id("eastmere"), world.id("northdale")}
    with scope(acting=world.id("eastmere")), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT organisation_id FROM finance_invoice")
        seen = {key for (key,) in cursor.fetchall()}
        assert (both <= seen) is not row_security
        filtered = "organisation_id" in str(Invoice.objects.all().query.where)
        assert filtered is managers
