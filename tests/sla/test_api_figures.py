"""Figures for programs: the same indicators, rights and refusals as on the page of measures."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from core.actors import may
from core.scope import scope
from sla.permissions import SEE_MEASURES
from sla.services import compute_measures, load_indicators
from tenants.roles import Role
from tests.sla.builders import invoice, small_books, supplier
from tests.world import World

FIGURES = "/api/v1/eastmere/figures/"


@pytest.fixture
def ready(world: World) -> World:
    load_indicators()
    here = world.id("eastmere")
    small_books(here)
    compute_measures([here])
    return world


def client_of(world: World, who: str = "auditor@eastmere") -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def figure(answer: Any, code: str) -> dict[str, Any]:
    return next(row for row in answer.json()["figures"] if row["code"] == code)


def test_a_ratio_is_told_with_both_its_parts(ready: World) -> None:
    """Of the small books, four invoices with a receipt date were paid in April, all in time."""
    answer = client_of(ready).get(f"{FIGURES}?month=2026-04")
    assert answer["Content-Type"] == "application/json"
    told = answer.json()
    assert told["month"] == "2026-04-01"
    row = figure(answer, "AP-03")
    assert (row["numerator"], row["denominator"], row["shown"]) == (4, 4, "100.0%")
    assert (row["kind"], row["unit"], row["reason"]) == ("KPI", "%", "No target")
    assert set(row) == {
        *("code", "name", "kind", "unit", "numerator", "denominator"),
        *("shown", "rating", "reason", "shown_after_relief"),
        *("numerator_after_relief", "denominator_after_relief"),
    }


def test_figures_are_those_of_the_page(ready: World) -> None:
    client = client_of(ready)
    page = client.get("/eastmere/measures/?month=2026-05").content.decode()
    told = client.get(f"{FIGURES}?month=2026-05").json()["figures"]
    measured = [row for row in told if row["numerator"] is not None]
    assert measured
    for row in measured:
        assert row["code"] in page
        assert row["shown"] in page, row


@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_measures_gets_them(ready: World, role: str) -> None:
    answer = client_of(ready, f"{role}@eastmere").get(FIGURES)
    allowed = may(ready.actor(f"{role}@eastmere"), SEE_MEASURES)
    assert answer.status_code == (200 if allowed else 403)
    if not allowed:
        assert answer["Content-Type"] == "application/problem+json"
        assert "These roles can" in answer.json()["detail"]


def test_strangers_and_others_get_nothing(ready: World) -> None:
    assert Client().get(FIGURES).status_code == 401
    foreign = client_of(ready, "auditor@northdale")
    unknown = foreign.get("/api/v1/no-such-place/figures/")
    assert (foreign.get(FIGURES).json(), unknown.status_code) == (unknown.json(), 404)
    own = foreign.get("/api/v1/northdale/figures/").json()
    assert own == {"month": None, "figures": []}


def test_nothing_computed_is_no_month(world: World) -> None:
    load_indicators()
    assert client_of(world).get(FIGURES).json() == {"month": None, "figures": []}


@pytest.mark.parametrize("asked", ["2031-01", "May", "2026-05-01", "2026-5"])
def test_a_month_without_figures_is_refused(ready: World, asked: str) -> None:
    answer = client_of(ready).get(f"{FIGURES}?month={asked}")
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert problem["detail"] == f"month: There are no figures of {asked}."


def test_methods_that_are_not_there(ready: World) -> None:
    assert client_of(ready).post(FIGURES).status_code == 405


@pytest.mark.parametrize("many", [1, 3])
def test_costs_the_same_for_one_and_three_months(world: World, many: int) -> None:
    load_indicators()
    here = world.id("eastmere")
    with scope(acting=here):
        owner = supplier(here, "Acme")
        for month in range(many):
            day = date(2026, 3 + month, 5)
            invoice(owner, 100, received_on=day, due_on=day, posted_on=day, paid_on=day)
    compute_measures([here])
    answer = client_of(world).get(FIGURES)
    assert answer.json()["month"] is not None
    assert int(answer["X-Queries"]) == 6
