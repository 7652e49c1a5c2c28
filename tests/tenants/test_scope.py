"""The two walls: what a scope shows, and what it refuses."""

import pytest
from django.db import connection, utils
from django_scopes import scopes_disabled
from django_scopes.exceptions import ScopeError as WallOne

from core.scope import ScopeError, scope, together
from tenants.models import Grant, Organisation, Unit
from tests.world import SINCE, World


def units_seen() -> set[int]:
    return set(Unit.objects.values_list("organisation_id", flat=True))


def test_scope_shows_only_its_organisation(world: World) -> None:
    with scope(acting=world.id("eastmere")):
        assert units_seen() == {world.id("eastmere")}
        assert set(Organisation.objects.values_list("slug", flat=True)) == {"eastmere"}


def test_centre_reads_several_and_writes_one(world: World) -> None:
    both = {world.id("eastmere"), world.id("northdale")}
    with scope(acting=world.id("eastmere"), readable=both):
        assert units_seen() == both
        foreign = Unit.objects.filter(organisation_id=world.id("northdale"))
        assert foreign.update(name="taken") == 0


def test_without_scope_wall_one_raises(world: World) -> None:
    with pytest.raises(WallOne):
        list(Unit.objects.all())


def test_without_scope_wall_two_shows_nothing(world: World) -> None:
    with scopes_disabled():
        assert list(Unit.objects.all()) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenants_grant")
        assert cursor.fetchone() == (0,)


def test_scopes_do_not_nest(world: World) -> None:
    with scope(acting=world.id("eastmere")), pytest.raises(ScopeError):
        with scope(acting=world.id("northdale")):
            pass


def test_scopes_together_write_all_or_nothing(world: World) -> None:
    east, north = world.id("eastmere"), world.id("northdale")

    def rename(place: int, name: str) -> None:
        with scope(acting=place):
            assert Organisation.objects.update(short_name=name) == 1

    def both() -> None:
        with together():
            rename(east, "E")
            with pytest.raises(WallOne):
                Unit.objects.count()
            rename(north, "x" * 41)

    with pytest.raises(utils.DataError):
        both()
    with scope(readable=[east]):
        assert Organisation.objects.get(pk=east).short_name != "E"
    with scope(acting=east), pytest.raises(ScopeError), together():
        pass
    # Afterwards a scope has a transaction of its own again.
    rename(east, "E")


def test_insert_for_another_organisation_is_refused(world: World) -> None:
    with pytest.raises(utils.ProgrammingError, match="row-level security"):
        with scope(acting=world.id("eastmere")):
            Unit.objects.create(
                organisation_id=world.id("northdale"),
                code="9",
                name="x",
                path="9.",
                valid=(SINCE, None),
            )


def test_reference_into_another_organisation_is_refused(world: World) -> None:
    with scope(acting=world.id("northdale")):
        foreign = Unit.objects.get(code="100")
    with pytest.raises(utils.IntegrityError, match="same_org"):
        with scope(acting=world.id("eastmere")):
            Grant.objects.create(
                organisation_id=world.id("eastmere"),
                person=world.people["staff@eastmere"],
                role="staff",
                unit_id=foreign.pk,
                valid=(SINCE, None),
            )


def test_rights_end_with_the_grant(world: World) -> None:
    assert world.actor("manager@eastmere").roles == {"manager"}
    agent = world.actor("centre_agent@centre")
    assert agent.readable == {world.id(s) for s in ("centre", "eastmere", "northdale")}
    assert world.actor("centre_agent@centre", "eastmere").readable == {world.id("eastmere")}
