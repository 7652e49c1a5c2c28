"""Every task and every command: outside any scope, in the scope of another, without permission.

They come from Celery's and Django's registries; one that is not told about below fails a test.
Both organisations are full of marked rows (`planted`), all writes are watched, and each wall is
switched off in turn.
"""

import inspect
import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command, get_commands

from core.scope import ScopeError, scope
from core.sealing import seal
from events.models import Webhook
from events.services import record_about
from runs.services import make_run
from sharedservices.celery import app
from tests.house.planted import PATTERNS, Planted
from tests.house.source import APPS
from tests.house.walls import state_of
from tests.house.watched import strayed, watched
from tests.world import World

app.loader.import_default_modules()
TASKS = sorted(name for name in app.tasks if name.split(".")[0] in APPS)
COMMANDS = sorted(name for name, place in get_commands().items() if place in APPS)
# Tasks that open no scope, each with what it does instead.
WITHOUT_SCOPE = {
    "events.tasks.seal": "a function of the database seals every trail; it tells a number",
    "portal.tasks.forget_ended_sessions": "sessions belong to people, not to organisations",
    "runs.tasks.ring_waiting": "rings a bell if a function of the database names a waiting run",
}
# Tables that functions of the database write for every organisation, acting for none.
BY_DEFINERS = {"events_seal": "ctx.seal_events"}

# Tasks that ask a function of the database first, and here have nothing to do.
IDLE = {"events.tasks.deliver", "finance.tasks.send_remittances", "finance.tasks.answer_lookups"}

Arguments = Callable[[Planted, Path], list[str]]
# How a command that touches rows of organisations is called for Eastmere, or for all of them.
TOUCHING: dict[str, Arguments] = {
    "check_invariants": lambda east, tmp: ["--organisation", "eastmere"],
    "exit_pack": lambda east, tmp: ["eastmere", str(tmp / "pack")],
    "publish_anchor": lambda east, tmp: [str(tmp / "anchors")],
    "replay_pay": lambda east, tmp: ["eastmere", str(east.keys["pay_run"])],
    "rotate_keys": lambda east, tmp: [],
    "take_back_load": lambda east, tmp: [
        *("eastmere", str(east.keys["file"]), "--reason", "Wrong month"),
        *("--person", "finance_manager@eastmere.example"),
    ],
    "work": lambda east, tmp: ["--once"],
}
# The others, each with its reason.
TOUCHING_NOTHING = {
    "check_modulus": "for each organisation in a scope of its own; needs tables that a bank issues",
    "check_pay_vectors": "works out figures of a file",
    "demo": "makes the demonstration, for an operator, in an empty database",
    "drill": "restores the whole beside itself, for an operator, as the server's administrator",
    "explain_pay": "works out figures of its arguments",
    "found_organisation": "makes an organisation, for an operator",
    "import_spend": "makes organisations from published files, for an operator",
    "init_db": "makes roles and the database, for an operator",
    "list_indicators": "writes a page of the documents",
    "list_rules": "writes a page of the documents",
    "load_indicators": "definitions that all organisations share",
    "migrate": "for an operator, as the owner of the tables",
    "read_invoice": "reads files",
}
OF_BOTH = {"work", "rotate_keys", "publish_anchor"}
WALLS = ("both walls", "row security alone", "managers alone")


def ran(name: str, east: Planted, tmp: Path) -> str:
    """What a command says, whether or not it could do what it was asked for."""
    out = io.StringIO()
    try:
        call_command(name, *TOUCHING[name](east, tmp), stdout=out, stderr=out)
    except CommandError as error:
        out.write(f"{error}")
    return out.getvalue()


def states(world: World) -> list[Any]:
    """Everything that both have, but for what functions of the database write for all."""
    return [row for slug in PATTERNS for row in state_of(world, slug) if row[0] not in BY_DEFINERS]


