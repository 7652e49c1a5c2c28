"""Bad configuration is told before anybody is let in."""

from django.core import checks
from pytest_django.fixtures import Settings

from tests.access.codes import with_app
from tests.world import World


def told(**what: object) -> set[str | None]:
    return {message.id for message in checks.run_checks(**what)}  # type: ignore[arg-type]


def test_lengths_that_contradict_each_other(settings: Settings) -> None:
    assert not told() & {"access.E001", "access.I001"}
    settings.BANK_IDLE_MINUTES, settings.SESSION_IDLE_MINUTES = 30, 20
    settings.PROVIDERS_INSIDE = True
    assert told() >= {"access.E001", "access.I001"}


def test_another_key_than_the_one_that_sealed(world: World, settings: Settings) -> None:
    with_app(world.people["auditor@eastmere"])
    assert "access.E002" not in told(databases=["default"])
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 9
    assert "access.E002" in told(databases=["default"])
    settings.SECRET_KEY_FALLBACKS = [before]
    assert "access.E002" not in told(databases=["default"])
