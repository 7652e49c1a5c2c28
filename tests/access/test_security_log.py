"""What the log says of sign-ins and refusals, and that nobody else writes into it."""

import json
import logging
import sys

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.fixtures import Settings

from core.log_lines import JsonLines, Lines
from tenants.services import create_person
from tests.access.codes import code, sign_in, with_app, with_password
from tests.house.test_routes import signed_in
from tests.world import World

LOGIN = "/account/login/"
CODE = "/account/login/code/"
PASSWORD = "marble-lantern-orchard"


def test_a_message_is_one_line_with_its_moment_in_utc() -> None:
    words = ("GET %s", "/x\n2026-01-01T00:00:00Z INFO security Signed in: person 1\x1b[2J")
    record = logging.LogRecord("security", logging.WARNING, "", 1, words[0], (words[1],), None)
    record.created = 1_781_512_200.25
    line = settings.LOGGING["formatters"]["line"]["format"]
    said = Lines(line, style="{").format(record)
    assert said.startswith("2026-06-15T08:30:00.250Z WARNING security GET /x\\x0a2026")
    assert "\n" not in said and "\x1b" not in said
    assert settings.LOGGING["formatters"]["line"]["()"] == "core.log_lines.Lines"


def test_sign_ins_that_worked_and_did_not(world: World, caplog: pytest.LogCaptureFixture) -> None:
    person = create_person(email="known@eastmere.example", name="Known", password=PASSWORD)
    client = Client(headers={"X-Forwarded-For": "203.0.113.9"})
    with caplog.at_level(logging.INFO, "security"):
        for login, password in (
            (person.email, "wrong"),
            ("my-password@x.example", "x"),
            (person.email, ""),
        ):
            client.post(LOGIN, {"login": login, "password": password})
        client.post(LOGIN, {"login": person.email, "password": PASSWORD})
        answer = client.post("/account/logout/")
    found = [each.getMessage() for each in caplog.records if each.name == "security"]
    assert found == [
        f"Sign-in failed: person {person.pk} from 127.0.0.1",
        "Sign-in failed: nobody we know from 127.0.0.1",
        f"Signed in: person {person.pk} from 127.0.0.1",
        f"Signed out: person {person.pk} from 127.0.0.1",
    ]
    assert answer["Clear-Site-Data"] == '"cache"'
    assert "my-password" not in caplog.text and PASSWORD not in caplog.text


def test_refusals_say_who_was_refused_what(world: World, caplog: pytest.LogCaptureFixture) -> None:
    client = signed_in(world, "staff@eastmere")
    person = world.people["staff@eastmere"].pk
    with caplog.at_level(logging.INFO, "security"):
        assert client.get("/eastmere/invoices/").status_code == 403
        assert client.get("/api/v1/eastmere/invoices/").status_code == 403
        header = {"Authorization": "Bearer cw_wrong"}
        assert Client().get("/api/v1/eastmere/invoices/", headers=header).status_code == 401
        assert client.get("/eastmere/").status_code == 200
    found = [each.getMessage() for each in caplog.records if each.name == "security"][1:]
    assert found == [
        f"Refused with 403: GET /eastmere/invoices/, person {person} from 127.0.0.1",
        f"Refused with 403: GET /api/v1/eastmere/invoices/, person {person} from 127.0.0.1",
        "Refused with 401: GET /api/v1/eastmere/invoices/, person without a session from 127.0.0.1",
    ]


def test_addresses_are_believed_as_far_as_our_proxies(
    world: World, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client = Client(headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
    with caplog.at_level(logging.INFO, "security"):
        client.post(LOGIN, {"login": "x@x.example", "password": "x"})
    assert "nobody we know from 203.0.113.9" in caplog.text


def test_lines_can_be_json() -> None:
    try:
        raise ValueError("broken\nin two")
    except ValueError:
        words = ("GET %s", ("/x\ny",))
        record = logging.LogRecord("portal", logging.ERROR, "", 1, *words, sys.exc_info())
    record.created = 1_781_512_200.25
    line = JsonLines().format(record)
    assert "\n" not in line
    said = json.loads(line)
    assert said.pop("traceback").endswith("ValueError: broken\nin two")
    moment = {"at": "2026-06-15T08:30:00.250Z"}
    assert said == {**moment, "level": "ERROR", "logger": "portal", "message": "GET /x\ny"}


def test_wrong_codes_are_in_it(world: World, caplog: pytest.LogCaptureFixture) -> None:
    person = with_password(world.people["finance_officer@eastmere"])
    secret = with_app(person)
    client = Client()
    sign_in(client, person)
    with caplog.at_level(logging.INFO, "security"):
        client.post(CODE, {"code": "000000"})
        assert client.post(CODE, {"code": code(secret)}).status_code == 302
    found = [each.getMessage() for each in caplog.records if each.name == "security"]
    assert found == [
        f"Second factor failed: person {person.pk} from 127.0.0.1",
        f"Signed in: person {person.pk} from 127.0.0.1",
    ]
    assert "000000" not in caplog.text
