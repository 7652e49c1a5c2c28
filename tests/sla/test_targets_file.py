"""A file of targets: shown row by row, then proposed, and agreed by somebody else."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.scope import scope
from sla.models import TargetChange
from sla.selectors import targets_of
from sla.services import load_indicators
from tests import two_steps
from tests.house.test_routes import signed_in
from tests.sla.test_services_targets import decided, given
from tests.world import World

TARGETS = "/eastmere/measures/targets/"
LOAD = f"{TARGETS}load/"
HEAD = "Measure,From,Target,Approaching,Inadequate"
FM = "finance_manager@eastmere"


@pytest.fixture
def world(world: World) -> World:
    load_indicators()
    return world


def sent(client: Any, rows: Sequence[str]) -> Any:
    return two_steps.sent(client, LOAD, HEAD, rows, "The board's plan for 2027")


def changes(world: World) -> list[TargetChange]:
    with scope(acting=world.id("eastmere")):
        return list(TargetChange.objects.order_by("indicator_code"))


def test_targets_are_proposed_together_and_agreed_by_another(world: World) -> None:
    given(world)
    boss = signed_in(world, FM)
    shown = sent(boss, ["ap-03,04/2027,97,92,85", "AP-04,2027-04-01,90,85,75"])
    text = shown.content.decode()
    assert shown.status_code == 200 and "Proposed: 2 rows" in text
    assert "before: 95, 90, 80; now: 97, 92, 85" in text and changes(world) == []
    done = two_steps.sure(boss, LOAD, shown)
    assert done["Location"] == TARGETS
    assert "holds once somebody else agrees" in boss.get(TARGETS).content.decode()
    first, second = changes(world)
    assert (first.indicator_code, first.valid_from) == ("AP-03", date(2027, 4, 1))
    assert (first.state, first.reason) == ("proposed", "The board's plan for 2027")
    decided(world, second, "centre_manager@centre")
    with scope(acting=world.id("eastmere")):
        agreed = [row.met_at for row in targets_of([world.id("eastmere")], ["AP-04"])]
    assert agreed == [Decimal(90)]


def test_wrong_rows_are_named_and_nothing_is_proposed(world: World) -> None:
    given(world)
    shown = sent(signed_in(world, FM), [
        "XX-99,04/2027,95,90,80",
        "AP-03,04/2026,97,92,85",
        "AP-04,04/2027,80,90,95",
        "AP-05,04/2027,90,,75",
        "AP-06,13/2027,90,85,much",
        "AP-04,05/2027,90,85,75",
    ])  # fmt: skip
    assert shown.status_code == 422 and changes(world) == []
    wrong = {row["cells"][0]: row["cells"][3] for row in shown.context["rows"] if row["tone"]}
    assert sorted(wrong) == [2, 3, 4, 5, 6, 7]
    assert wrong[2].startswith("Measure: There is no live indicator with this code")
    assert wrong[3].startswith("From: A target is not changed backwards")
    assert wrong[4].startswith("Target, approaching or inadequate: The lines of a target run")
    assert wrong[5] == "Target, approaching and inadequate: enter all three, or none."
    assert "From: «13/2027» is not a date" in wrong[6] and "«much» is not a number" in wrong[6]
    assert wrong[7].startswith("Measure: A change of this target waits")


def test_the_export_loads_back_and_a_target_can_end(world: World) -> None:
    given(world)
    boss = signed_in(world, FM)
    for kind in ("csv", "xlsx"):
        data = boss.get(f"{TARGETS}export/?format={kind}").content
        back = two_steps.sent_bytes(boss, LOAD, data, "Looked through", f"targets.{kind}")
        assert back.status_code == 200, back.content.decode()
        assert "Stays as it is: 1 row" in back.content.decode()
    ended = sent(boss, ["AP-03,04/2027,,,"])
    assert "now: no target" in ended.content.decode()
    assert two_steps.sure(boss, LOAD, ended).status_code == 302
    assert [one.lines for one in changes(world)] == [None]
    assert "A change of this target waits" in sent(boss, ["AP-03,05/2027,,,"]).content.decode()


def test_a_look_costs_the_same_for_few_and_for_many_rows(world: World) -> None:
    boss, costs = signed_in(world, FM), list[int]()
    boss.get(LOAD)
    for codes in (["AP-03"], ["AP-03", "AP-04", "AP-05", "AP-06"]):
        with CaptureQueriesContext(connection) as asked:
            assert sent(boss, [f"{code},04/2027,,," for code in codes]).status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_others_are_turned_away(world: World) -> None:
    member = signed_in(world, "board_member@eastmere")
    assert member.get(LOAD).status_code == 403
    assert "Load a file" not in member.get(TARGETS).content.decode()
