"""A load on the real web server in which every answer is searched for words of other organisations.

Members of two organisations full of marked rows (`planted`), and a person of neither, ask all
addresses in a random order over connections that they share: one request of Eastmere, the next one
of Northdale. Some look for places and keys of others, some hang up in the middle of the answer.
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
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path

from django.conf import settings
from django.db import connections

from core.scope import scope
from runs.models import Run
from sharedservices.management.commands.demo import programs
from sharedservices.supervisor import Supervisor
from sla.services import load_indicators
from tenants.roles import Role
from tests.house.planted import Planted, plant
from tests.house.test_routes import TENANT_ROUTES, address, signed_in
from tests.runs.processes import same_database
from tests.world import World, build_world

# Words alone: figures of one may stand by chance among the running numbers of another.
WORDS = {
    "eastmere": re.compile(rb"ZQEAST|eastmere\.example|58-17-17"),
    "northdale": re.compile(rb"ZQNORTH|northdale\.example|69-28-17"),
}
OTHER = {"eastmere": "northdale", "northdale": "eastmere"}
HANG_UP, ELSEWHERE, FOREIGN_KEYS = 0.08, 0.08, 0.16
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Member:
    """Somebody with a session; nobody's is the organisation of who belongs nowhere."""

    slug: str | None
    cookie: str


@dataclass
class Report:
    """What came of a load: `crossed` names the answers with a word of another organisation."""

    seed: int
    seconds: float = 0.0
    answers: Counter[int] = field(default_factory=Counter)
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
        self.hung_up += other.hung_up
        self.own_words += other.own_words
        self.lost += other.lost
        self.failed += other.failed
        self.crossed += other.crossed

    def lines(self) -> Iterator[str]:
        statuses = ", ".join(f"{n:,} with {status}" for status, n in sorted(self.answers.items()))
        yield f"{self.asked:,} requests in {self.seconds:,.0f} seconds, seed {self.seed}"
        yield f"{self.answers.total():,} answers read to their end: {statuses}"
        yield f"{self.own_words:,} of them held words of the organisation that asked"
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
    members: list[Member]
    planted: dict[str, Planted]


@contextmanager
def served(home: Path) -> Iterator[Place]:
    """Marked organisations in the database of this process, and the web server of the product."""
    world = build_world()
    load_indicators()
    planted = {slug: plant(world, slug) for slug in WORDS}
    _know_their_runs(world)
    people = [(slug, f"{role}@{slug}") for slug in WORDS for role in Role]
    members = [
        Member(slug, signed_in(world, who).cookies["sessionid"].value)
        for slug, who in [*people, (None, "charlie@nowhere")]
    ]
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
    with Supervisor(web, environment) as supervisor:
        ready = supervisor.wait_until(lambda: _answers(port), PATIENCE_SECONDS)
        if not ready:
            raise RuntimeError(web[0].last_words())
        yield Place(port, members, planted)


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
        where = self.drawn(member)
        hangs_up = self.rng.random() < HANG_UP
        try:
            self.connection.request("GET", where, headers={"Cookie": f"sessionid={member.cookie}"})
            if hangs_up:
                said = self.hang_up()
                self.report.hung_up += 1
            else:
                answer = self.connection.getresponse()
                said = str(answer.getheaders()).encode() + answer.read()
                self.report.answers[answer.status] += 1
                if answer.status >= 500:
                    self.report.failed.append(f"{where} answered {answer.status}")
        except (OSError, HTTPException) as error:
            self.connection.close()
            self.report.lost.append(f"{where} was lost: {error!r}")
            return
        if member.slug and WORDS[member.slug].search(said):
            self.report.own_words += not hangs_up
        for slug, words in WORDS.items():
            if slug != member.slug and words.search(said):
                self.report.crossed.append(f"{where} told a member of {member.slug} of {slug}")

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
        slug = member.slug or self.rng.choice(list(WORDS))
        luck = self.rng.random()
        if luck < ELSEWHERE:
            return address(entry, OTHER[slug], self.place.planted[OTHER[slug]])
        whose = OTHER[slug] if luck < FOREIGN_KEYS else slug
        return address(entry, slug, self.place.planted[whose])
