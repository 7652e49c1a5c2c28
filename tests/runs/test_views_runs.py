"""Runs as people see them: lists, live progress that ends by itself, exceptions, steering."""

from typing import Any

import pytest
from django.test import Client

from core.scope import scope
from runs import services
from runs.models import Chunk, Run
from tests.runs import kinds as _kinds  # noqa: F401
from tests.world import World

HTMX = {"HTTP_HX_REQUEST": "true"}


def make(world: World, key: str, slug: str = "eastmere", parts: int = 4) -> Run:
    by = world.actor(f"finance_officer@{slug}")
    with scope(acting=by.organisation_id):
        return services.make_run(kind="tests.short", key=key, inputs={"parts": parts}, by=by)


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def test_list_has_the_newest_first(world: World) -> None:
    for number in range(3):
        make(world, f"k{number}")
    answer = signed_in(world, "finance_officer@eastmere").get("/eastmere/runs/")
    assert [row["cells"][0] for row in answer.context["rows"]] == ["RUN-3", "RUN-2", "RUN-1"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [2, 1]),
        ("?state=finished", [1]),
        ("?state=planned", [2]),
        ("?kind=tests.short", [2, 1]),
        ("?kind=tests.long", []),
        ("?words=RUN-2", [2]),
        ("?words=officer", [2, 1]),
        ("?words=nobody", []),
    ],
)
def test_filters(world: World, query: str, expected: list[int]) -> None:
    make(world, "a")
    services.work_all()
    make(world, "b")
    answer = signed_in(world, "auditor@eastmere").get(f"/eastmere/runs/{query}")
    assert [row["cells"][0] for row in answer.context["rows"]] == [f"RUN-{n}" for n in expected]


def test_centre_sees_partners_where_it_may(world: World) -> None:
    make(world, "a")
    make(world, "b", slug="northdale")
    rows = signed_in(world, "centre_agent@centre").get("/centre/runs/").context["rows"]
    assert [(row["cells"][2], row["url"]) for row in rows] == [
        ("Northdale", "/northdale/runs/1/"),
        ("Eastmere", "/eastmere/runs/1/"),
    ]
    assert signed_in(world, "auditor@centre").get("/centre/runs/").context["rows"] == []


def test_run_page_grows_while_it_runs(world: World) -> None:
    run = make(world, "a")
    client = signed_in(world, "finance_officer@eastmere")
    services.work_chunk(run.organisation_id, run.pk)
    services.work_chunk(run.organisation_id, run.pk)
    answer = client.get("/eastmere/runs/1/")
    words = answer.content.decode()
    assert int(answer["X-Queries"]) <= 10
    assert [(c.cause, c.count) for c in answer.context["causes"]] == [("Even number", 1)]
    assert [(t.name, t.expected, t.reached) for t in answer.context["totals"]] == [
        ("amount", 1000, 300),
        ("rows", 10, 3),
    ]
    assert ">£10.00</td>" in words and ">£3.00</td>" in words
    assert 'hx-get="/eastmere/runs/1/progress/?polls=1" hx-trigger="every 1s"' in words
    assert 'href="/parts/2/">Put it right' in words


@pytest.mark.parametrize(("polls", "seconds"), [(0, 1), (9, 1), (10, 3), (500, 3)])
def test_polls_slow_down(world: World, polls: int, seconds: int) -> None:
    make(world, "a")
    client = signed_in(world, "finance_officer@eastmere")
    words = client.get(f"/eastmere/runs/1/progress/?polls={polls}", **HTMX).content.decode()
    assert f'?polls={polls + 1}" hx-trigger="every {seconds}s"' in words
    assert "<html" not in words


def test_polls_end_with_the_run(world: World) -> None:
    make(world, "a")
    services.work_all()
    client = signed_in(world, "finance_officer@eastmere")
    answer = client.get("/eastmere/runs/1/progress/?polls=3", **HTMX)
    words = answer.content.decode()
    assert "hx-trigger" not in words
    assert words.count('hx-swap-oob="true"') == 4
    assert "/eastmere/invoices/1/" in words
    assert all(total.agrees for total in answer.context["totals"])
    plain = client.get("/eastmere/runs/1/progress/")
    assert (plain.status_code, plain["Location"]) == (302, "/eastmere/runs/1/")


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        (["rows", "pence"], "Finished, and every control total agrees."),
        (["rows"], "Finished, and every total that was expected agrees."),
        ([], "Finished. No total was expected, so there was nothing to compare."),
    ],
)
def test_a_finished_run_claims_what_was_compared(
    world: World, expected: list[str], said: str
) -> None:
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        inputs = {"parts": 2, "expected": expected}
        services.make_run(kind="tests.short", key="k", inputs=inputs, by=by)
    services.work_all()
    words = signed_in(world, "finance_officer@eastmere").get("/eastmere/runs/1/").content.decode()
    assert f'<span role="status">{said}</span>' in words
    assert words.count("Counted only") == 2 - len(expected)


def test_held_run_says_why_and_is_tried_again(world: World) -> None:
    run = make(world, "a")
    with scope(acting=run.organisation_id):
        Chunk.objects.filter(run=run, sequence=2).update(state="failed", error="Broken: pipe")
    services.work_all()
    client = signed_in(world, "finance_officer@eastmere")
    words = client.get("/eastmere/runs/1/").content.decode()
    assert "Part 2 failed: Broken: pipe" in words
    assert "Try again" in words
    answer = client.post("/eastmere/runs/1/retry/", follow=True)
    assert "RUN-1 is in line again" in answer.content.decode()
    services.work_all()
    assert client.get("/eastmere/runs/1/").context["run"].state == "finished"
    again = client.post("/eastmere/runs/1/retry/", follow=True)
    assert "Only a held run can be tried again" in again.content.decode()


def test_cancel(world: World) -> None:
    make(world, "a")
    client = signed_in(world, "finance_officer@eastmere")
    answer = client.post("/eastmere/runs/1/cancel/", follow=True)
    assert answer.context["run"].state == "cancelled"
    assert "Counting short cancelled" in answer.content.decode()


@pytest.mark.parametrize(("role", "buttons"), [("finance_officer", 1), ("auditor", 0)])
def test_buttons_are_for_those_who_may(world: World, role: str, buttons: int) -> None:
    make(world, "a")
    words = signed_in(world, f"{role}@eastmere").get("/eastmere/runs/1/").content.decode()
    assert words.count("Cancel the run") == buttons


def test_numbers_of_others_are_absent(world: World) -> None:
    make(world, "a", slug="northdale")
    answer: Any = signed_in(world, "finance_officer@eastmere").get("/eastmere/runs/1/")
    assert answer.status_code == 404
