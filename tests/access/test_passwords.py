"""What may be a password: long, not common, not one's own name."""

import gzip
from pathlib import Path

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    get_default_password_validators,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.test import Client

from access.passwords import BREACHED
from sharedservices.environment import BadEnvironment, readable
from tenants.models import Person
from tests.access.codes import PASSWORD, with_password
from tests.world import World
from tools.list_breached import SHORTEST, breached, packed

LOGIN = "/account/login/"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("eleven-char", "at least 12 characters"),
        ("q1w2e3r4t5y6", "too common"),
        ("1qaz2wsx3edc", "too common"),
        ("ZXCasdQWE123", "known from a breach"),
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


def test_words_of_the_house_do_not_count(world: World) -> None:
    person = world.people["staff@northdale"]
    for password in ("Eastmere-Commonwell-1", "common.well.2026", "NORTH_DALE+northdale7"):
        with pytest.raises(ValidationError, match="name of this product"):
            validate_password(password, person)
    validate_password("commonwell lantern 7", person)
    validate_password("marble orchard", person)


def test_the_list_of_breached_ones_is_what_its_page_says() -> None:
    text = gzip.decompress(BREACHED.read_bytes())
    known = text.decode().splitlines()
    assert known == breached([text.decode()])
    assert BREACHED.read_bytes() == packed(known)
    said = (BREACHED.parent / "README.txt").read_text(encoding="utf-8")
    assert said.startswith(f"passwords.txt.gz: {len(known):,} passwords")
    assert breached(["Qwerty123456\nshort\nada.lovelace@example.org\nqwerty123456 "]) == [
        "qwerty123456"
    ]
    least = next(one for one in get_default_password_validators() if hasattr(one, "min_length"))
    assert least.min_length == SHORTEST


def test_a_longer_list_counts_besides(tmp_path: Path) -> None:
    path = tmp_path / "breached.txt"
    path.write_text("harbour-marble-lantern\n", encoding="utf-8")
    with pytest.raises(ValidationError):
        CommonPasswordValidator(readable(str(path))).validate("Harbour-Marble-Lantern")
    kinds = [type(one).__name__ for one in get_default_password_validators()]
    assert kinds == [
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "Breached",
        "UserAttributeSimilarityValidator",
        "WordsOfTheHouse",
    ]
    with pytest.raises(BadEnvironment, match="There is no file"):
        readable(str(tmp_path / "missing.txt"))


def test_a_password_is_compared_as_it_was_typed(client: Client, world: World) -> None:
    """Not trimmed, not cut short, not made small; the field hides it and managers may fill it."""
    whole = "  Marble lantern orchard  " + "x" * 60
    person = world.people["staff@eastmere"]
    person.set_password(whole)
    person.save()
    field = client.get(LOGIN).content.decode().partition('name="password"')
    around = field[0].rpartition("<input")[2] + field[2].partition(">")[0]
    assert 'type="password"' in around and 'autocomplete="current-password"' in around
    for typed in (whole.strip(), whole.lower(), whole[:-1]):
        client.post(LOGIN, {"login": person.email, "password": typed})
        assert SESSION_KEY not in client.session
    client.post(LOGIN, {"login": person.email, "password": whole})
    assert client.session[SESSION_KEY] == str(person.pk)


def test_nobody_is_there_before_somebody_was_made(db: None) -> None:
    assert Person.objects.count() == 0


def test_the_way_out_is_on_every_page(client: Client, world: World) -> None:
    client.force_login(world.people["staff@eastmere"])
    for address in ("/eastmere/", "/eastmere/no/such/page/", "/account/sessions/"):
        assert b"/account/logout/" in client.get(address).content, address
