"""Events: declared verbs only, append-only, delivered at least once, sealed."""

import re
import time

import pytest
from django.core.management import call_command
from django.db import connection, utils

from core.management.commands.init_db import connect
from core.scope import scope
from events import services
from events.models import Delivery, Event
from events.selectors import last_seal, timeline
from events.verbs import HANDLERS, VERBS, declare, handler, sentence
from tests.events.sealing import seal_everything, wait_until_older_ones_end
from tests.world import World

declare(
    tests__thing__done="Did {what}",
    tests__things__done="{things:thing} in {period} done, {left:open thing} left",
)
heard: list[int] = []


@handler("tests.thing.done", "listen")
def listen(event: Event) -> None:
    if event.data["what"] == "fail" and len(heard) < 1:
        heard.append(-1)
        raise RuntimeError("not now")
    heard.append(event.pk)


@pytest.fixture(autouse=True)
def quiet() -> None:
    heard.clear()


def test_undeclared_verb_is_refused(world: World) -> None:
    by = world.actor("staff@eastmere")
    with scope(acting=by.organisation_id), pytest.raises(ValueError, match="not declared"):
        services.record("tests.never", world.organisations["eastmere"], by=by)


def write(world: World, what: str) -> Event:
    by = world.actor("staff@eastmere")
    with scope(acting=by.organisation_id):
        return services.record_about("tests.thing.done", "tests.thing", 1, by=by, what=what)


def test_event_cannot_be_changed(world: World) -> None:
    write(world, "a thing")
    with pytest.raises(utils.ProgrammingError, match="permission denied"):
        with scope(acting=world.id("eastmere")):
            Event.objects.update(person_name="Somebody else")


def test_delivery_is_repeated_after_failure_and_keeps_order(world: World) -> None:
    first, second = write(world, "fail"), write(world, "next")
    assert services.deliver_waiting() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant', %s, true)", [str(world.id("eastmere"))])
        cursor.execute(
            "SELECT set_config('app.tenants', %s, true)", [f"{{{world.id('eastmere')}}}"]
        )
        cursor.execute("UPDATE events_delivery SET run_at = now() - interval '1 hour'")
    assert services.deliver_waiting() == 2
    assert heard == [-1, first.pk, second.pk]
    assert services.deliver_waiting() == 0


def test_seals_tell_of_tampering(committed_world: World) -> None:
    write(committed_world, "a thing")
    write(committed_world, "another")
    wait_until_older_ones_end()
    assert seal_everything() == 1
    assert services.seal_all() == 0
    organisation = committed_world.id("eastmere")
    with scope(acting=organisation):
        assert services.verify_seals(organisation) == []
    admin = connect(connection.settings_dict["NAME"])
    with admin.cursor() as cursor:
        cursor.execute("UPDATE events_event SET person_name = 'x' WHERE data->>'what' = 'another'")
    admin.close()
    with scope(acting=organisation):
        assert services.verify_seals(organisation) == [(1, "events were changed, removed or added")]


def test_timeline_is_newest_first(world: World) -> None:
    by = world.actor("staff@eastmere")
    row = world.organisations["eastmere"]
    with scope(acting=by.organisation_id):
        for what in ("one", "two"):
            services.record("tests.thing.done", row, by=by, what=what)
        assert [entry.text for entry in timeline(row)] == ["Did two", "Did one"]
    assert set(HANDLERS["tests.thing.done"]) == {"listen"}


def test_command_without_redis_delivers_and_seals(committed_world: World) -> None:
    here = committed_world.id("eastmere")
    write(committed_world, "a thing")
    until = time.monotonic() + 20
    seal = None
    # Transactions of other test processes may still be open: only what is older is sealed.
    while seal is None and time.monotonic() < until:
        call_command("work", "--once")
        with scope(acting=here):
            seal = last_seal(here)
    assert seal is not None
    with scope(acting=here):
        assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"things": 1, "left": 0, "period": 202606}, "1 thing in 202606 done, 0 open things left"),
        ({"things": 1054, "left": "1"}, "1,054 things in … done, 1 open thing left"),
        ({"things": "2,000", "left": 12345}, "2,000 things in … done, 12,345 open things left"),
        ({}, "… things in … done, … open things left"),
    ],
)
def test_counts_are_said_with_the_right_noun(data: dict[str, object], said: str) -> None:
    assert sentence("tests.things.done", data) == said


def test_every_noun_of_a_wording_comes_from_a_count() -> None:
    """«{rows} rows» says «1 rows» one day: what counts is written «{rows:row}»."""
    plain = re.compile(r"\{\w+\} (published )?(journal|row|invoice|payment|line)s\b")
    assert [verb.key for verb in VERBS.values() if plain.search(verb.wording)] == []
