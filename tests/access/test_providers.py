"""The provider of one organisation signs its own people in, and never those of another."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from access.addresses import may_be_asked
from access.models import EmailDomain, IdentityProvider
from access.rules import ACC05, ACC06, ACC07, ACC08
from access.services.providers import claim_domain, drop_domain, set_provider, verify_domain
from core.errors import Refused
from core.scope import scope
from events.models import Event
from tenants.models import Grant, Person
from tenants.roles import Role
from tenants.services import create_person, give_role
from tests.access import oidc
from tests.access.codes import code, with_app
from tests.world import SINCE, World

START = "/account/organisation/"
STAFF = "staff@eastmere.example"


def bind(world: World, slug: str, provider: oidc.Provider, domain: str) -> EmailDomain:
    """The organisation's administrator sets the provider up; the centre verifies the domain."""
    by = world.actor(f"administrator@{slug}")
    given = {"client_id": provider.client, "secret": provider.secret, "enabled": True}
    with scope(acting=by.organisation_id):
        set_provider(issuer=provider.issuer, **given, by=by)
        row = claim_domain(domain=domain, by=by, at=timezone.now())
        centre = world.actor("centre_manager@centre", slug)
        return verify_domain(number=row.pk, reason="TXT seen", by=centre, at=timezone.now())


@pytest.fixture
def provider(world: World, settings: Settings) -> Iterator[oidc.Provider]:
    settings.PROVIDERS_INSIDE = True
    with oidc.serving() as found:
        found.claims["email"] = STAFF
        bind(world, "eastmere", found, "eastmere.example")
        yield found


@pytest.fixture
def northdales(world: World, provider: oidc.Provider) -> Iterator[oidc.Provider]:
    with oidc.serving() as found:
        bind(world, "northdale", found, "northdale.example")
        yield found


def go(client: Client, address: str = STAFF, onwards: str = "") -> Any:
    """The way of a browser: type the address, sign in over there, come back."""
    page = client.post(START, {"email": address, "next": onwards})
    assert page.status_code == 200, page.context["form"].errors
    there = requests.get(page.context["url"], allow_redirects=False, timeout=5)
    parts = urlsplit(there.headers["Location"])
    assert parts.netloc == "testserver"
    return client.get(parts.path, dict(parse_qsl(parts.query)))


def refused(client: Client, answer: Any) -> bool:
    """A page that says nothing of the cause, and nobody is signed in."""
    assert answer.status_code == 403
    assert "You are not signed in" in answer.content.decode()
    assert SESSION_KEY not in client.session
    assert not SocialAccount.objects.exists()
    return True


def test_a_person_of_the_organisation_gets_in(
    client: Client, provider: oidc.Provider, world: World
) -> None:
    answer = go(client, onwards="/eastmere/approvals/")
    assert answer["Location"] == "/eastmere/approvals/"
    assert client.session[SESSION_KEY] == str(world.people["staff@eastmere"].pk)
    assert client.get("/eastmere/").status_code == 200
    with scope(acting=world.id("eastmere")):
        assert Event.objects.filter(verb="access.provider.linked").count() == 1
    # The next time it is the same account, and nothing new to tell.
    again = Client()
    assert go(again)["Location"] == "/"
    with scope(acting=world.id("eastmere")):
        assert Event.objects.filter(verb="access.provider.linked").count() == 1
    (account,) = SocialAccount.objects.all()
    assert account.uid != "42" and "@" not in str(account.extra_data)


