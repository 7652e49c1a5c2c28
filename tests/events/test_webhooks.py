"""Webhooks reach a real receiver signed, again until taken, and nobody inside a network."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from core.errors import Refused
from core.scope import scope
from core.web import outgoing
from core.web.outgoing import MayNotBeCalled, checked_address, post
from events.models import Event, Webhook, WebhookDelivery
from events.rules import WHK01, WHK02, WHK03
from events.services import record
from events.webhooks import (
    LONGEST_PAUSE,
    MOST_ATTEMPTS,
    end_webhook,
    send_again,
    set_up_webhook,
    tell_webhooks,
)
from finance.models import Supplier
from tests.events.sealing import wait_until_older_ones_end
from tests.finance.payables import prepare, supplier
from tests.world import World

ADMINISTRATOR = "administrator@eastmere"


class Receiver(HTTPServer):
    """Keeps what it is sent and answers as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/events?from=here"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers.items()), body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words: Any) -> None:
        pass


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOKS_INSIDE = True
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def set_up(world: World, url: str, slug: str = "eastmere", verbs: Any = ("finance",)) -> Any:
    by = world.actor(f"administrator@{slug}")
    given = {"url": url, "purpose": "Warehouse", "verbs": verbs, "at": timezone.now()}
    with scope(acting=by.organisation_id):
        return set_up_webhook(**given, by=by)


def happens(world: World, slug: str = "eastmere") -> Event:
    """A supplier is changed, and every transaction older than that has ended."""
    by = world.actor(f"finance_officer@{slug}")
    prepare(world)
    row = supplier(world, slug=slug)
    with scope(acting=by.organisation_id):
        event = record("finance.supplier.changed", row, by=by, changes="town")
    wait_until_older_ones_end()
    return event


def rows(world: World) -> list[WebhookDelivery]:
    with scope(readable={world.id("eastmere")}):
        return list(WebhookDelivery.objects.order_by("pk"))


def test_an_event_arrives_once_and_signed(committed_world: World, receiver: Receiver) -> None:
    hook, secret = set_up(committed_world, receiver.url, verbs=["finance.supplier.changed"])
    event = happens(committed_world)
    now = timezone.now()
    assert tell_webhooks(as_of=now) == 1
    assert tell_webhooks(as_of=now + timedelta(days=1)) == 0
    ((headers, body),) = receiver.got
    assert json.loads(body) == {
        "id": event.pk,
        "verb": "finance.supplier.changed",
        "subject": "finance.supplier",
        "subject_number": event.subject_id,
        "thread": str(event.thread),
        "at": event.at.isoformat(),
    }
    signed = f"evt_{event.pk}.{int(now.timestamp())}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["Webhook-Signature"] == f"v1,{expected}"
    assert headers["Webhook-Timestamp"] == str(int(now.timestamp()))
    assert secret not in hook.secret


def test_of_others_it_hears_nothing(committed_world: World, receiver: Receiver) -> None:
    set_up(committed_world, receiver.url)
    set_up(committed_world, receiver.url, verbs=["approvals"])
    happens(committed_world, "northdale")
    tell_webhooks(as_of=timezone.now())
    assert all(b"supplier" not in body for _headers, body in receiver.got)


