"""Officers and the centre show a second factor before anything else, and cannot switch it off."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as product
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from access.proofs import DEMONSTRATION
from core.scope import scope
from events.models import Event
from portal.personas import PERSONAS
from tenants.models import Grant, Person
from tenants.roles import Role
from tenants.services import create_person, give_role, mark_demonstration
from tests.access.codes import code, has_factor, set_up_app, sign_in, with_app, with_password
from tests.conftest import with_password_alone
from tests.house.test_routes import TENANT_ROUTES
from tests.world import SINCE, World

HOME, SET_UP, PROVE = "/eastmere/", "/account/second-factor/", "/account/prove/"


@pytest.fixture
def officer(world: World) -> Person:
    return with_password(world.people["finance_officer@eastmere"])


@pytest.mark.parametrize("role", list(Role))
def test_every_role_but_two_needs_one(world: World, role: Role) -> None:
    client = Client()
    with_password_alone(client, world.people[f"{role}@eastmere"])
    answer = client.get(HOME)
    if role in ("staff", "manager"):
        assert answer.status_code == 200
    else:
        assert answer["Location"] == f"{SET_UP}?next={HOME}"


def test_no_page_and_no_figure_before_it(officer: Person) -> None:
    client = Client()
    with_password_alone(client, officer)
    for route, entry in TENANT_ROUTES:
        given = dict.fromkeys(entry.pattern.converters, 1) | {"organisation": "eastmere"}
        where = f"/{route}"
        for name, value in given.items():
            for kind in ("int", "slug", "str", "path"):
                where = where.replace(f"<{kind}:{name}>", str(value))
        for method in (client.get, client.post):
            answer = method(where)
            if route.startswith("api/"):
                assert answer.status_code == 403
                assert "second factor" in answer.json()["detail"]
            else:
                assert answer.status_code == 302, route
                assert answer["Location"].startswith((SET_UP, PROVE)), route
    for own in ("sessions/", "password/change/", "send-again/"):
        assert client.get(f"/account/{own}")["Location"].startswith(SET_UP)


def test_setting_up_an_app_opens_the_door(client: Client, officer: Person) -> None:
    assert sign_in(client, officer)["Location"] == "/"
    page = client.get("/eastmere/invoices/", follow=True)
    assert "Set up a second factor" in page.content.decode()
    app = client.get(f"{SET_UP}app/")
    assert app.context["totp_svg_data_uri"].startswith("data:image/svg+xml;base64,")
    secret = app.context["form"].secret
    wrong = client.post(f"{SET_UP}app/", {"code": "000000"})
    assert wrong.context["form"].errors["code"] == [
        "Check the code and try again. Each code works once"
    ]
    assert not has_factor(officer)
    done = client.post(f"{SET_UP}app/", {"code": code(secret)}, follow=True)
    assert len(done.context["unused_codes"]) == 10
    assert done.context["onwards"] == "/eastmere/invoices/"
    assert client.get(HOME).status_code == 200
    assert "****" in client.get(f"{SET_UP}codes/").context["unused_codes"]
    with scope(acting=_eastmere()):
        event = Event.objects.get(verb="access.factor.added")
    assert (event.person_id, event.data["kind"]) == (officer.pk, "authenticator app")


def _eastmere() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ctx.organisations() WHERE slug = 'eastmere'")
        return int(cursor.fetchone()[0])


def test_signing_in_asks_for_the_code_and_each_works_once(officer: Person) -> None:
    secret = with_app(officer)
    now = code(secret)
    for client, allowed in ((Client(), True), (Client(), False)):
        assert sign_in(client, officer)["Location"] == "/account/login/code/"
        assert client.get(HOME)["Location"].startswith("/account/login/")
        answer = client.post("/account/login/code/", {"code": now})
        assert (answer.status_code == 302) is allowed
        assert client.get(HOME).status_code == (200 if allowed else 302)


def test_a_code_stays_used_beyond_its_own_half_minute(
    officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library forgets after half a minute, and the code is right for one and a half."""
    secret = with_app(officer)
    ahead = code(secret, later=1)
    first, second = Client(), Client()
    sign_in(first, officer)
    assert first.post("/account/login/code/", {"code": ahead}).status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_cache WHERE cache_key LIKE '%%totp.used%%'")
        assert cursor.rowcount == 1
    sign_in(second, officer)
    assert second.post("/account/login/code/", {"code": ahead}).status_code == 200