def test_an_officer_still_shows_the_second_factor(
    client: Client, provider: oidc.Provider, world: World
) -> None:
    officer = world.people["finance_officer@eastmere"]
    provider.claims |= {"email": officer.email, "amr": ["mfa", "pwd"], "acr": "3"}
    assert go(client)["Location"] == "/"
    assert client.get("/eastmere/")["Location"].startswith("/account/second-factor/")
    secret, other = with_app(officer), Client()
    assert go(other)["Location"] == "/account/login/code/"
    assert other.get("/eastmere/")["Location"].startswith("/account/login/")
    other.post("/account/login/code/", {"code": code(secret)})
    assert other.get("/eastmere/").status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "somebody-else"},
        {"aud": ["commonwell", "somebody-else"]},
        {"azp": "somebody-else"},
        {"aud": None},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"iat": int(time.time()) + 3600},
        {"nbf": int(time.time()) + 3600},
        {"sub": None},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"email": None},
        {"email": ["staff@eastmere.example"]},
        {"email": "nobody@eastmere.example"},
        {"email": "staff@northdale.example"},
        {"email": "staff@eastmere.example@northdale.example"},
        {"email": "staff@sub.eastmere.example"},
        {"email": "staff@northdale.example, staff@eastmere.example"},
        {"email": "centre_agent@centre.example"},
    ],
)
def test_what_a_provider_may_not_say(
    client: Client, provider: oidc.Provider, claims: dict[str, Any]
) -> None:
    provider.claims |= claims
    assert refused(client, go(client))


LIES = ["unsigned", "shared key", "key", "kid", "no token", "redirect", "flood"]


@pytest.mark.parametrize("lie", LIES)
def test_how_a_provider_may_not_say_it(client: Client, provider: oidc.Provider, lie: str) -> None:
    provider.lie = lie
    assert refused(client, go(client))


def test_a_provider_that_gives_itself_out_for_another(
    client: Client, provider: oidc.Provider
) -> None:
    provider.lie = "issuer"
    assert refused(client, client.post(START, {"email": STAFF}))


def test_a_provider_that_is_away(client: Client, world: World, settings: Settings) -> None:
    settings.PROVIDERS_INSIDE = True
    with oidc.serving() as gone:
        bind(world, "eastmere", gone, "eastmere.example")
    assert refused(client, client.post(START, {"email": STAFF}))


def test_one_organisations_provider_never_asserts_anothers_person(
    provider: oidc.Provider, northdales: oidc.Provider, world: World
) -> None:
    """Each tries every person of the other, and each gets its own in."""
    for mine, theirs, start in (
        (provider, "northdale", "staff@eastmere.example"),
        (northdales, "eastmere", "staff@northdale.example"),
    ):
        for role in Role:
            mine.claims["email"] = f"{role}@{theirs}.example"
            client = Client()
            assert refused(client, go(client, start)), (role, theirs)
    northdales.claims["email"] = "staff@northdale.example"
    assert go(Client(), "staff@northdale.example").status_code == 302


def test_an_answer_of_one_is_not_taken_for_that_of_another(
    client: Client, provider: oidc.Provider, northdales: oidc.Provider
) -> None:
    """The code and the state of Eastmere's provider at the door of Northdale."""
    page = client.post(START, {"email": STAFF})
    there = requests.get(page.context["url"], allow_redirects=False, timeout=5)
    query = dict(parse_qsl(urlsplit(there.headers["Location"]).query))
    assert refused(client, client.get(f"{START}northdale/callback/", query))


def test_a_person_with_the_right_address_and_no_role_there(
    client: Client, provider: oidc.Provider, world: World
) -> None:
    """Works at Northdale now; the address at Eastmere stayed, and so did Eastmere's provider."""
    left = create_person(email="left@eastmere.example", name="Left")
    with scope(acting=world.id("northdale")):
        give_role(person=left, role=Role.STAFF, since=SINCE)
    provider.claims["email"] = left.email
    assert refused(client, go(client))


@pytest.mark.parametrize("how", ["role", "account", "domain", "disabled"])
def test_what_is_taken_away_counts_at_once(provider: oidc.Provider, world: World, how: str) -> None:
    assert go(Client()).status_code == 302
    person, here = world.people["staff@eastmere"], world.id("eastmere")
    with scope(acting=here):
        if how == "role":
            Grant.objects.filter(person=person).update(valid=(SINCE, timezone.localdate()))
        if how == "domain":
            row = EmailDomain.objects.get()
            drop_domain(number=row.pk, by=world.actor("administrator@eastmere"))
        if how == "disabled":
            IdentityProvider.objects.update(enabled=False)
    if how == "account":
        Person.objects.filter(pk=person.pk).update(is_active=False)
    client = Client()
    if how in ("domain", "disabled"):
        assert client.post(START, {"email": STAFF}).status_code == 422
    else:
        assert go(client).status_code == 403
    assert SESSION_KEY not in client.session


