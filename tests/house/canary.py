"""A load on the real web server in which every answer is searched for words of other organisations.

Members of two organisations full of marked rows (`planted`), staff of the centre who work for both
or for one of them, and a person of none ask all addresses in a random order over connections that
they share: one request of Eastmere, the next one of Northdale. They send the forms that they were
shown, with their tokens. Some look for places and keys of others, some send forms to others or
forms of others, some hang up in the middle of the answer.
"""

import os
import random
import re
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connections
from django.utils import timezone

from core.scope import scope
from events.models import Event
from runs.models import Run
from sharedservices.management.commands.demo import programs
from sharedservices.supervisor import Supervisor
from sla.services import load_indicators
from tenants.roles import Role
from tenants.services import end_roles
from tests.house.canary_forms import SECRET, Form, forms_of
from tests.house.planted import Planted, plant
from tests.house.test_routes import TENANT_ROUTES, address, signed_in
from tests.runs.processes import same_database
from tests.world import SINCE, World, build_world

# Words alone: figures of one may stand by chance among the running numbers of another.
WORDS = {
    "eastmere": re.compile(rb"ZQEAST|eastmere\.example|58-17-17"),
    "northdale": re.compile(rb"ZQNORTH|northdale\.example|69-28-17"),
}
OTHER = {"eastmere": "northdale", "northdale": "eastmere"}
HANG_UP, ELSEWHERE, FOREIGN_KEYS = 0.08, 0.08, 0.16
SEND, WITHOUT_TOKEN = 0.4, 0.05
# What its connections to the database are called; the tests keep others open beside them.
WEB_SERVER = "canary web server"
PATIENCE_SECONDS = 60
CENTRE = "centre"


@dataclass(frozen=True)
class Member:
    """Somebody with a session, and the organisations whose pages may tell them something."""

    who: str
    cookie: str
    readable: frozenset[str] = frozenset()
    sends: bool = True
    forms: deque[Form] = field(default_factory=lambda: deque(maxlen=20), compare=False)

    @property
    def home(self) -> str:
        return self.who.partition("@")[2]

    @property
    def cookies(self) -> str:
        return f"sessionid={self.cookie}; csrftoken={SECRET}"

    def may_be_told(self, where: str) -> set[str]:
        """Those whose words may stand at an address: its own ones, and those of where one is at."""
        place = where.removeprefix("/api/v1").split("/")[1]
        here = self.readable if place == CENTRE else self.readable & {place}
        return {*here, self.home}


@dataclass
class Report:
    """What came of a load: `crossed` names the answers with a word of another organisation."""

    seed: int
    seconds: float = 0.0
    answers: Counter[int] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    hung_up: int = 0
    own_words: int = 0
    lost: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    crossed: list[str] = field(default_factory=list)

    @property
    def asked(self) -> int:
        return self.answers.total() + self.hung_up + len(self.lost)

    def add(self, other: "Report") -> None:
        self.answers += other.answers
        self.sent += other.sent
        self.hung_up += other.hung_up
        self.own_words += other.own_words
        self.lost += other.lost
        self.failed += other.failed
        self.crossed += other.crossed

    def lines(self) -> Iterator[str]:
        statuses = ", ".join(f"{n:,} with {status}" for status, n in sorted(self.answers.items()))
        yield f"{self.asked:,} requests in {self.seconds:,.0f} seconds, seed {self.seed}"
        yield f"{self.answers.total():,} answers read to their end: {statuses}"
        sent = ", ".join(f"{n:,} {what}" for what, n in sorted(self.sent.items()))
        yield f"forms sent: {sent}"
        yield f"{self.own_words:,} answers held words that who asked may read"
        yield f"{self.hung_up:,} were hung up on, {len(self.lost):,} were lost"
        yield f"{len(self.failed):,} met a fault of the server"
        yield f"{len(self.crossed):,} held a word of another organisation"
        yield from sorted({*self.crossed, *self.failed, *self.lost})[:20]

    @property
    def good(self) -> bool:
        return not (self.crossed or self.failed or self.lost)


