"""Targets: who may set them, for what, and on which side of a line a figure falls."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import IntegrityError

from core.errors import NotAllowed, Refused
from core.scope import scope
from events.models import Event
from sla.models import Target
from sla.selectors import Figure, assess, current_indicators, target_on, targets_of
from sla.services import load_indicators, set_target, sign_month
from tests.benchmarking.test_views_boards import months_of
from tests.world import World

LINES = (Decimal(95), Decimal(90), Decimal(80))
APRIL = date(2026, 4, 1)


@pytest.fixture
def world(world: World) -> World:
    load_indicators()
    return world


IN_APRIL = datetime(2026, 4, 25, 9, tzinfo=UTC)


def set_by(
    world: World,
    who: str,
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
            by=world.actor(who),
            at=at,
        )


def test_a_target_holds_from_its_month_on(world: World) -> None:
    here = world.id("eastmere")
    set_by(world, "finance_manager@eastmere")
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
    set_by(world, "finance_manager@eastmere")
    set_by(world, "finance_manager@eastmere", lines=None)
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
    set_by(world, "finance_manager@eastmere")
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
        set_by(world, "finance_manager@eastmere", code, lines)
    assert refusal.value.code == rule


def test_only_managers_set_targets(world: World) -> None:
    with pytest.raises(NotAllowed):
        set_by(world, "board_member@eastmere")


def test_a_month_that_is_over_keeps_its_target(world: World) -> None:
    boss = "finance_manager@eastmere"
    set_by(world, boss, month=date(2026, 1, 1))
    set_by(world, boss, month=APRIL)
    with pytest.raises(Refused) as refusal:
        set_by(world, boss, month=date(2026, 3, 1))
    assert refusal.value.code == "SLA09"
    set_by(world, boss, month=date(2026, 5, 1), lines=None)


def test_a_signed_month_keeps_its_targets_or_none(world: World) -> None:
    here, boss = world.id("eastmere"), "finance_manager@eastmere"
    months_of(here, [90, 91])
    with scope(acting=here):
        sign_month(month=date(2026, 5, 1), job_title="Head", by=world.actor(boss))
    later = datetime(2026, 6, 2, 9, tzinfo=UTC)
    with pytest.raises(Refused) as refusal:
        set_by(world, boss, month=APRIL, at=later)
    assert refusal.value.code == "SLA09"
    row = set_by(world, boss, month=date(2026, 6, 1), at=later)
    with pytest.raises(IntegrityError, match="targets stay"), scope(acting=here):
        Target.objects.filter(pk=row.pk).update(valid_from=APRIL)
