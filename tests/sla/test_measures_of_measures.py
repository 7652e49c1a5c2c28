"""How many measures met their target, against a plain-Python twin in exact fractions."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import timezone

from core.actors import system_actor
from core.scope import scope
from runs.services import make_run
from sla.bulk import compute
from sla.measures import TARGETS
from sla.models import MeasureValue
from sla.ratings import Polarity, meets
from sla.registry import LIVE
from sla.services import load_indicators, set_target
from tests.world import World

MONTHS = [date(2026, month, 1) for month in range(1, 6)]
# Numerator and denominator by month; None: nothing to measure.
VALUES = {
    "AP-14": [(95, 100), (949_999, 1_000_000), (94, 100), None, (90, 100)],
    "AP-07": [(2_500, 100), (2_501, 100), (2_600, 100), (100, 100), (2_400, 100)],
    "AP-17": [(20, None), (21, None), None, (22, None), (23, None)],
}
TARGETS_SET = {"AP-14": "95", "AP-07": "25", "AP-17": "10"}
LOWER = {"AP-07", "AP-17"}


def twin(first: date) -> dict[date, tuple[int, int, int]]:
    """Measured, met and missed again, by month."""
    found = {}
    for place, month in enumerate(MONTHS):
        judged = {code: _met(code, place) for code in VALUES}
        before = {code: _met(code, place - 1) if place else None for code in VALUES}
        again = [c for c in VALUES if judged[c] is False and before[c] is False]
        measured = [met for met in judged.values() if met is not None]
        if month >= first:
            found[month] = (len(measured), sum(measured), len(again))
    return found


def _met(code: str, place: int) -> bool | None:
    value = VALUES[code][place]
    if value is None:
        return None
    factor = Fraction(LIVE[code].factor)
    figure = Fraction(value[0]) * factor / (value[1] or 1)
    polarity = Polarity.LOWER if code in LOWER else Polarity.HIGHER
    return meets(figure, Fraction(TARGETS_SET[code]), polarity)


@pytest.mark.parametrize("first", [MONTHS[0], MONTHS[2]])
def test_targets_met_agree_with_their_twin(world: World, first: date) -> None:
    load_indicators()
    by = world.actor("finance_manager@eastmere")
    here = by.organisation_id
    with scope(acting=here):
        for code, line in TARGETS_SET.items():
            worst = Decimal(line) * (2 if code in LOWER else Decimal("0.5"))
            set_target(
                indicator_code=code,
                valid_from=MONTHS[0],
                lines=(Decimal(line), worst, worst),
                by=system_actor(here),
            )
        inputs = {"first": first.isoformat(), "until": "2026-06-01"}
        run = make_run(kind="sla.measures", key="t", inputs=inputs, by=system_actor(here))
        for code, row in VALUES.items():
            for month, value in zip(MONTHS, row, strict=True):
                pair = zip(
                    (LIVE[code].numerator, LIVE[code].denominator), value or (), strict=False
                )
                for measure, number in pair:
                    if measure and number is not None:
                        MeasureValue.objects.get_or_create(
                            organisation_id=here,
                            measure=measure,
                            month=month,
                            defaults={"value": number, "computed_at": timezone.now(), "run": run},
                        )
        compute(TARGETS, run)
        names = ("sla.kpis_measured", "sla.kpis_met", "sla.kpis_missed_again")
        rows = MeasureValue.objects.filter(measure__in=names)
        stored = {(row.month, row.measure): row.value for row in rows}
    found = {month: tuple(stored[month, n] for n in names) for month, _ in stored}
    assert found == twin(first)
    assert any(again for _, _, again in found.values())
