"""A machine that submits, decides, delegates, undoes and withdraws at random.

What may never happen never does; the list of what waits and the refusals agree at every moment.
"""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
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
from approvals.bands import Band
from approvals.models import Delegation, Request, Step
from approvals.selectors import waiting_for
from approvals.services.delegations import delegate, end_delegation
from core.actors import Right
from core.errors import Clash, NotAllowed, Refusal, Refused
from core.invariants import INVARIANTS
from core.scope import scope
from tenants.models import ClosureDay, Unit
from tenants.services import give_role
from tests.approvals.cast import make_day, set_bands
from tests.world import SINCE, World

WINDOW = timedelta(minutes=5)
PEOPLE = ("staff", "manager", "finance_manager", "finance_officer")
DECIDING = PEOPLE[1:]
UNITS = ("", "100.", "100.110.", "200.")
BANDS = [
    Band(0, 100_000, "manager"),
    Band(100_000, None, "manager", 1),
    Band(100_000, None, "finance_officer", 1),
    Band(100_000, None, "finance_manager", 2),
]
ALLOWED = {
    ("waiting", "approved"),
    ("waiting", "returned"),
    ("waiting", "rejected"),
    ("waiting", "withdrawn"),
    ("approved", "waiting"),
    ("returned", "waiting"),
    ("rejected", "waiting"),
}
PROMISES = {name: sql for name, sql in INVARIANTS.items() if "approvals_" in str(sql)}


