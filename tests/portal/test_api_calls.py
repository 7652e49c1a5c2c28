"""What every call of the API has: its key, its problems, its questions, its cursor."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from access.models import ApiAnswer
from core.scope import scope
from finance.models import PaymentRun
from tests.access.test_tokens import token
from tests.finance import payables, payment_books
from tests.world import World

OFFICER = "finance_officer@eastmere"
PROPOSALS = "/api/v1/eastmere/payment-runs/proposals/"


@pytest.fixture
def ready(world: World) -> World:
    """Something to pay."""
    owe(world)
    return world


def owe(world: World) -> None:
    by = payment_books.books(world, "eastmere")
    with scope(acting=by.organisation_id):
        owner = payment_books.supplier(by, "Paper")
        payment_books.invoice(by, owner, 9_000)


def wanted(world: World) -> dict[str, Any]:
    day = timezone.localdate() + timedelta(days=14)
    while day.weekday() != 2:
        day += timedelta(days=1)
    with scope(readable={world.id("eastmere")}):
        account = payment_books.account().pk
    return {"due_to": str(day), "pay_on": str(day), "bank_account": account}


def ask(shown: str, key: str, given: dict[str, Any], where: str = PROPOSALS) -> Any:
    headers = {"Authorization": f"Bearer {shown}", "Idempotency-Key": key}
    return Client().post(where, json.dumps(given), "application/json", headers=headers)


def runs(world: World) -> int:
    with scope(readable={world.id("eastmere")}):
        return PaymentRun.objects.count()


def test_the_same_call_again_is_answered_as_before(ready: World) -> None:
    shown, given = token(ready, scopes=["finance:write"]), wanted(ready)
    first = ask(shown, "one", given)
    again = ask(shown, "one", dict(reversed(list(given.items()))))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert (first.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (None, "true")
    assert runs(ready) == 1


def test_a_key_stands_for_one_call(ready: World) -> None:
    shown, given = token(ready, scopes=["finance:write"]), wanted(ready)
    ask(shown, "one", given)
    other = ask(shown, "one", {**given, "due_to": "2026-01-01"})
    assert (other.status_code, other.json()["code"]) == (422, "ACC09")
    elsewhere = ask(shown, "one", {}, "/api/v1/eastmere/payment-runs/1/cancellation/")
    assert elsewhere.json()["code"] == "ACC09"


def test_a_key_belongs_to_its_token(ready: World) -> None:
    given = wanted(ready)
    ask(token(ready, scopes=["finance:write"]), "one", given)
    other = ask(token(ready, scopes=["finance:write"]), "one", {**given, "due_to": "2026-01-01"})
    assert other.json().get("code") != "ACC09"


def test_without_a_key_no_money_moves(ready: World) -> None:
    headers = {"Authorization": f"Bearer {token(ready, scopes=['finance:write'])}"}
    for key in (None, "", "x" * 81, "é"):
        more = {} if key is None else {"Idempotency-Key": key}
        answer = Client().post(
            PROPOSALS, json.dumps(wanted(ready)), "application/json", headers={**headers, **more}
        )
        assert answer.status_code == 400
        assert "Idempotency-Key: Send a header" in answer.json()["detail"]
    assert runs(ready) == 0


def test_what_was_refused_may_be_asked_again(ready: World) -> None:
    shown, given = token(ready, scopes=["finance:write"]), wanted(ready)
    assert ask(shown, "one", {**given, "pay_on": "2026-01-01"}).status_code == 400
    assert ask(shown, "one", given).status_code == 201


def test_a_key_lasts_a_day(ready: World) -> None:
    shown, given = token(ready, scopes=["finance:write"]), wanted(ready)
    ask(shown, "one", given)
    with scope(acting=ready.id("eastmere")):
        ApiAnswer.objects.update(expires_at=timezone.now())
    assert "Idempotency-Replayed" not in ask(shown, "one", given)
    with scope(readable={ready.id("eastmere")}):
        assert "{" not in ApiAnswer.objects.get().body  # it lies sealed


def test_two_at_once_do_it_once(committed_world: World) -> None:
    owe(committed_world)
    shown, given = token(committed_world, scopes=["finance:write"]), wanted(committed_world)
    answers: list[Any] = []
    start = threading.Barrier(2)

    def call() -> None:
        start.wait()
        answers.append(ask(shown, "one", given))
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert sorted(one.get("Idempotency-Replayed", "") for one in answers) == ["", "true"]


@pytest.mark.parametrize(
    ("where", "status"),
    [
        ("/api/v1/eastmere/nothing/", 404),
        ("/api/v2/", 404),
        ("/api/v1/eastmere/invoices/?colour=red", 400),
        ("/api/v1/eastmere/invoices/?q=a&q=b", 400),
        ("/api/v1/eastmere/payments/?state=lost", 400),
        ("/api/v1/eastmere/payments/1/?state=released", 400),
        ("/api/v1/eastmere/suppliers/?cursor=W10", 400),
        ("/api/v1/eastmere/suppliers/?cursor=%FF", 400),
        ("/api/v1/eastmere/payment-runs/99999999999999999999/", 404),
        ("/api/v1/eastmere/grants/", 403),
    ],
)
def test_every_error_is_a_problem(ready: World, where: str, status: int) -> None:
    client = Client()
    client.force_login(ready.people[OFFICER])
    answer = client.get(where)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json().keys() >= {"type", "title", "status", "detail"}


def test_unknown_fields_are_refused(ready: World) -> None:
    shown = token(ready, scopes=["finance:write"])
    answer = ask(shown, "one", {**wanted(ready), "approved_by": 1})
    assert answer.json()["detail"] == "There is no field called approved_by."


def test_the_cursor_leads_through_names_that_are_alike(ready: World) -> None:
    for number in range(101):
        payables.supplier(ready, "Moss", code=f"M-{number}")
    client = Client()
    client.force_login(ready.people[OFFICER])
    where, codes = "/api/v1/eastmere/suppliers/?q=Moss", []
    while where:
        part = client.get(where).json()
        codes += [row["code"] for row in part["results"]]
        where = part["next"]
    assert len(codes) == len(set(codes)) == 101


def test_the_reference_describes_every_call(db: None) -> None:
    page = Client().get("/api/v1/")
    told = page.content.decode()
    schema = Client().get("/api/v1/schema.yaml").content.decode()
    paths = [line.strip().rstrip(":") for line in schema.splitlines() if line.startswith("  /api/")]
    assert len(paths) > 30
    assert [path for path in paths if path not in told] == []
