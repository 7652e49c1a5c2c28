"""Invoices for programs: the same rows, filters, walls and refusals as the pages."""

from typing import Any

import pytest
from django.test import Client

from finance.selectors.invoices import PER_PAGE
from tests.finance.payables import invoice, prepare, supplier
from tests.world import World

LIST = "/api/v1/eastmere/invoices/"


@pytest.fixture
def ready(world: World) -> World:
    prepare(world)
    return world


def client_of(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def numbers(answer: Any) -> list[int]:
    return [row["number"] for row in answer.json()["results"]]


def test_one_invoice_is_told_whole(ready: World) -> None:
    made = invoice(ready, supplier(ready), "AA-1", net=10_050)
    answer = client_of(ready, "finance_officer@eastmere").get(f"{LIST}{made.number}/")
    told = answer.json()
    assert (told["organisation"], told["number"], told["state"]) == ("eastmere", 1, "received")
    assert (told["net"], told["vat"], told["gross"]) == ("100.50", "20.10", "120.60")
    assert told["lines"] == [
        {
            "line_no": 1,
            "description": "Paper",
            "coding": told["lines"][0]["coding"],
            "coding_reason": "Chosen",
            "vat_code": "SR-IN",
            "net": "100.50",
            "vat": "20.10",
        }
    ]
    assert told["lines"][0]["coding"].startswith("54300 ")


def test_list_is_filtered_as_on_the_page(ready: World) -> None:
    paper, moss = supplier(ready), supplier(ready, "Moss & Sons")
    a, b = invoice(ready, paper, "AA-1"), invoice(ready, moss, "BB-2", net=20_000)
    client = client_of(ready, "finance_officer@eastmere")
    assert numbers(client.get(LIST)) == [b.number, a.number]
    assert numbers(client.get(f"{LIST}?q=moss")) == [b.number]
    assert numbers(client.get(f"{LIST}?least=150")) == [b.number]
    assert numbers(client.get(f"{LIST}?state=held")) == []


def test_cursor_leads_through_all_of_it(ready: World) -> None:
    paper = supplier(ready)
    for number in range(PER_PAGE + 2):
        invoice(ready, paper, f"R-{number}")
    client = client_of(ready, "finance_officer@eastmere")
    first = client.get(LIST)
    assert len(numbers(first)) == PER_PAGE
    second = client.get(first.json()["next"])
    assert numbers(first) + numbers(second) == list(range(PER_PAGE + 2, 0, -1))
    assert second.json()["next"] is None


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour=red", "There is no filter called colour."),
        ("least=lots", "least: "),
        ("cursor=x", "cursor: take it from the address in `next`."),
    ],
)
def test_what_cannot_be_understood_is_refused(ready: World, query: str, said: str) -> None:
    answer = client_of(ready, "finance_officer@eastmere").get(f"{LIST}?{query}")
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert problem["title"] == "The request cannot be read"
    assert problem["detail"].startswith(said)


def test_walls_hold(ready: World) -> None:
    made = invoice(ready, supplier(ready), "AA-1")
    one = f"{LIST}{made.number}/"
    assert Client().get(one).status_code == 401
    foreign = client_of(ready, "finance_officer@northdale")
    assert foreign.get(one).status_code == 404
    unknown = foreign.get("/api/v1/no-such-place/invoices/1/")
    assert (foreign.get(one).json(), unknown.status_code) == (unknown.json(), 404)
    own = foreign.get("/api/v1/northdale/invoices/1/").json()
    assert own["detail"] == "There is no such invoice."
    staff = client_of(ready, "staff@eastmere").get(one)
    assert (staff.status_code, staff.json()["title"]) == (403, "Not allowed")
    assert "These roles can" in staff.json()["detail"]


def test_centre_reads_the_partners_it_serves(ready: World) -> None:
    invoice(ready, supplier(ready), "AA-1")
    answer = client_of(ready, "centre_agent@centre").get("/api/v1/centre/invoices/")
    assert [row["organisation"] for row in answer.json()["results"]] == ["eastmere"]


def test_methods_that_are_not_there(ready: World) -> None:
    answer = client_of(ready, "finance_officer@eastmere").post(LIST)
    assert (answer.status_code, answer.json()["status"]) == (405, 405)