def test_accounts_are_one_person_for_good(
    client: Client, provider: oidc.Provider, world: World
) -> None:
    """An address that was given to somebody else, and an account that changed its address."""
    assert go(Client()).status_code == 302
    provider.claims["sub"] = "43"
    assert go(client).status_code == 403
    provider.claims |= {"sub": "42", "email": "manager@eastmere.example"}
    assert go(client).status_code == 403
    assert SESSION_KEY not in client.session
    assert SocialAccount.objects.count() == 1


def test_a_signed_in_browser_is_not_connected_to_anything(
    provider: oidc.Provider, world: World
) -> None:
    """Whoever is signed in and comes back as somebody else is that person, and linked to nobody."""
    client = Client()
    client.force_login(world.people["manager@eastmere"])
    go(client)
    assert client.session[SESSION_KEY] == str(world.people["staff@eastmere"].pk)
    assert not SocialAccount.objects.filter(user=world.people["manager@eastmere"]).exists()


@pytest.mark.parametrize(
    "query", [{}, {"code": "x"}, {"code": "x", "state": "y"}, {"error": "access_denied"}]
)
def test_nobody_comes_back_who_did_not_go(
    client: Client, provider: oidc.Provider, query: dict[str, str]
) -> None:
    assert refused(client, client.get(f"{START}eastmere/callback/", query))
    for nowhere in ("centre", "no-such-place"):
        assert client.get(f"{START}{nowhere}/callback/", query).status_code == 404


@pytest.mark.parametrize("address", ["a@nowhere.example", "staff@northdale.example", "x"])
def test_an_unknown_domain_is_said_plainly(
    client: Client, provider: oidc.Provider, address: str
) -> None:
    assert client.post(START, {"email": address}).status_code == 422


def test_only_the_centre_verifies_and_never_who_claimed(world: World, settings: Settings) -> None:
    settings.PROVIDERS_INSIDE = True
    admin = world.actor("administrator@eastmere")
    with scope(acting=admin.organisation_id):
        # The administrator makes somebody a manager of the centre, in their own organisation.
        friend = create_person(email="friend@eastmere.example", name="Friend")
        give_role(person=friend, role=Role.CENTRE_MANAGER, since=SINCE)
        row = claim_domain(domain="Centre.Example ", by=admin, at=timezone.now())
    world.people["friend@eastmere"] = friend
    for who in ("administrator@eastmere", "friend@eastmere", "centre_agent@centre"):
        by = world.actor(who, "eastmere")
        with scope(acting=admin.organisation_id), pytest.raises(Refused) as no:
            verify_domain(number=row.pk, reason="Mine", by=by, at=timezone.now())
        assert no.value.rule is ACC06, who
    assert row.domain == "centre.example" and row.proof.startswith("commonwell-")
    centre = world.actor("centre_manager@centre", "eastmere")
    with scope(acting=admin.organisation_id):
        own = claim_domain(domain="own.example", by=centre, at=timezone.now())
        with pytest.raises(Refused) as no:
            verify_domain(number=own.pk, reason="Mine", by=centre, at=timezone.now())
    assert no.value.rule is ACC06


def test_a_domain_has_one_holder(world: World, provider: oidc.Provider, client: Client) -> None:
    by = world.actor("administrator@northdale")
    with scope(acting=by.organisation_id), pytest.raises(Refused) as no:
        claim_domain(domain="eastmere.example", by=by, at=timezone.now())
    assert no.value.rule is ACC07
    # Two who verified in the same moment: neither speaks for it.
    with scope(acting=by.organisation_id):
        EmailDomain.objects.create(
            organisation_id=by.organisation_id,
            domain="eastmere.example",
            proof="x",
            claimed_by_id=by.person_id,
            claimed_at=timezone.now(),
            verified_by=world.people["centre_manager@centre"],
            verified_at=timezone.now(),
        )
    assert client.post(START, {"email": STAFF}).status_code == 422


