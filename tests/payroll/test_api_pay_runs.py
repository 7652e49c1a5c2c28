"""Pay runs by program, from the period to the bank file: the rules of the pages, by their codes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.scope import scope
from payroll.models import PayException
from tests.calls import call, code
from tests.payroll import pay_runs
from tests.world import World

OFFICER, BOSS = "payroll_officer", "finance_manager"


@pytest.fixture
def begun(world: World) -> tuple[World, str]:
    """A calculated run of two people, and its address."""
    by = pay_runs.payroll(world, pay_runs.person(1), pay_runs.person(2, ni_number=""))
    run = pay_runs.calculated(by)
    return world, f"pay-runs/{run.number}/"


def test_a_run_goes_its_way_by_program(begun: tuple[World, str]) -> None:
    world, where = begun
    run = call(world, OFFICER, where).json()
    assert (run["state"], run["people"]) == ("calculated", 2)
    version = {"version": run["version"]}
    assert code(call(world, OFFICER, f"{where}submission/", version)) == (422, "PRL10")
    with scope(readable={world.id("eastmere")}):
        open_ones = list(PayException.objects.values_list("cause", "number"))
    for cause in sorted({one for one, _ in open_ones}):
        numbers = [number for one, number in open_ones if one == cause]
        waiver = {"employees": numbers, "reason": "Looked at"}
        again = {"employees": numbers}
        settled = f"{where}exceptions/{cause}/"
        assert call(world, OFFICER, f"{settled}recalculation/", again).status_code == 200
        assert call(world, BOSS, f"{settled}waiver/", waiver).status_code == 403
        told = call(world, OFFICER, settled).json()["results"]
        assert [one["employee"] for one in told] == sorted(numbers)
        assert all(one["says"] and one["waived_at"] is None for one in told)
        assert call(world, OFFICER, f"{settled}waiver/", waiver).status_code == 200
        assert call(world, OFFICER, f"{settled}waiver/", waiver).status_code == 404
        assert {one["reason"] for one in call(world, OFFICER, settled).json()["results"]} == {
            "Looked at"
        }
        assert call(world, "manager", settled).status_code == 403
    version = {"version": call(world, OFFICER, where).json()["version"]}
    sent = call(world, OFFICER, f"{where}submission/", version).json()
    assert sent["state"] == "submitted"
    wrong = {"total": "1.00", "version": sent["version"]}
    assert call(world, OFFICER, f"{where}approval/", wrong).status_code == 403
    assert code(call(world, BOSS, f"{where}approval/", wrong)) == (422, "PRL12")
    assert code(call(world, OFFICER, f"{where}payment/", {})) == (422, "PRL09")
    approved = call(world, BOSS, f"{where}approval/", {**wrong, "total": sent["net"]})
    assert (approved.status_code, approved.json()["state"]) == (200, "approved")


def test_a_run_is_sent_back_with_a_reason(begun: tuple[World, str]) -> None:
    world, where = begun
    given = {"reason": "Look at the overtime"}
    assert code(call(world, BOSS, f"{where}sending-back/", given)) == (422, "PRL09")
    assert call(world, BOSS, f"{where}sending-back/", {}).status_code == 400
    assert call(world, OFFICER, f"{where}recalculation/", {"version": 99}).status_code == 409
    nobody = {"employees": [990_001], "reason": "Looked at"}
    assert call(world, OFFICER, f"{where}exceptions/mood/waiver/", nobody).status_code == 404
    assert call(world, f"{OFFICER}@northdale", where).status_code == 404
    assert call(world, "staff", where).status_code == 403


def test_a_period_is_begun_once(world: World) -> None:
    by = pay_runs.payroll(world, pay_runs.person(1))
    with scope(acting=by.organisation_id):
        first, second = pay_runs.periods(pay_runs.group(by))[:2]
    begun = [call(world, OFFICER, f"pay-periods/{first.pk}/run/", {}).json() for _ in range(2)]
    assert begun[0]["number"] == begun[1]["number"]
    assert code(call(world, OFFICER, f"pay-periods/{second.pk}/run/", {})) == (422, "PRL16")
    assert call(world, OFFICER, "pay-periods/990001/run/", {}).status_code == 404
    numbers = {row["number"]: row["run"] for row in call(world, BOSS, "pay-periods/").json()}
    assert numbers[first.pk] == begun[0]["number"]


def test_groups_elements_and_references(world: World) -> None:
    by = pay_runs.payroll(world)
    with scope(acting=by.organisation_id):
        account = pay_runs.account(by)
    day = str(timezone.localdate() + timedelta(days=20))
    given = {"code": "weekly", "name": "Weekly paid", "frequency": "weekly", "anchor_on": day}
    given |= {"bank_account": account.pk}
    assert call(world, OFFICER, "pay-groups/new/", {**given, "scale": "none"}).status_code == 404
    assert call(world, OFFICER, "pay-groups/new/", given).status_code == 201
    assert code(call(world, OFFICER, "pay-groups/new/", given)) == (422, "PRL07")
    sleep = {"code": "SLEEP", "name": "Sleeping in", "basis": "amount"}
    assert call(world, OFFICER, "pay-elements/new/", sleep).status_code == 201
    assert code(call(world, OFFICER, "pay-elements/new/", sleep)) == (422, "PRL23")
    hours = {**sleep, "code": "LATE", "basis": "hours"}
    assert call(world, OFFICER, "pay-elements/new/", hours).status_code == 400
    said = {"paye_reference": "12", "accounts_office": "34", "address": "Hall", "from_on": day}
    assert code(call(world, OFFICER, "pay-references/new/", said)) == (422, "PRL40")
    for where in ("pay-groups/new/", "pay-elements/new/", "pay-references/new/"):
        assert call(world, BOSS, where, {}).status_code == 403
