"""Signing months and saying something of figures, for programs: the rules of the pages."""

from typing import Any

import pytest

from core.scope import scope
from sla.models import Remark, SignedMonth
from tests.sla.test_api_figures import client_of
from tests.sla.test_api_figures import ready as ready
from tests.world import World

APRIL = "/api/v1/eastmere/months/2026-04/"
SIGN = (f"{APRIL}signature/", {"job_title": "Head of Finance"})
SAY = (f"{APRIL}remarks/", {"indicator": "AP-03", "text": "A new system"})


def send(world: World, call: tuple[str, dict[str, Any]], who: str = "finance_manager") -> Any:
    client = client_of(world, f"{who}@eastmere")
    return client.post(call[0], call[1], content_type="application/json")


def test_a_month_is_signed_once(ready: World) -> None:
    first, again = send(ready, SIGN), send(ready, SIGN)
    assert first.status_code == 200, first.content
    assert (first.json()["month"], first.json()["job_title"]) == ("2026-04-01", "Head of Finance")
    assert (again.status_code, again.json()["code"]) == (422, "SLA05")
    with scope(acting=ready.id("eastmere")):
        assert SignedMonth.objects.count() == 1


def test_a_figure_is_remarked_on(ready: World) -> None:
    said = send(ready, SAY).json()
    assert (said["indicator"], said["text"]) == ("AP-03", "A new system")
    send(ready, SIGN)
    told = client_of(ready, "board_member@eastmere").get("/api/v1/eastmere/months/").json()
    known = {one["month"]: one for one in told}
    april = known.pop("2026-04-01")
    assert april["signed"]["signed_by"] == "Finance manager of eastmere" and april["remarks"] == 1
    assert {(one["signed"], one["remarks"]) for one in known.values()} == {(None, 0)}
    assert [one["month"] for one in told] == sorted((one["month"] for one in told), reverse=True)
    one = client_of(ready, "board_member@eastmere").get(APRIL).json()
    assert (one["signed"], one["corrections"]) == (april["signed"], [])
    (remark,) = one["remarks"]
    assert (remark["indicator"], remark["text"]) == ("AP-03", "A new system")
    for where, status in (("1999-01", 404), ("never", 404)):
        answer = client_of(ready, "board_member@eastmere").get(f"/api/v1/eastmere/months/{where}/")
        assert answer.status_code == status
    assert client_of(ready, "staff@eastmere").get("/api/v1/eastmere/months/").status_code == 403
    assert client_of(ready, "staff@eastmere").get(APRIL).status_code == 403
    with scope(acting=ready.id("eastmere")):
        assert Remark.objects.get().indicator_code == "AP-03"


@pytest.mark.parametrize("call", [SIGN, SAY])
def test_who_may_not_changes_nothing(ready: World, call: Any) -> None:
    assert send(ready, call, "staff").status_code == 403
    with scope(acting=ready.id("eastmere")):
        assert not SignedMonth.objects.exists() and not Remark.objects.exists()
