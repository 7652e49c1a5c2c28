"""Sign-in: argon2, lock-out in plain words, sessions that can be ended, nobody signs up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from tenants.models import Person
from tenants.services import create_person
from tests.access.codes import with_password
from tests.world import World

PASSWORD = "marble-lantern-orchard"
ROOT = Path(__file__).resolve().parents[2]
LOGIN = "/account/login/"


@pytest.fixture
def person(world: World) -> Person:
    return create_person(email="Ada@eastmere.example", name="Ada Marsh", password=PASSWORD)


def sign_in(client: Client, password: str = PASSWORD, email: str = "ada@eastmere.example"):
    return client.post(LOGIN, {"login": email, "password": password})


def words(answer) -> list[str]:
    form = answer.context["form"]
    return [str(error) for errors in form.errors.values() for error in errors]


def test_production_hashes_with_argon2() -> None:
    """In a process of its own, because tests hash cheaply."""
    code = (
        "import django; django.setup();"
        "from django.contrib.auth.hashers import make_password as m, check_password as c;"
        "h = m('marble'); print(h.split('$')[0], c('marble', h), c('other', h))"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "sharedservices.settings",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1/none",
        "REDIS_URL": "redis://127.0.0.1",
        "SECRET_KEY": "only-for-this-test",
        "FIELD_KEYS": f"k1:{'A' * 43}=",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.split() == ["argon2", "True", "False"], done.stderr


def test_signing_in_and_out(client: Client, person: Person) -> None:
    page = client.get(LOGIN)
    assert [field.label for field in page.context["form"]] == ["Email address", "Password"]
    assert b"placeholder" not in page.content
    assert sign_in(client)["Location"] == "/"
    assert client.session["_auth_user_id"] == str(person.pk)
    assert client.get("/account/logout/").status_code == 200
    client.post("/account/logout/")
    assert "_auth_user_id" not in client.session


def test_wrong_and_empty_are_said_plainly(client: Client, person: Person) -> None:
    assert words(sign_in(client, "wrong-wrong-wrong")) == [
        "Check your email address and password and try again"
    ]
    unknown = sign_in(client, email="nobody@eastmere.example")
    assert words(unknown) == ["Check your email address and password and try again"]
    assert words(sign_in(client, "", "")) == ["Enter email address", "Enter password"]


def test_guessing_is_locked_out_even_with_the_right_password(
    client: Client, person: Person
) -> None:
    for _ in range(5):
        sign_in(client, "wrong-wrong-wrong")
    locked = sign_in(client)
    assert words(locked) == [
        "There were too many attempts with a wrong password. Wait 5 minutes, then try again"
    ]
    assert "_auth_user_id" not in client.session


def test_a_stranger_elsewhere_does_not_lock_its_owner_out(client: Client, person: Person) -> None:
    stranger = Client(REMOTE_ADDR="192.0.2.7")
    for _ in range(6):
        told = sign_in(stranger, "wrong-wrong-wrong")
    assert "too many attempts" in words(told)[0]
    assert sign_in(client)["Location"] == "/"


def test_many_addresses_together_are_shut_out(client: Client, person: Person) -> None:
    for address in range(5):
        stranger = Client(REMOTE_ADDR=f"192.0.2.{address}")
        for _ in range(5):
            assert "Check your email" in words(sign_in(stranger, "wrong-wrong-wrong"))[0]
    assert "too many attempts" in words(sign_in(client))[0]


def test_many_machines_do_not_shut_its_owner_out_of_a_browser_they_know(
    client: Client, person: Person, world: World
) -> None:
    """Nor somebody at the same address; others in that browser, and other browsers, are shut."""
    sign_in(client)
    client.post("/account/logout/")
    for address in range(5):
        stranger = Client(REMOTE_ADDR=f"192.0.2.{address}")
        for _ in range(5):
            sign_in(stranger, "wrong-wrong-wrong")
    beside = Client()
    assert "too many attempts" in words(sign_in(beside))[0]
    assert sign_in(client)["Location"] == "/"
    client.post("/account/logout/")
    # The cookie of another person, or one that nobody signed, opens nothing.
    other = with_password(world.people["staff@northdale"])
    theirs = Client()
    sign_in(theirs, email=other.email)
    theirs.post("/account/logout/")
    assert "too many attempts" in words(sign_in(theirs))[0]
    theirs.cookies["known"] = client.cookies["known"].value[:-1] + "x"
    assert "too many attempts" in words(sign_in(theirs))[0]


def test_a_browser_that_is_known_has_a_limit_of_its_own(client: Client, person: Person) -> None:
    sign_in(client)
    client.post("/account/logout/")
    for _ in range(5):
        sign_in(client, "wrong-wrong-wrong")
    assert "too many attempts" in words(sign_in(client))[0]
    assert sign_in(Client())["Location"] == "/"


def test_attempts_that_succeed_are_not_counted(person: Person) -> None:
    for _ in range(8):
        assert sign_in(Client())["Location"] == "/"


def test_nobody_signs_up(client: Client, world: World) -> None:
    people = Person.objects.count()
    given = {"email": "new@example.com", "password1": PASSWORD}
    for answer in (client.get("/account/signup/"), client.post("/account/signup/", given)):
        assert answer.status_code == 403
    assert Person.objects.count() == people
    for absent in ("password/reset/", "email/", "password/set/", "confirm-email/"):
        assert client.get(f"/account/{absent}").status_code == 404


def test_sessions_are_listed_and_ended(client: Client, person: Person) -> None:
    elsewhere = Client(HTTP_USER_AGENT="Phone")
    sign_in(client)
    sign_in(elsewhere)
    page = client.get("/account/sessions/")
    found = page.context["sessions"]
    assert sorted(session["device"] for session in found) == ["Not known", "Phone"]
    phone = next(session["number"] for session in found if session["device"] == "Phone")
    assert client.get(f"/account/sessions/{phone}/end/").status_code == 405
    client.post(f"/account/sessions/{phone}/end/")
    assert elsewhere.get("/account/sessions/")["Location"].startswith(LOGIN)
    assert client.get("/account/sessions/").status_code == 200


def test_one_session_and_three_cost_the_same(client: Client, person: Person) -> None:
    sign_in(client)
    costs = []
    for many in (1, 3):
        page = client.get("/account/sessions/")
        assert len(page.context["sessions"]) == many
        costs.append(page["X-Queries"])
        sign_in(Client())
        sign_in(Client())
    assert costs[0] == costs[1]
    Session.objects.exclude(session_key=client.session.session_key).delete()
    assert len(client.get("/account/sessions/").context["sessions"]) == 1


def test_all_other_sessions_end_at_once(client: Client, person: Person) -> None:
    others = [Client(), Client()]
    for one in (client, *others):
        sign_in(one)
    client.post("/account/sessions/end-others/")
    assert [c.get("/account/sessions/").status_code for c in (client, *others)] == [200, 302, 302]


def test_the_sessions_of_a_disabled_account_are_over(client: Client, person: Person) -> None:
    client.force_login(person)
    assert client.get("/account/sessions/").status_code == 200
    Person.objects.filter(pk=person.pk).update(is_active=False)
    answer = client.get("/account/sessions/")
    assert answer.status_code == 302 and "/account/login/" in answer["Location"]


def test_the_sessions_of_others_are_not_there(client: Client, person: Person, world: World) -> None:
    sign_in(client)
    number = client.get("/account/sessions/").context["sessions"][0]["number"]
    stranger = Client()
    stranger.force_login(world.people["charlie@nowhere"])
    assert stranger.post(f"/account/sessions/{number}/end/").status_code == 404
    assert client.get("/account/sessions/").status_code == 200


def test_changing_the_password_keeps_here_and_ends_elsewhere(
    client: Client, person: Person
) -> None:
    elsewhere = Client()
    sign_in(client)
    sign_in(elsewhere)
    new = "candle-harbour-violet"
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    answer = client.post("/account/password/change/", given, follow=True)
    assert [str(message) for message in answer.context["messages"]] == ["Your password is changed."]
    assert elsewhere.get("/account/sessions/").status_code == 302
    person.refresh_from_db()
    assert person.check_password(new)


def test_who_has_no_password_is_told_so(client: Client, world: World) -> None:
    client.force_login(world.people["staff@eastmere"])
    answer = client.get("/account/password/change/", follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "You have no password here, so there is none to change."
    ]


@pytest.mark.parametrize("address", ["sessions/", "sessions/1/end/", "password/change/"])
def test_strangers_are_sent_to_sign_in(client: Client, world: World, address: str) -> None:
    assert client.get(f"/account/{address}")["Location"].startswith(LOGIN)
