"""A file of organisations: shown row by row, then all are founded, or none."""

from collections.abc import Sequence
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from pytest_django.fixtures import Settings

from core.actors import Actor
from core.errors import Refused
from core.scope import scope
from events.models import Event
from tenants.models import Organisation
from tenants.selectors import all_organisations
from tenants.services.place import change_organisation
from tests import two_steps
from tests.access.test_invitations import FACTS, choose, link_in
from tests.world import World

LIST, LOAD = "/centre/organisation/", "/centre/organisations/load/"
HEAD = (
    "Address,Name,Short name,Kind,Standing,Nation,Financial year begins in,Rehearsal,Part of,"
    "Colour,Administrator,Administrator email"
)
HARROW = (
    "harrow,Harrow  Council,Harrow,Council,client,Wales,,,,#1F4E5F,Ada Byron,Ada@harrow.example"
)
ARCHIVE = (
    "archive,County Archive,Archive,agency,Agency under a parent,england,January,yes,harrow,,"
    "Max Weber,max@archive.example"
)


def signed_in(world: World, who: str = "administrator@centre") -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def sent(client: Client, rows: Sequence[str], where: str = LOAD) -> Any:
    return two_steps.sent(client, where, HEAD, rows, "Joins on 1 April")


def known() -> dict[str, Any]:
    return {one.slug: one for one in all_organisations()}


def wrong(shown: Any) -> dict[int, str]:
    assert shown.status_code == 422
    return {row["cells"][0]: row["cells"][3] for row in shown.context["rows"] if row["tone"]}


def test_all_are_shown_and_then_founded_in_one_act(world: World) -> None:
    admin, before = signed_in(world), set(known())
    assert LOAD in admin.get(LIST).content.decode()
    shown = sent(admin, [HARROW, ARCHIVE])
    assert shown.status_code == 200 and set(known()) == before and mail.outbox == []
    text = shown.content.decode()
    assert "Founded: 2 rows" in text and "part of harrow" in text and "from January" in text
    done = two_steps.sure(admin, LOAD, shown)
    assert (done.status_code, done["Location"]) == (302, LIST)
    assert "County Archive is founded. Max Weber is sent a link." in str(
        admin.get(LIST).content.decode()
    )
    assert set(known()) - before == {"harrow", "archive"}
    harrow, archive = known()["harrow"].id, known()["archive"].id
    with scope(acting=archive):
        row = Organisation.objects.get(pk=archive)
        assert (row.status, row.year_starts_month, row.parent_id) == ("rehearsal", 1, harrow)
        (event,) = Event.objects.filter(verb="tenants.organisation.founded")
        assert event.data["comment"] == "Joins on 1 April"
    with scope(acting=harrow):
        row = Organisation.objects.get(pk=harrow)
        assert (row.name, row.nation, row.standing) == ("Harrow Council", "wales", "client")
        assert (row.brand_colour, row.year_starts_month, row.status) == ("#1f4e5f", 4, "live")
    with scope(acting=world.id("centre")):
        assert Event.objects.filter(verb="tenants.organisation.founded").count() == 2
    assert [one.to for one in mail.outbox] == [["ada@harrow.example"], ["max@archive.example"]]
    assert choose(Client(), link_in(str(mail.outbox[1].body))).status_code == 302


def test_one_wrong_row_refuses_the_whole_file_and_says_what_to_do(world: World) -> None:
    before = set(known())
    admin_of = "Ada,ada@harrow.example"
    shown = sent(signed_in(world), [
        HARROW,
        f"Harrow B,Harrow,Harrow,Council,Client,Wales,,,,,{admin_of}",
        f"api,Harrow,Harrow,Council,Client,Wales,,,,,{admin_of}",
        f"harrow,Harrow,Harrow,Council,Client,Wales,,,,,{admin_of}",
        f"one,One,One,Shared-service centre,Host,Wales,,,,,{admin_of}",
        f"two,Two,Two,Agency,Agency under a parent,Wales,,,nowhere,,{admin_of}",
        f"three,Three,Three,Council,Client,Wales,,,harrow,,{admin_of}",
        f"four,Four,Four,Council,Client,Wales,,,,#ffdd00,{admin_of}",
        "five,Five,Five,Council,Client,,,,,,Ada,",
        f"six,Six,Six,Parish,Client,Wales,Brumaire,perhaps,,red,{admin_of}",
        f"eastmere,Eastmere City,Eastmere,Council,Partner,,,,,,{admin_of}",
    ])  # fmt: skip
    said = wrong(shown)
    assert sorted(said) == list(range(3, 13))
    assert said[3].startswith("Address: The short name of an organisation has small letters")
    assert said[4].startswith("Address: The product itself uses")
    assert said[5].startswith("Address: Another organisation has this address.")
    assert said[6].startswith("Kind: A shared-service centre is founded by whoever runs")
    assert said[7].startswith("Part of: An agency") and said[8].startswith("Part of: An agency")
    assert said[9].startswith("Colour: White words have to be readable")
    assert said[10].startswith("A new organisation needs a nation")
    assert "Kind: write one of Shared-service centre, Council" in said[11]
    assert "Financial year begins in: write one of January" in said[11]
    assert "Rehearsal: write one of yes, no." in said[11]
    assert "«red» is not written like #1f4e5f." in said[11]
    assert said[12].endswith("Other than there: name.")
    assert two_steps.sure(signed_in(world), LOAD, shown).status_code == 422
    assert set(known()) == before and mail.outbox == []


