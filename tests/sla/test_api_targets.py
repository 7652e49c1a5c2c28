"""Targets, relief and corrections by program: the rules of the pages, by the same codes."""

from typing import Any

import pytest

from tests.calls import call, code
from tests.sla.test_api_figures import ready as ready
from tests.world import World

LINES = {"met_at": "90", "approaching": "85", "inadequate": "75"}
TARGET = {"indicator": "AP-04", "valid_from": "2027-04", "reason": "The board", **LINES}
RELIEF = {
    **{"kind": "late_input", "from_on": "2026-04-01", "to_on": "2026-04-05"},
    **{"indicators": ["AP-03"], "reason": "Late post", "evidence": "Letter 7"},
}


def test_a_target_waits_for_somebody_else(ready: World) -> None:
    made = call(ready, "finance_manager", "targets/new/", TARGET)
    assert (made.status_code, made.json()["state"]) == (201, "proposed")
    assert code(call(ready, "finance_manager", "targets/new/", TARGET)) == (422, "SLA12")
    assert call(ready, "finance_officer", "targets/new/", TARGET).status_code == 403
    (told,) = call(ready, "board_member", "targets/?indicator=AP-04").json()
    assert (told["valid_from"], told["reason"]) == ("2027-04-01", "The board")
    assert told in call(ready, "board_member", "targets/").json()
    assert call(ready, "board_member", "targets/?indicator=AP-99").json() == []
    assert call(ready, "staff", "targets/").status_code == 403
    assert call(ready, "finance_manager@northdale", "targets/new/", TARGET).status_code == 404


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"inadequate": None}, 400),
        ({"valid_from": "2027-13"}, 400),
        ({"indicator": "ZZ-99"}, 404),
        ({"approaching": "95"}, 422),
    ],
)
def test_a_target_that_cannot_be(ready: World, changes: dict[str, Any], status: int) -> None:
    answer = call(ready, "finance_manager", "targets/new/", {**TARGET, **changes})
    assert answer.status_code == status, answer.content


def test_relief_is_claimed_by_the_centre(ready: World) -> None:
    assert call(ready, "finance_manager", "relief/new/", RELIEF).status_code == 403
    agent = "centre_agent@centre"
    future = {**RELIEF, "from_on": "2099-01-01", "to_on": "2099-01-02"}
    assert code(call(ready, agent, "relief/new/", future)) == (422, "SLA13")
    assert call(ready, agent, "relief/new/", {**RELIEF, "indicators": ["GL-05"]}).status_code == 400
    answer = call(ready, agent, "relief/new/", RELIEF)
    assert (answer.status_code, answer.json().get("code")) in ((201, None), (422, "SLA16"))


def test_a_reason_needs_a_sentence(ready: World) -> None:
    where = "months/2026-04/correction-reasons/"
    given = {"measure": "finance.invoices_paid", "reason": "It came late"}
    assert call(ready, "finance_manager", where, given).json() == {"explained": 0}
    assert call(ready, "staff", where, given).status_code == 403
    assert (
        call(ready, "finance_manager", "months/2026-99/correction-reasons/", given).status_code
        == 404
    )
