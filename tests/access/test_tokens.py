"""Tokens let programs in at one organisation, for a while, with less than the person's rights."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from access import tokens
from access.models import ApiToken
from access.rules import ACC03, ACC04
from access.services.tokens import make_token, use_token
from core.errors import Refused
from core.scope import scope
from core.web.passes import known_scopes, scope_for
from events.models import Event
from tenants.models import Grant, Person
from tenants.roles import Role
from tests.finance.payables import invoice, prepare, supplier
from tests.world import SINCE, World

INVOICES, FIGURES = "/api/v1/eastmere/invoices/", "/api/v1/eastmere/figures/"
LIST = "/eastmere/api-tokens/"
OFFICER = "finance_officer@eastmere"


def token(world: World, who: str = OFFICER, slug: str | None = None, **changes: Any) -> str:
    by = world.actor(who, slug)
    given = {"purpose": "Warehouse", "held_by": "Corporate IT", "scopes": ["finance:read"]}
    given |= {"expires_on": timezone.localdate() + timedelta(days=30), "at": timezone.now()}
    with scope(acting=by.organisation_id):
        return make_token(**{**given, **changes}, by=by)


def ask(text: str, where: str = INVOICES, **more: Any) -> Any:
    return Client().get(where, headers={"Authorization": f"Bearer {text}"}, **more)


@pytest.fixture
def ready(world: World) -> World:
    prepare(world)
    invoice(world, supplier(world), "AA-1")
    return world


def test_a_program_reads_what_its_person_reads(ready: World) -> None:
    told = ask(token(ready))
    assert [row["supplier_ref"] for row in told.json()["results"]] == ["AA-1"]
    assert Client().get(INVOICES).status_code == 401
    assert Client().get(INVOICES)["WWW-Authenticate"].startswith("Bearer")


def test_only_a_hash_is_kept(ready: World) -> None:
    text = token(ready)
    with scope(acting=ready.id("eastmere")):
        (row,) = ApiToken.objects.values()
    assert text not in str(row) and text.rpartition("_")[2] not in str(row)
    assert row["prefix"] in text
    assert len(text) > 50


def test_a_token_of_one_organisation_is_unknown_to_another(ready: World) -> None:
    """Also that of an agent who serves both, and in the words of one that nobody made."""
    mine = token(ready, "centre_agent@centre", "eastmere")
    assert ask(mine).status_code == 200
    made_up, _prefix = tokens.make()
    unknown = ask(made_up, "/api/v1/northdale/invoices/")
    for text in (mine, token(ready)):
        answer = ask(text, "/api/v1/northdale/invoices/")
        assert (answer.status_code, answer.content) == (401, unknown.content)
        assert ask(text, "/api/v1/no-such-place/invoices/").content == unknown.content


def test_of_the_centre_it_sees_the_centre_alone(ready: World) -> None:
    """The agent's own pages look across the partners; a token does not."""
    text = token(ready, "centre_agent@centre")
    assert ask(text, "/api/v1/centre/invoices/").json()["results"] == []
    person = Client()
    person.force_login(ready.people["centre_agent@centre"])
    assert person.get("/api/v1/centre/invoices/").json()["results"] != []


def test_it_goes_as_far_as_its_scopes(ready: World) -> None:
    text = token(ready, scopes=["sla:read"])
    answer = ask(text)
    assert answer.status_code == 403
    assert answer.json()["detail"] == "This token does not carry finance:read. Make one that does."
    assert ask(text, FIGURES).status_code == 200


def test_reading_does_not_let_it_write(ready: World) -> None:
    assert scope_for("finance.invoice.enter", "POST") == "finance:write"
    assert scope_for("finance.invoice.view", "HEAD") == "finance:read"
    assert known_scopes() == {
        *("access:read", "approvals:read", "approvals:write", "benchmarking:read"),
        *("benchmarking:write", "events:read", "events:write", "tenants:read", "tenants:write"),
        *("finance:read", "finance:write", "hr:read", "hr:write"),
        *("payroll:read", "payroll:write", "runs:read", "runs:write", "sla:read", "sla:write"),
    }
    shown = {"Authorization": f"Bearer {token(ready)}"}
    answer = Client().post("/api/v1/eastmere/files/1/taking-back/", headers=shown)
    assert answer.json()["detail"] == "This token does not carry finance:write. Make one that does."


def test_and_never_further_than_the_person(ready: World) -> None:
    """Rights are those of this moment: a role that ends takes the token's power along."""
    text = token(ready)
    today = timezone.localdate()
    with scope(acting=ready.id("eastmere")):
        Grant.objects.filter(person=ready.people[OFFICER]).update(valid=(SINCE, today))
    assert ask(text).status_code == 404
    with scope(acting=ready.id("eastmere")):
        Grant.objects.filter(person=ready.people[OFFICER]).update(
            valid=(SINCE, None), role=Role.STAFF
        )
    assert ask(text).status_code == 403
    Person.objects.filter(pk=ready.people[OFFICER].pk).update(is_active=False)
    assert ask(text).status_code == 401