def test_guessing_codes_is_locked_out(officer: Person) -> None:
    secret = with_app(officer)
    client = Client()
    sign_in(client, officer)
    for _ in range(5):
        client.post("/account/login/code/", {"code": "000000"})
    answer = client.post("/account/login/code/", {"code": code(secret)})
    assert "too many attempts" in str(answer.context["form"].errors)


def test_recovery_codes_stand_in_once_each(client: Client, officer: Person) -> None:
    sign_in(client, officer)
    set_up_app(client)
    spare = client.get(f"{SET_UP}codes/").context["unused_codes"][0]
    for expected in (302, 200):
        other = Client()
        sign_in(other, officer)
        assert other.post("/account/login/code/", {"code": spare}).status_code == expected


def test_the_seed_lies_sealed(officer: Person) -> None:
    secret = with_app(officer)
    (row,) = Authenticator.objects.filter(user=officer)
    assert secret not in str(row.data)
    assert row.wrap().validate_code(code(secret))


def test_the_last_one_cannot_be_removed(client: Client, officer: Person) -> None:
    sign_in(client, officer)
    set_up_app(client)
    page = client.get(f"{SET_UP}app/remove/")
    assert "the last one stays" in page.content.decode()
    client.post(f"{SET_UP}app/remove/")
    assert has_factor(officer)


def test_staff_may_have_one_and_remove_it(client: Client, world: World) -> None:
    person = with_password(world.people["staff@eastmere"])
    sign_in(client, person)
    set_up_app(client)
    client.post(f"{SET_UP}app/remove/")
    assert not has_factor(person)


def test_a_password_does_not_lead_around_a_factor_that_is_there(officer: Person) -> None:
    """A session from before the factor was set up, in the hands of who knows the password."""
    client = Client()
    sign_in(client, officer)
    with_app(officer)
    assert client.get(HOME)["Location"].startswith(PROVE)
    for where in ("passkey/", "codes/new/", "app/remove/"):
        answer = client.get(f"{SET_UP}{where}")
        assert answer["Location"].startswith(PROVE), where
    by_password = client.post(f"{PROVE}password/", {"password": "marble-lantern-orchard"})
    assert by_password["Location"].startswith(f"{PROVE}code/")
    assert client.get(HOME)["Location"].startswith(PROVE)


def test_a_new_role_asks_at_the_next_request(world: World) -> None:
    person, client = world.people["staff@eastmere"], Client()
    with_password_alone(client, person)
    assert client.get(HOME).status_code == 200
    with scope(acting=world.id("eastmere")):
        give_role(person=person, role=Role.FINANCE_OFFICER, since=SINCE)
    assert client.get(HOME)["Location"].startswith(SET_UP)
    today = timezone.localdate()
    with scope(acting=world.id("eastmere")):
        Grant.objects.filter(person=person, role=Role.FINANCE_OFFICER).update(valid=(SINCE, today))
    assert client.get(HOME).status_code == 200


def test_a_role_elsewhere_asks_here_too(world: World) -> None:
    person, client = world.people["staff@eastmere"], Client()
    with scope(acting=world.id("northdale")):
        give_role(person=person, role=Role.AUDITOR, since=timezone.localdate() - timedelta(days=1))
    with_password_alone(client, person)
    assert client.get(HOME)["Location"].startswith(SET_UP)


def test_the_proof_of_one_person_is_not_that_of_another(world: World) -> None:
    client = Client()
    client.force_login(world.people["auditor@eastmere"])
    session = client.session
    session["account_authentication_methods_user"] = str(world.people["staff@eastmere"].pk)
    session.save()
    assert client.get(HOME)["Location"].startswith(SET_UP)


@pytest.fixture
def priya(world: World) -> Person:
    found = create_person(email=PERSONAS[0].email, name=PERSONAS[0].name)
    with scope(acting=world.id("eastmere")):
        give_role(person=found, role=Role.FINANCE_OFFICER, since=SINCE)
    return found


def stamped(client: Client) -> Any:
    session = client.session
    session[DEMONSTRATION] = True
    session.save()
    return client.get(HOME)


def test_the_demonstration_needs_no_telephone(
    settings: Settings, client: Client, priya: Person
) -> None:
    settings.DEMO = True
    mark_demonstration()
    client.post("/demonstration/be/priya/")
    assert client.get(HOME).status_code == 200
    (here,) = client.get("/account/sessions/").context["sessions"]
    assert here["here"]


