"""What may be a password: long, not common, not one's own name."""

from pathlib import Path

import pytest
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    get_default_password_validators,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.test import Client

from sharedservices.environment import BadEnvironment, readable
from tests.access.codes import PASSWORD, with_password
from tests.world import World


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("eleven-char", "at least 12 characters"),
        ("q1w2e3r4t5y6", "too common"),
        ("1qaz2wsx3edc", "too common"),
        ("rosalind-quill", "too similar to the name"),
        ("ada.marsh@eastmere", "too similar to the email"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(
    client: Client, world: World, password: str, why: str
) -> None:
    person = with_password(world.people["staff@eastmere"])
    person.name, person.email = "Rosalind Quill", "ada.marsh@eastmere.example"
    person.save()
    client.force_login(person)
    given = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    answer = client.post("/account/password/change/", given)
    assert why in str(answer.context["form"].errors)
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_nothing_is_asked_of_a_long_one_but_length(world: World) -> None:
    validate_password("three words of no fame", world.people["staff@eastmere"])
    validate_password("x" * 60 + "yzzy", world.people["staff@eastmere"])


def test_a_longer_list_counts_besides(tmp_path: Path) -> None:
    path = tmp_path / "breached.txt"
    path.write_text("harbour-marble-lantern\n", encoding="utf-8")
    with pytest.raises(ValidationError):
        CommonPasswordValidator(readable(str(path))).validate("Harbour-Marble-Lantern")
    kinds = [type(one).__name__ for one in get_default_password_validators()]
    assert kinds == [
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "UserAttributeSimilarityValidator",
    ]
    with pytest.raises(BadEnvironment, match="There is no file"):
        readable(str(tmp_path / "missing.txt"))
