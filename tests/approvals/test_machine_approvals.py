"""A machine that submits, decides and withdraws at random: what may never happen never does."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from approvals import services
from approvals.models import Request
from core.actors import Actor
from core.errors import Clash, NotAllowed, Refusal, Refused
from core.scope import scope
from tenants.models import ClosureDay, Unit
from tenants.services import give_role
from tests.approvals.cast import BANDS, make_day, set_bands
from tests.world import SINCE, World

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
PEOPLE = ("staff", "manager", "finance_manager", "finance_officer")
UNITS = ("", "100.", "100.110.", "200.")
ALLOWED = {
    ("waiting", "approved"),
    ("waiting", "returned"),
    ("waiting", "rejected"),
    ("waiting", "withdrawn"),
}


class Approvals(RuleBasedStateMachine):
    """Four people, one of them a manager of the unit 100 only, up to £60; two days to close."""

    world: World
    days: list[ClosureDay]
    # What the machine came through in all its runs: moves, and the rules that stopped it.
    moves: set[tuple[str, str]] = set()
    refusals: set[str] = set()

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.states: dict[int, str] = {}

    @initialize()
    def start(self) -> None:
        self.actors = {who: self.world.actor(f"{who}@eastmere") for who in PEOPLE}

    def attempt(self, act: Callable[[], Any]) -> Refusal | None:
        """One try inside its own transaction; what was refused has changed nothing."""
        try:
            with scope(acting=self.world.id("eastmere")):
                act()
        except Refusal as refusal:
            self.refusals.add(getattr(refusal, "code", type(refusal).__name__))
            return refusal
        return None

    def waiting(self, day: ClosureDay) -> Request | None:
        with scope(acting=self.world.id("eastmere")):
            return Request.objects.filter(subject_id=day.pk).order_by("-id").first()

    @rule(
        day=st.integers(0, 1),
        who=st.sampled_from(PEOPLE),
        amount=st.sampled_from([0, 1, -1, 5_999, 6_000, 6_001, 99_999, 100_000, -600_000]),
        unit=st.sampled_from(UNITS),
    )
    def submit(self, day: int, who: str, amount: int, unit: str) -> None:
        before = self.waiting(self.days[day])
        refusal = self.attempt(
            lambda: services.request_approval(
                subject=self.days[day],
                amount_pence=amount,
                unit_path=unit,
                summary="x",
                thread=uuid.uuid4(),
                by=self.actors[who],
            )
        )
        assert (refusal is not None) is (before is not None and before.state == "waiting")

    @rule(
        day=st.integers(0, 1),
        who=st.sampled_from(PEOPLE),
        decision=st.sampled_from(["approve", "return", "reject"]),
        comment=st.sampled_from(["", "Because"]),
    )
    def decide(self, day: int, who: str, decision: Any, comment: str) -> None:
        request = self.waiting(self.days[day])
        if request is None:
            return
        by = self.actors[who]
        refusal = self.attempt(
            lambda: services.decide(
                request=request, decision=decision, comment=comment, by=by, as_of=NOW
            )
        )
        fits = self.fits(request, by)
        said = decision == "approve" or comment != ""
        assert (refusal is None) is (fits and said and request.state == "waiting")
        if fits and said and refusal is not None:
            assert isinstance(refusal, Clash)
        if not fits:
            assert isinstance(refusal, Refused | NotAllowed)

    def fits(self, request: Request, by: Actor) -> bool:
        """May this person decide? Said anew here, not asked of the house."""
        entitled = any(
            right.role == request.role
            and request.unit_path.startswith(right.unit_path)
            and (right.limit_pence is None or abs(request.amount_pence) <= right.limit_pence)
            for right in by.rights
        )
        return entitled and request.made_by_id != by.person_id

    @rule(
        day=st.integers(0, 1),
        decision=st.sampled_from(["return", "approve", "reject"]),
    )
    def decide_as_one_may(self, day: int, decision: str) -> None:
        """By whoever may, lest most runs hear nothing but no."""
        request = self.waiting(self.days[day])
        able = [who for who in PEOPLE if request and self.fits(request, self.actors[who])]
        if able:
            self.decide(day, able[0], decision, "Because")

    @rule(day=st.integers(0, 1), amount=st.sampled_from([6_001, -99_999]))
    def ask_the_manager_of_a_unit(self, day: int, amount: int) -> None:
        """For more than their limit, which random submissions seldom come to."""
        self.submit(day, "staff", amount, "100.110.")
        self.decide(day, "finance_officer", "approve", "")

    @rule(day=st.integers(0, 1), who=st.sampled_from(PEOPLE))
    def withdraw(self, day: int, who: str) -> None:
        request = self.waiting(self.days[day])
        if request is None:
            return
        by = self.actors[who]
        refusal = self.attempt(lambda: services.withdraw(request=request, by=by))
        own = request.made_by_id == by.person_id
        assert (refusal is None) is (own and request.state == "waiting")

    @invariant()
    def promises_hold(self) -> None:
        with scope(acting=self.world.id("eastmere")):
            rows = list(Request.objects.order_by("id"))
        for row in rows:
            before = self.states.get(row.pk, row.state)
            assert before == row.state or (before, row.state) in ALLOWED
            self.moves.add((before, row.state))
            assert row.decided_by_id is None or row.decided_by_id != row.made_by_id
            assert (row.decided_at is not None) is (
                row.state in ("approved", "returned", "rejected")
            )
            assert row.state not in ("returned", "rejected") or row.comment
            low, high = next((b[0], b[1]) for b in BANDS if b[2] == row.role)
            assert low <= abs(row.amount_pence) and (high is None or abs(row.amount_pence) < high)
        waiting = [row.subject_id for row in rows if row.state == "waiting"]
        assert len(waiting) == len(set(waiting))
        self.states = {row.pk: row.state for row in rows}

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)


@pytest.mark.django_db
def test_no_sequence_of_moves_breaks_a_promise(world: World) -> None:
    set_bands(world)
    with scope(acting=world.id("eastmere")):
        give_role(
            person=world.people["finance_officer@eastmere"],
            role="manager",
            since=SINCE,
            unit=Unit.objects.get(code="100"),
            limit_pence=6_000,
        )
    Approvals.world = world
    Approvals.days = [make_day(world) for _ in range(2)]
    assert connection.in_atomic_block
    run_state_machine_as_test(
        Approvals,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Approvals.moves >= ALLOWED
    assert Approvals.refusals >= {
        "APR01",
        "APR02",
        "APR04",
        "APR05",
        "APR07",
        "NotAllowed",
        "Clash",
    }
