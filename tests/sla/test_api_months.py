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
    with scope(acting=ready.id("eastmere")):
        assert Remark.objects.get().indicator_code == "AP-03"


@pytest.mark.parametrize("call", [SIGN, SAY])
def test_who_may_not_changes_nothing(ready: World, call: Any) -> None:
    assert send(ready, call, "staff").status_code == 403
    with scope(acting=ready.id("eastmere")):
        assert not SignedMonth.objects.exists() and not Remark.objects.exists()
