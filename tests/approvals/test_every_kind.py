"""Pages over many kinds of things cost the same however many kinds there are: all at once."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from access.models import ConflictAcceptance
from approvals.models import Request, Step
from approvals.services import request_approval, set_routes
from core.actors import system_actor
from core.registry import SUBJECTS, Subject
from core.scope import scope
from finance.models import Supplier
from sla.models import TargetChange
from sla.services import load_indicators
from tests.house.sized import Sized
from tests.sla.relief_in import claimed
from tests.world import World

# One less than a page may take: the bar of the demonstration asks once besides.
MOST_QUERIES = 9
HERE = "eastmere"


def decided_on() -> set[str]:
    return {
        key
        for key, kind in SUBJECTS.items()
        if kind.on_approved is not Subject.on_approved and not key.startswith("tests.")
    }


def fill(world: World) -> None:
    """Two things of each kind that is decided on, where the organisation has them."""
    load_indicators()
    Sized(world, HERE, 2).fill()
    by = world.actor(f"finance_officer@{HERE}")
    with scope(acting=by.organisation_id):
        claimed(by)
        claimed(by, "The road was closed.")
        for code in ("AP-03", "AP-13"):
            TargetChange.objects.create(
                organisation_id=by.organisation_id, indicator_code=code, reason="Better is needed",
                valid_from=date(2026, 12, 1), met_at=Decimal(95), approaching=Decimal(90),
                inadequate=Decimal(80), made_by_name=by.name, made_at="2026-11-01T09:00Z",
            )  # fmt: skip


def ask(world: World) -> None:
    """A request about each to the finance manager."""
    by = system_actor(world.id(HERE))
    with scope(acting=by.organisation_id):
        for key in sorted(decided_on()):
            set_routes(subject_key=key, bands=[(0, None, "finance_manager")], by=by)
            asked = Request.objects.filter(subject_key=key, state="waiting")
            rows: Any = SUBJECTS[key].model._default_manager.filter(
                organisation_id=by.organisation_id
            )
            for row in rows.exclude(pk__in=list(asked.values_list("subject_id", flat=True)))[:2]:
                given = {"summary": key, "thread": uuid.uuid4(), "by": by}
                request_approval(subject=row, amount_pence=0, **given)
        Request.objects.filter(state="waiting").update(unit_path="")
        Step.objects.filter(state="open").update(role="finance_manager")


@pytest.fixture
def full(world: World) -> World:
    fill(world)
    ask(world)
    return world


def page(world: World, who: str, where: str) -> Any:
    client = Client()
    client.force_login(world.people[f"{who}@{HERE}"])
    return client.get(f"/{HERE}/{where}")


def test_what_waits_takes_as_many_queries_for_every_kind_as_for_one(full: World) -> None:
    answer = page(full, "finance_manager", "waiting/")
    shown = [card.request.subject_key for card in answer.context["cards"]]
    assert set(shown) == decided_on()
    assert shown.count("sla.relief") == shown.count("sla.target_change") == 2
    assert int(answer["X-Queries"]) <= MOST_QUERIES
    facts = {
        card.request.subject_key: dict(card.facts)
        for card in answer.context["cards"]
        if card.request.subject_key in ("sla.target_change", "payroll.claim")
    }
    assert facts["sla.target_change"]["Proposed"].startswith("95, approaching from 90")
    assert facts["sla.target_change"]["Measure"].startswith("AP-")


def test_rights_and_conflicts_of_a_person_with_everything(full: World) -> None:
    with scope(acting=full.id(HERE)):
        one = ConflictAcceptance.objects.order_by("-pk")[0]
    for where in (f"rights/{one.person_id}/", f"rights/conflicts/{one.person_id}/{one.key}/"):
        answer = page(full, "administrator", where)
        assert answer.status_code == 200
        assert int(answer["X-Queries"]) <= MOST_QUERIES, where


def test_supplier_with_a_hold_and_bank_details(full: World) -> None:
    with scope(acting=full.id(HERE)):
        codes = list(Supplier.objects.values_list("code", flat=True))
    answers = [page(full, "finance_manager", f"suppliers/of/{code}/") for code in codes]
    assert any(answer.context["banks"] for answer in answers)
    assert any(answer.context["hold"] for answer in answers)
    assert max(int(answer["X-Queries"]) for answer in answers) <= MOST_QUERIES
