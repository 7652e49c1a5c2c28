"""Routes and several decisions by program: the rules of the pages, by the same codes."""

from typing import Any

from core.scope import scope
from finance.services.invoices import submit_for_approval
from tests.calls import call, code
from tests.days import in_days
from tests.finance.payables import invoice, prepare, supplier
from tests.world import World

STEPS = [{"from_amount": "0.00", "role": "finance_manager"}]
WHERE = "approval-routes/finance.invoice/proposal/"


def route(**given: Any) -> dict[str, Any]:
    wanted = {"from_on": str(in_days(1)), "reason": "Two people above 10,000", "steps": STEPS}
    return {**wanted, **given}


def test_a_route_is_proposed_once(world: World) -> None:
    prepare(world)
    made = call(world, "administrator", WHERE, route())
    assert (made.status_code, made.json()["state"]) in ((201, "proposed"), (422, None)), (
        made.content
    )
    assert code(call(world, "administrator", WHERE, route())) == (422, "APR02")
    assert call(world, "staff", WHERE, route()).status_code == 403
    unknown = "approval-routes/nothing.at_all/proposal/"
    assert call(world, "administrator", unknown, route()).status_code == 404
    assert call(world, "administrator@northdale", WHERE, route()).status_code == 404
    kinds = call(world, "staff", "approval-routes/").json()
    (mine,) = [one for one in kinds if one["subject"] == "finance.invoice"]
    assert {route["state"] for route in mine["routes"]} == {"proposed", "agreed"}


def test_a_route_of_the_past_or_of_nobody(world: World) -> None:
    prepare(world)
    past = route(from_on="2020-01-01")
    assert code(call(world, "administrator", WHERE, past)) == (422, "APR20")
    nobody = route(steps=[{"from_amount": "0.00", "role": "nobody"}])
    assert call(world, "administrator", WHERE, nobody).status_code == 400
    early = route(remind_hours=9, escalate_hours=9)
    assert call(world, "administrator", WHERE, early).status_code == 400


def test_several_are_approved_each_by_itself(world: World) -> None:
    prepare(world)
    owner, by = supplier(world), world.actor("finance_officer@eastmere")
    for ref in ("A-1", "B-2"):
        row = invoice(world, owner, ref)
        with scope(acting=by.organisation_id):
            submit_for_approval(invoice=row, version=row.version, by=by)
    waiting = call(world, "finance_manager", "approvals/").json()["results"]
    numbers = [one["number"] for one in waiting]
    given = {"requests": [*numbers, 990_001]}
    assert call(world, "staff", "approvals/several/", given).status_code == 403
    done = call(world, "finance_manager", "approvals/several/", given).json()
    assert sorted(done["approved"]) + [one["number"] for one in done["refused"]] == sorted(numbers)
    assert done["gone"] == 1
    again = call(world, "finance_manager", "approvals/several/", given).json()
    assert again["approved"] == [] and again["gone"] == 3 - len(again["refused"])

    def told(who: str, where: str) -> list[int]:
        found = call(world, who, where).json()["results"]
        assert found == sorted(found, key=lambda one: -one.get("number", 0))
        return [one.get("number", one.get("request")) for one in found]

    both = sorted(numbers, reverse=True)
    assert told("finance_officer", "approvals/submitted/") == both
    assert told("finance_manager", "approvals/submitted/") == []
    mine = [one for one in both if one in done["approved"]]
    assert told("finance_manager", "approvals/decided/") == mine
    assert told("hr_officer", "approvals/decided/") == []
    decider = world.people["finance_manager@eastmere"].pk
    where = f"approvers/{decider}/decisions/"
    assert sorted(told("finance_manager", where)) == sorted(told("auditor", where)) == sorted(mine)
    assert call(world, "hr_officer", where).status_code == 404