@pytest.mark.parametrize("scopes", [[], ["portal:write"], ["access:write"], ["finance"]])
def test_there_is_no_scope_that_nothing_asks_for(world: World, scopes: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        token(world, scopes=scopes)
    assert refused.value.rule is ACC04


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_it_lasts_a_year_at_most(world: World, days: int) -> None:
    with pytest.raises(Refused) as refused:
        token(world, expires_on=timezone.localdate() + timedelta(days=days))
    assert refused.value.rule is ACC03


def test_on_its_last_day_it_is_refused(ready: World) -> None:
    text = token(ready)
    for days, good in ((29, True), (30, False)):
        at = timezone.now() + timedelta(days=days)
        given = {"organisation_id": ready.id("eastmere"), "address": None}
        assert bool(use_token(text=text, at=at, **given)) is good


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"),
        lambda text: text.replace("cw_", "xx_"),
        lambda text: text.rpartition("_")[0] + "_",
        lambda text: "",
        lambda text: "cw_",
        lambda text: f"{text}\u00e9",
    ],
)
def test_anything_else_is_refused(ready: World, spoil: Any) -> None:
    assert ask(spoil(token(ready))).status_code == 401


def test_in_an_address_a_token_is_nothing(ready: World) -> None:
    for name in ("token", "access_token", "Authorization"):
        where = f"/api/v1/eastmere/invoices/?{name}={token(ready)}"
        assert Client().get(where).status_code == 401


def test_use_is_noted_once_a_minute_and_told_once_a_day(ready: World) -> None:
    text, here = token(ready), ready.id("eastmere")
    start = timezone.now().replace(hour=9, minute=0, second=0)
    steps = ((0, 1), (30, 1), (90, 1), (24 * 3600, 2))
    for seconds, told in steps:
        at = start + timedelta(seconds=seconds)
        use_token(text=text, organisation_id=here, address="192.0.2.7", at=at)
        with scope(acting=here):
            row = ApiToken.objects.get()
            assert Event.objects.filter(verb="access.token.used").count() == told, seconds
        assert row.used_at == (at if seconds != 30 else start)
        assert row.used_from == "192.0.2.7"


def test_too_many_calls_are_turned_away(ready: World, settings: Settings) -> None:
    settings.API_TOKEN_PER_MINUTE = 3
    one, other = token(ready), token(ready)
    codes = [ask(one).status_code for _ in range(5)]
    assert codes.count(200) >= 3 and (codes[-1] == 429 or 429 in codes)
    assert ask(other).status_code == 200


def test_guessing_is_turned_away(ready: World) -> None:
    made_up, _prefix = tokens.make()
    codes = [ask(made_up).status_code for _ in range(45)]
    assert set(codes) == {401, 429}
    assert codes[0] == 401 and 429 in codes[20:]


@pytest.fixture
def client(world: World) -> Client:
    client = Client()
    client.force_login(world.people[OFFICER])
    return client


def typed(**changes: Any) -> dict[str, Any]:
    ends: date = timezone.localdate() + timedelta(days=30)
    given = {"purpose": "Warehouse", "held_by": "IT", "scopes": ["finance:read"]}
    return given | {"expires_on": f"{ends:%d/%m/%Y}"} | changes


def test_made_on_the_page_it_is_shown_once_and_works(client: Client, ready: World) -> None:
    assert client.post(f"{LIST}new/", typed()).status_code == 302
    session = str(dict(client.session))
    text = client.get(LIST).context["new"]
    assert text.startswith("cw_") and text not in session
    assert client.get(LIST).context["new"] == ""
    assert ask(text).status_code == 200
    with scope(acting=ready.id("eastmere")):
        event = Event.objects.get(verb="access.token.made")
    assert event.data["held_by"] == "IT" and text not in str(event.data)


def test_what_is_missing_or_too_long_is_said(client: Client) -> None:
    empty = client.post(f"{LIST}new/", typed(purpose="", scopes=[])).context["form"].errors
    assert empty["purpose"] == ["Enter purpose"]
    assert empty["scopes"] == ["Select what it may do"]
    far = timezone.localdate() + timedelta(days=400)
    answer = client.post(f"{LIST}new/", typed(expires_on=f"{far:%d/%m/%Y}"))
    assert answer.status_code == 422
    assert answer.context["form"].errors["expires_on"] == [
        "A token lasts from one day to one year."
    ]


def number(world: World) -> int:
    with scope(acting=world.id("eastmere")):
        return int(ApiToken.objects.get().pk)


def test_ended_it_is_refused_at_once(client: Client, ready: World) -> None:
    text = token(ready)
    assert ask(text).status_code == 200
    where = f"{LIST}{number(ready)}/end/"
    assert client.get(where).status_code == 405
    for _ in range(2):
        assert client.post(where).status_code == 302
    assert ask(text).status_code == 401
    with scope(acting=ready.id("eastmere")):
        assert Event.objects.filter(verb="access.token.ended").count() == 1


@pytest.mark.parametrize(
    ("who", "sees", "status"),
    [
        ("finance_manager@eastmere", 0, 404),
        ("auditor@eastmere", 1, 404),
        ("administrator@eastmere", 1, 302),
        ("administrator@northdale", 0, 404),
    ],
)
def test_others_tokens(ready: World, who: str, sees: int, status: int) -> None:
    token(ready)
    client, slug = Client(), who.split("@")[1]
    client.force_login(ready.people[who])
    assert len(client.get(f"/{slug}/api-tokens/").context["rows"]) == sees
    answer = client.post(f"/{slug}/api-tokens/{number(ready)}/end/")
    assert answer.status_code == status
