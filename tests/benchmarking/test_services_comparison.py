"""The published comparison: enough peers or nothing, and names by mutual agreement only."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from benchmarking.models import BenchmarkCell
from benchmarking.selectors import cells_of, named_peers
from benchmarking.services import publish_comparison
from core.actors import system_actor
from core.scope import scope
from runs.services import make_run
from sla.models import MeasureValue
from sla.selectors import current_indicators
from sla.services import load_indicators
from tenants.models import Organisation
from tenants.services import create_organisation
from tests.world import World

MAY = date(2026, 5, 1)
TOP, BOTTOM = "finance.paid_in_30_days", "finance.paid_timed"


def partners(shares: list[int], size: int = 100, **facts: object) -> list[int]:
    """Organisations with these shares of 100 invoices paid in time."""
    made = []
    for number, share in enumerate(shares, start=1):
        slug = f"p{number}"
        here = create_organisation(slug=slug, name=slug.title(), kind="council", **facts).pk
        with scope(acting=here):
            run = make_run(kind="sla.measures", key="t", inputs={}, by=system_actor(here))
            for measure, value in ((TOP, share * size // 100), (BOTTOM, size)):
                MeasureValue.objects.create(
                    organisation_id=here,
                    measure=measure,
                    month=MAY,
                    value=value,
                    computed_at=timezone.now(),
                    run=run,
                )
        made.append(here)
    return made


@pytest.fixture
def centre(world: World) -> int:
    load_indicators()
    return world.id("centre")


def cell(centre: int, code: str = "AP-03") -> BenchmarkCell | None:
    publish_comparison(organisation_id=centre)
    with scope(acting=centre):
        return cells_of(MAY, [code]).get(code)


def test_five_partners_have_four_peers_and_see_nothing(centre: int) -> None:
    partners([50, 60, 70, 80, 90])
    found = cell(centre)
    assert found is not None
    assert (found.disclosure, found.median, found.lower) == ("nothing", None, None)
    assert found.withheld == "Fewer than five peers have figures for this period."


def test_six_partners_see_the_median(centre: int) -> None:
    partners([50, 60, 70, 80, 90, 100])
    found = cell(centre)
    assert found is not None
    assert (found.disclosure, found.median, found.lower) == ("median", Decimal(75), None)
    assert found.contributors == 6


def test_nine_partners_see_quartiles(centre: int) -> None:
    partners([10, 20, 30, 40, 50, 60, 70, 80, 90])
    found = cell(centre)
    assert found is not None
    assert (found.lower, found.median, found.upper) == (30, 50, 70)


def test_other_units_keep_their_own(centre: int) -> None:
    """AP-08 has the same numbers; a share in percent and nothing else is 100 times the ratio."""
    partners([10, 20, 30, 40, 50, 60, 70, 80, 90])
    found = cell(centre, "AP-08")
    assert found is not None
    assert found.median == 50


def test_few_cases_do_not_contribute(centre: int) -> None:
    partners([50, 60, 70, 80, 90, 100], size=9)
    found = cell(centre)
    assert found is not None
    assert (found.contributors, found.disclosure) == (0, "nothing")


def test_rehearsals_and_former_partners_do_not_contribute(centre: int) -> None:
    partners([50, 60, 70, 80, 90, 100], status="rehearsal")
    assert cell(centre) is None


def test_publishing_again_replaces(centre: int) -> None:
    partners([50, 60, 70, 80, 90, 100])
    first = publish_comparison(organisation_id=centre)
    assert publish_comparison(organisation_id=centre) == first


def test_the_numbers_come_without_names(centre: int) -> None:
    partners([50, 60])
    with scope(acting=centre), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM ctx.contributions(%s, %s, %s)",
            [[TOP, BOTTOM], MAY, date(2026, 6, 1)],
        )
        assert [column.name for column in cursor.description] == [
            "place",
            "measure",
            "month",
            "value",
        ]
        assert {row[0] for row in cursor.fetchall()} <= set(range(1, 5))


def test_no_partner_is_told_what_is_not_yet_suppressed(centre: int) -> None:
    places = partners([50, 60, 70, 80, 90, 100])
    told = {}
    for place in (centre, places[0]):
        with scope(acting=place), connection.cursor() as cursor:
            cursor.execute(
                "SELECT value FROM ctx.contributions(%s, %s, %s)",
                [[TOP, BOTTOM], MAY, date(2026, 6, 1)],
            )
            told[place] = len(cursor.fetchall())
    assert told == {centre: 12, places[0]: 0}


def agree(*organisation_ids: int) -> None:
    for organisation_id in organisation_ids:
        with scope(acting=organisation_id):
            Organisation.objects.filter(pk=organisation_id).update(named_in_comparison=True)


def names_seen(by: int) -> list[str]:
    with scope(acting=by):
        rows = [row for row in current_indicators(MAY) if row.code == "AP-03"]
        found = named_peers(rows, MAY, cells_of(MAY, ["AP-03"]))
        return [peer.name for peer in found["AP-03"]]


def test_names_need_both_sides(centre: int) -> None:
    first, second, third = partners([50, 60, 70])
    agree(first, second)
    assert names_seen(first) == ["P2"]
    assert names_seen(second) == ["P1"]
    assert names_seen(third) == []


def test_names_are_left_out_where_they_would_give_the_last_away(centre: int) -> None:
    made = partners([50, 60, 70, 80, 90, 100])
    publish_comparison(organisation_id=centre)
    agree(*made[:3])
    assert names_seen(made[0]) == ["P2", "P3"]
    agree(made[3])
    assert names_seen(made[0]) == []
    agree(made[4], made[5])
    assert len(names_seen(made[0])) == 5


def test_cells_are_never_more_than_they_may_be(centre: int) -> None:
    from django.db import IntegrityError, transaction

    with scope(acting=centre), pytest.raises(IntegrityError), transaction.atomic():
        BenchmarkCell.objects.create(
            indicator_code="AP-03",
            month=MAY,
            contributors=5,
            disclosure="median",
            median=Decimal(1),
            published_at=timezone.now(),
        )
