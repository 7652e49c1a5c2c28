"""The trail: who sees it, how it is filtered, exported, proved; deliveries that are stuck."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from core.management.commands.init_db import connect
from core.scope import scope
from events import services
from events.models import Delivery, Event
from events.selectors import last_seal, sealed_timeline
from events.verbs import declare, handler
from tests.events.sealing import seal_everything
from tests.hr.record import ask_starter, employer
from tests.world import World

declare(tests__page__shown="Showed {what}")


@handler("tests.page.shown", "refuse")
def refuse(event: Event) -> None:
    if event.data["what"] == "broken":
        raise RuntimeError("the handler refuses")


def write(world: World, what: str, who: str = "staff@eastmere", **data: Any) -> Event:
    by = world.actor(who)
    with scope(acting=by.organisation_id):
        return services.record_about("tests.page.shown", "tests.page", 7, by=by, what=what, **data)


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def shown(answer: Any, column: int = 2) -> list[str]:
    return [str(row["cells"][column]) for row in answer.context["rows"]]


def test_trail_has_the_newest_first(world: World) -> None:
    for number in range(3):
        write(world, f"number {number}")
    answer = signed_in(world, "auditor@eastmere").get("/eastmere/trail/")
    assert shown(answer) == [f"Showed number {number}" for number in (2, 1, 0)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("verb=tests.page.shown", ["two", "one"]),
        ("verb=runs.run.made", []),
        ("person=staff", ["one"]),
        ("person=MANAGER", ["two"]),
        ("subject=tests.page", ["two", "one"]),
        ("subject=tests.page:7", ["two", "one"]),
        ("subject=tests.page:8", []),
        ("subject=tests.page:x", []),
        ("subject=other", []),
        ("since=1/1/2020", ["two", "one"]),
        ("since=1/1/2999", []),
        ("until=1/1/2020", []),
        ("since=nonsense", ["two", "one"]),
    ],
)
def test_filters(world: World, query: str, expected: list[str]) -> None:
    write(world, "one")
    write(world, "two", who="manager@eastmere")
    answer = signed_in(world, "auditor@eastmere").get(f"/eastmere/trail/?{query}")
    assert shown(answer) == [f"Showed {what}" for what in expected]


def test_names_are_looked_for_in_the_newest_events(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        write(world, f"number {number}")
    monkeypatch.setattr("events.selectors.SOUGHT", 2)
    found = signed_in(world, "auditor@eastmere").get("/eastmere/trail/?person=staff")
    assert shown(found) == ["Showed number 2", "Showed number 1"]


def test_pages_of_several_organisations_follow_one_order(world: World) -> None:
    for number in range(3):
        write(world, f"theirs {number}", who="staff@northdale")
        write(world, f"ours {number}", who="staff@centre")
    client = signed_in(world, "centre_manager@centre")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("events.views.PER_PAGE", 4)
        pages = [client.get(f"/centre/trail/?page={number}") for number in (1, 2)]
        patch.setattr("core.db.merged.COUNTED", 5)
        patch.setattr("core.web.paging.COUNTED", 5)
        capped = client.get("/centre/trail/").content.decode()
    every = [f"Showed {whose} {number}" for number in (2, 1, 0) for whose in ("ours", "theirs")]
    assert [words for page in pages for words in shown(page, 3)] == every
    assert "Showing 1 to 4 of the first 5" in capped


def test_thread_is_one_story(world: World) -> None:
    first = write(world, "one")
    write(world, "two")
    answer = signed_in(world, "auditor@eastmere").get(f"/eastmere/trail/?thread={first.thread}")
    assert shown(answer) == ["Showed one"]


def test_centre_sees_partners_where_it_may(world: World) -> None:
    write(world, "theirs", who="staff@northdale")
    write(world, "ours", who="staff@centre")
    answer = signed_in(world, "centre_manager@centre").get("/centre/trail/")
    assert shown(answer, 3) == ["Showed ours", "Showed theirs"]
    alone = signed_in(world, "auditor@centre").get("/centre/trail/")
    assert shown(alone, 3) == ["Showed ours"]


@pytest.mark.parametrize(
    ("role", "status"),
    [("auditor", 200), ("administrator", 200), ("finance_manager", 200), ("manager", 403)],
)
def test_who_may_read(world: World, role: str, status: int) -> None:
    client = signed_in(world, f"{role}@eastmere")
    pages = ("trail/", "trail/export.csv", "trail/seals/", "deliveries/")
    assert [client.get(f"/eastmere/{page}").status_code for page in pages] == [status] * 4


def test_export_is_the_filtered_list_with_its_facts(world: World) -> None:
    write(world, "=one")
    write(world, "two", who="manager@eastmere", comment="=2+2")
    answer = signed_in(world, "auditor@eastmere").get("/eastmere/trail/export.csv?person=manager")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    facts, table = rows[: rows.index([])], rows[rows.index([]) + 1 :]
    assert ["Rows", "1"] in facts
    assert ["Filters", "Who: manager"] in facts
    assert [row[1:5] + row[7:] for row in table[1:]] == [
        ["Manager of eastmere", "Eastmere", "tests.page.shown", "Showed two", "'=2+2"]
    ]


def test_line_leads_to_the_thing(world: World) -> None:
    client = signed_in(world, "auditor@eastmere")
    here, other = world.id("eastmere"), world.id("northdale")
    answer = client.get(f"/eastmere/trail/tenants.organisation/{here}/")
    assert (answer.status_code, answer["Location"]) == (302, "/eastmere/organisation/")
    for absent in (f"tenants.organisation/{other}", "runs.run/1", "unknown.kind/1"):
        assert client.get(f"/eastmere/trail/{absent}/").status_code == 404


def test_line_of_what_one_may_not_open_leads_to_its_own_lines(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        asked = ask_starter(by)
    led = {
        role: signed_in(world, f"{role}@eastmere").get(f"/eastmere/trail/hr.request/{asked.pk}/")
        for role in ("auditor", "finance_manager")
    }
    own = f"/eastmere/trail/?subject=hr.request:{asked.pk}"
    assert led["auditor"].status_code == 302 and led["auditor"]["Location"] != own
    assert led["finance_manager"]["Location"] == own


def test_seals_are_proved_on_the_page(committed_world: World, tmp_path: Path) -> None:
    write(committed_world, "one")
    seal_everything()
    call_command("publish_anchor", tmp_path, stdout=io.StringIO())
    write(committed_world, "two")
    seal_everything()
    client = signed_in(committed_world, "auditor@eastmere")
    (path,) = tmp_path.iterdir()
    (anchor,) = json.loads(path.read_text())["anchors"]
    assert (anchor["organisation"], anchor["number"], anchor["events"]) == ("eastmere", 1, 1)
    here = committed_world.id("eastmere")
    with scope(acting=here):
        last = last_seal(here)
        assert last is not None
        newest = bytes(last.hash).hex()
    assert newest in client.get("/eastmere/trail/seals/").content.decode()
    told = client.get("/api/v1/eastmere/trail/seals/").json()["results"]
    assert [one["number"] for one in told] == [2, 1] and told[0]["hash"] == newest

    def prove(**data: Any) -> str:
        return str(client.post("/eastmere/trail/seals/", data).content.decode())

    kept = {"proof": "anchor", "pasted": f"{anchor['number']} {anchor['hash']}"}
    proof = prove(proof="chain")
    assert "All 2 seals hold" in proof and "2 seals over 2 events" in proof
    assert "1 event is too new to be sealed" in prove(proof="chain")
    assert "everything up to it is as it was then" in prove(**kept)
    assert "is the one that was published" in prove(proof="anchor", pasted=path.read_text())
    other = path.read_text().replace("eastmere", "northdale")
    for odd in ("", "x", "{}", "[1]", other, anchor["hash"]):
        assert "Paste a file of anchors" in prove(proof="anchor", pasted=odd), odd
    with scope(acting=here):
        newest = Event.objects.latest("id")
        after = sealed_timeline(here, newest.subject_key, newest.subject_id or 0)
        covered = sealed_timeline(here, "tests.page", 7)
    assert [number for _entry, number in covered] == [2, 1]
    assert [number for _entry, number in after][:1] == [None]

    def sealed() -> int:
        """Seals all: how many seals that takes depends on what other tests hold open."""
        seal_everything()
        with scope(acting=here):
            last = last_seal(here)
        assert last is not None
        return last.number

    third = sealed()
    assert third >= 3
    trail = client.get("/eastmere/trail/").content.decode()
    assert "Verified the trail: 2 seals over 2 events, all of it holds" in trail
    assert "Verify every seal now" in trail and f", {third} seals." in trail
    admin = connect(connection.settings_dict["NAME"])
    with admin.cursor() as cursor:
        cursor.execute("DELETE FROM events_event WHERE data->>'what' = 'one'")
    assert "but the chain is not whole" in prove(**kept)
    assert "Seal 1: events were changed, removed or added" in prove(proof="chain")
    with admin.cursor() as cursor:
        cursor.execute("DELETE FROM events_seal")
    admin.close()
    again = sealed()
    said = "The one seal holds." if again == 1 else f"All {again} seals hold."
    assert said in prove(proof="chain")
    assert "This anchor is not in the chain" in prove(**kept)


def make_stuck(world: World, who: str = "staff@eastmere") -> int:
    event = write(world, "broken", who=who)
    with scope(acting=event.organisation_id):
        Delivery.objects.filter(event_id=event.pk).update(
            state="stuck", attempts=8, error="RuntimeError: the handler refuses"
        )
        return int(Delivery.objects.get(event_id=event.pk).pk)


def test_stuck_deliveries_show_their_error_and_are_retried(world: World) -> None:
    first, second, third = (make_stuck(world) for _ in range(3))
    client = signed_in(world, "administrator@eastmere")
    answer = client.get("/eastmere/deliveries/")
    assert shown(answer, 6) == ["RuntimeError: the handler refuses"] * 3
    assert int(answer["X-Queries"]) <= 10
    client.post("/eastmere/deliveries/retry/", {"delivery": [first]})
    left = client.get("/eastmere/deliveries/")
    assert [row["id"] for row in left.context["rows"]] == [second, third]
    waiting = client.get("/eastmere/deliveries/?state=waiting")
    assert [row["id"] for row in waiting.context["rows"]] == [first]
    done = client.post("/eastmere/deliveries/retry/", {"scope": "all"}, follow=True)
    assert "2 put back in line" in done.content.decode()
    nothing = client.post("/eastmere/deliveries/retry/", {"delivery": [999]}, follow=True)
    assert "Select deliveries of this organisation" in nothing.content.decode()


def test_programs_are_told_what_is_stuck_and_what_waits(world: World) -> None:
    first, second = make_stuck(world), make_stuck(world)
    make_stuck(world, "staff@northdale")
    client, api = signed_in(world, "administrator@eastmere"), "/api/v1/eastmere/deliveries/"
    stuck = client.get(api).json()["results"]
    assert [(one["number"], one["next_at"]) for one in stuck] == [(first, None), (second, None)]
    assert {one["error"] for one in stuck} == {"RuntimeError: the handler refuses"}
    assert all(one["words"] for one in stuck)
    client.post("/eastmere/deliveries/retry/", {"delivery": [first]})
    (waits,) = client.get(api, {"state": "waiting"}).json()["results"]
    assert waits["number"] == first and waits["next_at"]
    assert client.get(api, {"state": "done"}).status_code == 400
    assert signed_in(world, "staff@eastmere").get(api).status_code == 403


def test_others_deliveries_cannot_be_retried(world: World) -> None:
    foreign = make_stuck(world, "staff@northdale")
    client = signed_in(world, "administrator@eastmere")
    client.post("/eastmere/deliveries/retry/", {"delivery": [foreign]})
    assert (
        signed_in(world, "auditor@eastmere")
        .post("/eastmere/deliveries/retry/", {"scope": "all"})
        .status_code
        == 403
    )
    with scope(acting=world.id("northdale")):
        assert Delivery.objects.get(pk=foreign).state == "stuck"
