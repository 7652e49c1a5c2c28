"""Decisions: the right person, once, with a reason, and never one's own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from approvals import services
from approvals.models import Request, Step
from approvals.rules import APR01, APR02, APR03, APR04, APR05, APR06, APR07, APR08, APR09
from core.actors import system_actor
from core.errors import Clash, NotAllowed, NotFound, Refused
from core.rules import Rule
from core.scope import scope
from events.models import Event
from tenants.services import give_role
from tests.approvals.cast import make_day, set_bands, submit, told
from tests.world import SINCE, World

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    told.clear()
    yield
    told.clear()


@pytest.fixture
def routed(world: World) -> World:
    set_bands(world)
    return world


def decide(
    world: World, request: Request, who: str, decision: Any = "approve", **words: Any
) -> Any:
    by = world.actor(who, words.pop("slug", None))
    with scope(acting=by.organisation_id):
        return services.decide(request=request, decision=decision, by=by, as_of=NOW, **words)


def roles(world: World, request: Request) -> list[str]:
    """The roles of its steps, in their order."""
    with scope(acting=request.organisation_id):
        steps = Step.objects.filter(request_id=request.pk).order_by("number", "id")
        return list(steps.values_list("role", flat=True))


def refused_by(rule: type[Rule]) -> Any:
    return pytest.raises(Refused, match=(rule.__doc__ or "")[:30])


def test_band_of_the_amount_decides_who(routed: World) -> None:
    amounts = (0, 99_999, 100_000, -99_999, -100_000)
    made = [submit(routed, make_day(routed), amount) for amount in amounts]
    wanted = ["manager", "manager", "finance_manager", "manager", "finance_manager"]
    assert [roles(routed, r) for r in made] == [[role] for role in wanted]


def test_without_a_route_nothing_is_made(world: World) -> None:
    with refused_by(APR03):
        submit(world, make_day(world))
    with scope(acting=world.id("eastmere")):
        assert Request.objects.count() == 0


@pytest.mark.parametrize(
    "bands",
    [
        [],
        [(1, None, "manager")],
        [(0, 5, "manager")],
        [(0, 5, "manager"), (6, None, "manager")],
        [(0, None, "manager"), (0, None, "manager")],
    ],
)
def test_bands_with_gaps_are_refused(world: World, bands: list[Any]) -> None:
    with refused_by(APR06):
        set_bands(world, bands=bands)


def test_routes_name_roles_that_decide_and_replace_the_old(routed: World) -> None:
    with refused_by(APR09):
        set_bands(routed, bands=[(0, None, "auditor")])
    waiting = submit(routed, make_day(routed))
    set_bands(routed, bands=[(0, None, "finance_manager")])
    assert roles(routed, submit(routed, make_day(routed))) == ["finance_manager"]
    assert roles(routed, waiting) == ["manager"]


def test_second_waiting_request_is_refused(routed: World) -> None:
    day = make_day(routed)
    submit(routed, day)
    with refused_by(APR02):
        submit(routed, day)


@pytest.mark.parametrize(
    ("decision", "state"),
    [("approve", "approved"), ("return", "returned"), ("reject", "rejected")],
)
def test_decision_tells_owner_and_trail(routed: World, decision: str, state: str) -> None:
    day = make_day(routed)
    request = submit(routed, day)
    done = decide(routed, request, "manager@eastmere", decision, comment="  Too \n soon ")
    assert (done.state, done.decided_at, done.comment) == (state, NOW, "Too soon")
    assert told == [(state, day.pk)]
    with scope(acting=routed.id("eastmere")):
        found = Event.objects.filter(subject_key="tests.day", subject_id=day.pk).order_by("id")
        assert [(e.verb, e.thread) for e in found] == [
            ("approvals.request.made", request.thread),
            (f"approvals.request.{state}", request.thread),
        ]


def test_maker_is_never_checker(routed: World) -> None:
    request = submit(routed, make_day(routed), who="manager@eastmere")
    for decision in ("approve", "return", "reject"):
        with refused_by(APR01):
            decide(routed, request, "manager@eastmere", decision, comment="Mine")


def test_database_refuses_the_maker_too(routed: World) -> None:
    request = submit(routed, make_day(routed), who="manager@eastmere")
    with pytest.raises(IntegrityError, match="maker_is_never_checker"):
        with scope(acting=routed.id("eastmere")):
            Request.objects.filter(pk=request.pk).update(
                state="approved", decided_by_id=request.made_by_id, decided_at=NOW
            )


def test_role_unit_and_limit_decide(routed: World) -> None:
    small = submit(routed, make_day(routed), unit_path="200.")
    with pytest.raises(NotAllowed, match="this role: manager"):
        decide(routed, small, "finance_manager@eastmere")
    with scope(acting=routed.id("eastmere")):
        from tenants.models import Unit

        unit = Unit.objects.get(code="110")
        holder = routed.people["staff@northdale"]
        give_role(person=holder, role="manager", since=SINCE, unit=unit, limit_pence=4_999)
    inside = submit(routed, make_day(routed), unit_path="100.110.")
    with pytest.raises(NotAllowed):
        decide(routed, small, "staff@northdale", slug="eastmere")
    with refused_by(APR04):
        decide(routed, inside, "staff@northdale", slug="eastmere")
    cheap = submit(routed, make_day(routed), 4_999, unit_path="100.110.")
    assert decide(routed, cheap, "staff@northdale", slug="eastmere").state == "approved"


def test_limit_of_the_person_holds_within_the_band(routed: World) -> None:
    set_bands(routed, bands=[(0, None, "manager")])
    for amount in (500_001, -500_001):
        with refused_by(APR04):
            decide(routed, submit(routed, make_day(routed), amount), "manager@eastmere")
    exact = submit(routed, make_day(routed), 500_000)
    assert decide(routed, exact, "manager@eastmere").state == "approved"


@pytest.mark.parametrize("decision", ["return", "reject"])
@pytest.mark.parametrize("comment", ["", " \n ", "x" * 501])
def test_sending_back_needs_a_sentence(routed: World, decision: str, comment: str) -> None:
    request = submit(routed, make_day(routed))
    with refused_by(APR05):
        decide(routed, request, "manager@eastmere", decision, comment=comment)


def test_second_decision_clashes(routed: World) -> None:
    request = submit(routed, make_day(routed))
    decide(routed, request, "manager@eastmere")
    with pytest.raises(Clash):
        decide(routed, request, "manager@eastmere", "reject", comment="Too late")
    assert len(told) == 1


def test_refusal_of_the_owner_undoes_the_decision(routed: World) -> None:
    request = submit(routed, make_day(routed, "owner refuses"))
    by = routed.actor("manager@eastmere")
    with scope(acting=by.organisation_id):
        with pytest.raises(RuntimeError), transaction.atomic():
            services.decide(request=request, decision="approve", by=by, as_of=NOW)
        request.refresh_from_db()
        assert request.state == "waiting"
        assert not Event.objects.filter(verb="approvals.request.approved").exists()


def test_other_organisations_cannot_decide(routed: World) -> None:
    request = submit(routed, make_day(routed))
    with pytest.raises(NotFound):
        decide(routed, request, "manager@northdale")


def test_system_decides_by_rule_only(routed: World) -> None:
    system = system_actor(routed.id("eastmere"))
    request = submit(routed, make_day(routed))
    with scope(acting=system.organisation_id), refused_by(APR08):
        services.decide(request=request, decision="approve", by=system, as_of=NOW)


def test_staged_approvals_are_one_statement_and_one_event(routed: World) -> None:
    days = [make_day(routed) for _ in range(3)]
    system = system_actor(routed.id("eastmere"))
    with scope(acting=system.organisation_id), connection.cursor() as cursor:
        services.stage_rule_approvals(cursor)
        cursor.execute(
            "INSERT INTO new_approval SELECT id, gen_random_uuid(), 100 * id, '', reason"
            " FROM tenants_closureday WHERE organisation_id = %s",
            [system.organisation_id],
        )
        done = services.approve_staged_by_rule(
            subject_key="tests.day", rule="Published", by=system, as_of=NOW
        )
        assert done == 3
        rows = Request.objects.order_by("subject_id")
        assert [(r.subject_id, r.amount_pence, r.state, r.comment) for r in rows] == [
            (day.pk, 100 * day.pk, "approved", "Published") for day in days
        ]
        summary = Event.objects.get(verb="approvals.requests.approved_by_rule")
        assert summary.data == {"kind": "tests.day", "count": 3, "rule": "Published"}
        assert not told


def test_staged_approvals_refuse_what_waits(routed: World) -> None:
    day = make_day(routed)
    submit(routed, day)
    system = system_actor(routed.id("eastmere"))
    with scope(acting=system.organisation_id), connection.cursor() as cursor:
        services.stage_rule_approvals(cursor)
        cursor.execute(
            "INSERT INTO new_approval VALUES (%s, gen_random_uuid(), 1, '', 'x')", [day.pk]
        )
        with refused_by(APR02):
            services.approve_staged_by_rule(subject_key="tests.day", rule="x", by=system)


def test_only_the_maker_withdraws(routed: World) -> None:
    day = make_day(routed)
    request = submit(routed, day)
    with scope(acting=routed.id("eastmere")):
        with refused_by(APR07):
            services.withdraw(request=request, by=routed.actor("manager@eastmere"))
        taken = services.withdraw(request=request, by=routed.actor("staff@eastmere"))
    assert (taken.state, told) == ("withdrawn", [("returned", day.pk)])
    with pytest.raises(Clash):
        decide(routed, request, "manager@eastmere")
    assert submit(routed, day).state == "waiting"