@pytest.mark.parametrize("domain", ["", "eastmere", "a b.example", "@x.example", "ü.example"])
def test_what_is_no_domain(world: World, domain: str) -> None:
    by = world.actor("administrator@eastmere")
    with scope(acting=by.organisation_id), pytest.raises(Refused) as no:
        claim_domain(domain=domain, by=by, at=timezone.now())
    assert no.value.rule is ACC08


@pytest.mark.parametrize(
    "url",
    [
        "http://login.example.gov.uk",
        "https://127.0.0.1",
        "https://[::1]/",
        "https://localhost",
        "https://169.254.169.254/latest",
        "https://10.0.0.1",
        "https://user@1.1.1.1",
        "ftp://1.1.1.1",
        "https://",
        "https://no.such.name.invalid",
    ],
)
def test_addresses_inside_are_not_asked(world: World, url: str) -> None:
    assert not may_be_asked(url)
    by = world.actor("administrator@eastmere")
    with scope(acting=by.organisation_id), pytest.raises(Refused) as no:
        set_provider(issuer=url, client_id="x", secret="y", enabled=True, by=by)
    assert no.value.rule is ACC05


def test_addresses_outside_are() -> None:
    assert may_be_asked("https://1.1.1.1/")


def test_only_machines_that_the_operator_names_are_asked(
    client: Client, world: World, provider: oidc.Provider, settings: Settings
) -> None:
    """Looked at when an address is entered, and again at each call."""
    settings.PROVIDER_HOSTS = [".example.org"]
    assert refused(client, client.post(START, {"email": STAFF}))
    by = world.actor("administrator@eastmere")
    given = {"issuer": provider.issuer, "client_id": "x", "secret": "y", "enabled": True}
    with scope(acting=by.organisation_id), pytest.raises(Refused) as no:
        set_provider(**given, by=by)
    assert no.value.rule is ACC05
    settings.PROVIDER_HOSTS = ["127.0.0.1", "localhost"]
    with scope(acting=by.organisation_id):
        set_provider(**given, by=by)


def test_a_provider_that_moved_inside_is_not_asked(
    client: Client, provider: oidc.Provider, settings: Settings
) -> None:
    settings.PROVIDERS_INSIDE = False
    assert refused(client, client.post(START, {"email": STAFF}))


def test_the_secret_is_sealed_and_shown_to_nobody(world: World, provider: oidc.Provider) -> None:
    with scope(acting=world.id("eastmere")):
        row = IdentityProvider.objects.get()
    assert provider.secret not in row.secret
    client = Client()
    client.force_login(world.people["administrator@eastmere"])
    page = client.get("/eastmere/provider/").content.decode()
    assert provider.secret not in page and row.secret not in page
    given = {"issuer": provider.issuer, "client_id": "changed", "secret": "", "enabled": "on"}
    assert client.post("/eastmere/provider/", given).status_code == 302
    with scope(acting=world.id("eastmere")):
        assert IdentityProvider.objects.get().secret == row.secret


def test_pages_from_claim_to_giving_up(world: World) -> None:
    admin, centre = Client(), Client()
    admin.force_login(world.people["administrator@eastmere"])
    centre.force_login(world.people["centre_manager@centre"])
    assert admin.post("/eastmere/provider/domains/", {"domain": "nonsense"}).status_code == 422
    admin.post("/eastmere/provider/domains/", {"domain": "eastmere.example"})
    (row,) = admin.get("/eastmere/provider/").context["domains"]
    where = f"/eastmere/provider/domains/{row.pk}"
    assert row.proof in centre.get(f"{where}/verify/").content.decode()
    assert admin.post(f"{where}/verify/", {"reason": "Mine"}).status_code == 422
    assert centre.post(f"{where}/verify/", {"reason": ""}).status_code == 422
    assert centre.post(f"{where}/verify/", {"reason": "TXT seen"}).status_code == 302
    told = admin.get("/eastmere/provider/").content.decode()
    assert "Verified" in told and "TXT seen" in told
    assert admin.post(f"{where}/drop/").status_code == 302
    with scope(acting=world.id("eastmere")):
        verbs = set(Event.objects.values_list("verb", flat=True))
    assert verbs >= {f"access.domain.{done}" for done in ("claimed", "verified", "dropped")}