class Approvals(RuleBasedStateMachine):
    """Four people, one of them a manager of the unit 100 only, up to £60; two days to close."""

    world: World
    days: list[ClosureDay]
    # What the machine came through in all its runs: moves, and the rules that stopped it.
    moves: set[tuple[str, str]] = set()
    refusals: set[str] = set()
    decided_for_others: set[str] = set()

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.states: dict[int, str] = {}
        self.found: list[list[Any]] = []
        # Its steps must not come past midnight.
        self.began = self.now = timezone.localtime().replace(hour=9)
        # Who decides for whom, and the key of that delegation.
        self.delegates: dict[str, tuple[str, int]] = {}

    @initialize()
    def start(self) -> None:
        self.actors = {who: self.world.actor(f"{who}@eastmere") for who in PEOPLE}

    def attempt(self, act: Callable[[], Any]) -> Refusal | None:
        """One try inside its own transaction; what was refused has changed nothing."""
        self.now += timedelta(seconds=1)
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

    def steps(self, request: Request) -> list[Step]:
        with scope(acting=self.world.id("eastmere")):
            return list(Step.objects.filter(request_id=request.pk).order_by("number", "id"))

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
                as_of=self.now,
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
        fits = self.fits(request, who, self.steps(request))
        refusal = self.attempt(
            lambda: services.decide(
                request=request, decision=decision, comment=comment, by=by, as_of=self.now
            )
        )
        said = decision == "approve" or comment != ""
        assert (refusal is None) is (fits and said)
        if not fits and request.state == "waiting":
            assert isinstance(refusal, Refused | NotAllowed)
        if request.state != "waiting" and request.made_by_id != by.person_id:
            assert isinstance(refusal, Clash)

    def claims(self, who: str) -> Iterator[tuple[Any, Right]]:
        """Whose rights this person may use: their own, and those passed on to them."""
        lenders = [of for of, (to, _) in self.delegates.items() if to == who]
        for one in [who, *lenders]:
            for right in self.actors[one].rights:
                yield self.actors[one].person_id, right

    def fits(self, request: Request, who: str, steps: list[Step]) -> bool:
        """May this person decide? Said anew here, not asked of the house."""
        me = self.actors[who].person_id
        taken = {p for s in steps for p in (s.decided_by_id, s.decided_for_id) if p}
        entitled = any(
            right.role == step.role
            and request.unit_path.startswith(right.unit_path)
            and (
                step.number < steps[-1].number
                or right.limit_pence is None
                or abs(request.amount_pence) <= right.limit_pence
            )
            and person != request.made_by_id
            and not taken & {me, person}
            for step in steps
            if step.state == "open"
            for person, right in self.claims(who)
        )
        return request.state == "waiting" and entitled and request.made_by_id != me

    @rule(
        day=st.integers(0, 1),
        decision=st.sampled_from(["return", "approve", "reject"]),
    )
    def decide_as_one_may(self, day: int, decision: str) -> None:
        """By whoever may, lest most runs hear nothing but no."""
        request = self.waiting(self.days[day])
        steps = self.steps(request) if request else []
        able = [who for who in PEOPLE if request and self.fits(request, who, steps)]
        if able:
            self.decide(day, able[-1], "return", "")
            self.decide(day, able[-1], decision, "Because")

    @rule(day=st.integers(0, 1))
    def change_ones_mind(self, day: int) -> None:
        self.submit(day, "staff", 5_000, "")
        for decision in ("return", "reject", "approve"):
            self.decide_as_one_may(day, decision)
            self.promises_hold()
            self.undo_as_one_may(day)
            self.promises_hold()

    @rule(day=st.integers(0, 1))
    def decide_twice(self, day: int) -> None:
        """Whoever can take both of the later steps takes one, and tries the other."""
        self.submit(day, "staff", 100_000, "")
        for who in ("finance_manager", "finance_officer", "finance_manager"):
            self.decide(day, who, "approve", "")

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
        refusal = self.attempt(lambda: services.withdraw(request=request, by=by, as_of=self.now))
        own = request.made_by_id == by.person_id
        assert (refusal is None) is (own and request.state == "waiting")

    @rule(who=st.sampled_from(PEOPLE), to=st.sampled_from(PEOPLE))
    def delegate(self, who: str, to: str) -> None:
        made: list[Any] = []
        refusal = self.attempt(
            lambda: made.append(
                delegate(
                    to_person_id=self.actors[to].person_id or 0,
                    first_on=self.began.date(),
                    last_on=self.began.date() + timedelta(days=3),
                    by=self.actors[who],
                    as_of=self.now,
                )
            )
        )
        receiving = {receiver for receiver, _ in self.delegates.values()}
        possible = who in DECIDING and to in DECIDING and who != to
        free = who not in self.delegates and to not in self.delegates and who not in receiving
        assert (refusal is None) is (possible and free)
        if made:
            self.delegates[who] = (to, made[0].pk)

    @rule()
    def delegate_on_and_twice(self) -> None:
        self.delegate("manager", "finance_officer")
        self.delegate("finance_officer", "finance_manager")
        self.delegate("manager", "finance_manager")
        self.delegate("manager", "staff")
        self.delegate("manager", "manager")

    @rule(who=st.sampled_from(DECIDING))
    def end_delegation(self, who: str) -> None:
        if who in self.delegates:
            _, key = self.delegates.pop(who)
            by = self.actors[who]
            end = self.attempt(lambda: end_delegation(delegation_id=key, by=by, as_of=self.now))
            assert end is None

    @rule()
    def wait(self) -> None:
        self.now += WINDOW

    @rule(day=st.integers(0, 1), who=st.sampled_from(PEOPLE))
    def undo(self, day: int, who: str) -> None:
        request = self.waiting(self.days[day])
        if request is None:
            return
        done = [step for step in self.steps(request) if step.decided_at]
        last = max(done, key=lambda step: step.decided_at or self.began, default=None)
        by = self.actors[who]
        refusal = self.attempt(lambda: services.undo(request=request, by=by, as_of=self.now))
        possible = (
            last is not None
            and last.decided_at is not None
            and last.decided_by_id == by.person_id
            and self.now - last.decided_at <= WINDOW
            and request.state != "withdrawn"
        )
        assert (refusal is None) is possible

    @rule(day=st.integers(0, 1))
    def undo_as_one_may(self, day: int) -> None:
        request = self.waiting(self.days[day])
        done = [s for s in self.steps(request) if s.decided_at] if request else []
        if done:
            last = max(done, key=lambda step: step.decided_at or self.began)
            names = {actor.person_id: who for who, actor in self.actors.items()}
            self.undo(day, names[last.decided_by_id])

    @invariant()
    def promises_hold(self) -> None:
        """Asked anew whenever a row is another than before; what changed nothing broke nothing."""
        with scope(acting=self.world.id("eastmere")):
            found = [
                list(model.objects.order_by("id").values_list())
                for model in (Request, Step, Delegation)
            ]
            if found == self.found:
                return
            self.found = found
            rows = list(Request.objects.order_by("id"))
            steps = list(Step.objects.order_by("number", "id"))
            with connection.cursor() as cursor:
                for name, sql in PROMISES.items():
                    cursor.execute(str(sql), {"organisation": self.world.id("eastmere")})
                    assert cursor.fetchall() == [], name
            listed = {
                who: set(waiting_for(actor, self.began.date()).values_list("pk", flat=True))
                for who, actor in self.actors.items()
            }
        self.moves_are_allowed(rows, steps)
        # The list is what one may decide on.
        of = {row.pk: [step for step in steps if step.request_id == row.pk] for row in rows}
        for who in PEOPLE:
            assert listed[who] == {row.pk for row in rows if self.fits(row, who, of[row.pk])}, who

    def moves_are_allowed(self, rows: list[Request], steps: list[Step]) -> None:
        for row in rows:
            before = self.states.get(row.pk, row.state)
            assert before == row.state or (before, row.state) in ALLOWED
            self.moves.add((before, row.state))
            assert row.decided_by_id is None or row.decided_by_id != row.made_by_id
            assert (row.decided_at is not None) is (
                row.state in ("approved", "returned", "rejected")
            )
            assert row.state not in ("returned", "rejected") or row.comment
            size = abs(row.amount_pence)
            wanted = {b.role for b in BANDS if b[0] <= size and (b[1] is None or size < b[1])}
            assert {step.role for step in steps if step.request_id == row.pk} == wanted
        for step in steps:
            if step.decided_by_id != step.decided_for_id:
                self.decided_for_others.add(step.state)
        waiting = [row.subject_id for row in rows if row.state == "waiting"]
        assert len(waiting) == len(set(waiting))
        self.states = {row.pk: row.state for row in rows}

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)


@pytest.mark.django_db
def test_no_sequence_of_moves_breaks_a_promise(world: World) -> None:
    set_bands(world, bands=BANDS)
    with scope(acting=world.id("eastmere")):
        give_role(
            person=world.people["finance_officer@eastmere"],
            role="manager",
            since=SINCE,
            unit=Unit.objects.get(code="100"),
            limit_pence=6_000,
        )
        boss = world.people["finance_manager@eastmere"]
        give_role(person=boss, role="manager", since=SINCE, limit_pence=500_000)
    Approvals.world = world
    Approvals.days = [make_day(world) for _ in range(2)]
    assert connection.in_atomic_block
    run_state_machine_as_test(
        Approvals,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Approvals.moves >= ALLOWED
    assert Approvals.refusals >= {
        *("APR01", "APR02", "APR04", "APR05", "APR07", "APR10", "APR11", "APR12", "APR14"),
        *("APR15", "APR17", "NotAllowed", "Clash"),
    }
    assert Approvals.decided_for_others >= {"approved", "returned", "rejected"}
