"""A random walk over what can be done with an invoice: only the moves of the table, or nothing."""

import random
from typing import Any

import pytest
from django.utils import timezone

from approvals.models import Request
from approvals.services import decide
from core.errors import Refusal
from core.scope import scope
from finance.models import Invoice, JournalLine
from finance.services import invoices as services
from tests.finance.payables import again, invoice, prepare, supplier
from tests.world import TODAY, World

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
    ("received", "reverse"): "reversed",
    ("held", "reverse"): "reversed",
    ("disputed", "reverse"): "reversed",
    ("posted", "reverse"): "reversed",
}
ACTS = sorted({act for _, act in ALLOWED})


def act(world: World, row: Invoice, name: str) -> None:
    officer = world.actor("finance_officer@eastmere")
    manager = world.actor("finance_manager@eastmere")
    held: dict[str, Any] = {"invoice": row, "version": row.version, "by": officer}
    if name in ("approve", "return", "reject"):
        request = Request.objects.filter(subject_id=row.pk).order_by("-id").first()
        if request is None:
            raise Refusal("Nothing was submitted.")
        decide(request=request, decision=name, comment="No", by=manager, as_of=timezone.now())
    elif name == "hold":
        services.hold(**held, cause="vat", as_of=TODAY)
    elif name == "release":
        services.release_hold(**held)
    elif name == "dispute":
        services.dispute(**held, text="Why")
    elif name == "resolve":
        services.resolve(**held)
    elif name == "submit":
        services.submit_for_approval(**held)
    else:
        services.reverse_invoice(**held | {"by": manager}, reason="Wrong", as_of=TODAY)


@pytest.mark.parametrize("seed", range(6))
def test_random_walk_follows_the_table(world: World, seed: int) -> None:
    prepare(world)
    chance = random.Random(seed)
    row = invoice(world, supplier(world))
    with scope(acting=world.id("eastmere")):
        for _ in range(40):
            name = chance.choice([one for one in ACTS if one != "reverse"] * 5 + ["reverse"])
            before = again(row)
            back = "posted" if before.journal_id else "received"
            expected = ALLOWED.get((before.state, name), before.state) or back
            try:
                act(world, again(row), name)
            except Refusal:
                assert (before.state, name) not in ALLOWED
            after = again(row)
            assert after.state == expected, (before.state, name)
            assert after.version >= before.version
            assert sum(JournalLine.objects.values_list("amount_pence", flat=True)) == 0
        posted = again(row).journal_id is not None
        assert JournalLine.objects.exists() == posted
