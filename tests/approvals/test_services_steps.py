"""Steps one after the other and side by side, limits of a year, and taking a decision back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from approvals import services
from approvals.bands import Band
from approvals.models import Request, Route, Step
from approvals.rules import APR04, APR06, APR15, APR16, APR17
from core.errors import Clash, NotAllowed
from core.scope import scope
from events.models import Event
from events.services import record_about
from tenants.services import give_role
from tests.approvals.cast import make_day, set_bands, submit, told
from tests.approvals.test_services_approvals import NOW, decide, refused_by
from tests.world import SINCE, World

# A manager and a finance officer side by side, then the finance manager.
STEPS = [
    Band(0, None, "manager", 1),
    Band(0, None, "finance_officer", 1),
    Band(0, None, "finance_manager", 2),
]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    told.clear()
    yield
    told.clear()


@pytest.fixture
def stepped(world: World) -> World:
    set_bands(world, bands=STEPS)
    return world


def steps(world: World, request: Request) -> list[tuple[str, str]]:
    with scope(acting=request.organisation_id):
        rows = Step.objects.filter(request_id=request.pk).order_by("number", "id")
        return list(rows.values_list("role", "state"))


def undo(world: World, request: Request, who: str, at: datetime = NOW) -> Request:
    by = world.actor(who)
    with scope(acting=by.organisation_id):
        return services.undo(request=request, by=by, as_of=at)


def test_side_by_side_then_the_next(stepped: World) -> None:
    day = make_day(stepped)
    request = submit(stepped, day)
    assert [state for _, state in steps(stepped, request)] == ["open", "open", "ahead"]
    with pytest.raises(NotAllowed, match="finance officer or manager"):
        decide(stepped, request, "finance_manager@eastmere")
    assert decide(stepped, request, "finance_officer@eastmere").state == "waiting"
    assert [state for _, state in steps(stepped, request)] == ["open", "approved", "ahead"]
    assert decide(stepped, request, "manager@eastmere").state == "waiting"
    assert [state for _, state in steps(stepped, request)] == ["approved", "approved", "open"]
    assert told == []
    assert decide(stepped, request, "finance_manager@eastmere").state == "approved"
    assert told == [("approved", day.pk)]
    with scope(acting=stepped.id("eastmere")):
        verbs = list(Event.objects.filter(subject_id=day.pk, subject_key="tests.day").order_by("id")
                     .values_list("verb", flat=True))  # fmt: skip
    assert verbs == [
        "approvals.request.made",
        "approvals.request.step_approved",
        "approvals.request.step_approved",
        "approvals.request.approved",
    ]


@pytest.mark.parametrize("decision", ["return", "reject"])
def test_one_no_ends_it_and_closes_the_others(stepped: World, decision: str) -> None:
    request = submit(stepped, make_day(stepped))
    done = decide(stepped, request, "manager@eastmere", decision, comment="No")
    assert done.state == {"return": "returned", "reject": "rejected"}[decision]
    assert [state for _, state in steps(stepped, request)] == [done.state, "closed", "closed"]
    with pytest.raises(Clash):
        decide(stepped, request, "finance_officer@eastmere")


def test_one_person_takes_one_step(stepped: World) -> None:
    both = stepped.people["manager@eastmere"]
    with scope(acting=stepped.id("eastmere")):
        give_role(person=both, role="finance_officer", since=SINCE)
    request = submit(stepped, make_day(stepped))
    decide(stepped, request, "manager@eastmere")
    with refused_by(APR17):
        decide(stepped, request, "manager@eastmere")
    with (
        pytest.raises(IntegrityError, match="decides_once"),
        scope(acting=both.pk and stepped.id("eastmere")),
    ):
        done = Step.objects.get(request_id=request.pk, state="approved")
        Step.objects.filter(request_id=request.pk, state="open").update(
            state="approved",
            decided_by_id=done.decided_by_id,
            decided_for_id=1,
            decided_at=NOW,
        )


def test_database_refuses_a_decision_for_the_maker(stepped: World) -> None:
    request = submit(stepped, make_day(stepped))
    with pytest.raises(IntegrityError, match="step_not_by_or_for_the_maker"):
        with scope(acting=stepped.id("eastmere")):
            Step.objects.filter(request_id=request.pk, role="manager").update(
                state="approved",
                decided_by_id=1,
                decided_for_id=request.made_by_id,
                decided_at=NOW,
            )


def test_a_card_of_an_earlier_step_decides_nothing(world: World) -> None:
    """Someone holds the roles of both steps; a colleague takes the first while they look."""
    set_bands(world, bands=[Band(0, None, "manager", 1), Band(0, None, "finance_manager", 2)])
    with scope(acting=world.id("eastmere")):
        boss = world.people["finance_manager@eastmere"]
        give_role(person=boss, role="manager", since=SINCE)
    request = submit(world, make_day(world))
    with scope(acting=world.id("eastmere")):
        seen = Step.objects.get(request_id=request.pk, state="open").pk
    decide(world, request, "manager@eastmere")
    with pytest.raises(Clash):
        decide(world, request, "finance_manager@eastmere", step_id=seen)
    assert decide(world, request, "finance_manager@eastmere").state == "approved"


@pytest.mark.parametrize(
    "bands",
    [
        [Band(0, None, "manager", 2)],
        [Band(0, None, "manager", 1), Band(0, None, "finance_manager", 3)],
        [Band(0, None, "manager", 1), Band(0, None, "manager", 2)],
        [Band(0, 5, "manager", 1), Band(0, None, "finance_manager", 2)],
    ],
)
def test_steps_are_numbered_and_roles_differ(world: World, bands: list[Any]) -> None:
    with refused_by(APR06):
        set_bands(world, bands=bands)


def set_route_long_ago(world: World) -> None:
    with scope(acting=world.id("eastmere")):
        Route.objects.update(from_on=SINCE)


def test_no_splitting_below_a_limit(world: World) -> None:
    set_bands(world, bands=[(0, 100_000, "manager"), (100_000, None, "finance_manager")])

    def part(pence: int, key: str = "7:54300", days_ago: int = 0) -> Request:
        at = timezone.now() - timedelta(days=days_ago)
        return submit(world, make_day(world), pence, spend_key=key, as_of=at)

    set_route_long_ago(world)
    old = part(90_000, days_ago=366)
    first, second, third = part(40_000), part(40_000), part(40_000)
    assert [r.counted_pence for r in (old, first, second, third)] == [
        90_000,
        40_000,
        80_000,
        120_000,
    ]
    assert [steps(world, r)[0][0] for r in (second, third)] == ["manager", "finance_manager"]
    assert part(40_000, key="8:54300").counted_pence == 40_000
    decide(world, third, "finance_manager@eastmere", "reject", comment="Too much")
    assert part(10_000).counted_pence == 90_000
    assert part(-20_000).counted_pence == 70_000


def test_limit_of_the_person_counts_the_year(world: World) -> None:
    set_bands(world, bands=[(0, None, "manager")])
    first = submit(world, make_day(world), 300_000, spend_key="7:1")
    second = submit(world, make_day(world), 300_000, spend_key="7:1")
    assert decide(world, first, "manager@eastmere").state == "approved"
    with refused_by(APR04):
        decide(world, second, "manager@eastmere")


def test_limits_hold_for_who_commits_the_money(world: World) -> None:
    """The holder of the budget says that it is right, also of more than they could commit."""
    set_bands(world, bands=[Band(0, None, "manager", 1), Band(0, None, "finance_manager", 2)])
    request = submit(world, make_day(world), 100_000_001)
    decide(world, request, "manager@eastmere")
    with refused_by(APR04):
        decide(world, request, "finance_manager@eastmere")


def test_undone_within_five_minutes_by_who_decided(stepped: World) -> None:
    day = make_day(stepped)
    request = submit(stepped, day)
    for who in ("finance_officer", "manager", "finance_manager"):
        decide(stepped, request, f"{who}@eastmere")
    with refused_by(APR15):
        undo(stepped, request, "manager@eastmere")
    with refused_by(APR15):
        undo(stepped, request, "finance_manager@eastmere", NOW + timedelta(minutes=5, seconds=1))
    back = undo(stepped, request, "finance_manager@eastmere", NOW + timedelta(minutes=5))
    assert (back.state, back.decided_by_id, back.decided_at) == ("waiting", None, None)
    assert [state for _, state in steps(stepped, request)] == ["approved", "approved", "open"]
    assert told == [("approved", day.pk), ("undone approved", day.pk)]


def test_a_step_is_undone_and_the_next_closes_again(stepped: World) -> None:
    request = submit(stepped, make_day(stepped))
    decide(stepped, request, "finance_officer@eastmere")
    with scope(acting=stepped.id("eastmere")):
        Step.objects.filter(state="approved").update(decided_at=NOW - timedelta(seconds=1))
    decide(stepped, request, "manager@eastmere")
    with refused_by(APR15):
        undo(stepped, request, "finance_officer@eastmere")
    undo(stepped, request, "manager@eastmere")
    assert [state for _, state in steps(stepped, request)] == ["open", "approved", "ahead"]
    assert told == []


def test_a_no_is_undone_with_the_steps_it_closed(stepped: World) -> None:
    request = submit(stepped, make_day(stepped))
    decide(stepped, request, "manager@eastmere", "return", comment="Which day?")
    undo(stepped, request, "manager@eastmere")
    assert [state for _, state in steps(stepped, request)] == ["open", "open", "ahead"]


def test_not_undone_once_anything_happened_since(stepped: World) -> None:
    day = make_day(stepped)
    request = submit(stepped, day)
    decide(stepped, request, "manager@eastmere", "return", comment="No")
    with scope(acting=stepped.id("eastmere")):
        by = stepped.actor("staff@eastmere")
        record_about("approvals.request.withdrawn", "tests.day", day.pk, by=by)
    with refused_by(APR16):
        undo(stepped, request, "manager@eastmere")


def test_a_return_is_not_undone_once_another_was_counted_without_it(world: World) -> None:
    set_bands(world)
    first = submit(world, make_day(world), 5_000, spend_key="7:1")
    decide(world, first, "manager@eastmere", "return", comment="No")
    submit(world, make_day(world), 5_000, spend_key="7:1")
    with refused_by(APR16):
        undo(world, first, "manager@eastmere")


def test_what_its_owner_cannot_take_back_is_final(world: World) -> None:
    set_bands(world)
    with scope(acting=world.id("eastmere")):
        from tenants.models import Affiliation

        post = Affiliation.objects.order_by("id")[0]
    request = submit(world, post)
    decide(world, request, "manager@eastmere")
    with refused_by(APR16):
        undo(world, request, "manager@eastmere")
