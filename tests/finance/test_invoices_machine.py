"""A machine that does anything to an invoice at random: only the moves of the table, or nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from approvals.models import Request
from approvals.services import decide, withdraw
from core.actors import Actor
from core.errors import Refusal
from core.scope import scope
from finance.models import Invoice, JournalLine
from finance.services import invoices as services
from finance.services.payments import cancel_run
from tests.finance.payables import again, invoice, prepare
from tests.finance.payment_books import bank, books, propose, release
from tests.finance.payment_books import supplier as banked_supplier
from tests.world import TODAY, World

# What may follow, None where it goes on from received or, once it has a journal, from posted.
ALLOWED = {
    ("received", "hold"): "held",
    ("posted", "hold"): "held",
    ("held", "release"): None,
    ("received", "dispute"): "disputed",
    ("held", "dispute"): "disputed",
    ("posted", "dispute"): "disputed",
    ("disputed", "resolve"): None,
    ("received", "submit"): "submitted",
    ("submitted", "approve"): "posted",
    ("submitted", "return"): "received",
    ("submitted", "reject"): "disputed",
    ("submitted", "withdraw"): "received",
    ("posted", "pay"): "paid",
    ("received", "reverse"): "reversed",
    ("held", "reverse"): "reversed",
    ("disputed", "reverse"): "reversed",
    ("posted", "reverse"): "reversed",
}
# After every due date that the machine can give its invoice.
DUE_TO = TODAY + timedelta(days=90)
ACTS = sorted({act for _, act in ALLOWED})


class Invoices(RuleBasedStateMachine):
    """One invoice, an officer who enters it, a manager who decides, reverses and releases."""

    world: World
    officer: Actor
    manager: Actor
    row: Invoice
    # Every act that was tried in a state, over all runs.
    tried: set[tuple[str, str]] = set()

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.here = self.world.id("eastmere")

    @rule(pick=st.integers(0, 8))
    def what_may_be_done(self, pick: int) -> None:
        """Goes on in the table, lest all runs end in its first corner."""
        with scope(acting=self.here):
            state = again(self.row).state
        acts = sorted(act for at, act in ALLOWED if at == state)
        acts = [act for act in acts if act != "reverse"] * 2 + acts
        if acts:
            self.anything(acts[pick % len(acts)])
        else:
            self.anything(ACTS[pick])

    @rule(name=st.sampled_from(ACTS))
    def anything(self, name: str) -> None:
        with scope(acting=self.here):
            row = again(self.row)
        # The services bring the row itself up to date, so what it was is kept.
        state, version = row.state, row.version
        expected = ALLOWED.get((state, name), state)
        expected = expected or ("posted" if row.journal_id else "received")
        refused = False
        try:
            with scope(acting=self.here):
                self.act(name, row)
        except Refusal:
            refused = True
        with scope(acting=self.here):
            after = again(self.row)
        assert refused is ((state, name) not in ALLOWED), (state, name)
        assert after.state == expected, (state, name)
        assert after.version == version if refused else after.version > version
        self.tried.add((state, name))

    def act(self, name: str, row: Invoice) -> None:
        held: dict[str, Any] = {"invoice": row, "version": row.version, "by": self.officer}
        acts: dict[str, Callable[[], Any]] = {
            "hold": lambda: services.hold(**held, cause="vat", as_of=TODAY),
            "release": lambda: services.release_hold(**held),
            "dispute": lambda: services.dispute(**held, text="Why"),
            "resolve": lambda: services.resolve(**held),
            "submit": lambda: services.submit_for_approval(**held),
            "pay": self.pay,
            "withdraw": lambda: withdraw(request=self.request(), by=self.officer),
            "reverse": lambda: services.reverse_invoice(
                **held | {"by": self.manager}, reason="Wrong", as_of=TODAY
            ),
        }
        if name in acts:
            acts[name]()
            return
        decide(
            request=self.request(),
            decision=name,  # type: ignore[arg-type]
            comment="No",
            by=self.manager,
            as_of=timezone.now(),
        )

    def request(self) -> Request:
        found = Request.objects.filter(subject_id=self.row.pk).order_by("-id").first()
        if found is None:
            raise Refusal("Nothing was submitted.")
        return found

    def pay(self) -> None:
        """The run takes it in and is released. Somebody else entered it, for the manager to pay."""
        run = propose(self.officer, due_to=DUE_TO)
        if not run.payments:
            cancel_run(run=run, version=run.version, by=self.officer)
            raise Refusal("There is nothing to pay.")
        release(run, self.manager)

    @invariant()
    def the_books_agree(self) -> None:
        with scope(acting=self.here):
            row = again(self.row)
            lines = list(JournalLine.objects.values_list("amount_pence", flat=True))
        assert sum(lines) == 0
        assert bool(lines) is (row.journal_id is not None)
        assert (row.allocated_pence == row.gross_pence) is (row.state == "paid")

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)


@pytest.mark.django_db
def test_no_sequence_of_acts_leaves_the_table(world: World) -> None:
    prepare(world)
    officer = books(world)
    with scope(acting=officer.organisation_id):
        owner = banked_supplier(officer, "S1", banked=False)
        bank(officer, owner)
    Invoices.world, Invoices.officer = world, officer
    Invoices.manager = world.actor("finance_manager@eastmere")
    Invoices.row = invoice(world, owner)
    run_state_machine_as_test(
        Invoices,
        settings=settings(
            max_examples=60,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Invoices.tried >= set(ALLOWED)
    refused = {state for state, act in Invoices.tried - set(ALLOWED)}
    assert refused >= {state for state, _ in ALLOWED} | {"reversed"}
