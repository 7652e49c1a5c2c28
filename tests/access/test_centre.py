"""Each organisation sees what people of the centre did in its data, and nothing of others."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from access.selectors.centre import DAYS, PEOPLE, VERBS, Asked, counted, events_of_the_centre
from core.actors import Actor
from core.scope import scope
from events.services import record_about
from tenants.roles import Role
from tenants.services import create_person, give_role
from tests.days import today
from tests.world import World

PAGE = "/eastmere/trail/centre/"
AGENT, MANAGER = "centre_agent@centre", "centre_manager@centre"
DAY = timedelta(days=1)
SEEN, RESET = "finance.supplier.bank_seen", "access.factor.reset"


def done(by: Actor, verb: str = RESET, at: datetime | None = None, **data: Any) -> None:
    with scope(acting=by.organisation_id):
        record_about(verb, "tenants.organisation", by.organisation_id, by=by, at=at, **data)


def asked(world: World, slug: str = "eastmere", **given: Any) -> Any:
    """The events as (verb, who), and the counts by person."""
    wanted = Asked(**{"since": today() - 30 * DAY, "until": today(), **given})
    with scope(acting=world.id(slug)):
        rows = events_of_the_centre(world.id(slug), wanted)
        return [(row.verb, row.person_name.split(" of ")[0]) for row in rows], {
            by: counted(rows, by) for by in (PEOPLE, DAYS, VERBS)
        }


def client(world: World, who: str = "auditor@eastmere") -> Client:
    visit = Client()
    visit.force_login(world.people[who])
    return visit


def test_events_of_the_centre_are_told_from_those_of_others(world: World) -> None:
    agent, local = world.actor(AGENT, "eastmere"), world.actor("finance_officer@eastmere")
    done(agent)
    done(agent, SEEN, account="1", reason="Called back")
    done(world.actor(MANAGER, "eastmere"))
    done(local)
    done(world.actor(AGENT, "northdale"))
    done(agent, at=timezone.now() - 40 * DAY)
    found, counts = asked(world)
    who = "Service centre agent"
    assert found == [(RESET, "Service centre manager"), (SEEN, who), (RESET, who)]
    people = {row["name"]: (row["events"], row["looks"]) for row in counts[PEOPLE]}
    assert people == {f"{who} of centre": (2, 1), "Service centre manager of centre": (1, 0)}
    assert [(row["key"], row["events"]) for row in counts[DAYS]] == [(today(), 3)]
    assert {row["verb"]: row["events"] for row in counts[VERBS]} == {RESET: 2, SEEN: 1}
    assert asked(world, looks=True)[0] == [(SEEN, who)]
    assert len(asked(world, since=today() - 60 * DAY)[0]) == 4
    assert asked(world, person=agent.person_id, verb=RESET)[0] == [(RESET, who)]
    assert len(asked(world, "northdale")[0]) == 1


def test_only_what_was_done_while_the_right_was_held(world: World) -> None:
    person = create_person(email="once@centre.example", name="Once An Agent")
    with scope(acting=world.id("eastmere")):
        days = {"since": today() - 20 * DAY, "until": today() - 10 * DAY}
        give_role(person=person, role=Role.CENTRE_AGENT, **days)
        give_role(person=person, role=Role.FINANCE_OFFICER, since=today() - 20 * DAY)
    by = Actor(person.pk, person.name, world.id("eastmere"))
    for back in (21, 15, 5):
        done(by, at=timezone.now() - back * DAY)
    assert len(asked(world)[0]) == 1


def test_the_page_narrows_by_its_address_and_is_downloaded(world: World) -> None:
    agent = world.actor(AGENT, "eastmere")
    done(agent, SEEN, account="12345", reason="Called back")
    done(world.actor(MANAGER, "eastmere"), person="Ann", reason="Lost it")
    visit = client(world)
    said = visit.get(PAGE).content.decode()
    assert "2 events, of them 1 look at sensitive data" in said and "Called back" in said
    looks = visit.get(f"{PAGE}?looks=on&by=verb").content.decode()
    assert "Called back" in looks and "Lost it" not in looks
    assert "did nothing in these days" in visit.get(f"{PAGE}?until=01/01/2020").content.decode()
    one = visit.get(f"{PAGE}?person={agent.person_id}&by=day").content.decode()
    assert "Lost it" not in one
    odd = visit.get(f"{PAGE}?person=x&since=never&verb=none&by=zzz")
    assert odd.status_code == 200 and "Lost it" in odd.content.decode()
    api = "/api/v1/eastmere/trail/centre/"
    told = visit.get(api).json()["results"]
    assert [(row["verb"], row["look"]) for row in told] == [(RESET, False), (SEEN, True)]
    assert [row["verb"] for row in visit.get(api, {"looks": "true"}).json()["results"]] == [SEEN]
    whose = visit.get(api, {"person": agent.person_id}).json()["results"]
    assert [row["verb"] for row in whose] == [SEEN]
    assert visit.get(api, {"until": "2020-01-01"}).json()["results"] == []
    assert client(world, "staff@eastmere").get(api).status_code == 403
    text = visit.get(f"{PAGE}export/?looks=on").content.decode("utf-8-sig")
    facts, _, table = text.partition("\r\n\r\n")
    (row,) = csv.DictReader(io.StringIO(table))
    assert (row["Verb"], row["Look"]) == (SEEN, "yes") and "Complete,yes" in facts
    assert visit.get(f"{PAGE}export/?format=xlsx").content[:2] == b"PK"
    assert client(world, "finance_officer@eastmere").get(PAGE).status_code == 403
