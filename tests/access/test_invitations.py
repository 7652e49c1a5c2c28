"""Founding organisations, and links with which people choose the password they sign in with."""

import re
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from core.actors import Actor
from core.errors import NotAllowed, Refused
from core.scope import scope
from events.models import Event
from tenants.models import Organisation
from tenants.selectors import all_organisations
from tenants.services.founding import NewOrganisation, check_founding
from tests.world import World

LOGIN, WORDS = "/account/login/", "marble-lantern-orchard"
FACTS: dict[str, Any] = {
    "name": "Harrow Council", "short_name": "Harrow", "slug": "harrow", "kind": "council",
    "standing": "client", "nation": "wales", "year_starts_month": 4,
    "administrator_name": "Ada Byron", "administrator_email": "Ada@harrow.example",
}  # fmt: skip


def link_in(text: str) -> str:
    """The path of the link that a mail or the command shows."""
    (found,) = re.findall(r"http\S+/account/invitation/\S+", text)
    return urlsplit(found).path


def invited(client: Client, world: World, who: str = "manager@eastmere") -> str:
    client.force_login(world.people["administrator@eastmere"])
    where = reverse("right_invite", args=["eastmere", world.people[who].pk])
    assert client.post(where).status_code == 302
    (sent,) = mail.outbox
    assert sent.to == [world.people[who].email]
    return link_in(str(sent.body))


def choose(client: Client, link: str, again: str = WORDS, **given: str) -> Any:
    return client.post(link, {"password": WORDS, "again": again, **given})


def test_the_link_lets_somebody_in_once(client: Client, world: World) -> None:
    link, stranger = invited(client, world), Client()
    page = stranger.get(link).content.decode()
    assert "Eastmere invites Manager of eastmere" in page
    short = choose(stranger, link, again="12", password="12")
    assert short.status_code == 422
    assert "Type the same password twice" in choose(stranger, link, again="other").content.decode()
    assert choose(stranger, link).headers["Location"] == LOGIN
    assert stranger.get(link).status_code == choose(stranger, link).status_code == 404
    # It says what to do, not that a page may have moved.
    assert "ask who invited you to send another one" in stranger.get(link).content.decode()
    sent = {"login": world.people["manager@eastmere"].email, "password": WORDS}
    stranger.post(LOGIN, sent)
    assert stranger.get("/eastmere/").status_code == 200
    with scope(acting=world.id("eastmere")):
        verbs = Event.objects.filter(verb__startswith="access.invitation")
        assert [one.verb for one in verbs.order_by("id")] == [
            "access.invitation.sent", "access.invitation.taken"
        ]  # fmt: skip
        assert link not in str([one.data for one in verbs])


def test_a_new_password_ends_what_was_open_and_a_sign_in_ends_the_link(
    client: Client, world: World
) -> None:
    link = invited(client, world)
    inside = Client()
    inside.force_login(world.people["manager@eastmere"])
    # Whoever signed in meanwhile needs no link any more.
    assert inside.get(link).status_code == 404
    mail.outbox.clear()
    choose(Client(), invited(client, world))
    assert inside.get("/eastmere/")["Location"].startswith(LOGIN)


def test_links_of_others_and_of_last_week_lead_nowhere(
    client: Client, world: World, settings: Settings
) -> None:
    link = invited(client, world)
    key, other = (world.people[f"{one}@eastmere"].pk for one in ("manager", "administrator"))
    for wrong in (
        link.replace(f"/{key}/", f"/{other}/"), link.replace("eastmere", "northdale"),
        link[:-2] + "x/", link.replace("eastmere", "nowhere"),
    ):  # fmt: skip
        assert Client().get(wrong).status_code == 404, wrong
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert Client().get(link).status_code == 404


def test_nobody_else_invites_and_nobody_themselves(client: Client, world: World) -> None:
    for role, who, status in (
        ("auditor@eastmere", "manager@eastmere", 403),
        ("administrator@eastmere", "administrator@eastmere", 302),
        ("administrator@eastmere", "manager@northdale", 404),
    ):
        client.force_login(world.people[role])
        where = reverse("right_invite", args=["eastmere", world.people[who].pk])
        assert client.post(where).status_code == status, (role, who)
    assert mail.outbox == []


def test_a_mail_server_that_refuses_is_said_and_noted_nowhere(
    client: Client, world: World, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    client.force_login(world.people["administrator@eastmere"])
    person = world.people["manager@eastmere"].pk
    answer = client.post(reverse("right_invite", args=["eastmere", person]), follow=True)
    assert "The mail server did not take the invitation" in answer.content.decode()
    with scope(acting=world.id("eastmere")):
        assert not Event.objects.filter(verb="access.invitation.sent").exists()


def test_the_centre_founds_an_organisation_whose_administrator_signs_in(
    client: Client, world: World
) -> None:
    client.force_login(world.people["administrator@centre"])
    where = reverse("organisation_new", args=["centre"])
    assert "Found an organisation" in client.get("/centre/organisation/").content.decode()
    wrong = client.post(where, {**FACTS, "slug": "eastmere"})
    assert wrong.status_code == 422 and "Another organisation" in wrong.content.decode()
    assert client.post(where, FACTS).status_code == 302
    (sent,) = mail.outbox
    assert sent.to == ["ada@harrow.example"]
    new, link = Client(), link_in(str(sent.body))
    choose(new, link)
    new.post(LOGIN, {"login": "ada@harrow.example", "password": WORDS})
    # An administrator needs a second factor before anything else is shown.
    assert "second-factor" in new.get("/harrow/")["Location"]
    with scope(acting=_id("harrow")):
        row = Organisation.objects.get(slug="harrow")
        assert (row.status, row.nation, row.standing) == ("live", "wales", "client")
        assert Event.objects.filter(verb="tenants.organisation.founded").count() == 1
    with scope(acting=world.id("centre")):
        assert Event.objects.filter(verb="tenants.organisation.founded").count() == 1


def _id(slug: str) -> int:
    return next(one.id for one in all_organisations() if one.slug == slug)


def test_only_administrators_of_the_centre_found(world: World) -> None:
    new = NewOrganisation(**FACTS, rehearsal=True)

    def tried(by: Actor) -> None:
        with scope(acting=by.organisation_id):
            check_founding(new=new, by=by)

    with pytest.raises(Refused) as refused:
        tried(world.actor("administrator@eastmere"))
    assert refused.value.code == "TEN18"
    with pytest.raises(NotAllowed):
        tried(world.actor("centre_manager@centre"))


def test_the_first_of_all_is_founded_by_a_command(db: None) -> None:
    words = [
        *("found_organisation", "centre", "Mereford Shared Services", "--kind=centre"),
        *("--administrator-name=Pat Doe", "--administrator-email=pat@mereford.example"),
    ]
    said = StringIO()
    call_command(*words, stdout=said)
    assert choose(Client(), link_in(said.getvalue())).status_code == 302
    with scope(acting=_id("centre")):
        assert Organisation.objects.get(slug="centre").standing == "host"
    with pytest.raises(CommandError, match="Another organisation"):
        call_command(*words, stdout=said)