@dataclass(frozen=True)
class Place:
    """Where the members ask: the port of the server, themselves, and what is there."""

    port: int
    world: World
    members: list[Member]
    planted: dict[str, Planted]
    opened_at: datetime


@contextmanager
def served(home: Path) -> Iterator[Place]:
    """Marked organisations in the database of this process, and the web server of the product."""
    world = build_world()
    load_indicators()
    planted = {slug: plant(world, slug) for slug in WORDS}
    _know_their_runs(world)
    members = _members(world)
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if k != "COMMONWELL_DATABASE"}
    environment |= {**same_database(), "SECRET_KEY": settings.SECRET_KEY}
    environment |= {
        "COMMONWELL_VAR": str(home),
        "DJANGO_SETTINGS_MODULE": "sharedservices.settings",
    }
    connections.close_all()
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, cwd=settings.BASE_DIR, env=environment, check=True)
    web = programs(port, home / "log")[:1]
    with Supervisor(web, environment | {"PGAPPNAME": WEB_SERVER}) as supervisor:
        ready = supervisor.wait_until(lambda: _answers(port), PATIENCE_SECONDS)
        if not ready:
            raise RuntimeError(web[0].last_words())
        yield Place(port, world, members, planted, timezone.now())


def _members(world: World) -> list[Member]:
    """Every role of both; centre staff of both, and of Eastmere alone; somebody of none.

    Administrators send nothing: they would end the rights of the others.
    """
    with scope(acting=world.id("northdale")):
        person = world.people["centre_manager@centre"]
        end_roles(person=person, from_on=SINCE)
    readable = {f"{role}@{slug}": frozenset({slug}) for slug in WORDS for role in Role}
    readable |= {"centre_agent@centre": frozenset(WORDS), "charlie@nowhere": frozenset()}
    readable |= {"centre_manager@centre": frozenset({"eastmere"})}
    return [
        Member(
            who,
            signed_in(world, who).cookies["sessionid"].value,
            slugs,
            sends=not who.startswith(Role.ADMINISTRATOR),
        )
        for who, slugs in readable.items()
    ]


def acts_of_strangers(place: Place) -> list[tuple[str, str, str]]:
    """(where, who, what) of everything that somebody did at an organisation that is not theirs."""
    found, world = [], place.world
    for slug in WORDS:
        strangers = {
            person.pk: who
            for who, person in world.people.items()
            if who.partition("@")[2] not in (slug, CENTRE)
            or (slug, who) == ("northdale", "centre_manager@centre")
        }
        with scope(acting=world.id(slug)):
            rows = Event.objects.filter(at__gte=place.opened_at, person_id__in=strangers)
            found += [(slug, strangers[row.person_id or 0], row.verb) for row in rows]
    return found


def _know_their_runs(world: World) -> None:
    """The web server knows no kinds of run that only tests have."""
    for slug in WORDS:
        with scope(acting=world.id(slug)):
            Run.objects.filter(kind__startswith="tests.").update(
                kind="finance.load_file", inputs={"file": 1}
            )


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def load(place: Place, *, requests: int, seed: int, threads: int) -> Report:
    """So many requests, each by a member drawn at random, over a connection for each thread."""
    begun, turns = time.monotonic(), count()
    report = Report(seed)

    def work(number: int) -> Report:
        caller = Caller(place, random.Random(f"{seed} {number}"), seed)
        while next(turns) < requests:
            caller.ask()
        caller.connection.close()
        return caller.report

    with ThreadPoolExecutor(threads) as pool:
        for one in pool.map(work, range(threads)):
            report.add(one)
    report.seconds = time.monotonic() - begun
    return report


