"""Mail of an organisation comes from its own address, in a domain that is verified for it alone."""

from typing import Any

import pytest
from django.conf import settings as product
from django.core import mail
from django.utils import timezone

from access.models import EmailDomain
from access.rules import ACC25
from access.selectors.mail import sender_of
from access.services.mail import set_mail_sender
from access.services.providers import claim_domain, drop_domain, verify_domain
from approvals.services import clock
from approvals.services.notices import send_notices
from core.errors import NotAllowed, Refused
from core.scope import scope
from events.models import Event
from finance.models import PaymentRun
from finance.services.remittances import send_advice
from tests.approvals.test_services_clock import FRIDAY, HOUR, ask
from tests.approvals.test_services_clock import routed as routed
from tests.approvals.test_services_clock import server as server
from tests.finance.test_remittances import run as run
from tests.finance.test_remittances import written
from tests.house.test_routes import signed_in
from tests.world import World

PAGE = "/eastmere/provider/mail/"
FORM = {"address": "Payments@eastmere.example", "reply_to": "", "reason": "Suppliers know it"}


def verified(world: World, domain: str = "eastmere.example", slug: str = "eastmere") -> EmailDomain:
    by, now = world.actor(f"administrator@{slug}"), timezone.now()
    with scope(acting=by.organisation_id):
        row = claim_domain(domain=domain, by=by, at=now)
        centre = world.actor("centre_manager@centre", slug)
        return verify_domain(number=row.pk, reason="TXT seen", by=centre, at=now)


def set_sender(world: World, who: str = "administrator@eastmere", **changes: Any) -> None:
    by = world.actor(who)
    given = {"address": "payments@eastmere.example", "reply_to": "", "reason": "Known"}
    with scope(acting=by.organisation_id):
        set_mail_sender(**{**given, **changes}, by=by, at=timezone.now())


def sender(world: World) -> Any:
    here = world.organisations["eastmere"]
    with scope(acting=here.pk):
        return sender_of(here.pk, here.name)


def test_an_administrator_sets_it_on_the_page(world: World) -> None:
    admin = signed_in(world, "administrator@eastmere")
    early = admin.post(PAGE, FORM)
    assert early.status_code == 422
    assert "Have the domain verified first" in early.content.decode().replace("\n    ", " ")
    verified(world)
    assert admin.post(PAGE, {**FORM, "reply_to": "help@eastmere.example"}).status_code == 302
    page = admin.get(PAGE).content.decode()
    assert "Eastmere &lt;payments@eastmere.example&gt;" in page and "help@eastmere.example" in page
    with scope(acting=world.id("eastmere")):
        event = Event.objects.get(verb="access.mail.set")
        assert event.data["reason"] == "Suppliers know it"
    only_reply = admin.post(PAGE, {**FORM, "address": "", "reply_to": "help@eastmere.example"})
    assert only_reply.status_code == 422
    assert admin.post(PAGE, {"reason": "Not any more"}).status_code == 302
    assert sender(world).from_email == product.DEFAULT_FROM_EMAIL
    assert signed_in(world, "auditor@eastmere").get(PAGE).status_code == 403


def test_no_address_of_another_or_of_nobody(world: World) -> None:
    verified(world)
    verified(world, "northdale.example", "northdale")
    for wrong in ({"address": "x@northdale.example"}, {"reply_to": "x@elsewhere.example"}):
        with pytest.raises(Refused) as refusal:
            set_sender(world, **wrong)
        assert refusal.value.code == ACC25.__name__
    with pytest.raises(NotAllowed):
        set_sender(world, "finance_manager@eastmere")


def test_a_domain_that_is_given_up_is_not_written_from(world: World) -> None:
    domain = verified(world)
    set_sender(world)
    assert sender(world).from_email == "Eastmere <payments@eastmere.example>"
    with scope(acting=world.id("eastmere")):
        drop_domain(number=domain.pk, by=world.actor("administrator@eastmere"))
    assert sender(world).from_email == product.DEFAULT_FROM_EMAIL


def test_remittances_come_from_it(world: World, run: PaymentRun, server: None) -> None:
    verified(world)
    set_sender(world, reply_to="help@eastmere.example")
    written(world, run)
    assert send_advice(as_of=timezone.now()) == 2
    assert {one.from_email for one in mail.outbox} == {"Eastmere <payments@eastmere.example>"}
    assert [one.reply_to for one in mail.outbox] == [["help@eastmere.example"]] * 2
    assert mail.outbox[0].message()["Reply-To"] == "help@eastmere.example"


def test_notices_come_from_it_too(routed: World, server: None) -> None:
    verified(routed)
    set_sender(routed)
    ask(routed)
    clock.keep_time(as_of=FRIDAY + HOUR)
    assert send_notices(as_of=FRIDAY + HOUR) == 1
    assert [one.from_email for one in mail.outbox] == ["Eastmere <payments@eastmere.example>"]
