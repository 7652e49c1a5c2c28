"""What refuses to start: a marked database in earnest."""

import pytest
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from sharedservices.checks import no_demonstration_in_earnest, refuse_unsafe_start
from tenants.services import mark_demonstration

DATABASE = ["default"]


def found() -> list[str]:
    return [message.id for message in no_demonstration_in_earnest(None, databases=DATABASE)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("flag", "marker", "refused"),
    [
        (False, False, []),
        (True, False, []),
        (True, True, []),
        (False, True, ["sharedservices.E001"]),
    ],
)
def test_a_marked_database_needs_the_flag(
    settings: Settings, flag: bool, marker: bool, refused: list[str]
) -> None:
    settings.DEMO = flag
    if marker:
        mark_demonstration()
    assert found() == refused


def test_starting_in_earnest_on_a_marked_database_ends_the_process(
    settings: Settings, committed: None
) -> None:
    refuse_unsafe_start()
    mark_demonstration()
    with pytest.raises(ImproperlyConfigured, match="holds the demonstration"):
        refuse_unsafe_start()
    settings.DEMO = True
    refuse_unsafe_start()


@pytest.mark.django_db
def test_the_check_of_deployment_says_the_same() -> None:
    mark_demonstration()
    messages = checks.run_checks(tags=[checks.Tags.database], databases=DATABASE)
    assert [m.id for m in messages if m.is_serious()] == ["sharedservices.E001"]


@pytest.mark.django_db
def test_marking_twice_is_marking_once() -> None:
    mark_demonstration()
    mark_demonstration()
    assert found() == ["sharedservices.E001"]
