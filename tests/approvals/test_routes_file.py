"""A file of approval routes, a step a row: shown, then proposed, and agreed by somebody else."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.utils import timezone

from approvals.models import Request, Route
from approvals.services import decide
from core.scope import scope
from tests import two_steps
from tests.days import in_days
from tests.finance.payables import prepare
from tests.house.test_routes import signed_in
from tests.world import World

ROUTES = "/eastmere/approvals/routes/"
LOAD = f"{ROUTES}load/"
HEAD = "Kind,From,Amounts from,Step,Who decides,When late,Remind hours,Escalate hours"
ADMIN = "administrator@eastmere"


@pytest.fixture
def world(world: World) -> World:
    prepare(world)
    return world


def sent(client: Any, rows: Sequence[str]) -> Any:
    return two_steps.sent(client, LOAD, HEAD, rows, "New scheme of delegation")


def proposed(world: World) -> list[Route]:
    with scope(acting=world.id("eastmere")):
        return list(Route.objects.filter(state="proposed").prefetch_related("steps"))


def test_a_route_is_proposed_and_holds_once_another_agrees(world: World) -> None:
    admin = signed_in(world, ADMIN)
    shown = sent(admin, [
        f"Invoice,{in_days(1)},0.00,1,Manager,Finance manager,4,12",
        f"finance.invoice,{in_days(1)},10000.00,1,Manager,,4,12",
        f"finance.invoice,{in_days(1)},10000.00,2,finance_manager,,4,12",
    ])  # fmt: skip
    assert shown.status_code == 200, shown.content.decode()
    assert "Proposed: 3 rows" in shown.content.decode() and proposed(world) == []
    assert two_steps.sure(admin, LOAD, shown)["Location"] == ROUTES
    (route,) = proposed(world)
    steps = sorted(route.steps.all(), key=lambda one: (one.from_pence, one.number))
    said = [(one.from_pence, one.to_pence, one.number, one.role) for one in steps]
    assert said == [
        (0, 1_000_000, 1, "manager"),
        (1_000_000, None, 1, "manager"),
        (1_000_000, None, 2, "finance_manager"),
    ]
    assert (route.subject_key, route.from_on, route.reason, route.remind_minutes) == (
        *("finance.invoice", in_days(1)),
        *("New scheme of delegation", 240),
    )
    assert "This is already waiting" in sent(admin, ["Invoice,,0,1,Manager,,,"]).content.decode()
    by = world.actor("finance_manager@eastmere")
    with scope(acting=world.id("eastmere")):
        request = Request.objects.get(subject_key="approvals.route", subject_id=route.pk)
        decide(request=request, decision="approve", comment="", by=by, as_of=timezone.now())
        assert Route.objects.get(pk=route.pk).state == "agreed"


def test_wrong_rows_are_named_and_nothing_is_proposed(world: World) -> None:
    yesterday = in_days(-1)
    shown = sent(signed_in(world, ADMIN), [
        "nothing.at_all,,0,1,Manager,,,",
        "Invoice,,500.00,1,Manager,,,",
        f"Payment run,{yesterday},0,1,Manager,,,",
        f"Supplier,{in_days(1)},0,1,Manager,,4,12",
        f"Supplier,{in_days(1)},0,2,Finance manager,,8,16",
        "Journal,,much,1,wizard,,0,",
    ])  # fmt: skip
    assert shown.status_code == 422 and proposed(world) == []
    wrong = {row["cells"][0]: row["cells"][3] for row in shown.context["rows"] if row["tone"]}
    assert wrong[2].startswith("Kind: Nobody decides on this kind of thing")
    assert wrong[3].startswith("Amounts from, step or who decides: The bands of a route start")
    assert {4, 5, 6, 7} <= wrong.keys()
    assert "«much» is not an amount" in wrong[7] and "Who decides: write one of" in wrong[7]
    assert "Remind hours: «0» is not a whole number from 1 to 400." in wrong[7]


def test_rows_of_one_kind_say_the_same_day_and_hours(world: World) -> None:
    yesterday = in_days(-1)
    admin = signed_in(world, ADMIN)
    apart = sent(admin, [
        f"Invoice,{in_days(1)},0,1,Manager,,4,12",
        f"Invoice,{in_days(1)},0,2,Finance manager,,8,16",
    ])  # fmt: skip
    where = "From, remind hours or escalate hours"
    assert apart.content.decode().count(f"{where}: The rows of one kind are one route") == 2
    past = sent(admin, [f"Invoice,{yesterday},0,1,Finance manager,,4,12"])
    assert f"{where}: A change of a route begins today or later" in past.content.decode()


def test_the_export_loads_back_and_others_are_turned_away(world: World) -> None:
    admin = signed_in(world, ADMIN)
    for kind in ("csv", "xlsx"):
        data = admin.get(f"{ROUTES}export/?format={kind}").content
        back = two_steps.sent_bytes(admin, LOAD, data, "Looked through", f"routes.{kind}")
        assert back.status_code == 200, back.content.decode()
        assert "Nothing would change" in back.content.decode()
        assert "Stays as it is" in back.content.decode()
    officer = signed_in(world, "finance_officer@eastmere")
    assert officer.get(LOAD).status_code == 403
    assert "Load a file" not in officer.get(ROUTES).content.decode()