class Caller:
    """One connection, kept open, over which now this one asks and now that one."""

    def __init__(self, place: Place, rng: random.Random, seed: int) -> None:
        self.place, self.rng, self.report = place, rng, Report(seed)
        self.connection = HTTPConnection("127.0.0.1", place.port, timeout=PATIENCE_SECONDS)

    def ask(self) -> None:
        member = self.rng.choice(self.place.members)
        if member.sends and self.rng.random() < SEND and self.send(member):
            return
        where = self.drawn(member)
        status, said = self.answer(member, "GET", where)
        if status == 200:
            member.forms.extend(forms_of(said, where))

    def answer(self, member: Member, method: str, where: str, body: str = "") -> tuple[int, bytes]:
        """What came back, searched; the status is 0 where nobody waited for it."""
        headers = {"Cookie": member.cookies}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        status, told = 0, b""
        try:
            self.connection.request(method, where, body=body or None, headers=headers)
            if self.rng.random() < HANG_UP:
                told = self.hang_up()
                self.report.hung_up += 1
            else:
                answer = self.connection.getresponse()
                status, told = answer.status, answer.read()
                told = str(answer.getheaders()).encode() + told
                self.report.answers[status] += 1
                if status >= 500:
                    self.report.failed.append(f"{method} {where} answered {status}")
        except (OSError, HTTPException) as error:
            self.connection.close()
            self.report.lost.append(f"{method} {where} was lost: {error!r}")
        may = member.may_be_told(where)
        told = self.without_choice(told, member)
        heard = {slug: found for slug, words in WORDS.items() if (found := words.search(told))}
        self.report.own_words += bool(heard.keys() & may and status)
        for slug in heard.keys() - may:
            said = told[heard[slug].start() - 60 : heard[slug].end() + 20]
            self.report.crossed.append(f"{method} {where} told {member.who} of {slug}: {said!r}")
        return status, told

    @staticmethod
    def without_choice(told: bytes, member: Member) -> bytes:
        """Without the names of the organisations that who works for several chooses from."""
        for slug in member.readable:
            told = re.sub(rb'<a [^>]*href="/%s/"[^>]*>[^<]*</a>' % slug.encode(), b"", told)
        return told

    def send(self, member: Member) -> bool:
        """A form as it was shown; or to another place, or one that somebody else was shown."""
        luck = self.rng.random()
        whose = self.rng.choice(self.place.members) if luck < FOREIGN_KEYS else member
        if not whose.forms:
            return False
        form = self.rng.choice(list(whose.forms))
        slug = form.action.split("/")[1]
        to = OTHER.get(slug, "eastmere") if luck < ELSEWHERE else slug
        crossing = whose is not member or to != slug
        fields = form.filled(self.rng, keys_alone=crossing)
        open_ = self.rng.random() < WITHOUT_TOKEN
        if not open_:
            fields.append(("csrfmiddlewaretoken", SECRET))
        where = form.action.replace(f"/{slug}/", f"/{to}/", 1)
        status, _ = self.answer(member, "POST", where, urlencode(fields))
        self.report.sent["across" if crossing else "as they were shown"] += 1
        if open_ and status not in (0, 403):
            self.report.failed.append(f"POST {where} without a token answered {status}")
        return True

    def hang_up(self) -> bytes:
        """Reads nothing or a little, and is gone without a word."""
        line = self.connection.sock
        said = line.recv(self.rng.randrange(1, 4_000)) if self.rng.random() < 0.5 else b""
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        return said

    def drawn(self, member: Member) -> str:
        """An address: mostly of one's own, now and then of another or with another's keys."""
        _route, entry = self.rng.choice(TENANT_ROUTES)
        slug = self.rng.choice(
            sorted({*member.readable, member.home} & {*WORDS, CENTRE}) or [*WORDS]
        )
        luck = self.rng.random()
        if slug == CENTRE:
            return address(entry, slug, self.place.planted[self.rng.choice([*WORDS])])
        if luck < ELSEWHERE:
            return address(entry, OTHER[slug], self.place.planted[OTHER[slug]])
        whose = OTHER[slug] if luck < FOREIGN_KEYS else slug
        return address(entry, slug, self.place.planted[whose])