@pytest.mark.parametrize(("flag", "marker"), [(False, False), (True, False), (False, True)])
def test_the_stamp_of_the_demonstration_is_worth_nothing_elsewhere(
    settings: Settings, priya: Person, flag: bool, marker: bool
) -> None:
    settings.DEMO = flag
    if marker:
        mark_demonstration()
    client = Client()
    with_password_alone(client, priya)
    assert stamped(client)["Location"].startswith(SET_UP)


def test_an_administrator_helps_whoever_lost_theirs(world: World) -> None:
    lost, elsewhere = with_password(world.people["finance_officer@eastmere"]), Client()
    secret = with_app(lost)
    sign_in(elsewhere, lost)
    elsewhere.post("/account/login/code/", {"code": code(secret)})
    assert elsewhere.get(HOME).status_code == 200
    client = Client()
    client.force_login(world.people["administrator@eastmere"])
    where = f"/eastmere/second-factors/{lost.pk}/reset/"
    assert client.post(where, {"reason": ""}).status_code == 422
    assert has_factor(lost)
    answer = client.post(where, {"reason": "Telephone stolen"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/eastmere/second-factors/"
    assert not has_factor(lost)
    assert elsewhere.get(HOME)["Location"].startswith("/account/login/")
    with scope(acting=world.id("eastmere")):
        event = Event.objects.get(verb="access.factor.reset")
    assert event.data == {"person": lost.name, "reason": "Telephone stolen"}


def test_an_administrator_signs_somebody_out(world: World) -> None:
    person, elsewhere = world.people["staff@eastmere"], Client()
    sign_in(elsewhere, with_password(person))
    assert elsewhere.get(HOME).status_code == 200
    client = Client()
    client.force_login(world.people["administrator@eastmere"])
    where = f"/eastmere/second-factors/{person.pk}/sign-out/"
    assert where in client.get("/eastmere/second-factors/").content.decode()
    assert client.post(where, {"reason": ""}).status_code == 422
    assert elsewhere.get(HOME).status_code == 200
    assert client.post(where, {"reason": "Laptop lost"}).status_code == 302
    assert elsewhere.get(HOME)["Location"].startswith("/account/login/")
    with scope(acting=world.id("eastmere")):
        event = Event.objects.get(verb="access.session.ended")
    assert event.data == {"person": person.name, "reason": "Laptop lost"}
    assert sign_in(elsewhere, person).status_code == 302
    other = world.people["staff@northdale"]
    assert client.get(f"/eastmere/second-factors/{other.pk}/sign-out/").status_code == 404
    auditor = Client()
    auditor.force_login(world.people["auditor@eastmere"])
    assert auditor.post(where, {"reason": "Mine"}).status_code == 403
    assert where not in auditor.get("/eastmere/second-factors/").content.decode()


def test_how_long_a_code_is_taken_is_set(officer: Person, settings: Settings) -> None:
    secret, client = with_app(officer), Client()
    sign_in(client, officer)
    settings.MFA_TOTP_TOLERANCE = 0
    assert client.post("/account/login/code/", {"code": code(secret, -1)}).status_code == 200
    settings.MFA_TOTP_TOLERANCE = 1
    assert client.post("/account/login/code/", {"code": code(secret, 1)}).status_code == 302


def test_nobody_resets_their_own_or_somebody_elses_people(world: World) -> None:
    admin, client = world.people["administrator@eastmere"], Client()
    client.force_login(admin)
    for who, status in (
        ("administrator@eastmere", 422),
        ("finance_officer@northdale", 404),
        # Serves Eastmere and is employed by the centre.
        ("centre_agent@centre", 404),
        ("charlie@nowhere", 404),
    ):
        person = world.people[who]
        with_app(person)
        where = f"/eastmere/second-factors/{person.pk}/reset/"
        assert client.post(where, {"reason": "Lost"}).status_code == status, who
        assert has_factor(person), who


def test_the_list_begins_with_those_without(world: World) -> None:
    with_app(world.people["auditor@eastmere"])
    client = Client()
    client.force_login(world.people["administrator@eastmere"])
    page = client.get("/eastmere/second-factors/")
    names = [row["cells"][0] for row in page.context["rows"]]
    assert len(names) == len(Role)
    gaps = page.context["gaps"]
    assert gaps == len(Role) - 3
    assert "Auditor of eastmere" in names[gaps:]
    assert not any("northdale" in name or name == "centre" for name in names)


def test_production_knows_no_code_that_always_works() -> None:
    assert getattr(product, "MFA_TOTP_INSECURE_BYPASS_CODE", None) is None
    assert getattr(product, "MFA_TRUST_ENABLED", False) is False
    assert getattr(product, "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", False) is False
