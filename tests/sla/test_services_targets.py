"""Targets: who may set them, for what, and on which side of a line a figure falls."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from approvals.models import Request
from approvals.services import decide
from core.actors import system_actor
from core.errors import NotAllowed, Refused
from core.scope import scope
from events.models import Event
from sla.models import Target, TargetChange
from sla.selectors import (
    Figure,
    assess,
    current_indicators,
    target_history,
    target_on,
    targets_of,
)
from sla.services import load_indicators, propose_target, set_target, sign_month
from tests.benchmarking.test_views_boards import months_of
from tests.days import today
from tests.world import World

LINES = (Decimal(95), Decimal(90), Decimal(80))
APRIL = date(2026, 4, 1)


@pytest.fixture
def world(world: World) -> World:
    load_indicators()
    return world


IN_APRIL = datetime(2026, 4, 25, 9, tzinfo=UTC)


def propose(
    world: World,
    who: str = "finance_manager@eastmere",
    code: str = "AP-03",
    lines: object = LINES,
    month: date = date(2026, 4, 20),
    at: datetime = IN_APRIL,
    reason: str = "The board asked for it.",
) -> TargetChange:
    with scope(acting=world.id("eastmere")):
        return propose_target(
            indicator_code=code,
            valid_from=month,
            lines=lines,  # type: ignore[arg-type]
            reason=reason,
            by=world.actor(who, "eastmere"),
            at=at,
        )


def decided(world: World, change: TargetChange, who: str, decision: Any = "approve") -> None:
    with scope(acting=world.id("eastmere")):
        request = Request.objects.get(subject_key="sla.target_change", subject_id=change.pk)
        by, said = world.actor(who, "eastmere"), "" if decision == "approve" else "No."
        decide(request=request, decision=decision, comment=said, by=by, as_of=timezone.now())


def given(
    world: World,
    code: str = "AP-03",
    lines: object = LINES,
    month: date = date(2026, 4, 20),
    at: datetime = IN_APRIL,
) -> Target:
    with scope(acting=world.id("eastmere")):
        return set_target(
            indicator_code=code,
            valid_from=month,
            lines=lines,  # type: ignore[arg-type]
            by=system_actor(world.id("eastmere")),
            at=at,
        )


def test_a_target_holds_from_its_month_on(world: World) -> None:
    here = world.id("eastmere")
    given(world)
    with scope(acting=here):
        row = next(r for r in current_indicators(APRIL) if r.code == "AP-03")
        targets = targets_of([here])
        assert target_on(targets, here, row, date(2026, 3, 1)) is None
        found = target_on(targets, here, row, APRIL)
        assert found is not None
        assert (found.met_at, found.approaching, found.inadequate) == (95, 90, 80)
        assert target_on(targets, world.id("northdale"), row, APRIL) is None
        assert Event.objects.filter(verb="sla.target.set").count() == 1


def test_a_target_can_end(world: World) -> None:
    here = world.id("eastmere")
    given(world)
    given(world, lines=None)
    with scope(acting=here):
        row = next(r for r in current_indicators(APRIL) if r.code == "AP-03")
        assert target_on(targets_of([here]), here, row, APRIL) is None
        assert Target.objects.count() == 1


@pytest.mark.parametrize(
    ("value", "rating"),
    [
        (Fraction(95), "Good"),
        (Fraction(7546, 79) - Fraction(1, 10), "Good"),
        (Fraction(94949, 1000), "Approaching target"),
        (Fraction(949999, 10000), "Approaching target"),
        (Fraction(90), "Approaching target"),
        (Fraction(899999, 10000), "Requires improvement"),
        (Fraction(80), "Requires improvement"),
        (Fraction(799999, 10000), "Inadequate"),
        (None, "Other"),
    ],
)
def test_ratings_are_tested_unrounded(world: World, value: Fraction | None, rating: str) -> None:
    here = world.id("eastmere")
    given(world)
    with scope(acting=here):
        row = next(r for r in current_indicators(APRIL) if r.code == "AP-03")
        lines = target_on(targets_of([here]), here, row, APRIL)
    assert assess(Figure(APRIL, 1, 1, value, "why not"), lines).rating == rating


@pytest.mark.parametrize(
    ("code", "lines", "rule"),
    [
        ("AP-K01", LINES, "SLA01"),
        ("AP-03", (Decimal(80), Decimal(90), Decimal(95)), "SLA02"),
        ("AP-07", LINES, "SLA02"),
        ("AP-01", LINES, "SLA03"),
        ("XX-99", LINES, "SLA03"),
    ],
)
def test_refusals(world: World, code: str, lines: object, rule: str) -> None:
    with pytest.raises(Refused) as refusal:
        given(world, code, lines)
    assert refusal.value.code == rule


def test_a_target_is_proposed_by_one_and_agreed_by_another(world: World) -> None:
    here = world.id("eastmere")
    given(world)
    change = propose(
        world, lines=(Decimal(97), Decimal(92), Decimal(85)), month=today().replace(day=1)
    )
    with scope(acting=here):
        assert [row.met_at for row in targets_of([here])] == [95]
    with pytest.raises(Refused):
        decided(world, change, "finance_manager@eastmere")
    decided(world, change, "centre_manager@centre")
    with scope(acting=here):
        found = targets_of([here])
        assert [(row.met_at, row.change_id) for row in found] == [(95, None), (97, change.pk)]
        steps = target_history(here, "AP-03")
        boss, manager = world.people["finance_manager@eastmere"], "centre_manager@centre"
        assert [each.state for each in steps] == ["Agreed", "Given"]
        assert (steps[0].made_by_name, steps[0].ended_by_name, steps[0].reason) == (
            boss.name,
            world.people[manager].name,
            "The board asked for it.",
        )


def test_the_centre_proposes_and_the_organisation_decides(world: World) -> None:
    change = propose(world, "centre_manager@centre", month=today().replace(day=1))
    with pytest.raises(Refused):
        decided(world, change, "centre_manager@centre")
    decided(world, change, "finance_manager@eastmere", "reject")
    with scope(acting=world.id("eastmere")):
        assert not Target.objects.exists()
        assert TargetChange.objects.get().comment == "No."


def test_a_target_of_a_month_signed_meanwhile_is_not_agreed(world: World) -> None:
    here = world.id("eastmere")
    change = propose(world, month=date(2026, 5, 1))
    months_of(here, [90, 91])
    with scope(acting=here):
        by = world.actor("finance_manager@eastmere")
        sign_month(month=date(2026, 5, 1), job_title="Head", by=by)
    with pytest.raises(Refused) as refusal:
        decided(world, change, "centre_manager@centre")
    assert refusal.value.code == "SLA09"


def test_refused_proposals(world: World) -> None:
    with pytest.raises(NotAllowed):
        propose(world, "board_member@eastmere")
    with pytest.raises(Refused) as refusal:
        propose(world, reason=" ")
    assert refusal.value.code == "SLA11"
    propose(world)
    with pytest.raises(Refused) as refusal:
        propose(world)
    assert refusal.value.code == "SLA12"
    with pytest.raises(Refused) as refusal, scope(acting=world.id("eastmere")):
        by = world.actor("finance_manager@eastmere")
        set_target(indicator_code="AP-03", valid_from=APRIL, lines=LINES, by=by)
    assert refusal.value.code == "SLA10"


def test_the_history_is_a_page_and_a_file(world: World) -> None:
    propose(world, month=today().replace(day=1), reason="The law changes.")
    client = Client()
    client.force_login(world.people["board_member@eastmere"])
    page = client.get("/eastmere/measures/targets/?measure=AP-03").content.decode()
    assert "The law changes." in page and "Waits for agreement" in page
    assert (
        "The law changes."
        not in client.get("/eastmere/measures/targets/?measure=AP-07").content.decode()
    )
    lines = client.get("/eastmere/measures/targets/?format=csv").content.decode("utf-8-sig")
    assert "Rows,1" in lines and "The law changes." in lines
    client.force_login(world.people["centre_manager@centre"])
    card = client.get("/eastmere/waiting/").content.decode()
    assert "95, approaching from 90, inadequate beyond 80" in card


def test_a_month_that_is_over_keeps_its_target(world: World) -> None:
    given(world, month=date(2026, 1, 1))
    given(world, month=APRIL)
    with pytest.raises(Refused) as refusal:
        given(world, month=date(2026, 3, 1))
    assert refusal.value.code == "SLA09"
    given(world, month=date(2026, 5, 1), lines=None)


def test_a_signed_month_keeps_its_targets_or_none(world: World) -> None:
    here, boss = world.id("eastmere"), "finance_manager@eastmere"
    months_of(here, [90, 91])
    with scope(acting=here):
        sign_month(month=date(2026, 5, 1), job_title="Head", by=world.actor(boss))
    later = datetime(2026, 6, 2, 9, tzinfo=UTC)
    with pytest.raises(Refused) as refusal:
        given(world, month=APRIL, at=later)
    assert refusal.value.code == "SLA09"
    row = given(world, month=date(2026, 6, 1), at=later)
    with pytest.raises(IntegrityError, match="targets stay"), scope(acting=here):
        Target.objects.filter(pk=row.pk).update(valid_from=APRIL)