def test_it_is_tried_again_with_longer_pauses(committed_world: World, receiver: Receiver) -> None:
    set_up(committed_world, receiver.url, verbs=["finance.supplier.changed"])
    happens(committed_world)
    receiver.status, at, pauses = 500, timezone.now(), []
    for _ in range(MOST_ATTEMPTS):
        assert tell_webhooks(as_of=at) == 0
        (row,) = rows(committed_world)
        pauses.append(row.run_at - at)
        at = row.run_at
    assert pauses[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert max(pauses) <= LONGEST_PAUSE
    assert (row.state, row.answer) == ("given_up", "Status 500")
    assert tell_webhooks(as_of=at + timedelta(days=9)) == 0
    receiver.status = 204
    by = committed_world.actor(ADMINISTRATOR)
    with scope(acting=by.organisation_id):
        again = send_again(webhook=Webhook.objects.get(), deliveries=[row.pk], by=by, at=at)
    assert (again, tell_webhooks(as_of=at)) == (1, 1)
    assert rows(committed_world)[0].state == "done"


def test_it_follows_nobody_elsewhere(committed_world: World, receiver: Receiver) -> None:
    set_up(committed_world, receiver.url, verbs=["finance.supplier.changed"])
    happens(committed_world)
    receiver.status = 302
    assert tell_webhooks(as_of=timezone.now()) == 0
    assert len(receiver.got) == 1
    assert rows(committed_world)[0].answer == "Status 302"


def test_an_ended_one_hears_no_more(committed_world: World, receiver: Receiver) -> None:
    hook, _secret = set_up(committed_world, receiver.url)
    by, now = committed_world.actor(ADMINISTRATOR), timezone.now()
    with scope(acting=by.organisation_id):
        end_webhook(webhook=hook, by=by, at=now)
        hook.refresh_from_db()
        with pytest.raises(Refused) as refused:
            send_again(webhook=hook, deliveries=[], by=by, at=now)
    assert refused.value.rule is WHK03
    happens(committed_world)
    tell_webhooks(as_of=now)
    assert receiver.got == []


INSIDE = [
    "https://127.0.0.1/",
    "https://localhost/",
    "https://10.1.2.3/",
    "https://169.254.169.254/latest/meta-data/",
    "https://192.168.1.1/",
    "https://[::1]/",
    "https://[fe80::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://2130706433/",
    "http://93.184.216.34/",
    "ftp://93.184.216.34/",
    "https://user:secret@93.184.216.34/",
    "https://93.184.216.34:99999/",
    "https:///path",
]


@pytest.mark.parametrize("url", INSIDE)
def test_private_addresses_are_refused(world: World, url: str) -> None:
    with pytest.raises(Refused) as refused:
        set_up(world, url)
    assert refused.value.rule is WHK02


def test_verbs_that_nothing_begins_with_are_refused(world: World) -> None:
    for verbs in ([], ["finance.nothing"], ["fin"]):
        with pytest.raises(Refused) as refused:
            set_up(world, "https://93.184.216.34/", verbs=verbs)
        assert refused.value.rule is WHK01


def test_a_name_that_turns_private_later_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that was looked at is the one that is called: the name is not asked again."""
    asked: list[Any] = []

    def resolve(host: str, port: int, **kwargs: Any) -> Any:
        asked.append(host)
        answer = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(0, 0, 0, "", (answer, port))]

    def connect(address: Any, timeout: Any) -> Any:
        raise ConnectionRefusedError(address[0])

    monkeypatch.setattr(outgoing.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(outgoing.socket, "create_connection", connect)
    with pytest.raises(ConnectionRefusedError, match=r"93\.184\.216\.34"):
        post("https://rebinding.example/", b"", {}, inside=False)
    assert asked == ["rebinding.example"]
    with pytest.raises(MayNotBeCalled, match="private network"):
        checked_address("https://rebinding.example/", inside=False)


def test_only_machines_that_the_operator_names_are_told(
    committed_world: World, receiver: Receiver, settings: Settings
) -> None:
    """Looked at when an address is entered, and again at each call."""
    set_up(committed_world, receiver.url)
    happens(committed_world)
    settings.WEBHOOK_HOSTS = [".example.org"]
    assert tell_webhooks(as_of=timezone.now()) == 0
    assert "allows no calls to 127.0.0.1" in rows(committed_world)[0].answer
    with pytest.raises(Refused, match=r"allows no calls to 127\.0\.0\.1"):
        set_up(committed_world, receiver.url)
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    assert tell_webhooks(as_of=timezone.now() + timedelta(hours=1)) >= 1


def test_pages_set_it_up_show_what_was_sent_and_send_again(
    committed_world: World, receiver: Receiver
) -> None:
    client = Client()
    client.force_login(committed_world.people[ADMINISTRATOR])
    wrong = {"purpose": "Warehouse", "url": receiver.url, "verbs": "nothing"}
    assert client.post("/eastmere/webhooks/new/", wrong).status_code == 422
    given = {**wrong, "verbs": "finance.supplier.changed, events.webhook.ended"}
    made = client.post("/eastmere/webhooks/new/", given, follow=True).content.decode()
    assert "whsec_" in made
    where = "/eastmere/webhooks/1/"
    assert "whsec_" not in client.get(where).content.decode()
    happens(committed_world)
    tell_webhooks(as_of=timezone.now())
    assert "Status 200" in client.get(where).content.decode()
    (row,) = rows(committed_world)
    said = client.post(f"{where}again/", {"delivery": [row.pk]}, follow=True).content.decode()
    assert "1 put in line again" in said
    tell_webhooks(as_of=timezone.now())
    assert len(receiver.got) == 2
    ended = client.post(f"{where}end/", follow=True).content.decode()
    assert "Nothing more is sent to this webhook." in ended
    auditor = Client()
    auditor.force_login(committed_world.people["auditor@eastmere"])
    assert auditor.get(where).status_code == 200
    assert auditor.post(f"{where}end/").status_code == 403
    answer = auditor.get("/api/v1/eastmere/webhooks/")
    (hook,) = answer.json()["results"]
    assert hook["verbs"] == ["events.webhook.ended", "finance.supplier.changed"]
    assert hook["ended_at"] and "whsec_" not in answer.content.decode()
    sent = auditor.get("/api/v1/eastmere/webhooks/1/deliveries/").json()["results"]
    told = [(one["verb"], one["state"], one["next_at"]) for one in sent]
    assert told == [("finance.supplier.changed", "done", None)]
    assert "Status 200" in sent[0]["answer"] and sent[0]["done_at"]
    auditor.force_login(committed_world.people["auditor@northdale"])
    assert auditor.get("/api/v1/northdale/webhooks/").json()["results"] == []
    assert auditor.get("/api/v1/northdale/webhooks/1/deliveries/").status_code == 404


def test_a_rehearsal_is_told_of_to_nobody(committed_world: World, receiver: Receiver) -> None:
    """Also not once it is live: what happened in it was no business."""
    set_up(committed_world, receiver.url, verbs=["finance.supplier.changed"])
    happens(committed_world)
    committed_world.becomes("rehearsal")
    for status in ("rehearsal", "live"):
        committed_world.becomes(status)
        assert tell_webhooks(as_of=timezone.now()) == 0
    assert (receiver.got, rows(committed_world)) == ([], [])
    by = committed_world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        row = Supplier.objects.get()
        record("finance.supplier.changed", row, by=by, changes="name")
    wait_until_older_ones_end()
    assert tell_webhooks(as_of=timezone.now()) == 1
