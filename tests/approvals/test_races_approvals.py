"""Two people at once on real connections: one decision, told once, and the other one is told so."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from approvals import services
from approvals.models import Request
from core.actors import Actor
from core.errors import Clash, Refusal
from core.scope import scope
from events.models import Event
from finance.models import Invoice, Journal
from finance.services.invoices import submit_for_approval
from tenants.roles import Role
from tenants.selectors import actor_for
from tenants.services import create_person, give_role
from tests.finance.payables import again, invoice, prepare, supplier
from tests.world import SINCE, TODAY, World

TRIALS = range(4)


@pytest.fixture
def ready(committed_world: World) -> World:
    prepare(committed_world)
    return committed_world


def second_boss(world: World) -> Actor:
    person = create_person(email="second@eastmere.example", name="Second Boss")
    with scope(acting=world.id("eastmere")):
        give_role(person=person, role=Role.FINANCE_MANAGER, since=SINCE)
    return actor_for(person.pk, person.name, "eastmere", TODAY)[0]


def submitted(world: World, ref: str = "AA-1") -> tuple[Invoice, Request]:
    row = invoice(world, supplier(world), ref)
    with scope(acting=row.organisation_id):
        submit_for_approval(invoice=row, version=1, by=world.actor("finance_officer@eastmere"))
        return again(row), Request.objects.get(subject_id=row.pk)


def at_once(here: int, *acts: Callable[[], Any]) -> list[str]:
    """Each act in a thread, a connection and a scope of its own: what became of it, in a word."""
    start = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> str:
        try:
            start.wait(10)
            with scope(acting=here):
                act()
            return "done"
        except Clash:
            return "clash"
        except Refusal as refusal:
            return refusal.message
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def deciding(request: Request, decision: Any, by: Actor) -> Callable[[], Any]:
    return lambda: services.decide(
        request=request, decision=decision, comment="Why", by=by, as_of=timezone.now()
    )


@pytest.mark.parametrize("trial", TRIALS)
@pytest.mark.parametrize("other", ["approve", "return", "reject"])
def test_of_two_deciders_one_is_told_of_the_other(ready: World, other: str, trial: int) -> None:
    row, request = submitted(ready)
    first, second = ready.actor("finance_manager@eastmere"), second_boss(ready)
    acts = [deciding(request, "approve", first), deciding(request, other, second)]
    outcome = at_once(row.organisation_id, *(acts if trial % 2 else reversed(acts)))
    assert sorted(outcome) == ["clash", "done"]
    with scope(acting=row.organisation_id):
        decided, now = Request.objects.get(), again(row)
        verbs = list(
            Event.objects.filter(verb__startswith="approvals.request.")
            .order_by("id")
            .values_list("verb", flat=True)
        )
        journals = Journal.objects.count()
    states = {"approved": "posted", "returned": "received", "rejected": "disputed"}
    assert now.state == states[decided.state]
    assert journals == (decided.state == "approved")
    assert verbs == ["approvals.request.made", f"approvals.request.{decided.state}"]


@pytest.mark.parametrize("trial", TRIALS)
def test_decision_and_withdrawal_exclude_each_other(ready: World, trial: int) -> None:
    row, request = submitted(ready)
    boss, maker = ready.actor("finance_manager@eastmere"), ready.actor("finance_officer@eastmere")
    outcome = at_once(
        row.organisation_id,
        deciding(request, "approve", boss),
        lambda: services.withdraw(request=request, by=maker),
    )
    assert sorted(outcome) == ["clash", "done"]
    with scope(acting=row.organisation_id):
        state = Request.objects.get().state
        assert again(row).state == {"approved": "posted", "withdrawn": "received"}[state]


@pytest.mark.parametrize("trial", TRIALS)
def test_an_old_card_never_decides_on_what_was_sent_again(ready: World, trial: int) -> None:
    """Returned and sent again by one person while another decides on the first submission."""
    row, request = submitted(ready)
    boss, second = ready.actor("finance_manager@eastmere"), second_boss(ready)
    maker = ready.actor("finance_officer@eastmere")

    def again_at_once() -> None:
        deciding(request, "return", second)()
        submit_for_approval(invoice=again(row), version=again(row).version, by=maker)

    outcome = at_once(row.organisation_id, deciding(request, "approve", boss), again_at_once)
    assert sorted(outcome) == ["clash", "done"]
    with scope(acting=row.organisation_id):
        states = list(Request.objects.order_by("id").values_list("state", flat=True))
        now = again(row).state
    assert (states, now) in ((["approved"], "posted"), (["returned", "waiting"], "submitted"))


@pytest.mark.parametrize("trial", TRIALS)
def test_two_submissions_at_once_are_one(ready: World, trial: int) -> None:
    row = invoice(ready, supplier(ready), "AA-1")
    maker = ready.actor("finance_officer@eastmere")

    def submit() -> None:
        """With what the page showed, also where the other one is through already."""
        submit_for_approval(invoice=copy(row), version=1, by=maker)

    assert sorted(at_once(row.organisation_id, submit, submit)) == ["clash", "done"]
    with scope(acting=row.organisation_id):
        assert Request.objects.count() == 1


@pytest.mark.django_db
def test_who_entered_an_invoice_does_not_approve_it_after_a_colleague_sent_it(
    world: World,
) -> None:
    prepare(world)
    row = invoice(world, supplier(world), "AA-1")
    with scope(acting=world.id("eastmere")):
        give_role(
            person=world.people["finance_officer@eastmere"],
            role=Role.FINANCE_MANAGER,
            since=SINCE,
        )
    colleague, enterer = (
        world.actor("centre_agent@eastmere"),
        world.actor("finance_officer@eastmere"),
    )
    with scope(acting=world.id("eastmere")):
        submit_for_approval(invoice=row, version=1, by=colleague)
        request = Request.objects.get()
    with pytest.raises(Refusal, match="You entered this"), scope(acting=world.id("eastmere")):
        deciding(request, "approve", enterer)()
    with scope(acting=world.id("eastmere")):
        assert (Request.objects.get().state, again(row).state) == ("waiting", "submitted")