@pytest.fixture
def busy(planted: Any) -> tuple[World, Planted, Planted]:
    """Both organisations, each with a run and an event that wait."""
    world, east, north = planted
    for slug in ("eastmere", "northdale"):
        by = world.actor(f"finance_officer@{slug}")
        with scope(acting=by.organisation_id):
            key = f"busy {next(_numbers)}"
            make_run(kind="tests.short", key=key, inputs={"parts": 2}, by=by)
            record_about("finance.invoice.held", "finance.invoice", 1, by=by, cause="A cause")
            # The mark that stands there cannot be opened.
            Webhook.objects.update(secret=seal("whsec_AAAA"))
    return world, east, north


def _count() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


_numbers = _count()


def test_every_task_and_command_is_told_about() -> None:
    assert set(COMMANDS) == set(TOUCHING) | set(TOUCHING_NOTHING)
    assert set(TOUCHING) & set(TOUCHING_NOTHING) == set()
    assert set(WITHOUT_SCOPE) < set(TASKS)


def test_no_task_can_be_told_for_whom() -> None:
    """A message is only a bell: whoever sends one names nobody and nothing."""
    assert [n for n in TASKS if inspect.signature(app.tasks[n].run).parameters] == []


@pytest.mark.parametrize("walls", WALLS, indirect=True)
def test_no_task_reads_or_writes_across(walls: str, busy: Any) -> None:
    world, *_ = busy
    mail.outbox.clear()
    with watched() as crossed:
        for name in TASKS:
            app.tasks[name]()
        assert crossed() <= set(BY_DEFINERS)
    assert strayed(world) == []
    for message in mail.outbox:
        for slug in PATTERNS:
            if any(to.endswith(f"@{slug}.example") for to in message.to):
                other = next(one for one in PATTERNS if one != slug)
                assert not PATTERNS[other].search(f"{message.subject}\n{message.body}")


@pytest.mark.parametrize("walls", WALLS, indirect=True)
def test_no_task_works_within_the_scope_of_another(walls: str, busy: Any) -> None:
    """What one organisation sees may never depend on who called."""
    world, *_ = busy
    before, idle = states(world), set()
    for name in TASKS:
        if name in WITHOUT_SCOPE:
            continue
        with suppress(ScopeError), scope(acting=world.id("northdale")):
            app.tasks[name]()
            idle.add(name)
    assert idle <= IDLE
    assert states(world) == before


@pytest.mark.parametrize("walls", WALLS, indirect=True)
def test_no_command_reads_or_writes_across(walls: str, busy: Any, tmp_path: Path) -> None:
    world, east, _north = busy
    with watched() as crossed:
        for name in TOUCHING:
            before = state_of(world, "northdale")
            said = ran(name, east, tmp_path)
            if name not in OF_BOTH:
                assert state_of(world, "northdale") == before, name
                assert PATTERNS["northdale"].search(said) is None, name
        assert crossed() <= set(BY_DEFINERS)
    assert strayed(world) == []
    for path in (tmp_path / "pack").rglob("*"):
        if path.is_file():
            told = path.read_bytes().decode("utf-8", "replace")
            assert PATTERNS["northdale"].search(told) is None, path


@pytest.mark.parametrize("walls", WALLS, indirect=True)
def test_no_command_works_within_the_scope_of_another(
    walls: str, busy: Any, tmp_path: Path
) -> None:
    world, east, _north = busy
    before = states(world)
    for name in TOUCHING:
        if name == "publish_anchor":
            continue  # Opens no scope: it seals like the task, and writes hashes of all.
        with scope(acting=world.id("northdale")), pytest.raises(ScopeError):
            ran(name, east, tmp_path)
    assert states(world) == before


@pytest.mark.parametrize(
    "who",
    ["staff@eastmere", "auditor@eastmere", "finance_manager@northdale", "charlie@nowhere"],
)
def test_a_command_for_a_person_asks_what_the_person_may(
    busy: Any, tmp_path: Path, db: None, who: str
) -> None:
    world, east, _north = busy
    before = states(world)
    number = str(east.keys["file"])
    with pytest.raises(CommandError):
        call_command(
            *("take_back_load", "eastmere", number, "--reason", "Wrong month"),
            *("--person", world.people[who].email),
        )
    assert states(world) == before