def test_nothing_is_founded_without_mail_or_where_somebody_was_first(
    world: World, settings: Settings
) -> None:
    admin, before = signed_in(world), set(known())
    shown = sent(admin, [HARROW, ARCHIVE])
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    again = two_steps.sure(admin, LOAD, shown)
    assert again.status_code == 200
    assert "The mail server did not take the invitation" in again.content.decode()
    assert set(known()) == before
    with scope(acting=world.id("centre")):
        assert not Event.objects.filter(verb="tenants.organisation.founded").exists()


class RefusesMax(EmailBackend):
    """A mail server that takes no mail to one address."""

    def send_messages(self, messages: Sequence[Any]) -> int:
        for one in messages:
            if one.to == ["max@archive.example"]:
                raise SMTPRecipientsRefused({one.to[0]: (550, b"No such user")})
        return int(super().send_messages(messages))


def test_a_link_that_is_not_taken_is_said_and_sent_again_by_its_row(
    world: World, settings: Settings
) -> None:
    admin, taken = signed_in(world), settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.RefusesMax"
    done = two_steps.sure(admin, LOAD, sent(admin, [HARROW, ARCHIVE]))
    assert done.status_code == 302
    page = admin.get(LIST).content.decode()
    assert "Harrow Council is founded. Ada Byron is sent a link." in page
    assert "County Archive is founded. The mail server did not take the link to Max Weber" in page
    # The link that went out leads somewhere, although another one was refused.
    assert choose(Client(), link_in(str(mail.outbox.pop().body))).status_code == 302
    with scope(acting=known()["archive"].id):
        assert not Event.objects.filter(verb="access.invitation.sent").exists()
    settings.EMAIL_BACKEND = taken
    stranger = ARCHIVE.replace("max@", "eve@")
    assert "Nothing would change" in sent(admin, [HARROW, stranger]).content.decode()
    shown = sent(admin, [HARROW, ARCHIVE])
    text = shown.content.decode()
    assert "Sent another link: 1 row" in text and "max@archive.example" in text
    assert two_steps.sure(admin, LOAD, shown).status_code == 302
    assert "County Archive was there. Max Weber is sent a link." in admin.get(LIST).content.decode()
    (sent_again,) = mail.outbox
    assert sent_again.to == ["max@archive.example"]
    assert choose(Client(), link_in(str(sent_again.body))).status_code == 302
    with scope(acting=known()["archive"].id):
        assert Event.objects.filter(verb="access.invitation.sent").count() == 1
    assert "Nothing would change" in sent(admin, [HARROW, ARCHIVE]).content.decode()


def test_the_list_loads_back_and_changes_nothing(world: World) -> None:
    admin = signed_in(world)
    for kind in ("csv", "xlsx"):
        data = admin.get(f"/centre/organisations/export/?format={kind}").content
        shown = two_steps.sent_bytes(admin, LOAD, data, "Looked through", f"all.{kind}")
        assert shown.status_code == 200, shown.content.decode()
        assert f"Stays as it is: {len(known())} rows" in shown.content.decode()
    own = signed_in(world, "administrator@eastmere").get("/eastmere/organisations/export/")
    assert b"eastmere" in own.content and b"northdale" not in own.content


def test_only_administrators_of_the_centre_load_organisations(world: World) -> None:
    assert sent(signed_in(world, "centre_manager@centre"), [HARROW]).status_code == 403
    elsewhere = signed_in(world, "administrator@eastmere")
    there = "northdale,Other,Northdale,Council,Partner,,,,,,,"
    shown = sent(elsewhere, [HARROW, there], "/eastmere/organisations/load/")
    told = wrong(shown)
    # Nobody is told there who else is served.
    assert told[2] == told[3] and "founded at the shared-service centre" in told[2]
    form = elsewhere.get("/eastmere/organisation/new/").content.decode()
    assert "Northdale" not in form
    many = sent(signed_in(world), [HARROW] * 101)
    assert "at most 100 rows" in many.content.decode()


def test_an_agency_names_its_parent_on_the_page_too(world: World) -> None:
    admin, where = signed_in(world), "/centre/organisation/new/"
    said = {**FACTS, "standing": "sub_tenant"}
    assert "An agency under a parent" in admin.post(where, said).content.decode()
    pale = admin.post(where, {**FACTS, "brand_colour": "#ffdd00"}).content.decode()
    assert "White words have to be readable" in pale
    assert admin.post(where, {**said, "parent": "eastmere"}).status_code == 302
    choose(Client(), link_in(str(mail.outbox[0].body)))
    made = known()["harrow"].id
    with scope(acting=made):
        by = Actor(None, "Commonwell", made, system=True)
        given = {"name": "Harrow", "short_name": "Harrow", "brand_colour": "#1f4e5f"}
        change_organisation(**given, standing="client", reason="Independent", by=by)
        assert Organisation.objects.get(pk=made).parent_id is None
        with pytest.raises(Refused) as refused:
            change_organisation(**given, standing="sub_tenant", reason="Again", by=by)
        assert refused.value.code == "TEN20"
