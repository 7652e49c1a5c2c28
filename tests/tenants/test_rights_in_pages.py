"""What a grant lets a person see and decide: units, limits and days, asked at each request."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from approvals.models import Request, Step
from core.scope import scope
from finance.models import Invoice
from tenants.models import Grant, Person, Unit
from tenants.roles import Role
from tenants.services import create_person, give_role
from tests.finance.payables import invoice, prepare, supplier
from tests.world import SINCE, World

LIST = "/eastmere/invoices/"


@pytest.fixture
def ready(world: World) -> World:
    """Three invoices: of finance (110), of places (200), and of no unit in particular."""
    prepare(world)
    owner = supplier(world)
    for ref, path in (("AA-1", "100.110."), ("BB-2", "200."), ("CC-3", "")):
        invoice(world, owner, ref, unit_path=path)
    return world


def manager_of(world: World, code: str, limit_pence: int | None = None) -> tuple[Person, Client]:
    """Someone whose only right is to manage one subtree of units."""
    person = create_person(email=f"m{code}@eastmere.example", name=f"Manager of {code}")
    with scope(acting=world.id("eastmere")):
        unit = Unit.objects.get(code=code)
        give_role(person=person, role=Role.MANAGER, since=SINCE, unit=unit, limit_pence=limit_pence)
    client = Client()
    client.force_login(person)
    return person, client


def refs(client: Client, query: str = "") -> set[str]:
    told = client.get(f"/api/v1/eastmere/invoices/{query}").json()
    return {row["supplier_ref"] for row in told["results"]}


@pytest.mark.parametrize(
    ("code", "seen"), [("100", {"AA-1"}), ("110", {"AA-1"}), ("200", {"BB-2"})]
)
def test_a_manager_sees_the_invoices_of_their_units(
    ready: World, code: str, seen: set[str]
) -> None:
    _person, client = manager_of(ready, code)
    assert refs(client) == seen
    page = client.get(LIST)
    assert len(page.context["rows"]) == 1
    assert {one["count"] for one in page.context["lists"] if one["label"] == "All open"} == {"1"}
    assert page.context["totals"].count == 1
    export = client.get(f"{LIST}export/").content.decode()
    assert [ref for ref in ("AA-1", "BB-2", "CC-3") if ref in export] == sorted(seen)


def test_an_invoice_of_another_unit_is_not_there(ready: World) -> None:
    _person, client = manager_of(ready, "110")
    for where in ("/eastmere/invoices/{}/", "/api/v1/eastmere/invoices/{}/"):
        assert client.get(where.format(1)).status_code == 200
        unknown = client.get(where.format(99))
        for hidden in (2, 3):
            answer = client.get(where.format(hidden))
            assert (answer.status_code, answer.content) == (404, unknown.content)


def test_reports_on_everybodys_invoices_are_not_a_managers(ready: World) -> None:
    _person, client = manager_of(ready, "110")
    for report in ("aged-creditors", "prompt-payment"):
        assert client.get(f"/eastmere/reports/{report}/").status_code == 403


def test_decisions_stay_within_unit_and_limit(ready: World) -> None:
    by = ready.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        for number, row in enumerate(Invoice.objects.order_by("number"), start=1):
            request = Request.objects.create(
                organisation_id=by.organisation_id,
                subject_key="finance.invoice",
                subject_id=row.pk,
                thread=row.thread,
                summary=f"Request {number}",
                amount_pence=row.gross_pence,
                counted_pence=row.gross_pence,
                unit_path=row.unit_path,
                made_by_id=by.person_id,
                made_by_name=by.name,
                made_at=timezone.now(),
            )
            Step.objects.create(
                organisation_id=by.organisation_id,
                request=request,
                role=Role.MANAGER,
                state=Step.State.OPEN,
                maker_id=by.person_id,
                opened_at=request.made_at,
            )
        Invoice.objects.update(state=Invoice.State.SUBMITTED)
        requests = list(Request.objects.order_by("id"))
    _poor, poor = manager_of(ready, "100", limit_pence=11_999)
    _rich, rich = manager_of(ready, "110", limit_pence=12_000)

    def decide(client: Client, number: int) -> int:
        where = f"/eastmere/approvals/{requests[number].pk}/decision/"
        return client.post(where, {"decision": "approve"}).status_code

    assert decide(poor, 0) == 422  # APR04: the amount
    assert decide(rich, 1) == 404  # of another unit: not in line, so not there
    assert decide(rich, 2) == 404
    assert decide(rich, 0) == 302
    with scope(acting=by.organisation_id):
        states = list(Request.objects.order_by("id").values_list("state", flat=True))
    assert states == ["approved", "waiting", "waiting"]


def test_taking_the_last_grant_away_ends_the_visit_at_once(ready: World) -> None:
    person, client = manager_of(ready, "110")
    assert client.get(LIST).status_code == 200
    today = timezone.localdate()
    with scope(acting=ready.id("eastmere")):
        Grant.objects.filter(person=person).update(valid=(SINCE, today))
    assert client.get(LIST).status_code == 404
    assert client.get("/api/v1/eastmere/invoices/").status_code == 404
    assert client.get("/").status_code == 403
    with scope(acting=ready.id("eastmere")):
        Grant.objects.filter(person=person).update(valid=(SINCE, today + timedelta(days=1)))
    assert client.get(LIST).status_code == 200


def test_a_person_who_is_switched_off_is_out_at_once(ready: World) -> None:
    person, client = manager_of(ready, "110")
    assert client.get(LIST).status_code == 200
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get(LIST)["Location"].startswith("/account/login/")
    assert client.get("/api/v1/eastmere/invoices/").status_code == 401
